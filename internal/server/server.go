package server

import (
	"context"
	"errors"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"example.org/hub/internal/metrics"
)

// Server is the edge of one hub.
type Server struct {
	options  Options
	log      *slog.Logger
	metrics  *metrics.Set
	atlas    *atlas
	certs    certificates // nil with TLS off
	http     *http.Server
	ports    []net.Listener
	watch    *http.Server
	watched  []net.Listener
	stopping atomic.Bool
}

// New checks the settings and builds the route table. Nothing is opened yet. Wrong settings are a *fault.Error of kind
// Invalid that names the flag.
func New(options Options) (*Server, error) {
	if err := options.check(); err != nil {
		return nil, err
	}
	options.times = options.times.orDefaults()
	s := &Server{options: options, log: options.Log, metrics: options.Metrics}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.metrics == nil {
		s.metrics = metrics.New()
	}
	environments := make([]Environment, 0, len(options.Environments))
	for _, e := range options.Environments {
		e.Routes = append(s.healthRoutes(), e.Routes...)
		environments = append(environments, e)
	}
	var err error
	if s.atlas, err = newAtlas(environments); err != nil {
		return nil, err
	}
	if s.certs, err = s.newCertificates(); err != nil {
		return nil, err
	}
	s.http = s.newHTTP()
	s.watch = &http.Server{Handler: observed(s.metrics, options.Pprof), ReadHeaderTimeout: options.times.header, ErrorLog: s.quietLog()}
	return s, nil
}

func (s *Server) newHTTP() *http.Server {
	t := s.options.times
	server := &http.Server{
		Handler: &edge{
			server: s, atlas: s.atlas, proxies: newProxies(s.options.TrustedProxies, s.options.ForwardedHeader),
			inClear: s.certs == nil, nosniff: []string{"nosniff"},
		},
		ReadHeaderTimeout: t.header,
		ReadTimeout:       t.body,
		WriteTimeout:      t.write,
		IdleTimeout:       t.idle,
		// Twice what the edge takes, so that the edge can refuse in its own words; beyond that net/http answers 431.
		MaxHeaderBytes: 2 * maxHeader,
		HTTP2:          &http.HTTP2Config{MaxConcurrentStreams: 128, SendPingTimeout: t.idle / 2, PingTimeout: t.header},
		ErrorLog:       s.quietLog(),
	}
	if s.certs != nil {
		server.TLSConfig = tlsConfig(s.certs, s.options.TLS.Mode == TLSACME)
	}
	return server
}

// quietLog is for what strangers can cause on any port: broken handshakes and the like.
func (s *Server) quietLog() *log.Logger { return slog.NewLogLogger(s.log.Handler(), slog.LevelDebug) }

func (s *Server) newCertificates() (certificates, error) {
	o, dir := s.options, filepath.Join(s.options.Dir, "tls")
	switch o.TLS.Mode {
	case TLSAuto:
		return newLocalCA(dir, s.hosts(), s.log, s.metrics.CertificateEnd)
	case TLSFile:
		return &filePair{certFile: o.TLS.CertFile, keyFile: o.TLS.KeyFile, every: o.times.reload, log: s.log, end: s.metrics.CertificateEnd}, nil
	case TLSACME:
		return newACME(o.TLS, dir, s.hosts(), s.log, s.metrics.CertificateEnd)
	default:
		return nil, nil
	}
}

// hosts are the names that clients use, out of the base URLs.
func (s *Server) hosts() []string {
	var hosts []string
	for _, e := range s.options.Environments {
		if base, err := url.Parse(e.URL); err == nil {
			hosts = append(hosts, base.Hostname())
		}
	}
	return hosts
}

// Routes lists every address of every environment.
func (s *Server) Routes() []Mounted {
	var all []Mounted
	for _, e := range s.options.Environments {
		for _, p := range s.atlas.places() {
			if p.name == e.Name {
				all = append(all, p.router.mounted...)
			}
		}
	}
	return all
}

// Handler is what stands behind the listeners: the edge with all routes.
func (s *Server) Handler() http.Handler { return s.http.Handler }

// Listen opens the ports and gets the certificate ready. Requests are answered as soon as Run is called.
func (s *Server) Listen(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			closeAll(s.ports)
			closeAll(s.watched)
		}
	}()
	if s.ports, err = listen("--listen", s.options.Listen); err != nil {
		return err
	}
	if address := s.options.MetricsListen; address != "" && address != "off" {
		if s.watched, err = listen("--metrics-listen", address); err != nil {
			return err
		}
	}
	if s.certs != nil {
		return s.certs.load(ctx, s.ports[0].Addr().(*net.TCPAddr).Port)
	}
	return nil
}

// Addr is the address of the first port, once Listen has opened it; MetricsAddr that of /metrics, empty if there is none.
func (s *Server) Addr() string { return s.ports[0].Addr().String() }

// MetricsAddr is the address of /metrics, empty if there is none.
func (s *Server) MetricsAddr() string {
	if len(s.watched) == 0 {
		return ""
	}
	return s.watched[0].Addr().String()
}

// Run serves until ctx ends, then finishes what is in flight, at most for 8 s, and returns nil. It returns an error only
// when a port fails.
func (s *Server) Run(ctx context.Context) error {
	within, cancel := context.WithCancel(ctx)
	var background sync.WaitGroup
	defer background.Wait()
	defer cancel()
	if s.certs != nil {
		background.Go(func() { s.certs.keep(within) })
	}
	failed := make(chan error, len(s.ports)+len(s.watched))
	for _, port := range s.ports {
		background.Go(func() { failed <- s.serve(port) })
	}
	for _, port := range s.watched {
		background.Go(func() { failed <- s.watch.Serve(port) })
	}
	select {
	case <-ctx.Done():
		s.stop()
		return nil
	case err := <-failed:
		s.stop()
		return err
	}
}

func (s *Server) serve(port net.Listener) error {
	if s.certs == nil {
		return s.http.Serve(port)
	}
	base := s.atlas.first.origin + s.atlas.first.path
	return s.http.ServeTLS(plainListener{Listener: port, base: base}, "", "")
}

// stop lets no new connection in, parts from the clients it has, waits for what is in flight, and then cuts what is left.
// A connection that is merely closed between two requests may meet the next request of a busy client half-way, and that
// request is lost; one that is closed with an answer loses nothing.
func (s *Server) stop() {
	s.stopping.Store(true)
	for _, port := range s.ports {
		if err := admitNoMore(port); err != nil {
			s.log.Debug("connections that have not been accepted are reset", "port", port.Addr().String(), "error", err)
		}
	}
	time.Sleep(s.options.times.admit)
	closeAll(s.ports)
	time.Sleep(s.options.times.part)
	grace, cancel := context.WithTimeout(context.Background(), s.options.times.stop)
	defer cancel()
	if err := s.http.Shutdown(grace); errors.Is(err, context.DeadlineExceeded) {
		s.log.Warn("requests still in flight were cut off", "after", s.options.times.stop)
		_ = s.http.Close()
	}
	_ = s.watch.Close()
}
