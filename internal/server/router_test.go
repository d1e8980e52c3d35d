package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"example.org/hub/internal/server"
)

// twoPlaces is production and test, each route saying where it was found.
func twoPlaces(t *testing.T, production, test string, routes ...server.Route) http.Handler {
	t.Helper()
	o := options(t)
	o.TLS.Mode = server.TLSOff
	o.Environments = nil
	for name, url := range map[string]string{"production": production, "test": test} {
		e := server.Environment{Name: name, URL: url}
		for _, r := range routes {
			r.Handler = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { fmt.Fprintf(w, "%s %s", name, req.URL.Path) })
			e.Routes = append(e.Routes, r)
		}
		o.Environments = append(o.Environments, e)
	}
	slices.SortFunc(o.Environments, func(a, b server.Environment) int { return strings.Compare(a.Name, b.Name) })
	return handler(t, o)
}

func ask(h http.Handler, method, host, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	r.RemoteAddr = "127.0.0.1:1"
	if host != "" {
		r.Host = host
	}
	return serve(h, r)
}

func TestRoutesAreFoundBelowEachBaseAndAgainBelowHub(t *testing.T) {
	routes := []server.Route{
		{Pattern: "POST /oauth/create_token"}, {Pattern: "GET /api/rest/users/{id}"},
		{Pattern: "GET /static/"}, {Pattern: "GET /.well-known/openid-configuration", WellKnown: true},
	}
	for _, c := range []struct {
		production, test string
		method, host     string
		path, want       string
	}{
		{"https://h", "https://h/test", "POST", "", "/oauth/create_token", "production"},
		{"https://h", "https://h/test", "POST", "", "/hub/oauth/create_token", "production"},
		{"https://h", "https://h/test", "POST", "", "/test/oauth/create_token", "test"},
		{"https://h", "https://h/test", "POST", "", "/test/hub/oauth/create_token", "test"},
		{"https://h", "https://h/test", "POST", "evil.example", "/oauth/create_token", "production"},
		{"https://h", "https://h/test", "POST", "evil.example", "/test/oauth/create_token", "test"},
		{"https://h", "https://h/test", "POST", "", "/testing/oauth/create_token", ""},
		{"https://h", "https://h/test", "POST", "", "/hub/test/oauth/create_token", ""},
		{"https://h", "https://h/test", "POST", "", "/hub/hub/oauth/create_token", ""},
		{"https://h", "https://h/test", "GET", "", "/api/rest/users/me", "production"},
		{"https://h", "https://h/test", "HEAD", "", "/test/hub/api/rest/users/a%2Fb", "test"},
		{"https://h", "https://h/test", "GET", "", "/static/a/b.css", "production"},
		{"https://h", "https://h/test", "GET", "", "/test/static/", "test"},
		{"https://h", "https://h/test", "GET", "", "/.well-known/openid-configuration", "production"},
		{"https://h", "https://h/test", "GET", "", "/.well-known/openid-configuration/test", "test"},
		{"https://h", "https://h/test", "GET", "", "/test/.well-known/openid-configuration", "test"},
		{"https://h", "https://h/test", "GET", "", "/.well-known/openid-configuration/other", ""},
		{"https://h/hub", "https://h/hub/test", "POST", "", "/hub/oauth/create_token", "production"},
		{"https://h/hub", "https://h/hub/test", "POST", "", "/hub/hub/oauth/create_token", "production"},
		{"https://h/hub", "https://h/hub/test", "POST", "", "/hub/test/oauth/create_token", "test"},
		{"https://h/hub", "https://h/hub/test", "POST", "", "/oauth/create_token", ""},
		{"https://h/hub", "https://h/hub/test", "GET", "", "/.well-known/openid-configuration/hub", "production"},
		{"https://h/hub", "https://h/hub/test", "GET", "", "/.well-known/openid-configuration/hub/test", "test"},
		{"https://h/hub", "https://h/hub/test", "GET", "", "/.well-known/openid-configuration", ""},
		{"https://h", "https://t.example", "POST", "t.example", "/oauth/create_token", "test"},
		{"https://h", "https://t.example", "POST", "T.Example:443", "/oauth/create_token", "test"},
		{"https://h", "https://t.example", "POST", "h", "/oauth/create_token", "production"},
		{"https://h", "https://t.example", "POST", "t.example.evil", "/oauth/create_token", "production"},
		{"https://h", "https://t.example/x", "POST", "t.example", "/oauth/create_token", ""},
		{"https://h", "https://t.example/x", "POST", "t.example", "/x/hub/oauth/create_token", "test"},
		{"https://h", "https://t.example/x", "GET", "t.example", "/.well-known/openid-configuration/x", "test"},
		{"https://h", "https://t.example/x", "GET", "h", "/.well-known/openid-configuration/x", ""},
		{"https://h:8443", "https://h:9443", "POST", "h:9443", "/oauth/create_token", "test"},
		{"https://h:8443", "https://h:9443", "POST", "h:8443", "/oauth/create_token", "production"},
	} {
		h := twoPlaces(t, c.production, c.test, routes...)
		w := ask(h, c.method, c.host, c.path)
		if c.want == "" {
			if w.Code != 404 {
				t.Errorf("%s | %s: %s %s%s: %d %s, expected 404", c.production, c.test, c.method, c.host, c.path, w.Code, w.Body)
			}
			continue
		}
		if w.Code != 200 || !strings.HasPrefix(w.Body.String(), c.want+" ") {
			t.Errorf("%s | %s: %s %s%s: %d %s, expected %s", c.production, c.test, c.method, c.host, c.path, w.Code, w.Body, c.want)
		}
	}
}

func TestTheTableListsEveryAddress(t *testing.T) {
	o := options(t, route("POST /login"), server.Route{Pattern: "/auth", Kind: server.Entry, Handler: http.NotFoundHandler()})
	s, err := server.New(o)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range s.Routes() {
		got = append(got, fmt.Sprintf("%s %s %s %s", m.Environment, m.Method, m.Path, m.Kind))
	}
	for _, want := range []string{
		"production POST /login api", "production POST /hub/login api", "production  /auth entry",
		"production GET /healthz api", "production GET /hub/readyz api",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is missing in %q", want, got)
		}
	}
	if len(got) != 8 {
		t.Errorf("%d addresses: %q", len(got), got)
	}
}

func TestTheFrontPageIsFoundWithoutItsSlashAndNothingIsRepeatedThere(t *testing.T) {
	h := twoPlaces(t, "https://h/base", "https://h/test", server.Route{Pattern: "GET /{$}"})
	for _, path := range []string{"/base", "/base/hub", "/test", "/test/hub"} {
		if w := ask(h, "GET", "", path+"?x=//evil.example"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != path+"/" {
			t.Errorf("GET %s: %d %v", path, w.Code, w.Header())
		}
		if w := ask(h, "POST", "", path); w.Code != http.StatusNotFound || w.Header().Get("Location") != "" {
			t.Errorf("POST %s: %d %v", path, w.Code, w.Header())
		}
	}
}

func TestWrongMethodsAndUnknownPathsAreTold(t *testing.T) {
	h := handler(t, options(t, route("POST /login"), route("GET /login"), route("POST /token"), route("GET /users/{id}"),
		route("POST /users/{id}"), route("GET /users/me"), route("/any"), route("POST /tree/"), route("GET /pages/{name...}"),
	))
	for _, c := range []struct {
		method, path string
		code         int
		allow        string
	}{
		{"GET", "/token", 405, "POST"}, {"DELETE", "/token", 405, "POST"}, {"BREW", "/hub/token", 405, "POST"}, {"OPTIONS", "/token", 405, "POST"},
		{"DELETE", "/users/1", 405, "GET, HEAD, POST"}, {"POST", "/users/me", 200, ""}, {"GET", "/users/me", 200, ""}, {"HEAD", "/users/me", 200, ""},
		{"PATCH", "/users/me", 405, "GET, HEAD, POST"}, {"BREW", "/any", 200, ""}, {"GET", "/none", 404, ""}, {"POST", "/none", 404, ""},
		{"POST", "/users", 404, ""}, {"GET", "/token/", 404, ""}, {"POST", "/TOKEN", 404, ""},
		{"POST", "/%74oken", 200, ""}, {"POST", "/token%2F", 404, ""},
		{"POST", "/tree", 404, ""}, {"GET", "/tree", 404, ""}, {"POST", "/tree/x", 200, ""}, {"GET", "/tree/x", 405, "POST"},
		{"POST", "//token", 404, ""}, {"POST", "/./token", 404, ""}, {"POST", "/x/../token", 404, ""},
		{"POST", "/token/.", 404, ""}, {"POST", "/%2e%2e/token", 404, ""},
		{"GET", "/pages/a/../b", 404, ""}, {"GET", "/pages/a/b", 200, ""}, {"GET", "/pages/..a/.b", 200, ""},
		{"GET", "/pages//", 404, ""}, {"DELETE", "/login", 405, "GET, HEAD, POST"},
	} {
		w := serve(h, httptest.NewRequest(c.method, c.path, nil))
		if w.Code != c.code || w.Header().Get("Allow") != c.allow {
			t.Errorf("%s %s: %d, Allow %q; expected %d, %q", c.method, c.path, w.Code, w.Header().Get("Allow"), c.code, c.allow)
		}
		if w.Header().Get("Location") != "" {
			t.Errorf("%s %s leads to %s", c.method, c.path, w.Header().Get("Location"))
		}
		if c.code >= 400 {
			var body struct{ Error, Error_description, Error_id string }
			if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || body.Error == "" || body.Error_description == "" ||
				body.Error_id != w.Header().Get("Hub-Error-Id") || len(body.Error_id) != 16 {
				t.Errorf("%s %s: body %s, header %q", c.method, c.path, w.Body, w.Header().Get("Hub-Error-Id"))
			}
		}
	}
}

func TestADoorRefusesWrongMethodsInItsOwnForm(t *testing.T) {
	own := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(405); fmt.Fprint(w, "own form") })
	h := handler(t, options(t, server.Route{Pattern: "POST /login", Handler: http.HandlerFunc(echo), WrongMethod: own}))
	w := serve(h, httptest.NewRequest("PUT", "/hub/login", nil))
	if w.Code != 405 || w.Body.String() != "own form" || w.Header().Get("Allow") != "POST" || w.Header().Get("Hub-Error-Id") == "" {
		t.Fatalf("%d %s %v", w.Code, w.Body, w.Header())
	}
}

func TestPeopleAreToldOfRefusalsByAPage(t *testing.T) {
	o := options(t, route("GET /api"), server.Route{Pattern: "POST /page", Kind: server.Browser, Handler: http.HandlerFunc(echo)})
	o.Environments[0].Page = func(w http.ResponseWriter, r *http.Request, status int) bool {
		if r.Header.Get("Accept") != "text/html" {
			return false
		}
		w.WriteHeader(status)
		fmt.Fprint(w, "a page")
		return true
	}
	h := handler(t, o)
	for _, c := range []struct {
		method, path, accept string
		code                 int
		page                 bool
	}{
		{"GET", "/none", "text/html", 404, true}, {"GET", "/page", "text/html", 405, true},
		{"POST", "/page", "text/html", 403, true}, {"POST", "/api", "text/html", 405, false},
		{"GET", "/none", "", 404, false}, {"GET", "/page", "", 405, false}, {"POST", "/page", "application/json", 403, false},
	} {
		r := httptest.NewRequest(c.method, c.path, nil)
		r.Header.Set("Accept", c.accept)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		w := serve(h, r)
		if w.Code != c.code || (w.Body.String() == "a page") != c.page || w.Header().Get("Hub-Error-Id") == "" ||
			(c.code == 405) != (w.Header().Get("Allow") != "") {
			t.Errorf("%s %s for %q: %d %s %v", c.method, c.path, c.accept, w.Code, w.Body, w.Header())
		}
	}
}

func TestAnyTailIsTakenWhereAsked(t *testing.T) {
	h := handler(t, options(t, server.Route{Pattern: "/api/forward-auth/{service}/{rest...}", AnyTail: true, Handler: http.HandlerFunc(echo)}))
	for _, path := range []string{
		"/api/forward-auth/s1/a/b", "/api/forward-auth/s1//a", "/api/forward-auth/s1/a/../../x",
		"/hub/api/forward-auth/s1/a//?q=1", "/api/forward-auth/s1/a%2F..%2Fb",
	} {
		w := serve(h, httptest.NewRequest("POST", path, nil))
		var got map[string]string
		if err := json.Unmarshal(w.Body.Bytes(), &got); w.Code != 200 || err != nil || got["uri"] != path {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	for _, path := range []string{"//api/forward-auth/s1/x", "/api//forward-auth/s1/x", "/api/forward-auth//x", "/api/forward-auth/../x/y"} {
		if w := serve(h, httptest.NewRequest("POST", path, nil)); w.Code != 404 {
			t.Errorf("%s: %d, expected 404", path, w.Code)
		}
	}
}

func TestKindsDecideAboutCookiesAndOtherOrigins(t *testing.T) {
	o := options(t,
		server.Route{Pattern: "POST /api", Handler: http.HandlerFunc(echo)},
		server.Route{Pattern: "POST /page", Kind: server.Browser, Handler: http.HandlerFunc(echo)},
		server.Route{Pattern: "POST /auth", Kind: server.Entry, Handler: http.HandlerFunc(echo)},
	)
	h := handler(t, o)
	for _, c := range []struct {
		path, header, value string
		code                int
		cookie              string
	}{
		{"/api", "Sec-Fetch-Site", "cross-site", 200, ""},
		{"/page", "Sec-Fetch-Site", "same-origin", 200, "a=b"},
		{"/page", "Sec-Fetch-Site", "cross-site", 403, ""},
		{"/page", "Sec-Fetch-Site", "same-site", 403, ""},
		{"/page", "Origin", "https://evil.example", 403, ""},
		{"/page", "Origin", "null", 403, ""},
		{"/page", "Origin", "https://localhost:8443", 200, "a=b"},
		{"/page", "X-HTTP-Method-Override", "GET", 200, "a=b"},
		{"/auth", "Sec-Fetch-Site", "cross-site", 200, "a=b"},
	} {
		r := httptest.NewRequest("POST", c.path, nil)
		r.Host = "inside.example" // as a proxy may name it
		r.Header.Set("Cookie", "a=b")
		r.Header.Set(c.header, c.value)
		w := serve(h, r)
		var got map[string]string
		_ = json.Unmarshal(w.Body.Bytes(), &got)
		if w.Code != c.code || got["cookie"] != c.cookie {
			t.Errorf("%s with %s: %s: %d, cookie %q", c.path, c.header, c.value, w.Code, got["cookie"])
		}
	}
}
