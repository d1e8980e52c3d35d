package resource_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/hub/oauth/jose"
	"example.org/hub/resource"
)

const (
	serviceID  = "98071167-004c-4ddf-ba37-5d4599fdf319"
	serviceKey = "payments"
)

// issuer is a hub as an API sees it, made of the same keys and tokens: metadata, key set, a service's document, introspection.
type issuer struct {
	t   testing.TB
	url string

	mu       sync.Mutex
	signing  *jose.PrivateKey
	keys     []jose.PublicKey
	down     bool                      // everything answers 500
	metadata map[string]any            // over the usual members
	live     map[string]map[string]any // introspection answers by token
	requests map[string]int            // by path
	asked    []string                  // client_address of introspections
}

func newIssuer(t testing.TB) *issuer {
	i := &issuer{t: t, live: map[string]map[string]any{}, requests: map[string]int{}}
	i.rotate()
	return i
}

// start serves the issuer on a real socket.
func start(t testing.TB) *issuer {
	i := newIssuer(t)
	server := httptest.NewServer(i)
	t.Cleanup(server.Close)
	i.url = server.URL
	return i
}

// rotate makes a new signing key, published beside the old ones.
func (i *issuer) rotate() {
	key, err := jose.Generate(jose.ES256)
	if err != nil {
		i.t.Fatal(err)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.signing, i.keys = key, append(i.keys, key.Public())
}

func (i *issuer) setDown(down bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.down = down
}

func (i *issuer) withdraw() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = i.keys[1:]
}

func (i *issuer) count(path string) int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.requests[path]
}

// answer sets what introspection says of a token over the usual members, as token does; nil makes the token unknown.
func (i *issuer) answer(token string, members map[string]any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if members == nil {
		delete(i.live, token)
		return
	}
	full := map[string]any{
		"active": true, "iss": i.url, "sub": "u-1", "username": "ada", "client_id": "98434376", "aud": []string{serviceID},
		"scope": "payments", "token_type": "Bearer", "permissions": []string{"payments:create"}, "env": "production",
	}
	maps.Copy(full, members)
	maps.DeleteFunc(full, func(_ string, value any) bool { return value == nil })
	i.live[token] = full
}

// token signs claims over the usual ones; a nil value takes a claim away.
func (i *issuer) token(claims map[string]any) string {
	i.mu.Lock()
	key := i.signing
	i.mu.Unlock()
	return i.tokenBy(key, "at+jwt", claims)
}

func (i *issuer) tokenBy(key *jose.PrivateKey, typ string, claims map[string]any) string {
	now := time.Now()
	full := map[string]any{
		"iss": i.url, "sub": "u-1", "client_id": "98434376", "aud": []string{serviceID}, "scope": "payments openid",
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "jti": "t-1", "env": "production",
		"entitlements": []string{"payments:create"},
	}
	maps.Copy(full, claims)
	maps.DeleteFunc(full, func(_ string, value any) bool { return value == nil })
	text, err := json.Marshal(full)
	if err != nil {
		i.t.Fatal(err)
	}
	signer, err := jose.NewSigner(key, typ)
	if err != nil {
		i.t.Fatal(err)
	}
	token, err := signer.Sign(text)
	if err != nil {
		i.t.Fatal(err)
	}
	return token
}

func (i *issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.requests[r.URL.Path]++
	if i.down {
		http.Error(w, "the database is away", http.StatusInternalServerError)
		return
	}
	var answer any
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		members := map[string]any{"issuer": i.url, "jwks_uri": i.url + "/keys", "introspection_endpoint": i.url + "/introspect"}
		maps.Copy(members, i.metadata)
		answer = members
	case "/keys":
		set, err := jose.NewKeySet(i.keys...)
		if err != nil {
			i.t.Error(err)
		}
		answer = set
	case "/.well-known/oauth-protected-resource/services/" + serviceKey:
		answer = map[string]any{"resource": "https://payments.example.test", "hub_service_id": serviceID}
	case "/introspect":
		if id, secret, ok := r.BasicAuth(); !ok || id != serviceID || secret != "a+secret%25" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		i.asked = append(i.asked, r.PostFormValue("client_address"))
		members := i.live[r.PostFormValue("token")]
		if members == nil {
			members = map[string]any{"active": false}
		}
		answer = members
	default:
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		i.t.Error(err)
	}
}

// RoundTrip lets a client reach the issuer without a socket, for tests in which time is made to pass.
func (i *issuer) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	i.ServeHTTP(recorder, r)
	return recorder.Result(), nil
}

// verifier makes a Verifier for the issuer, offline unless the change says otherwise.
func (i *issuer) verifier(change func(*resource.Options)) *resource.Verifier {
	i.t.Helper()
	options := resource.Options{Issuer: i.url, Audience: serviceID, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
	if change != nil {
		change(&options)
	}
	v, err := resource.New(options)
	if err != nil {
		i.t.Fatal(err)
	}
	return v
}

func online(o *resource.Options) {
	o.Online, o.ClientID, o.ClientSecret = true, serviceID, "a secret%"
}

var nowhere netip.Addr

// call sends a request with these headers through a handler on a real socket.
func call(t testing.TB, handler http.Handler, path string, headers ...string) *http.Response {
	t.Helper()
	server := httptest.NewServer(handler)
	defer server.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		request.Header.Add(name, value)
	}
	response, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	response.Body = io.NopCloser(strings.NewReader(string(body)))
	return response
}

func text(t testing.TB, response *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// subject answers with the token's subject.
var subject = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	token, found := resource.FromContext(r.Context())
	if !found {
		http.Error(w, "no token in the context", http.StatusInternalServerError)
		return
	}
	_, _ = io.WriteString(w, token.Subject)
})
