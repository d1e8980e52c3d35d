package recipe_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.org/hub/internal/web"
	"example.org/hub/test/blackbox"
	"example.org/hub/test/nginx"
)

func TestMain(m *testing.M) { os.Exit(blackbox.Main(m)) }

const payments = "98071167-004c-4ddf-ba37-5d4599fdf319"

const declared = `version: 1
users:
  - {id: 0190d7c2-7a55-7f3e-9b8e-000000000001, login: ben, name: Ben Demo, roles: [{role: contributor}]}
services:
  - {id: ` + payments + `, key: payments, name: Payments API, homeUrl: "https://payments.example.test", redirectUris: ["https://payments.example.test/cb"], secrets: ["a-long-secret"], trusted: true}
apiClients:
  - {id: 5a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11, user: ben, label: Export, secret: "secret-of-ben"}
apps:
  - {appId: "98434376", user: ben, label: Checkout, appKey: "key-of-ben", allowlist: ["127.0.0.0/8", "::1/128"]}
`

// client is a kind of client with its values, and what its recipes print.
type client struct {
	id, secret string
	prints     map[string]string // by ending
}

func TestEveryRecipeWorksAsItIsPasted(t *testing.T) {
	hub := blackbox.Serve(t, "")
	hub.Apply(t, declared)
	token := strings.TrimSpace(hub.Verb(t, "", "token", "create", "--user", "ben", "--name", "Recipe", "--scope", "Hub"))
	me := "0190d7c2-7a55-7f3e-9b8e-000000000001"
	clients := map[string]client{
		"service": {payments, "a-long-secret", map[string]string{
			".curl": `"access_token":`, ".py": "Bearer 3600", ".js": "Bearer 3600",
			".go.txt": "Bearer", ".openid.txt": "code_challenge_method=S256",
		}},
		"client": {"5a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11", "secret-of-ben", map[string]string{
			".curl": `"access_token":`, ".py": me, ".js": me, ".go.txt": "200 {",
		}},
		"app": {"98434376", "key-of-ben", map[string]string{
			".curl": `"access_token":`, ".py": "Bearer 3600", ".js": "Bearer 3600", ".go.txt": "Bearer 3600",
		}},
		"token": {"", token, map[string]string{".curl": me, ".py": me, ".js": me, ".go.txt": "200 {"}},
	}
	files, err := filepath.Glob("../../internal/web/recipes/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		kind, ending, _ := strings.Cut(filepath.Base(file), ".")
		if ending = "." + ending; ending == ".nginx" {
			continue // below
		}
		t.Run(kind+ending, func(t *testing.T) {
			of := clients[kind]
			text := web.Recipe(kind, ending, map[string]string{
				"issuer": hub.URL, "id": of.id, "scope": of.id, "redirect": "https://payments.example.test/cb",
			})
			printed := run(t, hub, ending, text, of.secret)
			if want := of.prints[ending]; want == "" || !strings.Contains(printed, want) {
				t.Errorf("it prints %q, want %q in it", printed, want)
			}
		})
	}
}

// run runs a recipe in a folder of its own, with the secret where it looks for it, and the hub's certificate where its language
// does.
func run(t *testing.T, hub *blackbox.Hub, ending, text, secret string) string {
	t.Helper()
	name := map[string]string{
		".curl": "recipe.sh", ".py": "recipe.py", ".js": "recipe.mjs", ".go.txt": "recipe.go", ".openid.txt": "recipe.go",
	}[ending]
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	command := map[string][]string{
		".curl": {"sh", "-eu"}, ".py": {"python3"}, ".js": {"node"}, ".go.txt": {"go", "run"}, ".openid.txt": {"go", "run"},
	}[ending]
	program := exec.CommandContext(t.Context(), command[0], append(command[1:], file)...)
	ca := filepath.Join(hub.Data, "tls", "ca.pem")
	program.Env = append(os.Environ(), "HUB_SECRET="+secret, "SSL_CERT_FILE="+ca, "CURL_CA_BUNDLE="+ca, "NODE_EXTRA_CA_CERTS="+ca)
	printed, err := program.CombinedOutput()
	if err != nil {
		t.Errorf("%v: %s", err, printed)
	}
	return string(printed)
}

func TestTheRecipeForNginxLetsThroughWhoHasAToken(t *testing.T) {
	hub := blackbox.Serve(t, "")
	hub.Apply(t, declared)
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, "user="+r.Header.Get("X-Hub-User"))
	}))
	t.Cleanup(echo.Close)
	recipe := strings.ReplaceAll(web.Recipe("service", ".nginx", map[string]string{"issuer": hub.URL, "id": payments}),
		"http://127.0.0.1:8000", echo.URL)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	nginx.Start(t, listener, "server {\n  listen "+listener.Addr().String()+";\n"+recipe+" }")
	address := "http://" + listener.Addr().String() + "/v1/pay"
	ask := func(token string) (int, string) {
		request, err := http.NewRequest(http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		if token != "" {
			request.Header.Set("Authorization", "Bearer "+token)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body := make([]byte, 1024)
		n, _ := answer.Body.Read(body)
		return answer.StatusCode, string(body[:n])
	}
	if status, body := ask(""); status != http.StatusUnauthorized {
		t.Errorf("without a token: %d %s", status, body)
	}
	answer := hub.Form(t, "/oauth/create_token", []string{
		"client_id", "5a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11", "client_secret", "secret-of-ben",
		"grant_type", "client_credentials", "scope", payments,
	})
	if status, body := ask(answer.Text("access_token")); status != http.StatusOK || body != "user=ben" {
		t.Errorf("with a token: %d %s", status, body)
	}
}
