package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"example.org/hub/internal/metrics"
)

// Shorten sets deadlines that a test can wait for. Zero leaves the standard.
func (o *Options) Shorten(header, body, idle, stop, reload time.Duration) {
	o.times = times{header: header, body: body, idle: idle, stop: stop, reload: reload}
}

// KeepLocalCA lets a local authority keep its certificate for a while of the caller's (synthetic) time, and gives the
// first and the last leaf it served and the authority at the end.
func KeepLocalCA(t *testing.T, dir string, while time.Duration) (first, last, authority *x509.Certificate) {
	t.Helper()
	c, err := newLocalCA(dir, []string{"hub.test"}, slog.New(slog.DiscardHandler), metrics.New().CertificateEnd)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	if err := c.load(ctx, 0); err != nil {
		t.Fatal(err)
	}
	first = c.current.Load().named.Leaf
	done := make(chan struct{})
	go func() { defer close(done); c.keep(ctx) }()
	time.Sleep(while)
	stop()
	<-done
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, "ca.pem"), filepath.Join(dir, "ca-key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	return first, c.current.Load().named.Leaf, pair.Leaf
}

// MakeLocalCA makes ca.pem, cert.pem and key.pem for loopback in a folder.
func MakeLocalCA(dir string) error {
	c, err := newLocalCA(dir, nil, slog.New(slog.DiscardHandler), metrics.New().CertificateEnd)
	if err != nil {
		return err
	}
	return c.load(context.Background(), 0)
}
