package nginx_test

import (
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/hub/resource"
	"example.org/hub/test/nginx"
)

// hub stands in for /api/forward-auth: the token says what it answers.
type hub struct {
	mu      sync.Mutex
	headers []http.Header // of the questions
	queries []string
}

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	h.headers, h.queries = append(h.headers, r.Header.Clone()), append(h.queries, r.Method+" "+r.URL.String())
	h.mu.Unlock()
	header := w.Header()
	switch r.Header.Get("Authorization") {
	case "Bearer good":
		header.Set("X-Hub-User", "ada")
		header.Set("X-Hub-User-Id", "u-1")
		header.Set("X-Hub-Permissions", "payments:create payments:read")
	case "Bearer poor":
		header.Set("Hub-Error-Id", "e-403")
		header.Set("WWW-Authenticate", `Bearer realm="x", error="insufficient_scope"`)
		resource.WriteError(w, r, resource.NewError(http.StatusForbidden))
	case "Bearer flood":
		header.Set("Retry-After", "7")
		resource.WriteError(w, r, resource.NewError(http.StatusUnauthorized))
	case "Bearer trouble":
		resource.WriteError(w, r, resource.NewError(http.StatusServiceUnavailable))
	default:
		header.Set("Hub-Error-Id", "e-401")
		header.Set("WWW-Authenticate", `Bearer realm="x", error="invalid_token"`)
		resource.WriteError(w, r, resource.NewError(http.StatusUnauthorized))
	}
}

// proxy starts nginx with hub.conf before this hub and this API, and gives its URL.
func proxy(t *testing.T, hub *httptest.Server, api http.Handler) string {
	t.Helper()
	behind := httptest.NewServer(api)
	t.Cleanup(behind.Close)
	authority := filepath.Join(t.TempDir(), "ca.pem")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()

	recipe, err := os.ReadFile("hub.conf")
	if err != nil {
		t.Fatal(err)
	}
	text := string(recipe)
	for from, to := range map[string]string{
		"server 127.0.0.1:8443;":    "server " + hub.Listener.Addr().String() + ";",
		"server 127.0.0.1:9000;":    "server " + behind.Listener.Addr().String() + ";",
		"listen 127.0.0.1:8080;":    "listen " + listener.Addr().String() + ";",
		"hub-data/tls/ca.pem;":      authority + ";",
		"proxy_ssl_name localhost;": "proxy_ssl_name example.com;", // the name in the stand-in's certificate
	} {
		if strings.Count(text, from) != 1 {
			t.Fatalf("hub.conf should have %q once", from)
		}
		text = strings.Replace(text, from, to, 1)
	}
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: hub.Certificate().Raw})
	if err := os.WriteFile(authority, ca, 0o600); err != nil {
		t.Fatal(err)
	}
	nginx.Start(t, listener, text)
	return "http://" + listener.Addr().String()
}

// seen answers with the headers by which the API knows its caller.
var seen = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/broken" {
		http.Error(w, "the API's own trouble", http.StatusInternalServerError)
		return
	}
	for _, name := range []string{"X-Hub-User", "X-Hub-User-Id", "X-Hub-Client", "X-Hub-Scope", "X-Hub-Permissions", "X-Forwarded-For"} {
		_, _ = fmt.Fprintf(w, "%s=%s\n", name, strings.Join(r.Header.Values(name), "|"))
	}
	body, _ := io.ReadAll(r.Body)
	_, _ = fmt.Fprintf(w, "%s %s %s\n", r.Method, r.URL, body)
})

func send(t *testing.T, method, url, body string, headers ...string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(text)
}

// written is the body package resource writes for a status at a path.
func written(status int, path string) string {
	recorder := httptest.NewRecorder()
	resource.WriteError(recorder, httptest.NewRequest(http.MethodGet, path, nil), resource.NewError(status))
	return recorder.Body.String()
}

func TestGoodTokensReachTheAPIWithTheCallersName(t *testing.T) {
	asked := &hub{}
	server := httptest.NewTLSServer(asked)
	t.Cleanup(server.Close)
	url := proxy(t, server, seen)
	forged := []string{
		"Authorization: Bearer good", "X-Hub-User: root", "X-Hub-Client: forged", "X-Hub-Permissions: all",
		"X-Forwarded-For: 192.0.2.9", "Cookie: a=b",
	}
	response, body := send(t, http.MethodPost, url+"/v1/payment-link?x=%22y", `{"amount":1}`, forged...)
	want := "X-Hub-User=ada\nX-Hub-User-Id=u-1\nX-Hub-Client=\nX-Hub-Scope=\nX-Hub-Permissions=payments:create payments:read\n" +
		"X-Forwarded-For=127.0.0.1\nPOST /v1/payment-link?x=%22y {\"amount\":1}\n"
	if diff := cmp.Diff(want, body); diff != "" || response.StatusCode != 200 {
		t.Errorf("%d %s", response.StatusCode, diff)
	}
	if response, body = send(t, http.MethodGet, url+"/broken", "", forged...); response.StatusCode != 500 || body != "the API's own trouble\n" {
		t.Errorf("the API's own 500 became %d %s", response.StatusCode, body)
	}
	wantQueries := []string{
		"GET /api/forward-auth?service=98071167-004c-4ddf-ba37-5d4599fdf319&permission=payments:create",
		"GET /api/forward-auth?service=98071167-004c-4ddf-ba37-5d4599fdf319",
	}
	if diff := cmp.Diff(wantQueries, asked.queries); diff != "" {
		t.Error(diff)
	}
	for name, want := range map[string]string{
		"X-Original-Uri": "/v1/payment-link?x=%22y", "X-Forwarded-Uri": "/v1/payment-link?x=%22y", "X-Forwarded-Method": "POST",
		"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "http", "Cookie": "", "Content-Length": "",
	} {
		if got := strings.Join(asked.headers[0].Values(name), "|"); got != want {
			t.Errorf("the hub was told %s %q, expected %q", name, got, want)
		}
	}
}

func TestRefusalsHaveTheBodyOfPackageResource(t *testing.T) {
	server := httptest.NewTLSServer(&hub{})
	t.Cleanup(server.Close)
	url := proxy(t, server, seen)
	for _, tc := range []struct {
		token, path string
		status      int
		headers     map[string]string
	}{
		{"bad", "/v1/payment-link", 401, map[string]string{"WWW-Authenticate": `Bearer realm="x", error="invalid_token"`, "Hub-Error-Id": "e-401"}},
		{"", "/", 401, map[string]string{"WWW-Authenticate": `Bearer realm="x", error="invalid_token"`}},
		{"poor", "/v1/payment-link", 403, map[string]string{
			"WWW-Authenticate": `Bearer realm="x", error="insufficient_scope"`, "Hub-Error-Id": "e-403",
		}},
		{"trouble", "/v1/payment-link", 503, map[string]string{"Retry-After": "5", "WWW-Authenticate": ""}},
		{"flood", "/v1/payment-link", 401, map[string]string{"Retry-After": "7", "WWW-Authenticate": "", "Hub-Error-Id": ""}},
		{"bad", "/v1/a%22%2Fb?token=x", 401, map[string]string{"Retry-After": ""}},
	} {
		response, body := send(t, http.MethodPost, url+tc.path, "{}", "Authorization: Bearer "+tc.token)
		if diff := cmp.Diff(written(tc.status, tc.path), body); diff != "" || response.StatusCode != tc.status {
			t.Errorf("%q at %s: %d %s", tc.token, tc.path, response.StatusCode, diff)
		}
		if got := response.Header.Get("Content-Type") + " " + response.Header.Get("Cache-Control"); got != "application/json no-store" {
			t.Errorf("%q at %s: %s", tc.token, tc.path, got)
		}
		for name, want := range tc.headers {
			if got := strings.Join(response.Header.Values(name), "|"); got != want {
				t.Errorf("%q at %s: %s is %q, expected %q", tc.token, tc.path, name, got, want)
			}
		}
	}
	for _, path := range []string{"/_hub", "/_hub/payments:create", "/x/../_hub"} {
		if response, _ := send(t, http.MethodGet, url+path, "", "Authorization: Bearer good"); response.StatusCode != 404 {
			t.Errorf("the question itself can be asked from outside, at %s: %d", path, response.StatusCode)
		}
	}
}

// A path with a quotation mark in it cannot break out of the body's string.
func TestHostilePathsStayInTheirString(t *testing.T) {
	server := httptest.NewTLSServer(&hub{})
	t.Cleanup(server.Close)
	address := strings.TrimPrefix(proxy(t, server, seen), "http://")
	connection, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	if _, err := io.WriteString(connection, "GET /a\",\"status\":\"ok\\ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(connection)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(string(answer), written(401, "/a")) {
		t.Errorf("the answer is %s", answer)
	}
}

func TestAHubThatIsAwayIsNoVerdict(t *testing.T) {
	server := httptest.NewTLSServer(&hub{})
	url := proxy(t, server, seen)
	if response, body := send(t, http.MethodGet, url+"/x", "", "Authorization: Bearer good"); response.StatusCode != 200 {
		t.Fatalf("%d %s", response.StatusCode, body)
	}
	server.Close()
	response, body := send(t, http.MethodGet, url+"/x", "", "Authorization: Bearer good")
	if diff := cmp.Diff(written(503, "/x"), body); diff != "" || response.StatusCode != 503 || response.Header.Get("Retry-After") != "5" {
		t.Errorf("%d %s", response.StatusCode, diff)
	}
}
