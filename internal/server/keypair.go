package server

import (
	"context"
	"crypto/tls"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/metrics"
)

// filePair serves a certificate from files, and follows them: when they change, the new pair is taken; when the new pair
// is broken, the old one stays and the log says why, once.
type filePair struct {
	certFile, keyFile string
	every             time.Duration
	log               *slog.Logger
	end               metrics.Gauge

	current atomic.Pointer[tls.Certificate]
	stamp   [2]fileStamp // of the pair last tried
	trouble string       // last said
}

// fileStamp tells whether a file was replaced, also by a link that now leads elsewhere.
type fileStamp struct {
	size     int64
	modified time.Time
}

func (f *filePair) load(context.Context, int) error {
	f.stamp = f.look()
	return f.take()
}

func (f *filePair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) { return f.current.Load(), nil }

func (f *filePair) keep(ctx context.Context) {
	tick := time.NewTicker(f.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			f.follow()
		}
	}
}

// follow takes a changed pair. A pair that was broken is tried again each time: the two files are seldom replaced in the
// same instant.
func (f *filePair) follow() {
	stamp := f.look()
	if stamp == f.stamp && f.trouble == "" {
		return
	}
	f.stamp = stamp
	if err := f.take(); err != nil {
		if text := err.Error(); text != f.trouble {
			f.trouble = text
			f.log.Error("the changed certificate is not usable, the one before stays in use", "error", err)
		}
		return
	}
	f.trouble = ""
	f.log.Info("certificate reloaded", "file", f.certFile, "ends", f.current.Load().Leaf.NotAfter)
}

func (f *filePair) look() (stamp [2]fileStamp) {
	for i, name := range []string{f.certFile, f.keyFile} {
		if info, err := os.Stat(name); err == nil {
			stamp[i] = fileStamp{size: info.Size(), modified: info.ModTime()}
		}
	}
	return stamp
}

func (f *filePair) take() error {
	pair, err := tls.LoadX509KeyPair(f.certFile, f.keyFile)
	if err != nil {
		return fault.Wrap(fault.Invalid, err,
			"--tls-cert %s and --tls-key %s: expected a certificate chain and its key, both PEM: %v", f.certFile, f.keyFile, err)
	}
	if time.Now().After(pair.Leaf.NotAfter) {
		f.log.Warn("the certificate has ended: clients will refuse it", "file", f.certFile, "ended", pair.Leaf.NotAfter)
	}
	f.current.Store(&pair)
	f.end.Set(float64(pair.Leaf.NotAfter.Unix()))
	return nil
}
