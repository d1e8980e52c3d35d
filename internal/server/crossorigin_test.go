package server_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"example.org/hub/internal/server"
)

func TestPagesOfRegisteredServicesMayReadAPIAnswersAndOthersMayNot(t *testing.T) {
	answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	nothing := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	s, err := server.New(server.Options{Listen: "127.0.0.1:0", TLS: server.TLS{Mode: server.TLSOff}, Environments: []server.Environment{{
		Name: "production", URL: "http://127.0.0.1",
		Routes: []server.Route{{Pattern: "GET /api", Handler: answer}, {Pattern: "GET /page", Kind: server.Browser, Handler: answer},
			{Pattern: "/tree/", Fallback: true, Handler: nothing}},
		Origins: func(_ context.Context, origin string) bool { return origin == "https://wiki.example.test" },
	}}})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		method, path, origin, asks string
		status                     int
		allowed                    string
	}{
		"preflight of a service": {
			http.MethodOptions, "/api", "https://wiki.example.test", "GET", http.StatusNoContent, "https://wiki.example.test",
		},
		"preflight below /hub": {
			http.MethodOptions, "/hub/api", "https://wiki.example.test", "GET", http.StatusNoContent, "https://wiki.example.test",
		},
		"preflight of a stranger": {http.MethodOptions, "/api", "https://evil.example.test", "GET", http.StatusNoContent, ""},
		"preflight of null":       {http.MethodOptions, "/api", "null", "GET", http.StatusNoContent, ""},
		"preflight of a page":     {http.MethodOptions, "/page", "https://wiki.example.test", "GET", http.StatusMethodNotAllowed, ""},
		"no preflight": {
			http.MethodOptions, "/api", "https://wiki.example.test", "", http.StatusMethodNotAllowed, "https://wiki.example.test",
		},
		"wrong method": {
			http.MethodPut, "/api", "https://wiki.example.test", "", http.StatusMethodNotAllowed, "https://wiki.example.test",
		},
		"nothing in a tree": {http.MethodGet, "/tree/none", "https://wiki.example.test", "", http.StatusTeapot, "https://wiki.example.test"},
		"preflight in a tree": {
			http.MethodOptions, "/tree/none", "https://wiki.example.test", "GET", http.StatusNoContent, "https://wiki.example.test",
		},
		"unclean in a tree":      {http.MethodGet, "/tree/../none", "https://wiki.example.test", "", http.StatusTeapot, "https://wiki.example.test"},
		"unknown address":        {http.MethodOptions, "/none", "https://wiki.example.test", "GET", http.StatusNotFound, ""},
		"request of a service":   {http.MethodGet, "/api", "https://wiki.example.test", "", http.StatusOK, "https://wiki.example.test"},
		"request of a stranger":  {http.MethodGet, "/api", "https://evil.example.test", "", http.StatusOK, ""},
		"request without origin": {http.MethodGet, "/api", "", "", http.StatusOK, ""},
	} {
		r := httptest.NewRequest(c.method, "http://127.0.0.1"+c.path, nil)
		r.RemoteAddr = "127.0.0.1:1"
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		if c.asks != "" {
			r.Header.Set("Access-Control-Request-Method", c.asks)
		}
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if w.Code != c.status || w.Header().Get("Access-Control-Allow-Origin") != c.allowed {
			t.Errorf("%s: %d, allowed %q", name, w.Code, w.Header().Get("Access-Control-Allow-Origin"))
		}
		for header, names := range map[string]string{
			"Access-Control-Expose-Headers": "ETag, Link, X-Total-Count, X-Total-Pages, Retry-After, Hub-Error-Id, WWW-Authenticate",
			"Access-Control-Allow-Headers":  "authorization, content-type, accept, idempotency-key, if-match",
		} {
			said := strings.Split(w.Header().Get(header), ", ")
			if header == "Access-Control-Allow-Headers" && (w.Code != http.StatusNoContent || c.allowed == "") {
				continue // it is asked for beforehand only
			}
			for wanted := range strings.SplitSeq(names, ", ") {
				if slices.Contains(said, wanted) != (c.allowed != "") {
					t.Errorf("%s: %s says %v", name, header, said)
				}
			}
		}
	}
}
