package nginx_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.org/hub/test/blackbox"
)

// proxy starts nginx with examples/nginx/hub.conf before this hub and this backend, and gives who asks it. Only what the
// file marks as the reader's own is changed: addresses, and TLS towards callers, with the hub's own certificate.
func proxy(t *testing.T, hub *blackbox.Hub, backend http.Handler) *blackbox.Asker {
	t.Helper()
	behind := httptest.NewServer(backend)
	t.Cleanup(behind.Close)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()

	recipe, err := os.ReadFile(filepath.Join("..", "..", "examples", "nginx", "hub.conf"))
	if err != nil {
		t.Fatal(err)
	}
	text, place := string(recipe), strings.TrimPrefix(hub.URL, "https://")
	for from, to := range map[string]string{
		"server 127.0.0.1:8443;":               "server " + strings.Replace(place, "localhost", "127.0.0.1", 1) + ";",
		"server 127.0.0.1:9000;":               "server " + behind.Listener.Addr().String() + ";",
		"listen 127.0.0.1:8080;":               "listen " + listener.Addr().String() + " ssl;\nssl_certificate " + filepath.Join(hub.Data, "tls", "cert.pem") + ";\nssl_certificate_key " + filepath.Join(hub.Data, "tls", "key.pem") + ";",
		"proxy_set_header Host localhost:8443": "proxy_set_header Host " + place,
		"hub-data/tls/ca.pem;":                 filepath.Join(hub.Data, "tls", "ca.pem") + ";",
	} {
		if strings.Count(text, from) != 1 {
			t.Fatalf("hub.conf should have %q once", from)
		}
		text = strings.Replace(text, from, to, 1)
	}
	account := "" // whose rights the worker has: ours, so that it may write into our folder
	if os.Geteuid() == 0 {
		account = "user root;\n"
	}
	folder := t.TempDir()
	frame := account + fmt.Sprintf("daemon off;\nworker_processes 1;\npid %[1]s/pid;\nerror_log stderr warn;\nevents {}\nhttp {\naccess_log off;\n"+
		"client_body_temp_path %[1]s/body;\nproxy_temp_path %[1]s/proxy;\nfastcgi_temp_path %[1]s/f;\nuwsgi_temp_path %[1]s/u;\nscgi_temp_path %[1]s/s;\n"+
		"include hub.conf;\n}\n", folder)
	for name, content := range map[string]string{"nginx.conf": frame, "hub.conf": text} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	start(t, folder, listener.(*net.TCPListener))
	return blackbox.NewAsker(t, "https://"+listener.Addr().String(), hub.Data)
}

// start runs nginx on a socket that is open already, as nginx does when its own program is replaced: no port can be lost.
func start(t *testing.T, folder string, listener *net.TCPListener) {
	t.Helper()
	socket, err := listener.File()
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
