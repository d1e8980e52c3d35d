package oauth

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// redirects reports whether a client may be answered at a URI: byte for byte one that is registered (RFC 9700 section 2.1),
// where only the port of a public client's loopback address is free (RFC 8252 section 7.3).
func (c *Client) redirects(uri string) bool {
	if slices.Contains(c.RedirectURIs, uri) {
		return true
	}
	if !c.Public {
		return false
	}
	bare, isLoopback := withoutPort(uri)
	return isLoopback && slices.ContainsFunc(c.RedirectURIs, func(registered string) bool {
		other, alike := withoutPort(registered)
		return alike && other == bare
	})
}

// withoutPort gives a loopback URI of plain http without its port; loopback is false for any other URI. The text is cut and not
// written anew, so that everything but the port is compared as it was sent.
func withoutPort(uri string) (bare string, loopback bool) {
	rest, plain := strings.CutPrefix(uri, "http://")
	if !plain || strings.ContainsAny(uri, "\\@#") {
		return "", false
	}
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	host, tail := rest[:end], rest[end:]
	if parsed, err := url.Parse("http://" + host); err != nil || parsed.Host != host {
		return "", false
	} else if port := parsed.Port(); port != "" {
		host = strings.TrimSuffix(host, ":"+port)
	}
	if !isLoopbackHost(host) {
		return "", false
	}
	return host + tail, true
}

func isLoopbackHost(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"))
	return err == nil && address.IsLoopback() && !address.Is4In6()
}

// isNative reports whether a redirect URI is one that any program on the person's machine could claim (RFC 8252 section
// 8.6): a loopback address or a scheme of its own.
func isNative(uri string) bool {
	_, loopback := withoutPort(uri)
	return loopback || !strings.HasPrefix(uri, "https://") && !strings.HasPrefix(uri, "http://")
}
