package nginx_test

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/hub/test/blackbox"
	"example.org/hub/test/nginx"
	"example.org/hub/test/readme"
)

// The hub itself stands behind nginx as docs/OPERATING.md puts it there: callers have their own address, whatever they claim.
func TestTheHubStandsBehindNginxAsThePageSays(t *testing.T) {
	hub := blackbox.Serve(t, "", "--trusted-proxies", "127.0.0.0/8,::1")
	hub.Apply(t, declared)
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "OPERATING.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, block := range readme.Blocks(string(page)) {
		if block.Info == "nginx" {
			text = block.Text
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	for from, to := range map[string]string{
		"listen 443 ssl;":              "listen " + listener.Addr().String() + " ssl;",
		"/etc/ssl/hub.example.com.pem": filepath.Join(hub.Data, "tls", "cert.pem"),
		"/etc/ssl/hub.example.com.key": filepath.Join(hub.Data, "tls", "key.pem"),
		"http://127.0.0.1:8080;":       strings.Replace(hub.URL, "localhost", "127.0.0.1", 1) + ";",
	} {
		if strings.Count(text, from) != 1 {
			t.Fatalf("docs/OPERATING.md should have %q once in\n%s", from, text)
		}
		text = strings.Replace(text, from, to, 1)
	}
	nginx.Start(t, listener, text)
	front := blackbox.NewAsker(t, "https://"+listener.Addr().String(), hub.Data)

	signIn := func(options ...blackbox.Option) int {
		return front.Post(t, "/login", `{"app_id":"98434376","app_key":"key-of-ben"}`, options...).Status
	}
	if status := signIn(blackbox.Header("X-Forwarded-For", "192.0.2.9")); status != http.StatusOK {
		t.Errorf("from the address on the allowlist: %d", status)
	}
	hub.Apply(t, "version: 1\napps: [{appId: \"98434376\", allowlist: [\"192.0.2.0/24\"]}]\n")
	blackbox.Soon(t, "the allowlist", func() bool { return signIn() == http.StatusUnauthorized })
	if status := signIn(blackbox.Header("X-Forwarded-For", "192.0.2.9"),
		blackbox.Header("Forwarded", "for=192.0.2.9")); status != http.StatusUnauthorized {
		t.Errorf("from an address that is only claimed: %d", status)
	}
	if issuer := front.Get(t, "/.well-known/openid-configuration").Text("issuer"); issuer != hub.URL {
		t.Errorf("the issuer is %q", issuer)
	}
}
