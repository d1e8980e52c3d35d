package server

import (
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/metrics"
)

// Options is what the program decides. Log, Ready and Metrics may be left out; Environments may not.
type Options struct {
	Listen          string // host:port; a host of `localhost` listens on 127.0.0.1 and ::1
	MetricsListen   string // host:port of /metrics; empty or `off` for none
	Pprof           bool   // /debug/pprof beside /metrics
	TLS             TLS
	Dir             string         // the data folder; certificates live in Dir/tls
	TrustedProxies  []netip.Prefix // whose word on the client's address and scheme is believed
	ForwardedHeader string         // `X-Forwarded-For` (with X-Forwarded-Proto; the default) or `Forwarded`
	Environments    []Environment  // production first
	Ready           func() (Status, string)
	Metrics         *metrics.Set
	Log             *slog.Logger

	times times
}

// TLS says where certificates come from.
type TLS struct {
	Mode      string // `auto`, `file`, `acme` or `off`
	CertFile  string // of mode file
	KeyFile   string
	Email     string // of mode acme: for the authority's warnings
	Directory string // of mode acme: the authority's directory URL; empty is Let's Encrypt
	Shelf     Shelf  // of mode acme: where nodes share certificates and locks; nil is Dir/tls/acme
}

// The modes of TLS.
const (
	TLSAuto = "auto"
	TLSFile = "file"
	TLSACME = "acme"
	TLSOff  = "off"
)

// times are the deadlines. Tests shorten them; programs cannot.
type times struct {
	header time.Duration // from the first byte of a connection or request to the end of its header; TLS handshakes too
	body   time.Duration // to the end of its body
	write  time.Duration // to the end of the answer
	idle   time.Duration // between requests of one connection
	admit  time.Duration // for connections that had begun when the signal to stop came
	part   time.Duration // in which a hub that stops answers who is connected, and closes each connection with the answer
	stop   time.Duration // for what is in flight after that
	reload time.Duration // between looks at certificate files
}

func (t times) orDefaults() times {
	or := func(d *time.Duration, standard time.Duration) {
		if *d == 0 {
			*d = standard
		}
	}
	or(&t.header, 10*time.Second)
	or(&t.body, 30*time.Second)
	or(&t.write, 60*time.Second)
	or(&t.idle, 75*time.Second)
	or(&t.admit, 50*time.Millisecond)
	or(&t.part, 250*time.Millisecond)
	or(&t.stop, 8*time.Second)
	or(&t.reload, 2*time.Second)
	return t
}

// check refuses settings which cannot work or are not safe together. Its messages name the flag.
func (o *Options) check() error {
	if len(o.Environments) == 0 {
		return fault.New(fault.Internal, "a server needs at least one environment")
	}
	host, _, err := net.SplitHostPort(o.Listen)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "--listen %q: expected HOST:PORT, such as localhost:8443", o.Listen)
	}
	switch o.TLS.Mode {
	case TLSAuto, TLSACME:
	case TLSFile:
		if o.TLS.CertFile == "" || o.TLS.KeyFile == "" {
			return fault.New(fault.Invalid, "--tls file needs --tls-cert and --tls-key")
		}
	case TLSOff:
		if !loopbackName(host) && len(o.TrustedProxies) == 0 {
			return fault.New(fault.Invalid,
				"--tls off on %s would take credentials in the clear: listen on localhost, or name the proxies that end TLS with --trusted-proxies",
				o.Listen)
		}
	default:
		return fault.New(fault.Invalid, "--tls %q: expected auto, file, acme or off", o.TLS.Mode)
	}
	switch strings.ToLower(o.ForwardedHeader) {
	case "", "x-forwarded-for", "forwarded":
	default:
		return fault.New(fault.Invalid, "--forwarded-header %q: expected X-Forwarded-For or Forwarded", o.ForwardedHeader)
	}
	return nil
}

// loopbackName reports whether a host name or address is the machine's own by its very name (RFC 6761 section 6.3).
func loopbackName(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}
