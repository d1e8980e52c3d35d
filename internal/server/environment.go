package server

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.org/hub/internal/fault"
)

// Environment is one issuer: its base URL and its routes.
type Environment struct {
	Name   string
	URL    string // base URL, without a slash at the end; may hold a path
	Routes []Route
	// Page answers a person with a page for what the edge refuses with this status: 404, or on Browser routes 403 and 405. It
	// reports false for programs, which get a small JSON body; nil: all do.
	Page func(w http.ResponseWriter, r *http.Request, status int) bool
	// Origins reports whether pages of an origin may read the answers of API routes; nil: none may.
	Origins func(ctx context.Context, origin string) bool
}

// place is an environment as requests find it.
type place struct {
	name   string
	origin string // scheme://host of the base URL
	host   string // lower case, without the scheme's own port
	path   string // "" or "/x", "/x/y"
	https  bool
	hsts   []string // the header's value, nil for loopback names
	router *router
}

// aliasPrefix is the second place at which every route is found, for clients that have it built in.
const aliasPrefix = "/hub"

func newPlace(e Environment) (*place, error) {
	base, err := url.Parse(e.URL)
	switch {
	case err != nil:
		return nil, fault.Wrap(fault.Invalid, err, "%q is not a URL for environment %s", e.URL, e.Name)
	case base.Scheme != "https" && base.Scheme != "http", base.Host == "", base.RawQuery != "",
		base.Fragment != "", base.User != nil, base.RawPath != "":
		return nil, fault.New(fault.Invalid, "the base URL %q of environment %s: expected https://HOST[:PORT][/PATH] and nothing more", e.URL, e.Name)
	case base.Path != "" && (strings.HasSuffix(base.Path, "/") || !cleanPath(base.Path) || strings.ContainsAny(base.Path, "{} ")):
		return nil, fault.New(fault.Invalid, "the base URL %q of environment %s: expected a plain path without a slash at the end", e.URL, e.Name)
	}
	p := &place{
		name: e.Name, origin: base.Scheme + "://" + base.Host, host: normalHost(base.Host, base.Scheme),
		path: base.Path, https: base.Scheme == "https",
	}
	if p.https && !loopbackName(base.Hostname()) {
		p.hsts = []string{"max-age=31536000"}
	}
	p.router, err = newRouter(p, e)
	return p, err
}

// normalHost is a Host header or URL host in the form in which two of them compare.
func normalHost(host, scheme string) string {
	host = strings.ToLower(host)
	if scheme == "https" {
		return strings.TrimSuffix(host, ":443")
	}
	return strings.TrimSuffix(host, ":80")
}

// below reports whether a request path lies at or under the place, and not under a mere namesake (/test, not /testing).
func (p *place) below(path string) bool {
	return strings.HasPrefix(path, p.path) && (len(path) == len(p.path) || path[len(p.path)] == '/')
}

// atlas finds the place of a request.
type atlas struct {
	home    []*place            // those on production's host, longest path first
	foreign map[string][]*place // those with a host of their own
	byPath  map[string]*place   // addresses outside the base path (RFC 8414 section 3.1)
	first   *place              // production: whose rules hold where no place is found
}

func newAtlas(environments []Environment) (*atlas, error) {
	a := &atlas{foreign: map[string][]*place{}, byPath: map[string]*place{}}
	for _, e := range environments {
		p, err := newPlace(e)
		if err != nil {
			return nil, err
		}
		if a.first == nil {
			a.first = p
		}
		if p.host == a.first.host {
			a.home = insertPlace(a.home, p)
		} else {
			a.foreign[p.host] = insertPlace(a.foreign[p.host], p)
		}
		for _, other := range append(a.home[:len(a.home):len(a.home)], a.foreign[p.host]...) {
			if other != p && other.host == p.host && (other.path == p.path || other.path+aliasPrefix == p.path || p.path+aliasPrefix == other.path) {
				return nil, fault.New(fault.Invalid, "environments %s and %s both answer at %s: give one of them another path or a host of its own",
					other.name, p.name, e.URL)
			}
		}
		for _, path := range p.router.outside {
			a.byPath[p.host+path] = p
		}
	}
	return a, nil
}

func insertPlace(places []*place, p *place) []*place {
	for i, other := range places {
		if len(p.path) > len(other.path) {
			return append(places[:i:i], append([]*place{p}, places[i:]...)...)
		}
	}
	return append(places, p)
}

// find gives the place of a request, nil if its path lies in none. Host is believed for nothing but telling apart
// environments that were given different hosts; an unknown Host is production's.
func (a *atlas) find(r *http.Request) *place {
	places, host := a.home, a.first.host
	if len(a.foreign) > 0 {
		if own, ok := a.foreign[normalHost(r.Host, "https")]; ok {
			places, host = own, own[0].host
		} else if own, ok := a.foreign[normalHost(r.Host, "http")]; ok {
			places, host = own, own[0].host
		}
	}
	if strings.HasPrefix(r.URL.Path, wellKnown) {
		if p, ok := a.byPath[host+r.URL.Path]; ok {
			return p
		}
	}
	for _, p := range places {
		if p.below(r.URL.Path) {
			return p
		}
	}
	return nil
}

// places lists every place.
func (a *atlas) places() []*place {
	all := slices.Clone(a.home)
	for _, own := range a.foreign {
		all = append(all, own...)
	}
	return all
}
