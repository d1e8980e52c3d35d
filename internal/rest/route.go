package rest

import (
	"net/http"
	"slices"
	"strings"
)

// Need is what a route asks of whoever calls it before its handler runs. What the caller may do there, the core decides.
type Need uint8

// The needs.
const (
	Anyone   Need = iota // no credential is asked for, and none is looked at
	Bearer               // a live token for Hub, or a login with an application password
	Person               // as Bearer, and it stands for a user rather than for a service
	OwnToken             // as Bearer, or a token that a service got for itself, whatever it is for
)

// Route is one line of the table of resources.
type Route struct {
	Method    string
	Path      string // below /api/rest, such as /users/{user}/permanenttokens
	Need      Need
	Creates   bool // it makes something, so that an Idempotency-Key means something
	Versioned bool // it changes something that has an ETag: its handler asks call.current
	Handle    func(*call) (any, error)
}

const (
	door   = "rest"
	prefix = "/api/rest"
)

// Routes is the whole table: what a room answers is found here, and tests range over it.
func (a *API) Routes() []Route {
	return slices.Concat(
		a.userRoutes(),
		a.userDetailRoutes(),
		a.userGroupRoutes(),
		a.serviceRoutes(),
		a.credentialRoutes(),
		a.settingsRoutes(),
		a.permissionRoutes(),
		a.groupRoutes(),
		a.roleRoutes(),
		a.projectRoleRoutes(),
		a.organizationRoutes(),
		a.projectRoutes(),
		a.authModuleRoutes(),
		a.queryAssistRoutes(),
		a.eventRoutes(),
		a.explainRoutes(),
		a.openAPIRoutes(),
		a.otherRoutes(),
	)
}

// Mount hands each resource, with its pattern below the issuer's base path, to handle; and what answers where there is
// none, to missing.
func (a *API) Mount(handle, missing func(pattern string, handler http.HandlerFunc)) {
	routes := a.Routes()
	for _, route := range routes {
		named := alternatives(route, routes)
		handle(route.Method+" "+prefix+route.Path, func(w http.ResponseWriter, r *http.Request) {
			_, path, _ := strings.Cut(r.URL.Path, prefix)
			for _, other := range named {
				if values, meant := match(other.Path, path); meant {
					a.serveWith(w, r, other, values)
					return
				}
			}
			a.serve(w, r, route)
		})
	}
	missing(prefix+"/", func(w http.ResponseWriter, r *http.Request) { a.lost(w, r, routes) })
}

// alternatives are the routes that have a name where this one has a {place}: in other letter case, the name would be taken for
// what stands in the place.
func alternatives(route Route, routes []Route) []Route {
	var named []Route
	for _, other := range routes {
		if other.Method == route.Method && other.Path != route.Path && !strings.HasSuffix(other.Path, "/me") && covers(route.Path, other.Path) {
			named = append(named, other)
		}
	}
	return named
}

// covers reports whether a pattern takes all that another takes.
func covers(pattern, other string) bool {
	a, b := strings.Split(pattern, "/"), strings.Split(other, "/")
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] && !strings.HasPrefix(a[i], "{") {
			return false
		}
	}
	return true
}

func (a *API) serveWith(w http.ResponseWriter, r *http.Request, route Route, places map[string]string) {
	for name, value := range places {
		r.SetPathValue(name, value)
	}
	a.serve(w, r, route)
}

// lost answers an address that is written like none in the table. Known clients disagree about the letter case of names
// such as applicationPasswords, so it is looked up once more without regard to it.
func (a *API) lost(w http.ResponseWriter, r *http.Request, routes []Route) {
	_, path, _ := strings.Cut(r.URL.Path, prefix)
	var allowed []string
	for _, route := range routes {
		values, matches := match(route.Path, path)
		if !matches {
			continue
		}
		if route.Method == r.Method || route.Method == http.MethodGet && r.Method == http.MethodHead {
			a.serveWith(w, r, route, values)
			return
		}
		allowed = append(allowed, route.Method)
	}
	if len(allowed) > 0 {
		slices.Sort(allowed)
		w.Header().Set("Allow", strings.Join(slices.Compact(allowed), ", "))
		a.refuse(w, r, "", &wireError{http.StatusMethodNotAllowed, "method_not_allowed",
			"this address takes " + strings.Join(slices.Compact(allowed), ", ") + " only"})
		return
	}
	a.refuse(w, r, "", &wireError{http.StatusNotFound, "not_found", "there is nothing at this address"})
}

// match holds a path against that of a route, names without regard to letter case, and gives what stands in its {places}.
func match(pattern, path string) (map[string]string, bool) {
	wanted, given := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(wanted) != len(given) {
		return nil, false
	}
	values := map[string]string{}
	for i, name := range wanted {
		switch {
		case strings.HasPrefix(name, "{") && given[i] != "":
			values[strings.Trim(name, "{}")] = given[i]
		case !strings.EqualFold(name, given[i]):
			return nil, false
		}
	}
	return values, true
}
