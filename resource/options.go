package resource

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Options says which tokens an API takes. Issuer and Audience are always needed, ClientID and ClientSecret for Online; every
// other zero value works.
type Options struct {
	// Issuer is the base URL of the hub's environment, exactly as the hub states it: https://hub.example.com, or
	// https://hub.example.com/test. Plain http is taken for loopback hosts only.
	Issuer string
	// Audience is the id or the key of the one service whose API this is.
	Audience string

	// Online has the hub asked about each token. ClientID and ClientSecret are the service's own credentials, for asking.
	Online       bool
	ClientID     string
	ClientSecret string

	// Resource is the URL at which callers reach this API, such as https://payments.example.com; published as its RFC 9728
	// document. Without it only callers on loopback are pointed to a document of this API, all others to the one that
	// the hub publishes for the service: a Host header is not believed.
	Resource string
	// Addresses are those from which address-restricted tokens are taken offline; without any they are refused there.
	// Online the hub holds them against its own allowlist.
	Addresses []netip.Prefix
	// TrustedProxies are the peers whose X-Forwarded-For is believed, read from right to left.
	TrustedProxies []netip.Prefix

	// HTTPClient carries the requests to the hub, for a private certificate authority or a proxy. Redirects are never
	// followed, whatever it says. Nil is a client with a timeout of 5 seconds.
	HTTPClient *http.Client
	// Logger hears of trouble with the hub (warn) and of refusals with their reason (debug). Nil is slog.Default.
	Logger *slog.Logger
}

// Verifier checks tokens for one API. It is safe for many goroutines and holds nothing that needs closing.
type Verifier struct {
	options  Options
	resource *url.URL // nil when Options.Resource is empty
	issuer   *issuer
	offline  *offline // one of the two is set
	online   *online
}

// New makes a Verifier. It asks the hub nothing: that happens with the first token, so an API may start before its hub.
// Errors name the option and what it should be.
func New(options Options) (*Verifier, error) {
	v := &Verifier{options: options}
	if _, err := plainURL(options.Issuer); err != nil {
		return nil, fmt.Errorf("resource: Issuer %q %w", options.Issuer, err)
	}
	if options.Audience == "" || quotable(options.Audience) != options.Audience || strings.Contains(options.Audience, " ") {
		return nil, fmt.Errorf("resource: Audience %q must be the id or key of the service whose API this is", options.Audience)
	}
	if options.Online && (options.ClientID == "" || options.ClientSecret == "") {
		return nil, errors.New("resource: Online needs ClientID and ClientSecret, the service's own credentials, to ask the hub")
	}
	if options.Resource != "" {
		address, err := plainURL(options.Resource)
		if err != nil {
			return nil, fmt.Errorf("resource: Resource %q %w", options.Resource, err)
		}
		v.resource = address
	}
	if v.options.Logger == nil {
		v.options.Logger = slog.Default()
	}
	v.issuer = newIssuer(options.Issuer, options.Audience, hubClient(options.HTTPClient))
	if options.Online {
		v.online = newOnline(v.issuer, options.ClientID, options.ClientSecret)
	} else {
		v.offline = newOffline(v.issuer, options.Addresses)
	}
	return v, nil
}

// hubClient is the owner's client without its redirects: a redirected request would carry tokens and credentials to
// somewhere nobody configured.
func hubClient(given *http.Client) *http.Client {
	client := &http.Client{Timeout: 5 * time.Second}
	if given != nil {
		*client = *given
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return client
}

// plainURL accepts https URLs, and http ones of loopback hosts, that have no credentials, query or fragment.
func plainURL(text string) (*url.URL, error) {
	address, err := url.Parse(text)
	switch {
	case err != nil || address.Host == "" || address.Opaque != "":
		return nil, errors.New("is not an absolute URL; expected one like https://hub.example.com")
	case address.User != nil || address.RawQuery != "" || address.ForceQuery || strings.Contains(text, "#"):
		return nil, errors.New("must not hold credentials, a query or a fragment")
	case address.Scheme == "https" || address.Scheme == "http" && isLoopback(address.Hostname()):
		return address, nil
	}
	return nil, errors.New("must begin with https:// (http:// for a loopback host only), since tokens and secrets travel there")
}

// isLoopback reports whether a host, by name or address, is this machine.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") || strings.HasSuffix(strings.ToLower(host), ".localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}
