package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"example.org/hub/internal/metrics"
	"example.org/hub/internal/server"
)

func TestLimitsAreHeldToTheByte(t *testing.T) {
	read := server.Route{Pattern: "POST /x", Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		}
	})}
	h := handler(t, options(t, read))
	request := func(urlSize, headerSize int, body io.Reader) *http.Request {
		r := httptest.NewRequest("POST", "/x?"+strings.Repeat("q", urlSize-3), body)
		r.Host = ""
		r.Header = http.Header{"A": {strings.Repeat("v", headerSize-5)}}
		return r
	}
	unsized := func(n int) io.Reader { return struct{ io.Reader }{strings.NewReader(strings.Repeat("b", n))} }
	for name, c := range map[string]struct {
		request *http.Request
		code    int
	}{
		"url":               {request(8192, 10, nil), 200},
		"long url":          {request(8193, 10, nil), 414},
		"header":            {request(10, 32768, nil), 200},
		"large header":      {request(10, 32769, nil), 431},
		"body":              {request(10, 10, strings.NewReader(strings.Repeat("b", 4<<20))), 200},
		"large body":        {request(10, 10, strings.NewReader(strings.Repeat("b", 4<<20+1))), 413},
		"unsized body":      {request(10, 10, unsized(4<<20)), 200},
		"large unsized":     {request(10, 10, unsized(4<<20+1)), 413},
		"large, and no one": {httptest.NewRequest("POST", "/none?"+strings.Repeat("q", 9000), nil), 414},
	} {
		w := serve(h, c.request)
		if w.Code != c.code {
			t.Errorf("%s: %d, expected %d", name, w.Code, c.code)
		}
		if c.code >= 400 && w.Header().Get("Hub-Error-Id") == "" {
			t.Errorf("%s: no error id", name)
		}
		if w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: no nosniff", name)
		}
	}
}

func TestEveryRefusalHasAnId(t *testing.T) {
	h := handler(t, options(t,
		server.Route{Pattern: "/status", Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(418) })},
		server.Route{Pattern: "/own", Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Hub-Error-Id", "own")
			w.WriteHeader(401)
		})},
		server.Route{Pattern: "/good", Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			w.WriteHeader(302)
		})},
	))
	for path, want := range map[string]func(string) bool{
		"/status": func(id string) bool { return len(id) == 16 }, "/own": func(id string) bool { return id == "own" },
		"/good": func(id string) bool { return id == "" },
	} {
		if id := serve(h, httptest.NewRequest("GET", path, nil)).Header().Get("Hub-Error-Id"); !want(id) {
			t.Errorf("%s: id %q", path, id)
		}
	}
}

func TestAPanicIsA500WithAnIdAndNothingElse(t *testing.T) {
	var log bytes.Buffer
	o := options(t,
		server.Route{Pattern: "GET /early", Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", "session=1")
			w.Header().Set("Content-Length", "1000")
			panic("secret detail\nlevel=INFO forged")
		})},
	)
	o.Log, o.Metrics = slog.New(slog.NewTextHandler(&log, nil)), metrics.New()
	w := serve(handler(t, o), httptest.NewRequest("GET", "/early?token=abc", nil))
	var body struct {
		ID    string `json:"error_id"`
		Error string `json:"error"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || w.Code != 500 || body.Error != "server_error" ||
		body.ID == "" || body.ID != w.Header().Get("Hub-Error-Id") {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if strings.Contains(w.Body.String(), "detail") || w.Header().Get("Set-Cookie") != "" ||
		w.Header().Get("Content-Length") != "" || w.Header().Get("X-Content-Type-Options") == "" {
		t.Errorf("the answer holds what it must not: %v %s", w.Header(), w.Body)
	}
	if lines := strings.Count(log.String(), "\n"); lines != 1 || !strings.Contains(log.String(), body.ID) ||
		!strings.Contains(log.String(), "edge_test.go") || strings.Contains(log.String(), "token=abc") {
		t.Errorf("%d log lines: %s", lines, log.String())
	}
	var text strings.Builder
	if err := o.Metrics.WriteText(&text); err != nil || !strings.Contains(text.String(), "\nhub_panics_total 1\n") {
		t.Errorf("not counted: %v", err)
	}
}

func TestAPanicInTheMiddleOfAnAnswerCutsTheConnection(t *testing.T) {
	s := start(t, options(t, server.Route{Pattern: "GET /late", Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"half":`))
		w.(http.Flusher).Flush()
		panic("late")
	})}, route("GET /x")))
	answer, err := s.client.Get("https://" + s.address + "/late")
	if err == nil {
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err == nil {
			t.Errorf("half an answer was ended as if it were whole: %q", body)
		}
	}
	if got := send(t, s.client, "GET", "https://"+s.address+"/x"); got.StatusCode != 200 {
		t.Errorf("afterwards: %d", got.StatusCode)
	}
}

func TestHSTSIsSentOnHTTPSUnlessTheNameIsLoopback(t *testing.T) {
	for _, c := range []struct {
		url   string
		tls   bool // the hub ends TLS
		peer  string
		proto string
		want  bool
	}{
		{"https://hub.test", true, "198.51.100.1:1", "", true},
		{"https://localhost:8443", true, "198.51.100.1:1", "", false},
		{"https://hub.localhost", true, "198.51.100.1:1", "", false},
		{"https://127.0.0.1:8443", true, "198.51.100.1:1", "", false},
		{"https://[::1]:8443", true, "198.51.100.1:1", "", false},
		{"https://www.example.com/hub", false, "10.0.0.1:1", "https", true},
		{"https://www.example.com/hub", false, "10.0.0.1:1", "", true},
		{"https://www.example.com/hub", false, "10.0.0.1:1", "http", false},
		{"https://www.example.com/hub", false, "198.51.100.1:1", "https", false},
		{"https://localhost", false, "10.0.0.1:1", "https", false},
	} {
		o := options(t, route("GET /x"))
		o.Environments[0].URL = c.url
		if !c.tls {
			o.TLS.Mode, o.TrustedProxies = server.TLSOff, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
		}
		for _, path := range []string{"/x", "/none", "/hub/x"} {
			r := httptest.NewRequest("GET", path, nil)
			r.RemoteAddr = c.peer
			if c.proto != "" {
				r.Header.Set("X-Forwarded-Proto", c.proto)
			}
			if got := serve(handler(t, o), r).Header().Get("Strict-Transport-Security"); (got == "max-age=31536000") != c.want ||
				!c.want && got != "" {
				t.Errorf("%+v %s: %q", c, path, got)
			}
		}
	}
}

func TestInTheClearOnlyProxiesAndLoopbackAreServed(t *testing.T) {
	o := options(t, route("POST /login"), route("/api/forward-auth"), route("/api/forward-auth/{service}/{rest...}"))
	o.TLS.Mode, o.Listen, o.TrustedProxies = server.TLSOff, "0.0.0.0:0", []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	o.Environments[0].URL = "https://www.example.com"
	h := handler(t, o)
	for _, c := range []struct {
		peer, proto, method, path string
		code                      int
	}{
		{"10.0.0.1:1", "https", "POST", "/login", 200},
		{"10.0.0.1:1", "", "POST", "/login", 200},
		{"10.0.0.1:1", "http", "POST", "/login", 400},
		{"[::ffff:10.0.0.1]:1", "https", "POST", "/login", 200},
		{"127.0.0.1:1", "", "POST", "/login", 200},
		{"[::1]:1", "", "POST", "/login", 200},
		{"192.0.2.1:1", "", "POST", "/login", 400},
		{"192.0.2.1:1", "https", "POST", "/login", 400},
		{"192.0.2.1:1", "", "POST", "/none", 400},
		{"192.0.2.1:1", "", "GET", "/healthz", 200},
		{"192.0.2.1:1", "", "GET", "/hub/readyz", 200},
		{"192.0.2.1:1", "", "GET", "/hub/hub/readyz", 400},
		// How a caller came to an API says nothing of how the API's proxy asks about him.
		{"10.0.0.1:1", "http", "GET", "/api/forward-auth", 200},
		{"10.0.0.1:1", "http", "GET", "/hub/api/forward-auth/shop/v1/x", 200},
		{"10.0.0.1:1", "http", "GET", "/api/forward-authority", 400},
		{"192.0.2.1:1", "", "GET", "/api/forward-auth", 400},
	} {
		r := httptest.NewRequest(c.method, c.path, nil)
		r.RemoteAddr = c.peer
		if c.proto != "" {
			r.Header.Set("X-Forwarded-Proto", c.proto)
		}
		w := serve(h, r)
		if w.Code != c.code || c.code == 400 && !strings.Contains(w.Body.String(), "https://www.example.com/") {
			t.Errorf("%+v: %d %s", c, w.Code, w.Body)
		}
	}
}

// nothing takes an answer without keeping it.
type nothing struct{ header http.Header }

func (n *nothing) Header() http.Header            { return n.header }
func (n *nothing) Write(body []byte) (int, error) { return len(body), nil }
func (n *nothing) WriteHeader(int)                {}

func BenchmarkEdge(b *testing.B) {
	proxied := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	quick := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	for _, c := range []struct {
		name, path string
		trusted    []netip.Prefix
	}{
		{"plain path", "/api/rest/oauth2/token", nil},
		{"plain path behind proxy", "/api/rest/oauth2/token", proxied},
		{"wildcard", "/api/rest/users/0190d7c2-7a55-7f3e-9b8e-000000000001", nil},
		{"unknown", "/nothing", nil},
	} {
		o := options(b)
		o.TrustedProxies = c.trusted
		for i := range 60 {
			o.Environments[0].Routes = append(o.Environments[0].Routes,
				server.Route{Pattern: fmt.Sprintf("GET /api/rest/things%d/{id}", i), Handler: quick})
		}
		o.Environments[0].Routes = append(o.Environments[0].Routes, server.Route{Pattern: "POST /api/rest/oauth2/token", Handler: quick},
			server.Route{Pattern: "POST /api/rest/users/{id}", Handler: quick})
		h := handler(b, o)
		b.Run(c.name, func(b *testing.B) {
			r := httptest.NewRequest("POST", c.path, nil)
			r.Header = http.Header{
				"Authorization": {"Basic x"}, "Content-Type": {"application/x-www-form-urlencoded"},
				"User-Agent": {"curl/8.5"}, "Accept": {"*/*"},
				"X-Forwarded-For": {"198.51.100.7"}, "X-Forwarded-Proto": {"https"},
			}
			w := &nothing{header: http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				r.RemoteAddr = "10.0.0.1:1234"
				h.ServeHTTP(w, r)
			}
		})
	}
}
