package hub

import (
	"net/url"
	"slices"
	"strings"
)

// AnswerURIs are the redirect URIs of a service as they are compared: those that were registered relative to the service
// ("./callback") resolved against its home and base URLs, which count as folders.
func (s Service) AnswerURIs() []string {
	all := make([]string, 0, len(s.RedirectURIs))
	for _, uri := range s.RedirectURIs {
		if !isRelative(uri) {
			all = append(all, uri)
			continue
		}
		for _, resolved := range s.resolve(uri) {
			if CheckRedirectURI(resolved, s.Public) == "" && !slices.Contains(all, resolved) {
				all = append(all, resolved)
			}
		}
	}
	return all
}

// isRelative reports whether a redirect URI is a path below or on the host of the service. "//host" names another host.
func isRelative(uri string) bool {
	return strings.HasPrefix(uri, "./") || strings.HasPrefix(uri, "/") && !strings.HasPrefix(uri, "//")
}

// resolve gives the URIs that a relative one stands for.
func (s Service) resolve(relative string) []string {
	path, err := url.Parse(relative)
	if err != nil || path.Host != "" {
		return nil
	}
	var all []string
	for _, address := range append(optional(s.HomeURL), s.BaseURLs...) {
		base, err := url.Parse(address)
		if err != nil || base.Host == "" {
			continue
		}
		base.Path, base.RawPath, base.RawQuery, base.Fragment = strings.TrimSuffix(base.Path, "/")+"/", "", "", ""
		all = append(all, base.ResolveReference(path).String())
	}
	return all
}

// checkRedirect is CheckRedirectURI, also for what is registered relative to the service.
func (s Service) checkRedirect(uri string) string {
	if !isRelative(uri) {
		return CheckRedirectURI(uri, s.Public)
	}
	if path, err := url.Parse(uri); err != nil || path.String() != uri {
		return "must hold only the characters of a URI: percent-encode the others"
	}
	resolved := s.resolve(uri)
	if len(resolved) == 0 {
		return "is relative, so the service needs a home or base URL to resolve it against"
	}
	for _, one := range resolved {
		if reason := CheckRedirectURI(one, s.Public); reason != "" {
			return "stands for " + one + ", which " + reason
		}
	}
	return ""
}
