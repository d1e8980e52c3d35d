package nginx

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// Start runs nginx until the test ends, with what its http block holds; one server in it listens where the listener does. nginx
// takes the open socket over, as it does when its own program is replaced: no port can be lost in between, and nobody has to
// wait for it.
func Start(t testing.TB, listener net.Listener, http string) {
	t.Helper()
	folder := t.TempDir()
	account := "" // whose rights the worker has: ours, so that it may write into our folder
	if os.Geteuid() == 0 {
		account = "user root;\n"
	}
	frame := fmt.Sprintf("daemon off;\nworker_processes 1;\npid %[1]s/pid;\nerror_log stderr warn;\nevents {}\nhttp {\naccess_log off;\n"+
		"client_body_temp_path %[1]s/body;\nproxy_temp_path %[1]s/proxy;\nfastcgi_temp_path %[1]s/f;\nuwsgi_temp_path %[1]s/u;\nscgi_temp_path %[1]s/s;\n",
		folder)
	if err := os.WriteFile(filepath.Join(folder, "nginx.conf"), []byte(account+frame+http+"\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	socket, err := listener.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = socket.Close() }()
	if err := syscall.SetNonblock(int(socket.Fd()), true); err != nil {
		t.Fatal(err)
	}
	program, err := exec.LookPath("nginx")
	if err != nil {
		program = "/usr/sbin/nginx" // not on everybody's path
	}
	command := exec.Command(program, "-e", "stderr", "-p", folder, "-c", "nginx.conf")
	command.Env = append(os.Environ(), "NGINX=3;")
	command.ExtraFiles = []*os.File{socket}
	command.Stdout, command.Stderr = t.Output(), t.Output()
	command.WaitDelay = 10 * time.Second
	if err := command.Start(); err != nil {
		t.Fatalf("start nginx (Debian: apt-get install nginx-light): %v", err)
	}
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		_ = command.Wait()
	})
}
