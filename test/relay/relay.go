package relay

import (
	"net"
	"sync"
	"testing"
	"time"
)

// Relay forwards TCP connections to a server.
type Relay struct {
	listener net.Listener
	target   string
	running  sync.WaitGroup

	lock    sync.Mutex
	changed *sync.Cond // of frozen and closed
	open    map[net.Conn]struct{}
	cut     bool
	frozen  bool
	closed  bool
	delay   time.Duration
}

// New starts a relay on 127.0.0.1 to a server's address. It ends with the test.
func New(t testing.TB, target string) *Relay {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &Relay{listener: listener, target: target, open: map[net.Conn]struct{}{}}
	r.changed = sync.NewCond(&r.lock)
	r.running.Go(r.accept)
	t.Cleanup(r.close)
	return r
}

// Address is where clients connect instead of the server.
func (r *Relay) Address() string { return r.listener.Addr().String() }

// Cut ends all connections with a reset and refuses new ones the same way.
func (r *Relay) Cut() {
	r.set(func() { r.cut = true })
	r.Reset()
}

// Reset ends all connections there are; new ones are let in.
func (r *Relay) Reset() {
	r.lock.Lock()
	defer r.lock.Unlock()
	for conn := range r.open {
		reset(conn)
	}
}

// Freeze lets nothing through any more: connections stay open, new ones are taken, and nobody answers.
func (r *Relay) Freeze() { r.set(func() { r.frozen = true }) }

// Delay holds every piece of data back for this long in each direction.
func (r *Relay) Delay(by time.Duration) { r.set(func() { r.delay = by }) }

// Heal makes it a good network again. What was held back is delivered.
func (r *Relay) Heal() { r.set(func() { r.cut, r.frozen, r.delay = false, false, 0 }) }

func (r *Relay) set(change func()) {
	r.lock.Lock()
	defer r.lock.Unlock()
	change()
	r.changed.Broadcast()
}

func (r *Relay) accept() {
	for {
		conn, err := r.listener.Accept()
		if err != nil {
			return
		}
		r.running.Go(func() { r.join(conn) })
	}
}

// join connects a client with the server until one of them ends.
func (r *Relay) join(client net.Conn) {
	if !r.keep(client) {
		return
	}
	defer r.drop(client)
	if !r.pass() {
		return
	}
	server, err := net.Dial("tcp", r.target)
	if err != nil {
		reset(client)
		return
	}
	if !r.keep(server) {
		return
	}
	defer r.drop(server)
	var both sync.WaitGroup
	both.Go(func() { r.copy(server, client) })
	both.Go(func() { r.copy(client, server) })
	both.Wait()
}

// copy carries data one way. When one way ends the connection ends as a whole: databases do not half-close.
func (r *Relay) copy(to, from net.Conn) {
	defer func() { _ = to.Close() }()
	defer func() { _ = from.Close() }()
	piece := make([]byte, 64<<10)
	for {
		n, err := from.Read(piece)
		if n > 0 {
			if !r.pass() {
				return
			}
			if _, err := to.Write(piece[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// pass waits as long as the network is as bad as it is; false says that the relay ends.
func (r *Relay) pass() bool {
	r.lock.Lock()
	delay := r.delay
	r.lock.Unlock()
	time.Sleep(delay)
	r.lock.Lock()
	defer r.lock.Unlock()
	for r.frozen && !r.closed {
		r.changed.Wait()
	}
	return !r.closed
}

// keep notes an open connection, or refuses it.
func (r *Relay) keep(conn net.Conn) bool {
	r.lock.Lock()
	defer r.lock.Unlock()
	if r.cut || r.closed {
		reset(conn)
		return false
	}
	r.open[conn] = struct{}{}
	return true
}

func (r *Relay) drop(conn net.Conn) {
	_ = conn.Close()
	r.lock.Lock()
	defer r.lock.Unlock()
	delete(r.open, conn)
}

func (r *Relay) close() {
	_ = r.listener.Close()
	r.set(func() { r.closed = true })
	r.Reset()
	r.running.Wait()
}

// reset closes a connection so that the other side notices at once.
func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
