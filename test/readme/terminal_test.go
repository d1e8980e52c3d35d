package readme_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.org/hub/test/blackbox"
)

// patience only keeps a command that hangs from hanging the test.
const patience = 5 * time.Minute

// clone copies what a clone of this tree would have into a folder of the test.
func clone(t *testing.T) string {
	t.Helper()
	root, folder := filepath.Join("..", ".."), t.TempDir()
	list := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	names, err := list.Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(names), "\x00"), "\x00") {
		text, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue // deleted, and not committed yet
		}
		if err == nil {
			err = os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o700)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// terminal is a bash in which commands are typed.
type terminal struct {
	command *exec.Cmd
	in      io.WriteCloser
	lines   chan string
	typed   int
}

// open starts bash in a folder, in a process group of its own so that Ctrl-C reaches what runs in it.
func open(t *testing.T, folder string, environment []string) *terminal {
	t.Helper()
	shell := &terminal{command: exec.Command("bash", "-u", "-o", "pipefail"), lines: make(chan string, 10000)}
	shell.command.Dir, shell.command.Env = folder, append(blackbox.Environment(), environment...)
	shell.command.Stderr = t.Output()
	shell.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var err error
	if shell.in, err = shell.command.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := shell.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := shell.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			shell.lines <- lines.Text()
		}
		close(shell.lines)
	}()
	t.Cleanup(shell.close)
	return shell
}

// until reads lines up to one that ends it, which is included.
func (s *terminal) until(t *testing.T, last func(line string) bool) string {
	t.Helper()
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	var text strings.Builder
	for {
		select {
		case line, open := <-s.lines:
			if !open {
				t.Fatalf("the terminal ended after\n%s", text.String())
			}
			text.WriteString(line + "\n")
			if last(line) {
				return text.String()
			}
		case <-timeout.C:
			t.Fatalf("nothing more within %v after\n%s", patience, text.String())
		}
	}
}

// run types commands and gives what they print. They have to succeed.
func (s *terminal) run(t *testing.T, block string) string {
	t.Helper()
	s.typed++
	mark := fmt.Sprintf("typed-%d-exit-", s.typed)
	s.enter(t, block+"printf '\\n%s%s\\n' "+mark+" $?\n")
	text := s.until(t, func(line string) bool { return strings.HasPrefix(line, mark) })
	text, code, _ := strings.Cut(text, mark)
	if strings.TrimSpace(code) != "0" {
		t.Errorf("exit code %s:\n%s\n%s", strings.TrimSpace(code), block, text)
	}
	return text
}

func (s *terminal) enter(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(s.in, text); err != nil {
		t.Fatal(err)
	}
}

// close presses Ctrl-C and waits until everything in the terminal has ended.
func (s *terminal) close() {
	_ = s.in.Close()
	_ = syscall.Kill(-s.command.Process.Pid, syscall.SIGINT)
	hanging := time.AfterFunc(30*time.Second, func() { _ = syscall.Kill(-s.command.Process.Pid, syscall.SIGKILL) })
	defer hanging.Stop()
	for range s.lines { // to the end: whatever runs in it holds its stdout
	}
	_ = s.command.Wait()
}
