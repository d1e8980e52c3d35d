package relay_test

import (
	"bufio"
	"net"
	"testing"
	"time"

	"example.org/hub/test/relay"
)

// echo answers each line with the line, until the test ends.
func echo(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				for lines := bufio.NewScanner(conn); lines.Scan(); {
					_, _ = conn.Write([]byte(lines.Text() + "\n"))
				}
			}()
		}
	}()
	return listener.Addr().String()
}

func dial(t *testing.T, r *relay.Relay) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", r.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// ask sends a line and gives what came back within a time.
func ask(conn net.Conn, within time.Duration) (string, error) {
	if _, err := conn.Write([]byte("hello\n")); err != nil {
		return "", err
	}
	return hear(conn, within)
}

func hear(conn net.Conn, within time.Duration) (string, error) {
	_ = conn.SetReadDeadline(time.Now().Add(within))
	return bufio.NewReader(conn).ReadString('\n')
}

const patience = 10 * time.Second

func TestWhatPassesIsWhatWasSent(t *testing.T) {
	if answer, err := ask(dial(t, relay.New(t, echo(t))), patience); answer != "hello\n" {
		t.Errorf("answer %q, %v", answer, err)
	}
}

func TestACutEndsConnectionsAndRefusesNewOnesUntilItHeals(t *testing.T) {
	r := relay.New(t, echo(t))
	before := dial(t, r)
	if _, err := ask(before, patience); err != nil {
		t.Fatal(err)
	}
	r.Cut()
	if answer, err := ask(before, patience); err == nil {
		t.Errorf("the old connection answers %q", answer)
	}
	if conn, err := net.Dial("tcp", r.Address()); err == nil {
		if answer, err := ask(conn, patience); err == nil {
			t.Errorf("a new connection answers %q", answer)
		}
		_ = conn.Close()
	}
	r.Heal()
	if _, err := ask(dial(t, r), patience); err != nil {
		t.Errorf("healed: %v", err)
	}
}

func TestAFreezeHoldsEverythingBackUntilItHeals(t *testing.T) {
	r := relay.New(t, echo(t))
	conn := dial(t, r)
	if _, err := ask(conn, patience); err != nil {
		t.Fatal(err)
	}
	r.Freeze()
	if answer, err := ask(conn, 100*time.Millisecond); err == nil {
		t.Errorf("it answers %q though frozen", answer)
	}
	r.Heal()
	if answer, err := hear(conn, patience); answer != "hello\n" {
		t.Errorf("healed: %q, %v", answer, err)
	}
}

func TestADelayIsWaitedForInEachDirection(t *testing.T) {
	r := relay.New(t, echo(t))
	conn := dial(t, r)
	r.Delay(50 * time.Millisecond)
	began := time.Now()
	if _, err := ask(conn, patience); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < 100*time.Millisecond {
		t.Errorf("there and back took %v", took)
	}
}
