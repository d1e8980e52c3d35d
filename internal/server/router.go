package server

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sort"
	"strings"

	"example.org/hub/internal/fault"
)

// Route is one line of the route table: a pattern of http.ServeMux without a host, relative to the environment's base URL
// (`POST /oauth/create_token`, `/login`, `GET /api/rest/users/{id}`, `GET /static/`).
type Route struct {
	Pattern     string
	Kind        Kind
	WellKnown   bool         // also at /.well-known/NAME/path for a base URL with a path (RFC 8414 section 3.1)
	AnyTail     bool         // a path whose tail holds // or .. is taken too; see Handler
	Fallback    bool         // an API tree such as /api/rest/: it answers, below it, what no other route does
	WrongMethod http.Handler // answers 405 in the door's own form, `Allow` is set; nil is a small JSON body

	// Handler gets the path as sent. With AnyTail and an unclean tail, r.URL.Path ends before what is unclean, and
	// r.RequestURI holds all of it.
	Handler http.Handler
}

// Kind says what the edge does for a route. The zero Kind is the strictest.
type Kind uint8

// The kinds of routes.
const (
	API     Kind = iota // bearer or client authentication: cookies are taken away
	Browser             // cookies; state changes from other origins are refused
	Entry               // cookies, and posts from other origins are expected (the authorization endpoint takes them)
)

func (k Kind) String() string {
	return [...]string{"api", "browser", "entry"}[k]
}

// Mounted is one address of a route, for those who want to see the whole table.
type Mounted struct {
	Environment string
	Method      string // empty for any
	Path        string
	Kind        Kind
}

const wellKnown = "/.well-known/"

// router finds the handler for a path. Plain paths are one map look-up; patterns with wildcards, subtrees, odd
// spellings and wrong methods go to the ServeMux, which holds all of them.
type router struct {
	plain   map[string][]method
	mux     *http.ServeMux
	trees   []fallback
	routes  map[string]*Route // by the pattern the mux reports
	outside []string          // paths that are not below the base path
	mounted []Mounted
	page    func(w http.ResponseWriter, r *http.Request, status int) bool
	origins func(context.Context, string) bool
}

type method struct {
	name    string
	pattern string
	handler http.Handler
}

// fallback is what answers, below a path, where no route does.
type fallback struct {
	path    string
	handler http.Handler
}

func newRouter(p *place, e Environment) (rt *router, err error) {
	rt = &router{plain: map[string][]method{}, mux: http.NewServeMux(), routes: map[string]*Route{}, page: e.Page, origins: e.Origins}
	defer func() {
		if trouble := recover(); trouble != nil { // the mux panics on patterns that are malformed or contradict each other
			err = fault.New(fault.Internal, "route table of environment %s: %v", e.Name, trouble)
		}
	}()
	for _, route := range e.Routes {
		verb, path, found := strings.Cut(route.Pattern, " ")
		if !found {
			verb, path = "", route.Pattern
		}
		if !strings.HasPrefix(path, "/") || route.Handler == nil {
			return nil, fault.New(fault.Internal,
				"route %q of environment %s: expected a path with a slash in front, and a handler", route.Pattern, e.Name)
		}
		rt.mount(p, route, verb, p.path+path)
		rt.mount(p, route, verb, p.path+aliasPrefix+path)
		if route.WellKnown && p.path != "" {
			rt.mount(p, route, verb, path+p.path)
			rt.outside = append(rt.outside, path+p.path)
		}
	}
	for _, methods := range rt.plain {
		sort.SliceStable(methods, func(i, j int) bool { return len(methods[i].name) > len(methods[j].name) }) // any method comes last
	}
	rt.shutTrees()
	return rt, nil
}

func (rt *router) mount(p *place, route Route, verb, path string) {
	pattern := strings.TrimPrefix(verb+" "+path, " ")
	handler := route.Handler
	switch route.Kind {
	case API:
		handler = rt.shared(withoutCookies(handler))
	case Browser:
		handler = rt.sameOrigin(p, handler)
	}
	if route.Fallback {
		rt.trees = append(rt.trees, fallback{path, handler})
		return
	}
	rt.mux.Handle(pattern, handler)
	rt.routes[pattern] = &route
	rt.mounted = append(rt.mounted, Mounted{Environment: p.name, Method: verb, Path: path, Kind: route.Kind})
	if !strings.ContainsAny(path, "{}") && !strings.HasSuffix(path, "/") {
		rt.plain[path] = append(rt.plain[path], method{name: verb, pattern: pattern, handler: handler})
	}
}

// shutTrees keeps the mux from redirecting /tree to /tree/ where only the latter is a route: it would do so with 307,
// which repeats a posted credential. The front page below a path is found without its slash, too.
func (rt *router) shutTrees() {
	for _, pattern := range slices.Sorted(maps.Keys(rt.routes)) {
		front, isFront := strings.CutSuffix(pattern, "/{$}")
		if isFront && rt.routes[front] == nil && front != "" && !strings.HasSuffix(front, " ") {
			rt.mux.HandleFunc(front, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", r.URL.Path+"/")
				w.WriteHeader(http.StatusSeeOther)
			})
		}
		slashless, isTree := strings.CutSuffix(pattern, "/")
		if isTree && rt.routes[slashless] == nil && slashless != "" && !strings.HasSuffix(slashless, " ") {
			rt.mux.HandleFunc(slashless, func(w http.ResponseWriter, r *http.Request) { rt.missing(w, r) })
		}
	}
}

// serve answers a request of the place this router belongs to.
func (rt *router) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.RawPath == "" {
		for _, m := range rt.plain[r.URL.Path] {
			if m.name == r.Method || m.name == "" || m.name == http.MethodGet && r.Method == http.MethodHead {
				r.Pattern = m.pattern
				m.handler.ServeHTTP(w, r)
				return
			}
		}
	}
	tail := false
	if !cleanPath(r.URL.Path) {
		tail = true
		r.URL.Path, r.URL.RawPath = cleanPart(r.URL.Path), ""
	}
	handler, pattern := rt.mux.Handler(r)
	switch {
	case pattern == "":
		rt.refuse(w, r, handler)
	case tail && (rt.routes[pattern] == nil || !rt.routes[pattern].AnyTail):
		rt.missing(w, r)
	default:
		rt.mux.ServeHTTP(w, r)
	}
}

// refuse answers what the mux has no handler for. Whether the path is unknown or only the method is the mux's knowledge:
// its own refusal is asked, and its body left aside.
func (rt *router) refuse(w http.ResponseWriter, r *http.Request, refusal http.Handler) {
	asked := refusalOf{header: http.Header{}}
	refusal.ServeHTTP(&asked, r)
	allowed := asked.header.Get("Allow")
	verb, _, _ := strings.Cut(allowed, ",")
	_, pattern := rt.mux.Handler(&http.Request{Method: verb, URL: r.URL, Host: r.Host})
	route := rt.routes[pattern] // the one that would have answered
	if asked.status != http.StatusMethodNotAllowed || route == nil {
		rt.missing(w, r)
		return
	}
	if rt.preflight(w, r, route.Kind) {
		return
	}
	if route.Kind == API && rt.origins != nil && len(r.Header["Origin"]) > 0 {
		rt.allowOrigin(w, r)
	}
	w.Header().Set("Allow", allowed)
	if route.WrongMethod != nil {
		route.WrongMethod.ServeHTTP(w, r)
		return
	}
	if route.Kind == Browser && rt.told(w, r, http.StatusMethodNotAllowed) {
		return
	}
	refuse(w, http.StatusMethodNotAllowed, "method_not_allowed", fmt.Sprintf("This address takes %s only.", allowed))
}

func (rt *router) missing(w http.ResponseWriter, r *http.Request) {
	for _, tree := range rt.trees {
		if strings.HasPrefix(r.URL.Path, tree.path) {
			if !rt.preflight(w, r, API) {
				tree.handler.ServeHTTP(w, r)
			}
			return
		}
	}
	if !rt.told(w, r, http.StatusNotFound) {
		refuse(w, http.StatusNotFound, "not_found", "There is nothing at this address.")
	}
}

// told reports whether a person was told of a refusal by a page.
func (rt *router) told(w http.ResponseWriter, r *http.Request, status int) bool {
	return rt.page != nil && rt.page(w, r, status)
}

// refusalOf takes in what a refusing handler would have written.
type refusalOf struct {
	header http.Header
	status int
}

func (r *refusalOf) Header() http.Header            { return r.header }
func (r *refusalOf) Write(body []byte) (int, error) { return len(body), nil }
func (r *refusalOf) WriteHeader(status int)         { r.status = status }

func withoutCookies(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		delete(r.Header, "Cookie")
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses state changes that another site's page starts. The base URL's origin is trusted by configuration,
// since behind a proxy the Host header need not name it.
func (rt *router) sameOrigin(p *place, next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	if err := protection.AddTrustedOrigin(p.origin); err != nil {
		panic(err)
	}
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !rt.told(w, r, http.StatusForbidden) {
			refuse(w, http.StatusForbidden, "cross_origin", "This form was sent from another site. Open the page here and send it again.")
		}
	}))
	return protection.Handler(next)
}

// cleanPath reports whether a decoded path begins with a slash and has no empty, `.` or `..` element.
func cleanPath(path string) bool { return len(cleanPart(path)) == len(path) }

// cleanPart gives the part of a path that stands before its first empty, `.` or `..` element.
func cleanPart(path string) string {
	if path == "" || path[0] != '/' {
		return ""
	}
	for i := 0; i < len(path)-1; i++ {
		if path[i] != '/' {
			continue
		}
		rest := path[i+1:]
		if rest[0] == '/' {
			return path[:i+1]
		}
		if rest[0] != '.' {
			continue
		}
		if element, _, _ := strings.Cut(rest, "/"); element == "." || element == ".." {
			return path[:i+1]
		}
	}
	return path
}
