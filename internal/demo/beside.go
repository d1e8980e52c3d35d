package demo

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// beside is a program that runs beside the hub, on a port of this machine's loopback addresses.
type beside struct {
	ports  []net.Listener
	scheme string
}

// listen opens the first port that nobody has, or whichever the system gives.
func listen(first, last int, secure bool) (*beside, error) {
	b := &beside{scheme: "http"}
	if secure {
		b.scheme = "https"
	}
	for port := first; ; port++ {
		if port > last {
			port = 0
		}
		var err error
		if b.ports, err = listenLoopback(port); err == nil {
			return b, nil
		}
		if port == 0 || !errors.Is(err, syscall.EADDRINUSE) {
			return nil, fmt.Errorf("there is no free port on localhost: %w", err)
		}
	}
}

// listenLoopback opens a port on 127.0.0.1, and on ::1 where there is such an address: browsers and curl ask either for
// localhost.
func listenLoopback(port int) ([]net.Listener, error) {
	four, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	six, err := net.Listen("tcp", net.JoinHostPort("::1", strconv.Itoa(portOf(four))))
	switch {
	case err == nil:
		return []net.Listener{four, six}, nil
	case errors.Is(err, syscall.EADDRINUSE):
		_ = four.Close()
		return nil, err
	}
	return []net.Listener{four}, nil
}

func portOf(listener net.Listener) int { return listener.Addr().(*net.TCPAddr).Port }

// Secure gives the certificate to speak TLS with, which must be good for localhost.
func (b *beside) Secure(certificate tls.Certificate) {
	for i, port := range b.ports {
		b.ports[i] = tls.NewListener(port, &tls.Config{
			Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12,
			NextProtos: []string{"http/1.1"},
		})
	}
}

// URL is where it answers.
func (b *beside) URL() string { return fmt.Sprintf("%s://localhost:%d", b.scheme, portOf(b.ports[0])) }

// Close gives the port back, for what was never served.
func (b *beside) Close() {
	for _, port := range b.ports {
		_ = port.Close()
	}
}

// client asks the hub, which is on this machine; authority is what it is known by (nil: the system's).
func client(authority *x509.CertPool) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil
	transport.TLSClientConfig = &tls.Config{RootCAs: authority, MinVersion: tls.VersionTLS12}
	return &http.Client{Transport: transport, Timeout: 5 * time.Second}
}

// serve answers until ctx ends.
func (b *beside) serve(ctx context.Context, handler http.Handler, log *slog.Logger) error {
	defer b.Close()
	server := &http.Server{
		Handler: handler, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug), MaxHeaderBytes: 32 << 10,
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute,
	}
	within, stop := context.WithCancel(ctx)
	defer stop()
	var serving sync.WaitGroup
	failed := make(chan error, len(b.ports))
	for _, port := range b.ports {
		serving.Go(func() { failed <- server.Serve(port); stop() })
	}
	<-within.Done()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if server.Shutdown(last) != nil {
		_ = server.Close()
	}
	serving.Wait()
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
