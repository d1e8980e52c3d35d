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

	"example.org/hub/examples/paymentapi/paymentlink"
	"example.org/hub/resource"
)

// API is the example API on this machine's loopback addresses. It asks the hub about every token, so that whatever is
// revoked, banned or taken away while trying things out is seen at once.
type API struct {
	ports  []net.Listener
	scheme string
}

const (
	firstPort = 8444
	lastPort  = 8463
)

// ListenAPI opens the example API's port: 8444, or the next one that nobody has.
func ListenAPI() (*API, error) {
	for port := firstPort; ; port++ {
		if port > lastPort {
			port = 0 // whichever the system gives
		}
		ports, err := listenLoopback(port)
		if err == nil {
			return &API{ports: ports, scheme: "http"}, nil
		}
		if port == 0 || !errors.Is(err, syscall.EADDRINUSE) {
			return nil, fmt.Errorf("the example API finds no port: %w", err)
		}
	}
}

// listenLoopback opens a port on 127.0.0.1, and on ::1 where there is such an address: curl asks either for localhost.
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

// Secure has the API speak TLS with this certificate, which must be good for localhost.
func (a *API) Secure(certificate tls.Certificate) {
	a.scheme = "https"
	for i, port := range a.ports {
		a.ports[i] = tls.NewListener(port, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}})
	}
}

// URL is where the API answers.
func (a *API) URL() string { return fmt.Sprintf("%s://localhost:%d", a.scheme, portOf(a.ports[0])) }

// Close gives the port back, for an API that was never served.
func (a *API) Close() {
	for _, port := range a.ports {
		_ = port.Close()
	}
}

// Serve answers until ctx ends. issuer is the hub's base URL, authority the certificates it is known by (nil: those of the
// system).
func (a *API) Serve(ctx context.Context, issuer string, authority *x509.CertPool, sample *Sample, log *slog.Logger) error {
	defer a.Close()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil // the hub is on this machine
	transport.TLSClientConfig = &tls.Config{RootCAs: authority, MinVersion: tls.VersionTLS12}
	defer transport.CloseIdleConnections()
	verifier, err := resource.New(resource.Options{
		Issuer: issuer, Audience: sample.PaymentsID(), Online: true, ClientID: sample.PaymentsID(), ClientSecret: sample.PaymentsSecret.Reveal(),
		Resource: a.URL(), HTTPClient: &http.Client{Transport: transport, Timeout: 5 * time.Second}, Logger: log,
	})
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: paymentlink.Handler(verifier), ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug), MaxHeaderBytes: 32 << 10,
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute,
	}
	within, stop := context.WithCancel(ctx)
	defer stop()
	var serving sync.WaitGroup
	failed := make(chan error, len(a.ports))
	for _, port := range a.ports {
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
