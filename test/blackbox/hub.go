package blackbox

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience only keeps a hub that hangs from hanging a test.
const patience = time.Minute

// Hub is a hub that runs.
type Hub struct {
	URL    string // base URL of production
	Data   string // its folder
	*Asker        // asks where it listens

	database []string // what verbs need to work on the same database
	command  *exec.Cmd
	exited   chan struct{}
	lines    chan string // of stdout, after the ready line
}

// Serve starts `hub serve` on a folder ("": one of its own) with further arguments, and stops it with the test. A second hub
// on one database may have the first one's base URL (--url); it is asked where it listens all the same.
func Serve(t testing.TB, data string, args ...string) *Hub {
	t.Helper()
	if data == "" {
		data = t.TempDir()
	}
	// A free port can be taken by another before the hub listens; then the next one is tried.
	for range 5 {
		address := fmt.Sprintf("localhost:%d", FreePort(t))
		h, err := start(t, data, address, append([]string{"serve", "--data", data, "--listen", address, "--metrics-listen", "off"}, args...))
		if err == nil {
			h.database = []string{"--data", data}
			if at := slices.Index(args, "--database"); at >= 0 {
				h.database = append(h.database, args[at:at+2]...)
			}
			return h
		}
		if !strings.Contains(err.Error(), "another program listens there") {
			t.Fatal(err)
		}
	}
	t.Fatal("no port stayed free for long enough")
	return nil
}

// start starts the program and waits for its ready line.
func start(t testing.TB, data, address string, args []string) (*Hub, error) {
	h := &Hub{Data: data, command: command(t, args...), exited: make(chan struct{}), lines: make(chan string, 1000)}
	var said bytes.Buffer
	h.command.Stderr = &said
	stdout, err := h.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := h.command.Start(); err != nil {
		return nil, err
	}
	go func() {
		for lines := bufio.NewScanner(stdout); lines.Scan(); {
			h.lines <- lines.Text()
		}
		close(h.lines)
		_ = h.command.Wait()
		close(h.exited)
	}()
	t.Cleanup(func() {
		h.Kill(t)
		if t.Failed() {
			t.Logf("%s said:\n%s", strings.Join(args, " "), said.String())
		}
	})
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	select {
	case line, open := <-h.lines:
		var ready bool
		if h.URL, ready = strings.CutPrefix(line, "hub ready url="); open && ready {
			h.Asker = NewAsker(t, strings.Split(h.URL, "://")[0]+"://"+address, data)
			return h, nil
		}
		<-h.exited
		return nil, fmt.Errorf("the hub is not ready: %s %v\n%s", line, h.command.ProcessState, said.String())
	case <-timeout.C:
		return nil, fmt.Errorf("the hub was not ready within %v", patience)
	}
}

// command is the program with its arguments.
func command(t testing.TB, args ...string) *exec.Cmd {
	c := exec.Command(Binary(t), args...)
	c.Env = Environment()
	bind(c)
	return c
}

// Environment is this process's environment without what is meant for a hub or for these tests: a hub refuses what it does
// not know.
func Environment() []string {
	return slices.DeleteFunc(os.Environ(), func(pair string) bool { return strings.HasPrefix(pair, "HUB_") })
}

// FreePort finds a port of this machine that nobody listens on now.
func FreePort(t testing.TB) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port
}

// Signal sends a signal to the hub.
func (h *Hub) Signal(t testing.TB, signal syscall.Signal) {
	t.Helper()
	if err := h.command.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
}

// Wait waits until the hub has ended and gives its exit code.
func (h *Hub) Wait(t testing.TB) int {
	t.Helper()
	select {
	case <-h.exited:
	case <-time.After(patience):
		t.Fatalf("the hub had not ended within %v", patience)
	}
	return h.command.ProcessState.ExitCode()
}

// Stop asks the hub to end and gives its exit code.
func (h *Hub) Stop(t testing.TB) int {
	t.Helper()
	h.Signal(t, syscall.SIGTERM)
	return h.Wait(t)
}

// Kill ends the hub at once, as a crash would.
func (h *Hub) Kill(t testing.TB) {
	t.Helper()
	h.Signal(t, syscall.SIGKILL)
	<-h.exited
}

// Result is what a verb that ran to its end said.
type Result struct {
	Exit           int
	Stdout, Stderr string
}

// Run runs a verb with this text on its stdin.
func Run(t testing.TB, stdin string, args ...string) Result {
	t.Helper()
	c := command(t, args...)
	var out, said bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(stdin), &out, &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	hanging := time.AfterFunc(patience, func() { _ = c.Process.Kill() })
	defer hanging.Stop()
	err := c.Wait()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return Result{c.ProcessState.ExitCode(), out.String(), said.String()}
}

// Database gives the flags by which a verb works on the hub's database.
func (h *Hub) Database() []string { return h.database }

// Verb runs a verb on the hub's database, beside the hub. It has to succeed; what it printed is given.
func (h *Hub) Verb(t testing.TB, stdin string, args ...string) string {
	t.Helper()
	return MustRun(t, stdin, append(args, h.database...)...)
}

// Apply brings the hub's database to the state that a hub.yaml declares.
func (h *Hub) Apply(t testing.TB, declaration string) {
	t.Helper()
	h.Verb(t, declaration, "apply", "-f", "-")
}

// MustRun is Run for a verb that has to succeed; it gives what it printed.
func MustRun(t testing.TB, stdin string, args ...string) string {
	t.Helper()
	result := Run(t, stdin, args...)
	if result.Exit != 0 {
		t.Fatalf("hub %s: exit code %d\n%s", strings.Join(args, " "), result.Exit, result.Stderr)
	}
	return result.Stdout
}
