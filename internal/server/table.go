package server

import (
	"net/http"
	"slices"
	"strings"

	"example.org/hub/oauth"
)

// Table gathers the routes of an environment. Rooms with handlers are given one of its methods and call it for each of
// their routes.
type Table struct{ Routes []Route }

// API adds a route with bearer or client authentication. A discovery document has a second place where the base URL has a
// path (RFC 8414 section 3.1).
func (t *Table) API(pattern string, handler http.HandlerFunc) {
	t.Routes = append(t.Routes, Route{Pattern: pattern, Kind: API, WellKnown: strings.Contains(pattern, wellKnown), Handler: handler})
}

// Missing adds what answers, below a tree of API routes, where none of them does.
func (t *Table) Missing(pattern string, handler http.HandlerFunc) {
	t.Routes = append(t.Routes, Route{Pattern: pattern, Kind: API, Fallback: true, Handler: handler})
}

// Door adds a route whose wire form has its own answer to a wrong method; nil leaves that to the edge. Behind a pattern that
// ends in {name...} any tail is taken: it is the path of another server.
func (t *Table) Door(pattern string, handler, wrongMethod http.HandlerFunc) {
	route := Route{Pattern: pattern, Kind: API, Handler: handler, AnyTail: strings.HasSuffix(pattern, "...}")}
	if wrongMethod != nil {
		route.WrongMethod = wrongMethod
	}
	t.Routes = append(t.Routes, route)
}

// Protocol adds a route of the protocol: an Entry where browsers are sent by other sites, an API route everywhere else.
func (t *Table) Protocol(pattern string, handler http.HandlerFunc) {
	if slices.ContainsFunc(entries, func(path string) bool { return strings.HasSuffix(pattern, path) }) {
		t.Entry(pattern, handler)
		return
	}
	t.API(pattern, handler)
}

// entries are the endpoints at which browsers arrive with their cookies.
var entries = []string{oauth.AuthorizePath, oauth.LogoutPath}

// Entry adds a route that takes cookies and expects posts from other origins: the authorization endpoint.
func (t *Table) Entry(pattern string, handler http.HandlerFunc) {
	t.Routes = append(t.Routes, Route{Pattern: pattern, Kind: Entry, Handler: handler})
}

// Browser adds a page.
func (t *Table) Browser(pattern string, handler http.HandlerFunc) {
	t.Routes = append(t.Routes, Route{Pattern: pattern, Kind: Browser, Handler: handler})
}
