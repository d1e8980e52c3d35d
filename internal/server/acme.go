package server

import (
	"context"
	"crypto/tls"
	"errors"
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/metrics"
	"github.com/caddyserver/certmagic"
	"go.uber.org/zap"
)

// acmeProtocol is how the authority asks for the proof of a TLS-ALPN-01 challenge (RFC 8737 section 4), on the same port
// as everyone else.
const acmeProtocol = "acme-tls/1"

// shelfRetry is between two looks at a shelf that could not be read.
const shelfRetry = 2 * time.Second

// acme gets certificates from an authority, by certmagic. Until the first one is there handshakes fail and the hub tries
// on; no trouble with the authority or the shelf ends the hub.
type acme struct {
	settings TLS
	dir      string
	hosts    []string
	log      *slog.Logger
	end      metrics.Gauge

	cache  *certmagic.Cache // from load on
	config *certmagic.Config
}

func newACME(settings TLS, dir string, hosts []string, log *slog.Logger, end metrics.Gauge) (*acme, error) {
	hosts = slices.Compact(slices.Sorted(slices.Values(hosts)))
	for _, host := range hosts {
		if privateHost(host) {
			return nil, fault.New(fault.Invalid, "--tls acme: no authority vouches for %s; use --tls auto or a public name in --url", host)
		}
	}
	return &acme{settings: settings, dir: filepath.Join(dir, "acme"), hosts: hosts, log: log, end: end}, nil
}

func (a *acme) load(ctx context.Context, port int) error {
	logger := zap.New(zapToSlog{a.log.Handler()})
	var storage certmagic.Storage = &certmagic.FileStorage{Path: a.dir}
	if a.settings.Shelf != nil {
		storage = &shelfStorage{shelf: a.settings.Shelf}
	}
	a.cache = certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return a.config, nil },
		Logger:           logger,
	})
	a.config = certmagic.New(a.cache, certmagic.Config{
		Storage: storage, Logger: logger, DefaultServerName: a.hosts[0],
		OCSP: certmagic.OCSPConfig{DisableStapling: true},
	})
	issuer := certmagic.ACMEIssuer{
		CA: a.settings.Directory, TestCA: a.settings.Directory, // never another authority than the one that was named
		Email: a.settings.Email, Agreed: true, Logger: logger,
		DisableHTTPChallenge: true, // it would need port 80
		AltTLSALPNPort:       port,
	}
	if a.settings.Directory == "" {
		issuer.CA, issuer.TestCA = certmagic.LetsEncryptProductionCA, certmagic.LetsEncryptStagingCA
	}
	a.config.Issuers = []certmagic.Issuer{certmagic.NewACMEIssuer(a.config, issuer)}
	for _, host := range a.hosts {
		_, _ = a.config.CacheManagedCertificate(ctx, host) // what is not there, or not to be read, is keep's matter
	}
	return nil
}

func (a *acme) get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	return a.config.GetCertificate(hello)
}

// keep sees to it that there is a certificate for every host, and shows when they end. Renewal is the cache's.
func (a *acme) keep(ctx context.Context) {
	var hosts sync.WaitGroup
	defer a.cache.Stop()
	defer hosts.Wait()
	for _, host := range a.hosts {
		hosts.Go(func() { a.obtain(ctx, host) })
	}
	tick := time.NewTicker(shelfRetry)
	defer tick.Stop()
	for {
		a.note()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// obtain returns when a certificate for the host is in use. A shelf that cannot be read is asked again and again; towards
// the authority certmagic waits longer after each failure, as authorities demand.
func (a *acme) obtain(ctx context.Context, host string) {
	said := ""
	for len(a.cache.AllMatchingCertificates(host)) == 0 {
		_, err := a.config.CacheManagedCertificate(ctx, host)
		if errors.Is(err, fs.ErrNotExist) {
			if err = a.config.ObtainCertAsync(ctx, host); err == nil {
				continue
			}
		}
		if err != nil && ctx.Err() == nil && err.Error() != said {
			said = err.Error()
			a.log.Error("there is no certificate yet; trying again", "host", host, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(shelfRetry):
		}
	}
}

// note shows the end of the certificate that ends first.
func (a *acme) note() {
	var first time.Time
	for _, host := range a.hosts {
		for _, certificate := range a.cache.AllMatchingCertificates(host) {
			if end := certificate.Leaf.NotAfter; first.IsZero() || end.Before(first) {
				first = end
			}
		}
	}
	if !first.IsZero() {
		a.end.Set(float64(first.Unix()))
	}
}
