package nginx_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/hub/test/blackbox"
	"example.org/hub/test/nginx"
)

// proxy starts nginx with examples/nginx/hub.conf before this hub and this backend, and gives who asks it. Only what the
// file marks as the reader's own is changed: addresses, and TLS towards callers, with the hub's own certificate.
func proxy(t *testing.T, hub *blackbox.Hub, backend http.Handler) *blackbox.Asker {
	t.Helper()
	behind := httptest.NewServer(backend)
	t.Cleanup(behind.Close)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()

	recipe, err := os.ReadFile(filepath.Join("..", "..", "examples", "nginx", "hub.conf"))
	if err != nil {
		t.Fatal(err)
	}
	text, place := string(recipe), strings.TrimPrefix(hub.URL, "https://")
	for from, to := range map[string]string{
		"server 127.0.0.1:8443;": "server " + strings.Replace(place, "localhost", "127.0.0.1", 1) + ";",
		"server 127.0.0.1:9000;": "server " + behind.Listener.Addr().String() + ";",
		"listen 127.0.0.1:8080;": "listen " + listener.Addr().String() +
			" ssl;\nssl_certificate " + filepath.Join(hub.Data, "tls", "cert.pem") +
			";\nssl_certificate_key " + filepath.Join(hub.Data, "tls", "key.pem") + ";",
		"proxy_set_header Host localhost:8443": "proxy_set_header Host " + place,
		"hub-data/tls/ca.pem;":                 filepath.Join(hub.Data, "tls", "ca.pem") + ";",
	} {
		if strings.Count(text, from) != 1 {
			t.Fatalf("hub.conf should have %q once", from)
		}
		text = strings.Replace(text, from, to, 1)
	}
	nginx.Start(t, listener, text)
	return blackbox.NewAsker(t, "https://"+listener.Addr().String(), hub.Data)
}
