package hub

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// maxURI is the most bytes that a registered URI may have.
const maxURI = 2048

// dangerousSchemes run code or open local things when a browser is sent there.
func dangerousSchemes() []string {
	return []string{"javascript", "data", "vbscript", "file", "blob", "filesystem", "about", "view-source", "ws", "wss",
		"ftp", "mailto", "tel", "sms", "intent"}
}

// CheckRedirectURI says what is wrong with a redirect URI, or a URI to return to after sign-out; empty means nothing is.
// It is later compared byte for byte (RFC 6749 section 3.1.2, RFC 9700 section 2.1), so it has no wildcard; plain http
// only reaches this machine, and only a public client may have a scheme of its own (RFC 8252 section 7.1).
func CheckRedirectURI(uri string, public bool) string {
	parsed, reason := parseURI(uri)
	if reason != "" {
		return reason
	}
	switch {
	case strings.Contains(uri, "#"):
		return "must not have a fragment (#)"
	case strings.Contains(uri, "*"):
		return "must not have a wildcard (*): register each URI"
	}
	switch parsed.Scheme {
	case "https":
		return checkHost(parsed)
	case "http":
		if reason := checkHost(parsed); reason != "" {
			return reason
		}
		if !IsLoopbackHost(parsed.Hostname()) {
			return "must be https; plain http is for loopback addresses (127.0.0.1, [::1], localhost) only"
		}
		return ""
	}
	switch {
	case slices.Contains(dangerousSchemes(), parsed.Scheme):
		return "must not have the scheme " + parsed.Scheme
	case !public:
		return "must be https: only public services may have a scheme of their own such as " + parsed.Scheme + ":"
	}
	return ""
}

// checkURL says what is wrong with the address of a page (home, base, icon); empty means nothing is.
func checkURL(address string) string {
	parsed, reason := parseURI(address)
	if reason != "" {
		return reason
	}
	if parsed.Scheme != "https" && parsed.Scheme != "http" {
		return "must begin with https:// or http://"
	}
	return checkHost(parsed)
}

// checkFetchURL says what is wrong with an address that Hub itself will fetch (a key set, a request object); empty means
// nothing is.
func checkFetchURL(address string) string {
	if reason := checkURL(address); reason != "" {
		return reason
	}
	if parsed, _ := url.Parse(address); parsed.Scheme != "https" {
		return "must begin with https://"
	}
	return ""
}

// IsLoopbackHost reports whether a host, as url.URL.Hostname gives it, is this machine by its name or address alone.
func IsLoopbackHost(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}

// parseURI is what every kind of URI has to be: absolute, ASCII, short, and without a user name, which only serves to make
// one host look like another.
func parseURI(uri string) (*url.URL, string) {
	if uri == "" {
		return nil, "must not be empty"
	}
	if len(uri) > maxURI {
		return nil, "must have at most 2048 bytes"
	}
	for i := range len(uri) {
		if uri[i] <= ' ' || uri[i] >= 0x7f || strings.IndexByte("\\\"<>^`{|}", uri[i]) >= 0 {
			return nil, "must hold only the characters of a URI: no spaces, quotes, backslashes or letters beyond ASCII (percent-encode them)"
		}
	}
	parsed, err := url.Parse(uri)
	switch {
	case err != nil:
		return nil, "is no URI"
	case parsed.Scheme == "":
		return nil, "must be absolute, such as https://app.example.com/callback"
	case parsed.User != nil:
		return nil, "must not have a user name before the host"
	}
	return parsed, ""
}

func checkHost(parsed *url.URL) string {
	if parsed.Hostname() == "" || parsed.Opaque != "" {
		return "must name a host, such as https://app.example.com/callback"
	}
	return ""
}
