package postgres

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// start is long enough for a busy machine; it only keeps a broken server from hanging a test.
const start = time.Minute

// Server is a PostgreSQL server of its own.
type Server struct {
	bin     string // folder of the programs
	dir     string
	port    int
	as      *syscall.SysProcAttr
	minder  *exec.Cmd
	alive   io.Closer // the server's life: closing it ends server and folder
	created atomic.Int64
}

// shared is made by the first Start and ends with the process.
var shared = sync.OnceValues(launch)

// Start gives the DSN of a new, empty database on the server that all tests of this process share.
func Start(t testing.TB) string {
	t.Helper()
	dsn, err := Make("")
	if err != nil {
		t.Fatal(err)
	}
	return dsn
}

// Make is Start for whoever has no test yet. With the DSN of a database that it made before, to which nobody is connected now, the
// new one begins as a copy of that.
func Make(like string) (dsn string, err error) {
	server, err := shared()
	if err != nil {
		return "", err
	}
	return server.database(like)
}

// New starts a server that only this test uses and that ends with it.
func New(t testing.TB) *Server {
	t.Helper()
	server, err := launch()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.end)
	return server
}

// Database makes a new, empty database and gives its DSN.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	dsn, err := s.database("")
	if err != nil {
		t.Fatal(err)
	}
	return dsn
}

// database makes a database, empty or a copy of the one with this DSN.
func (s *Server) database(like string) (string, error) {
	name := fmt.Sprintf("hub%d", s.created.Add(1))
	statement := "CREATE DATABASE " + name
	if like != "" {
		from, err := url.Parse(like)
		if err != nil {
			return "", err
		}
		statement += " TEMPLATE " + strings.TrimPrefix(from.Path, "/")
	}
	if out, err := s.command("psql", "-X", "-h", "127.0.0.1", "-p", strconv.Itoa(s.port),
		"-U", "hub", "-d", "postgres", "-qc", statement).CombinedOutput(); err != nil {
		return "", fmt.Errorf("create database: %w\n%s", err, out)
	}
	return fmt.Sprintf("postgres://hub@%s/%s?sslmode=disable", s.Address(), name), nil
}

// Address is the server's host and port, the same after Stop and Start.
func (s *Server) Address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// Stop ends the server as an administrator would: connections are cut, transactions rolled back.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	if out, err := s.command("pg_ctl", "-D", s.data(), "-m", "fast", "-w", "stop").CombinedOutput(); err != nil {
		t.Fatalf("stop postgres: %v\n%s", err, out)
	}
}

// Kill ends the server at once, as a crash would.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	if out, err := s.command("pg_ctl", "-D", s.data(), "-m", "immediate", "-w", "stop").CombinedOutput(); err != nil {
		t.Fatalf("kill postgres: %v\n%s", err, out)
	}
}

// Start starts a stopped server again, on the same address with the same data.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
}

// Pause freezes the server: connections stay open and nothing answers.
func (s *Server) Pause(t testing.TB) { t.Helper(); s.signal(t, syscall.SIGSTOP) }

// Resume thaws it.
func (s *Server) Resume(t testing.TB) { t.Helper(); s.signal(t, syscall.SIGCONT) }

// signal reaches the server and all processes it made for connections.
func (s *Server) signal(t testing.TB, signal syscall.Signal) {
	t.Helper()
	pid, err := s.pid()
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range append([]int{pid}, children(pid)...) {
		if err := syscall.Kill(one, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			t.Fatalf("signal postgres: %v", err)
		}
	}
}

// children lists the processes whose parent is pid.
func children(pid int) []int {
	var found []int
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, stat := range stats {
		text, err := os.ReadFile(stat)
		if err != nil {
			continue // it has just ended
		}
		// "pid (name) state parent ...": the name may hold anything, so count from its end.
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if len(fields) > 1 && fields[1] == strconv.Itoa(pid) {
			child, _ := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
			found = append(found, child)
		}
	}
	return found
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) pid() (int, error) {
	text, err := os.ReadFile(filepath.Join(s.data(), "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	return strconv.Atoi(first)
}

// launch makes a data folder and starts a server on it.
func launch() (*Server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, as: &syscall.SysProcAttr{}}
	if s.dir, err = os.MkdirTemp("", "hub-postgres-"); err != nil {
		return nil, err
	}
	started := false
	defer func() {
		if !started {
			_ = os.RemoveAll(s.dir)
		}
	}()
	if err := s.becomePostgres(); err != nil {
		return nil, err
	}
	if out, err := s.command("initdb", "-D", s.data(), "-U", "hub", "-A", "trust", "-E", "UTF8",
		"--locale=C", "--no-sync", "--no-instructions").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	// A free port can be taken by another before the server listens; then the next one is tried.
	for range 5 {
		if s.port, err = freePort(); err != nil {
			return nil, err
		}
		if err = s.run(); err == nil {
			started = true
			return s, s.mind()
		}
	}
	return nil, err
}

// programs finds the newest version that is installed where Debian puts them, or the one on the path.
func programs() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		initdb, err := exec.LookPath("initdb")
		if err != nil {
			return "", errors.New("PostgreSQL is not installed: apt-get install postgresql")
		}
		return filepath.Dir(initdb), nil
	}
	version := func(path string) int {
		number, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return number
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })), nil
}

// becomePostgres gives the folder to user postgres, and lets commands run as that user, when we are root.
func (s *Server) becomePostgres() error {
	if os.Getuid() != 0 {
		return nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		return err
	}
	uid, _ := strconv.Atoi(account.Uid)
	gid, _ := strconv.Atoi(account.Gid)
	s.as.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(s.dir, uid, gid)
}

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.SysProcAttr = s.as
	return cmd
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// run starts the server and waits until it takes connections. Its data have to outlive the server, not the machine: they end with the
// test, and nothing is synced to disk.
func (s *Server) run() error {
	options := fmt.Sprintf("-p %d -h 127.0.0.1 -k '' -c fsync=off -c full_page_writes=off -c max_connections=200 -c shared_buffers=32MB -c logging_collector=off", s.port)
	cmd := s.command("pg_ctl", "-D", s.data(), "-l", filepath.Join(s.dir, "log"),
		"-w", "-t", strconv.Itoa(int(start.Seconds())), "-o", options, "start")
	if out, err := cmd.CombinedOutput(); err != nil {
		text, _ := os.ReadFile(filepath.Join(s.dir, "log"))
		return fmt.Errorf("start postgres: %w\n%s%s", err, out, text)
	}
	return nil
}

// mind starts the shell that outlives this process by a moment and clears up after it.
func (s *Server) mind() error {
	script := `cat >/dev/null; kill -CONT $(head -1 data/postmaster.pid) 2>/dev/null; "$0" -D data -m immediate -w stop >/dev/null 2>&1; cd /; rm -rf "$1"`
	s.minder = exec.Command("/bin/sh", "-c", script, filepath.Join(s.bin, "pg_ctl"), s.dir)
	s.minder.Dir = s.dir
	attributes := *s.as
	attributes.Setpgid = true // an interrupt typed at the tests must not reach it
	s.minder.SysProcAttr = &attributes
	pipe, err := s.minder.StdinPipe()
	if err != nil {
		return err
	}
	s.alive = pipe
	return s.minder.Start()
}

func (s *Server) end() {
	s.alive.Close()
	_ = s.minder.Wait()
}
