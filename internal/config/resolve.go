package config

import (
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/limit"
)

// Resolved is the settings whose texts mean something more.
type Resolved struct {
	URL            string // base URL of production, without a slash at the end
	TestURL        string // base URL of the test environment; empty: switched off
	MasterKeyFile  string
	TrustedProxies []netip.Prefix
	FetchAllow     []netip.Prefix
	RateLimit      limit.Rate
	AccountFailure limit.Rate
	AddressFailure limit.Rate
}

// Resolve reads the texts. Errors are fault.Invalid and name the flag, what it was, and what is expected.
func (s *Settings) Resolve() (*Resolved, error) {
	r := &Resolved{MasterKeyFile: s.MasterKeyFile}
	if r.MasterKeyFile == "" {
		r.MasterKeyFile = filepath.Join(s.Data, "master.key")
	}
	for _, step := range []func(*Settings) error{r.urls, r.addresses, r.limits} {
		if err := step(s); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *Resolved) urls(s *Settings) (err error) {
	host, port, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return wrong("--listen", s.Listen, "HOST:PORT, such as localhost:8443")
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		return wrong("--listen", s.Listen, "a port that there is, such as localhost:8443")
	}
	if s.URL == "" {
		if host == "" || host == "0.0.0.0" || host == "::" {
			host = "localhost"
		}
		scheme := "https"
		if s.TLS == "off" && s.TrustedProxies == "" {
			scheme = "http"
		}
		if port == "443" && scheme == "https" || port == "80" && scheme == "http" {
			port = ""
		}
		r.URL = scheme + "://" + host
		if strings.Contains(host, ":") {
			r.URL = scheme + "://[" + host + "]"
		}
		if port != "" {
			r.URL += ":" + port
		}
	} else if r.URL, err = baseURL("--url", s.URL); err != nil {
		return err
	}
	switch s.TestURL {
	case "":
		r.TestURL = r.URL + "/test"
	case "none":
	default:
		if r.TestURL, err = baseURL("--test-url", s.TestURL); err != nil {
			return err
		}
		if r.TestURL == r.URL {
			return wrong("--test-url", s.TestURL, "another URL than that of production: an environment is an issuer of its own")
		}
	}
	return nil
}

// baseURL reads a base URL and takes the slash off its end.
func baseURL(flag, text string) (string, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return "", wrong(flag, text, "an absolute URL such as https://hub.example.com or https://www.example.com/hub")
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil || strings.HasSuffix(text, "?") || strings.HasSuffix(text, "#"):
		return "", wrong(flag, text, "a URL without user, query and fragment")
	}
	u.Host, u.Scheme = strings.ToLower(u.Host), strings.ToLower(u.Scheme)
	return strings.TrimRight(u.String(), "/"), nil
}

func (r *Resolved) addresses(s *Settings) (err error) {
	if r.TrustedProxies, err = prefixes("--trusted-proxies", s.TrustedProxies); err != nil {
		return err
	}
	r.FetchAllow, err = prefixes("--fetch-allow", s.FetchAllow)
	return err
}

func prefixes(flag, text string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for item := range strings.SplitSeq(text, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		if address, err := netip.ParseAddr(item); err == nil {
			address = address.Unmap()
			all = append(all, netip.PrefixFrom(address, address.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(item)
		if err != nil {
			return nil, wrong(flag, item, "addresses or ranges separated by commas, such as 10.0.0.0/8,fd00::/8")
		}
		all = append(all, prefix.Masked())
	}
	return all, nil
}

func (r *Resolved) limits(s *Settings) (err error) {
	if r.RateLimit, err = limit.Parse(s.RateLimit); err != nil {
		return fault.Wrap(fault.Invalid, err, "--rate-limit %q: %v", s.RateLimit, err)
	}
	failures, err := limit.ParseList(s.FailureLimits, "account", "address")
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "--failure-limits %q: %v", s.FailureLimits, err)
	}
	r.AccountFailure, r.AddressFailure = failures["account"], failures["address"]
	if (r.AccountFailure.Off() || r.AddressFailure.Off()) && !s.OnLoopback() {
		return wrong("--failure-limits", s.FailureLimits,
			"limits, since --listen is not a loopback address: without them anybody could guess without end")
	}
	return nil
}

// OnLoopback reports whether the hub listens where only its own machine reaches it.
func (s *Settings) OnLoopback() bool {
	host, _, err := net.SplitHostPort(s.Listen)
	return err == nil && (strings.HasSuffix(host, ".localhost") || hub.IsLoopbackHost(host))
}

func wrong(flag, value, expected string) error {
	return fault.New(fault.Invalid, "%s %q: expected %s", flag, value, expected)
}
