package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// load is one kind of request to one server: prepared bytes that connections send one after the other, each waiting for its
// answer. The same few lines load hub and floor, so what they cost the machine is the same on both sides.
type load struct {
	addr     string
	tls      *tls.Config // nil: plain HTTP
	requests [][]byte    // sent in turn; the connections begin at different ones
}

// tally is what a load did.
type tally struct {
	answers int
	took    time.Duration
}

func (t tally) perSecond() float64 { return float64(t.answers) / t.took.Seconds() }

// connect opens so many connections, TLS handshake included; close them with hangUp.
func (l load) connect(ctx context.Context, connections int) ([]*line, error) {
	var lines []*line
	for range connections {
		opened, err := l.open(ctx)
		if err != nil {
			hangUp(lines)
			return nil, err
		}
		lines = append(lines, opened)
	}
	return lines, nil
}

func hangUp(lines []*line) {
	for _, opened := range lines {
		_ = opened.Close()
	}
}

// send keeps all lines busy for so long. The first answer that is not 200 ends it with an error that shows the answer.
func (l load) send(lines []*line, duration time.Duration) (tally, error) {
	var (
		stopped atomic.Bool
		answers atomic.Int64
		failed  = make(chan error, len(lines))
		done    sync.WaitGroup
	)
	began := time.Now()
	deadline := time.AfterFunc(duration, func() { stopped.Store(true) })
	defer deadline.Stop()
	for i, opened := range lines {
		done.Go(func() {
			sent := 0
			for next := i * len(l.requests) / len(lines); !stopped.Load(); next++ {
				if _, err := opened.ask(l.requests[next%len(l.requests)]); err != nil {
					failed <- err
					stopped.Store(true)
					break
				}
				sent++
			}
			answers.Add(int64(sent))
		})
	}
	done.Wait()
	close(failed)
	return tally{answers: int(answers.Load()), took: time.Since(began)}, <-failed
}

// line is one kept connection.
type line struct {
	net.Conn
	answers *bufio.Reader
}

// patience is how long a line lives at most, so that a server which stopped answering ends the run.
const patience = 2 * time.Minute

func (l load) open(ctx context.Context) (*line, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", l.addr)
	if err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if l.tls != nil {
		secured := tls.Client(conn, l.tls)
		if err := secured.HandshakeContext(ctx); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
		conn = secured
	}
	return &line{Conn: conn, answers: bufio.NewReader(conn)}, nil
}

// ask sends one request and gives the body of its answer, which has to be 200.
func (l *line) ask(request []byte) ([]byte, error) {
	if _, err := l.Write(request); err != nil {
		return nil, err
	}
	status, body, err := readAnswer(l.answers)
	if err != nil {
		return nil, fmt.Errorf("reading the answer to %q: %w", firstLine(request), err)
	}
	if status != 200 {
		return nil, fmt.Errorf("%q was answered %d: %s", firstLine(request), status, body)
	}
	return body, nil
}

func firstLine(request []byte) []byte {
	first, _, _ := bytes.Cut(request, []byte("\r\n"))
	return first
}

// readAnswer reads one HTTP/1.1 answer with a length or in chunks: all that a load needs, at a fraction of what net/http's client
// would take from the server's processor time.
func readAnswer(from *bufio.Reader) (status int, body []byte, err error) {
	first, err := from.ReadSlice('\n')
	if err != nil {
		return 0, nil, err
	}
	if len(first) < 12 || !bytes.HasPrefix(first, []byte("HTTP/1.1 ")) {
		return 0, nil, fmt.Errorf("no answer: %q", first)
	}
	if status, err = strconv.Atoi(string(first[9:12])); err != nil {
		return 0, nil, err
	}
	length, chunked := 0, false
	for {
		header, err := from.ReadSlice('\n')
		if err != nil {
			return status, nil, err
		}
		header = bytes.TrimRight(header, "\r\n")
		if len(header) == 0 {
			break
		}
		name, value, _ := bytes.Cut(header, []byte(":"))
		switch value = bytes.TrimSpace(value); {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return status, nil, err
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = bytes.EqualFold(value, []byte("chunked"))
		}
	}
	if !chunked {
		body = make([]byte, length)
		_, err = io.ReadFull(from, body)
		return status, body, err
	}
	for {
		size, err := from.ReadSlice('\n')
		if err != nil {
			return status, nil, err
		}
		n, err := strconv.ParseUint(string(bytes.TrimSpace(size)), 16, 24)
		if err != nil {
			return status, nil, err
		}
		chunk := make([]byte, n+2)
		if _, err := io.ReadFull(from, chunk); err != nil {
			return status, nil, err
		}
		if n == 0 {
			return status, body, nil
		}
		body = append(body, chunk[:n]...)
	}
}
