package caddy_test

import (
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.org/hub/resource"
)

// hub stands in for /api/forward-auth: the token says what it answers. It tells what it was asked.
func hub(t *testing.T, asked chan<- string) *httptest.Server {
	t.Helper()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- fmt.Sprintf("%s %s for %s %s from %s", r.Method, r.URL, r.Header.Get("X-Forwarded-Method"),
			r.Header.Get("X-Forwarded-Uri"), strings.Join(r.Header.Values("X-Forwarded-For"), "|"))
		switch r.Header.Get("Authorization") {
		case "Bearer good":
			w.Header().Set("X-Hub-User", "ada")
		case "Bearer poor":
			w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_scope"`)
			resource.WriteError(w, r, resource.NewError(http.StatusForbidden))
		default:
			w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			resource.WriteError(w, r, resource.NewError(http.StatusUnauthorized))
		}
	}))
	t.Cleanup(server.Close)
	return server
}

// proxy starts Caddy with the Caddyfile before this hub and gives its URL.
func proxy(t *testing.T, hub *httptest.Server) string {
	t.Helper()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, "user=%s permissions=%s %s %s %s", r.Header.Get("X-Hub-User"), r.Header.Get("X-Hub-Permissions"), r.Method, r.URL, body)
	}))
	t.Cleanup(api.Close)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close() // Caddy takes no open socket over

	folder := t.TempDir()
	recipe, err := os.ReadFile("Caddyfile")
	if err != nil {
		t.Fatal(err)
	}
	text := string(recipe)
	for from, to := range map[string]string{
		"https://localhost:8443": hub.URL, "127.0.0.1:9000": api.Listener.Addr().String(), "http://127.0.0.1:8080": "http://" + address,
		"hub-data/tls/ca.pem": filepath.Join(folder, "ca.pem"),
	} {
		if strings.Count(text, from) != 1 {
			t.Fatalf("the Caddyfile should have %q once", from)
		}
		text = strings.Replace(text, from, to, 1)
	}
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: hub.Certificate().Raw})
	for name, content := range map[string]string{"Caddyfile": "{\n\tadmin off\n\tauto_https off\n}\n" + text, "ca.pem": string(ca)} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command("caddy", "run", "--config", filepath.Join(folder, "Caddyfile"), "--adapter", "caddyfile")
	command.Env = append(os.Environ(), "HOME="+folder, "XDG_CONFIG_HOME="+folder, "XDG_DATA_HOME="+folder)
	command.Stdout, command.Stderr = t.Output(), t.Output()
	command.WaitDelay = 10 * time.Second
	if err := command.Start(); err != nil {
		t.Fatalf("start Caddy (Debian: apt-get install caddy): %v", err)
	}
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		_ = command.Wait()
	})
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			_ = connection.Close()
			return "http://" + address
		}
		if time.Now().After(deadline) {
			t.Fatalf("Caddy does not answer: %v", err)
		}
	}
}

func send(t *testing.T, url, token string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"Authorization": "Bearer " + token, "X-Hub-User": "root", "X-Hub-Permissions": "all",
		"X-Forwarded-For": "192.0.2.9", "X-Forwarded-Uri": "/forged",
	} {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func TestCaddyAsksTheHub(t *testing.T) {
	asked := make(chan string, 10)
	server := hub(t, asked)
	url := proxy(t, server)
	const question = "GET /api/forward-auth?service=98071167-004c-4ddf-ba37-5d4599fdf319"
	for _, tc := range []struct {
		token, path, question string
		status                int
		body, challenge       string
	}{
		{"good", "/v1/payment-link", question + "&permission=payments:create", 200, "user=ada permissions= POST /v1/payment-link {}", ""},
		{"good", "/x?y=1", question, 200, "user=ada permissions= POST /x?y=1 {}", ""},
		{"poor", "/v1/payment-link", question + "&permission=payments:create", 403, `"error_type":"forbidden"`, `Bearer error="insufficient_scope"`},
		{"bad", "/x%22y", question, 401, `"error_type":"unauthorized"`, `Bearer error="invalid_token"`},
	} {
		response, body := send(t, url+tc.path, tc.token)
		if response.StatusCode != tc.status || !strings.Contains(body, tc.body) || response.Header.Get("WWW-Authenticate") != tc.challenge {
			t.Errorf("%s at %s: %d %s %v", tc.token, tc.path, response.StatusCode, body, response.Header)
		}
		if got, want := <-asked, tc.question+" for POST "+tc.path+" from 127.0.0.1"; got != want {
			t.Errorf("%s at %s: the hub was asked %s", tc.token, tc.path, got)
		}
	}
	server.Close()
	response, body := send(t, url+"/x%22y?a=%22", "good")
	recorder := httptest.NewRecorder()
	resource.WriteError(recorder, httptest.NewRequest(http.MethodPost, "/x%22y", nil), resource.NewError(http.StatusServiceUnavailable))
	if response.StatusCode != 503 || body != recorder.Body.String() || response.Header.Get("Retry-After") != "5" {
		t.Errorf("with the hub away: %d %s", response.StatusCode, body)
	}
}
