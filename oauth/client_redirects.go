package oauth

import (
	"context"
	"net/url"
	"slices"
	"strings"
)

// What a client may register as the addresses to which people are sent.

func soundRedirects(_ *Server, _ context.Context, m *registering) error {
	if len(m.RedirectURIs) == 0 && len(m.ResponseTypes) > 0 {
		return refusal(InvalidRedirectURI, "redirect_uris is missing")
	}
	if len(m.RedirectURIs) > maxURIs || len(m.PostLogoutRedirectURIs) > maxURIs || len(m.RequestURIs) > maxURIs ||
		len(m.Contacts) > maxURIs || len(m.DefaultACRValues) > maxURIs {
		return badMetadata("a list has more than %d entries", maxURIs)
	}
	for _, uri := range slices.Concat(m.RedirectURIs, m.PostLogoutRedirectURIs) {
		if err := CheckRedirectURI(uri, m.AuthMethod == AuthNone); err != nil {
			return err
		}
	}
	return nil
}

// CheckRedirectURI holds a redirect URI against what may be registered, for a public client or another. Errors are *Error
// with code invalid_redirect_uri.
func CheckRedirectURI(uri string, public bool) error {
	bad := func(why string) error { return refusal(InvalidRedirectURI, "a redirect URI %s", why) }
	parsed, err := url.Parse(uri)
	switch {
	case err != nil || !parsed.IsAbs() || len(uri) > maxURI:
		return bad("must be an absolute URI of at most 2048 bytes")
	case strings.ContainsAny(uri, "#*\\ ") || strings.IndexFunc(uri, func(r rune) bool { return r < ' ' || r > '~' }) >= 0:
		return bad("must not hold a fragment, a wildcard, a backslash, blanks or characters outside ASCII")
	case parsed.User != nil:
		return bad("must not hold a user name")
	case parsed.Scheme == "https" && parsed.Host != "":
		return nil
	case parsed.Scheme == "http":
		if _, loopback := withoutPort(uri); loopback {
			return nil
		}
		return bad("must use https; plain http is for loopback addresses")
	case parsed.Scheme == "https" || slices.Contains(forbiddenSchemes(), parsed.Scheme):
		return bad("must not use that scheme")
	case !public:
		return bad("must use https; a scheme of its own is for public clients")
	}
	return nil
}

// forbiddenSchemes run or open something when a browser is sent there. The library knows them by itself, whatever the rules of
// who keeps the clients; a test of package provider holds both to one list.
func forbiddenSchemes() []string {
	return []string{
		"javascript", "data", "vbscript", "file", "blob", "filesystem", "about", "view-source",
		"ws", "wss", "ftp", "mailto", "tel", "sms", "intent",
	}
}

// soundApplication holds redirect URIs against the type of application (OpenID Connect Dynamic Client Registration 1.0 section
// 2): tokens that travel through the browser to a web application travel by https and not to the person's own machine, and what
// runs on that machine is answered there.
func soundApplication(_ *Server, _ context.Context, m *registering) error {
	for _, uri := range m.RedirectURIs {
		parsed, err := url.Parse(uri)
		switch {
		case err != nil:
			return err // it was read before
		case m.ApplicationType == "native" && !isNative(uri):
			return refusal(InvalidRedirectURI, "a native application has a scheme of its own or a loopback address")
		case m.ApplicationType == "web" && slices.Contains(m.GrantTypes, Implicit) && (parsed.Scheme != "https" || isLoopbackHost(parsed.Hostname())):
			return refusal(InvalidRedirectURI, "a web application with the implicit grant has https addresses, and not of localhost")
		}
	}
	return nil
}

// soundSector fetches the document that tells which redirect URIs belong together (OpenID Connect Core 1.0 section 8.1). All
// subjects are public here, so it changes nothing, but a wrong one must not pass for a right one.
func soundSector(s *Server, ctx context.Context, m *registering) error {
	if m.SectorIdentifierURI == "" {
		return nil
	}
	if !isWebAddress(m.SectorIdentifierURI, true) {
		return badMetadata("sector_identifier_uri must be an https address")
	}
	listed, err := s.Registrar.Sector(ctx, m.origin, m.SectorIdentifierURI)
	if err != nil {
		return err
	}
	for _, uri := range m.RedirectURIs {
		if !slices.Contains(listed, uri) {
			return badMetadata("what stands at sector_identifier_uri does not list every redirect URI")
		}
	}
	return nil
}
