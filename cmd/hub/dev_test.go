package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.org/hub/test/blackbox"
)

// dev runs `hub dev` and gives what it printed. stop ends it as Ctrl-C does and gives its exit code.
func dev(t *testing.T, args ...string) (printed string, stop func() int) {
	t.Helper()
	listen := fmt.Sprintf("localhost:%d", blackbox.FreePort(t))
	command := exec.Command("hub", append([]string{"dev", "--listen", listen, "--metrics-listen", "off"}, args...)...)
	command.Stderr = t.Output()
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill() })
	hanging := time.AfterFunc(2*time.Minute, func() { _ = command.Process.Kill() })
	t.Cleanup(func() { hanging.Stop() })
	var text strings.Builder
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		text.WriteString(lines.Text() + "\n")
		if lines.Text() == "" && strings.Contains(text.String(), "/users/me") { // the end of the last block
			break
		}
	}
	return text.String(), func() int {
		if err := command.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() {
			t.Errorf("more was printed: %s", lines.Text())
		}
		_ = command.Wait()
		return command.ProcessState.ExitCode()
	}
}

// blocks cuts the commands out of what was printed, as a person with a mouse does.
func blocks(printed string) []string {
	var all []string
	inside := false
	for line := range strings.Lines(printed) {
		indented := strings.HasPrefix(line, "    ")
		if indented && !inside {
			all = append(all, "")
		}
		if inside = indented; indented {
			all[len(all)-1] += line
		}
	}
	return all
}

// paste runs commands in a bash of their own.
func paste(t *testing.T, commands string) string {
	t.Helper()
	bash := exec.Command("bash", "-u")
	bash.Stdin = strings.NewReader(commands)
	said, err := bash.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, commands, said)
	}
	return string(said)
}

func dataFolder(t *testing.T, printed string) string {
	t.Helper()
	for line := range strings.Lines(printed) {
		if fields := strings.Fields(line); len(fields) == 2 && fields[0] == "data" {
			return fields[1]
		}
	}
	t.Fatalf("no data folder in\n%s", printed)
	return ""
}

func TestWhatHubDevPrintsWorksWhenPasted(t *testing.T) {
	printed, stop := dev(t)
	if !strings.HasPrefix(printed, "hub ready url=https://localhost:") {
		t.Errorf("it begins with %.80q", printed)
	}
	all := blocks(printed)
	if len(all) != 5 {
		t.Fatalf("%d blocks in\n%s", len(all), printed)
	}
	for i, block := range all[:4] {
		if answer := paste(t, block); !strings.Contains(answer, `"payment_link":"https://`) {
			t.Errorf("block %d ends in %s\n%s", i+1, answer, block)
		}
	}
	if answer := paste(t, all[4]); !strings.Contains(answer, `"active":true`) || !strings.Contains(answer, `"login":"ben"`) {
		t.Errorf("block 5 ends in %s\n%s", answer, all[4])
	}
	folder := dataFolder(t, printed)
	if code := stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", folder, err)
	}
}

func TestHubDevShowsTheSameOnTheSameFolder(t *testing.T) {
	folder := t.TempDir() + "/it's ours"
	var shown [2]string
	for i := range shown {
		printed, stop := dev(t, "--data", folder, "--tls", []string{"auto", "off"}[i], "--test-url", "none")
		shown[i] = printed
		for _, block := range blocks(printed)[1:3] {
			if answer := paste(t, block); !strings.Contains(answer, `"payment_link":"https://`) {
				t.Errorf("start %d: a block ends in %s\n%s", i+1, answer, block)
			}
		}
		if code := stop(); code != 0 {
			t.Errorf("exit code %d", code)
		}
	}
	if _, err := os.Stat(folder + "/hub.db"); err != nil {
		t.Error(err)
	}
	for _, word := range strings.Fields(shown[0]) {
		if strings.Contains(word, "hub") && strings.Contains(word, "_") && !strings.Contains(shown[1], word) {
			t.Errorf("%s is not shown the second time", word)
		}
	}
	if strings.Contains(shown[1], "--cacert") || strings.Contains(shown[1], "https://localhost") || strings.Contains(shown[0], "/test") {
		t.Errorf("it shows what there is not:\n%s", shown[1])
	}
}

func TestHubDevLeavesNothingWhenItCannotStart(t *testing.T) {
	folder := t.TempDir()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	for _, tc := range []struct {
		args string
		exit int
		says string
	}{
		{"--listen " + strings.Replace(taken.Addr().String(), "127.0.0.1", "localhost", 1), 1, "another program listens there already"},
		{"--listen 0.0.0.0:8443", 2, "--listen 0.0.0.0:8443: hub dev prints its passwords and runs on loopback only"},
		{"--listen localhost:0", 2, "--listen localhost:0: the port is a part of every URL that hub dev shows"},
		{"--tls acme", 2, "--tls acme: hub dev has a certificate of its own"},
		{"--url https://hub.example.com", 2, "hub.example.com is neither"},
	} {
		command := exec.Command("hub", append([]string{"dev", "--metrics-listen", "off"}, strings.Fields(tc.args)...)...)
		command.Env = append(os.Environ(), "TMPDIR="+folder)
		said, _ := command.CombinedOutput()
		if code := command.ProcessState.ExitCode(); code != tc.exit || !strings.Contains(string(said), tc.says) {
			t.Errorf("hub dev %s: exit code %d, said %s", tc.args, code, said)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestHubDevStaysOutOfARealHub(t *testing.T) {
	folder := t.TempDir()
	if said, err := exec.Command("hub", "admin", "create", "--login", "grace", "--data", folder).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, said)
	}
	command := exec.Command("hub", "dev", "--data", folder, "--metrics-listen", "off")
	said, _ := command.CombinedOutput()
	if code := command.ProcessState.ExitCode(); code != 2 || !strings.Contains(string(said), "was not made by hub dev") {
		t.Errorf("exit code %d, said %s", code, said)
	}
}
