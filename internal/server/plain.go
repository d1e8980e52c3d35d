package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"example.org/hub/internal/fault"
)

// plainListener hands out connections that notice plain HTTP on a TLS port. Looking costs nothing extra: it happens in
// the first read of the handshake, in the connection's own goroutine and under its deadline, so nobody who is slow there
// holds up anyone else.
type plainListener struct {
	net.Listener
	base string // where https is spoken
}

func (l plainListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &plainConn{Conn: conn, base: l.base}, nil
}

type plainConn struct {
	net.Conn
	base   string
	looked bool
}

var errPlain = errors.New("plain HTTP on a TLS port")

// Read passes on what was read, unless the first byte of the connection is that of an HTTP method: a TLS record of a
// handshake begins with 22.
func (c *plainConn) Read(into []byte) (int, error) {
	n, err := c.Conn.Read(into)
	if c.looked || n == 0 {
		return n, err
	}
	c.looked = true
	if into[0] >= 'A' && into[0] <= 'Z' {
		c.answer()
		return 0, errPlain
	}
	return n, err
}

// How much of a plain request is taken in after it was answered: closing with unread bytes would reset the connection,
// and the client might never see the answer.
const (
	drainBytes = 64 << 10
	drainTime  = time.Second
)

func (c *plainConn) answer() {
	id := fault.NewID()
	body, _ := json.Marshal(refusal{
		Error: "https_required", ID: id,
		Description: "This port speaks https only: use " + c.base + "/. Treat a secret that was just sent as known to others.",
	})
	var text bytes.Buffer
	fmt.Fprintf(&text, "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s: %s\r\n", len(body)+1, errorID, id)
	fmt.Fprintf(&text, "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n%s\n", body)
	if _, err := c.Conn.Write(text.Bytes()); err != nil {
		return
	}
	if half, ok := c.Conn.(*net.TCPConn); ok && half.CloseWrite() == nil && c.Conn.SetReadDeadline(time.Now().Add(drainTime)) == nil {
		_, _ = io.CopyN(io.Discard, half, drainBytes)
	}
}
