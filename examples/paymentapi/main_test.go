package main

import (
	"bufio"
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/hub/oauth/jose"
)

const audience = "98071167-004c-4ddf-ba37-5d4599fdf319"

// hub serves what an API needs of a hub, over TLS with a certificate of its own authority, and gives a way to make tokens.
func hub(t *testing.T) (issuer, ca string, token func() string) {
	t.Helper()
	key, err := jose.Generate(jose.ES256)
	if err != nil {
		t.Fatal(err)
	}
	set, err := jose.NewKeySet(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	var server *httptest.Server
	server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/.well-known/openid-configuration":
			_ = json.NewEncoder(w).Encode(map[string]string{
				"issuer": server.URL, "jwks_uri": server.URL + "/keys", "introspection_endpoint": server.URL + "/introspect",
			})
		case "/keys":
			_ = json.NewEncoder(w).Encode(set)
		case "/introspect":
			_, secret, _ := r.BasicAuth()
			_ = json.NewEncoder(w).Encode(map[string]any{
				"active": secret == "a-long-secret", "token_type": "Bearer", "aud": []string{audience}, "permissions": []string{"payments:read"},
			})
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	ca = filepath.Join(t.TempDir(), "ca.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(ca, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	signer, err := jose.NewSigner(key, "at+jwt")
	if err != nil {
		t.Fatal(err)
	}
	return server.URL, ca, func() string {
		now := time.Now()
		claims, err := json.Marshal(map[string]any{
			"iss": server.URL, "sub": "u", "aud": audience, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
		})
		if err != nil {
			t.Fatal(err)
		}
		text, err := signer.Sign(claims)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
}

// serve runs the program until the test ends and gives its URL.
func serve(t *testing.T, environment map[string]string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, stdout := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, append(args, "--listen", "127.0.0.1:0"), func(name string) string { return environment[name] }, stdout, io.Discard)
		_ = stdout.CloseWithError(err)
		ended <- err
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the program ended with %v", err)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	_, url, found := strings.Cut(strings.TrimSpace(line), "payment api ready url=")
	if !found {
		t.Fatalf("the program said %q", line)
	}
	return url
}

func post(t *testing.T, url, token string) (int, string) {
	t.Helper()
	body := strings.NewReader(`{"order_id":"A-1","amount":1250,"currency":"GBP"}`)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/v1/payment-link", body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(answer)
}

func TestTheProgramChecksOfflineAndOnline(t *testing.T) {
	issuer, ca, token := hub(t)
	offline := serve(t, nil, "--issuer", issuer, "--audience", audience, "--ca", ca)
	if status, body := post(t, offline, token()); status != 200 || !strings.Contains(body, `"payment_link":"https://`) {
		t.Errorf("offline: %d %s", status, body)
	}
	if status, body := post(t, offline, ""); status != 401 || !strings.Contains(body, `"instance":"/v1/payment-link"`) {
		t.Errorf("offline without a token: %d %s", status, body)
	}
	environment := map[string]string{
		"PAYMENTAPI_ONLINE": "true", "PAYMENTAPI_CLIENT_ID": audience, "PAYMENTAPI_CLIENT_SECRET": "a-long-secret", "PAYMENTAPI_CA": ca,
		"PAYMENTAPI_ISSUER": "https://elsewhere.example.test", "PAYMENTAPI_AUDIENCE": audience,
	}
	online := serve(t, environment, "--issuer", issuer)
	if status, body := post(t, online, token()); status != 403 || !strings.Contains(body, `"error_type":"forbidden"`) {
		t.Errorf("online without the permission: %d %s", status, body)
	}
	untrusting := serve(t, nil, "--issuer", issuer, "--audience", audience)
	if status, body := post(t, untrusting, token()); status != 503 {
		t.Errorf("without the hub's authority: %d %s", status, body)
	}
}

func TestWrongSettingsAreNamed(t *testing.T) {
	for name, tc := range map[string]struct {
		args        []string
		environment map[string]string
		says        string
	}{
		"unknown flag":     {[]string{"--colour"}, nil, "colour"},
		"argument":         {[]string{"serve"}, nil, `"serve"`},
		"bad issuer":       {[]string{"--issuer", "hub"}, nil, "Issuer"},
		"bad range":        {[]string{"--addresses", "192.0.2.0/24,300.0.0.1"}, nil, `--addresses: "300.0.0.1"`},
		"bad proxy":        {[]string{"--trusted-proxies", "x"}, nil, "--trusted-proxies"},
		"online unarmed":   {[]string{"--online"}, nil, "ClientSecret"},
		"bad environment":  {nil, map[string]string{"PAYMENTAPI_ONLINE": "perhaps"}, "PAYMENTAPI_ONLINE"},
		"an empty address": {[]string{"--addresses", "/24"}, nil, "--addresses"},
	} {
		var stderr strings.Builder
		err := run(t.Context(), tc.args, func(name string) string { return tc.environment[name] }, io.Discard, &stderr)
		if !errors.Is(err, errUsage) || !strings.Contains(stderr.String(), tc.says) {
			t.Errorf("%s: %v, said %q", name, err, stderr.String())
		}
	}
	for _, args := range [][]string{{"--ca", "no such file"}, {"--listen", "nowhere"}} {
		if err := run(t.Context(), args, func(string) string { return "" }, io.Discard, io.Discard); err == nil ||
			!strings.HasPrefix(err.Error(), args[0]) {
			t.Errorf("%v: %v", args, err)
		}
	}
}
