package paymentlink_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/hub/examples/paymentapi/paymentlink"
	"example.org/hub/oauth/jose"
	"example.org/hub/resource"
)

const audience = "98071167-004c-4ddf-ba37-5d4599fdf319"

// api starts the API offline with a hub of its own, and gives a way to make tokens.
func api(t *testing.T) (url string, token func(claims map[string]any) string) {
	t.Helper()
	key, err := jose.Generate(jose.ES256)
	if err != nil {
		t.Fatal(err)
	}
	set, err := jose.NewKeySet(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	var hub *httptest.Server
	hub = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/keys" {
			_ = json.NewEncoder(w).Encode(set)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]string{"issuer": hub.URL, "jwks_uri": hub.URL + "/keys"})
	}))
	t.Cleanup(hub.Close)
	verifier, err := resource.New(resource.Options{Issuer: hub.URL, Audience: audience, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(paymentlink.Handler(verifier))
	t.Cleanup(server.Close)
	signer, err := jose.NewSigner(key, "at+jwt")
	if err != nil {
		t.Fatal(err)
	}
	return server.URL, func(claims map[string]any) string {
		full := map[string]any{"iss": hub.URL, "sub": "u", "aud": audience, "iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix()}
		maps.Copy(full, claims)
		text, err := json.Marshal(full)
		if err != nil {
			t.Fatal(err)
		}
		token, err := signer.Sign(text)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
}

func send(t *testing.T, method, url, token, kind, body string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	request.Header.Set("Content-Type", kind)
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

const good = `{"order_id":"A-1","amount":1250,"currency":"GBP"}`

func TestALinkIsCreated(t *testing.T) {
	url, token := api(t)
	for name, claims := range map[string]map[string]any{"no entitlements": nil, "entitled": {"entitlements": []string{paymentlink.Permission}}} {
		response, body := send(t, http.MethodPost, url+"/v1/payment-link", token(claims), "application/json; charset=utf-8", good)
		var answer map[string]string
		if err := json.Unmarshal([]byte(body), &answer); err != nil || response.StatusCode != 200 {
			t.Fatalf("%s: %d %s", name, response.StatusCode, body)
		}
		if len(answer) != 2 || answer["link_id"] == "" || !strings.HasSuffix(answer["payment_link"], "/"+answer["link_id"]) {
			t.Errorf("%s: %v", name, answer)
		}
	}
}

func TestWithoutAGoodTokenTheAnswerIsTheKnownOne(t *testing.T) {
	url, token := api(t)
	const want = `{"status":"error","error_type":"unauthorized",` +
		`"title":"Authentication with the API failed, please check your details and try again.","instance":"/v1/payment-link"}`
	for name, text := range map[string]string{"none": "", "rubbish": "rubbish", "ended": token(map[string]any{"exp": 1})} {
		response, body := send(t, http.MethodPost, url+"/v1/payment-link", text, "application/json", good)
		if response.StatusCode != 401 || body != want || !strings.HasPrefix(response.Header.Get("WWW-Authenticate"), "Bearer ") {
			t.Errorf("%s: %d %s", name, response.StatusCode, body)
		}
	}
	response, body := send(t, http.MethodPost, url+"/v1/payment-link", token(map[string]any{"entitlements": []string{}}), "application/json", good)
	if response.StatusCode != 403 || !strings.Contains(body, `"error_type":"forbidden"`) {
		t.Errorf("without the permission: %d %s", response.StatusCode, body)
	}
}

func TestBadRequestsNameTheirParameters(t *testing.T) {
	url, token := api(t)
	for name, tc := range map[string]struct {
		method, path, kind, body string
		status                   int
		parameters               []string
	}{
		"empty":         {"POST", "/v1/payment-link", "application/json", "", 400, []string{"body"}},
		"no object":     {"POST", "/v1/payment-link", "application/json", `[]`, 400, []string{"body"}},
		"two objects":   {"POST", "/v1/payment-link", "application/json", good + good, 400, []string{"body"}},
		"nothing in it": {"POST", "/v1/payment-link", "application/json", `{}`, 400, []string{"order_id", "amount", "currency"}},
		"a bad amount": {"POST", "/v1/payment-link", "application/json", `{"order_id":"A","amount":-1,"currency":"GBP"}`,
			400, []string{"amount"}},
		"amount is text": {"POST", "/v1/payment-link", "application/json", `{"order_id":"A","amount":"1","currency":"GBP"}`,
			400, []string{"amount"}},
		"a bad currency": {"POST", "/v1/payment-link", "application/json", `{"order_id":"A","amount":1,"currency":"G1P"}`,
			400, []string{"currency"}},
		"too long": {"POST", "/v1/payment-link", "application/json", `{"order_id":"` + strings.Repeat("x", 70_000) + `"}`,
			413, []string{"body"}},
		"a form":          {"POST", "/v1/payment-link", "application/x-www-form-urlencoded", "amount=1", 415, []string{"Content-Type"}},
		"another method":  {"GET", "/v1/payment-link", "application/json", "", 405, nil},
		"another path":    {"POST", "/v1/payments", "application/json", good, 404, nil},
		"a path too long": {"POST", "/v1/payment-link/x", "application/json", good, 404, nil},
	} {
		response, body := send(t, tc.method, url+tc.path, token(nil), tc.kind, tc.body)
		var answer struct {
			Status, Instance string
			Invalid          []resource.InvalidParameter `json:"invalid_parameters"`
		}
		if err := json.Unmarshal([]byte(body), &answer); err != nil {
			t.Fatalf("%s: %d %s", name, response.StatusCode, body)
		}
		var named []string
		for _, parameter := range answer.Invalid {
			named = append(named, parameter.Parameter)
		}
		if response.StatusCode != tc.status || answer.Status != "error" || answer.Instance != tc.path || !slices.Equal(named, tc.parameters) {
			t.Errorf("%s: %d %s", name, response.StatusCode, body)
		}
	}
}
