package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"
)

// wire is how requests travel.
type wire string

const (
	plain  wire = "plain HTTP"
	secure wire = "TLS"
)

// hubServer is a running hub on a filled folder.
type hubServer struct {
	*process
	target target
	wire   load // without requests: address and TLS
}

// serve starts hub on a filled folder and waits until it says that it is ready.
func serve(ctx context.Context, hub string, on filled, over wire) (*hubServer, error) {
	addr, args, err := serveArguments(on, over)
	if err != nil {
		return nil, err
	}
	running, err := start(ctx, "hub ready url=", hub, args...)
	if err != nil {
		return nil, err
	}
	server := &hubServer{process: running, target: target{host: addr, filled: on}, wire: load{addr: addr}}
	if over == secure {
		if server.wire.tls, err = trust(filepath.Join(on.folder, "tls", "ca.pem")); err != nil {
			running.stop()
			return nil, err
		}
	}
	return server, nil
}

func serveArguments(on filled, over wire) (addr string, args []string, err error) {
	ports, err := freePorts(2)
	if err != nil {
		return "", nil, err
	}
	addr = fmt.Sprintf("localhost:%d", ports[0])
	args = []string{"serve", "--data", on.folder, "--listen", addr, "--metrics-listen", fmt.Sprintf("localhost:%d", ports[1])}
	if over == plain {
		args = append(args, "--tls", "off", "--url", "http://"+addr)
	}
	return addr, args, nil
}

// trust gives the client's side of TLS with a hub or floor whose certificate comes from this authority.
func trust(authority string) (*tls.Config, error) {
	pem, err := os.ReadFile(authority)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", authority)
	}
	return &tls.Config{RootCAs: roots, ServerName: "localhost", MinVersion: tls.VersionTLS12}, nil
}

// freePorts finds ports that nobody listens on now.
func freePorts(n int) ([]int, error) {
	var ports []int
	for range n {
		listener, err := net.Listen("tcp", "localhost:0")
		if err != nil {
			return nil, err
		}
		defer listener.Close()
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

// liveTokens is how many access tokens introspection is asked about in turn.
const liveTokens = 64

// prepare gets what the requests need from the running hub.
func (h *hubServer) prepare(ctx context.Context) error {
	asked := h.wire
	asked.requests = subjects[forLiveTokens].requests(h.target)
	var err error
	h.target.live, err = asked.tokens(ctx, liveTokens)
	return err
}

// tokens asks for so many tokens, one after the other.
func (l load) tokens(ctx context.Context, n int) ([]string, error) {
	opened, err := l.open(ctx)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	var tokens []string
	for i := range n {
		body, err := opened.ask(l.requests[i%len(l.requests)])
		if err != nil {
			return nil, err
		}
		var answer struct {
			AccessToken string `json:"access_token"`
		}
		if err := json.Unmarshal(body, &answer); err != nil || answer.AccessToken == "" {
			return nil, fmt.Errorf("no token in %s", body)
		}
		tokens = append(tokens, answer.AccessToken)
	}
	return tokens, nil
}

// fetch gives the body of one answer.
func (l load) fetch(ctx context.Context, request []byte) ([]byte, error) {
	opened, err := l.open(ctx)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	return opened.ask(request)
}

// firstToken measures the time from exec to the first token in the client's hand, on a folder that was used before.
func firstToken(ctx context.Context, hub string, on filled) (time.Duration, error) {
	addr, args, err := serveArguments(on, plain)
	if err != nil {
		return 0, err
	}
	knock := load{addr: addr, requests: subjects[0].requests(target{host: addr, filled: on})}
	type outcome struct {
		took time.Duration
		err  error
	}
	began := time.Now()
	got := make(chan outcome, 1)
	asking, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	go func() {
		for {
			_, err := knock.tokens(asking, 1)
			if err == nil || asking.Err() != nil {
				got <- outcome{time.Since(began), err}
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	running, err := start(ctx, "hub ready url=", hub, args...)
	if err != nil {
		return 0, err
	}
	defer running.stop()
	found := <-got
	return found.took, found.err
}

// rest is how long a hub is left alone before its idle memory is read.
const rest = 2 * time.Second

// idleMemory gives the resident bytes of a hub that was started and left alone.
func idleMemory(ctx context.Context, hub string, on filled) (int64, error) {
	running, err := serve(ctx, hub, on, plain)
	if err != nil {
		return 0, err
	}
	defer running.stop()
	select {
	case <-time.After(rest):
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	return running.memory()
}
