package paymentlink_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"example.org/hub/examples/paymentapi/paymentlink"
	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthhttp"
	"example.org/hub/oauth/oauthtest"
	"example.org/hub/resource"
)

// issuer is the real protocol over a hub in memory, with the payments service and a user who may create links.
type issuer struct {
	url, service, secret string
	memory               *oauthtest.Memory
	user                 string
}

func newIssuer(t *testing.T, entitled bool) *issuer {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	i := &issuer{url: server.URL, memory: oauthtest.NewMemory(t, "production", server.URL)}
	i.service, i.secret = i.memory.NewService(oauthtest.Service{Key: "payments", Permissions: []string{"create"}, Entitled: entitled})
	i.user = i.memory.NewUser(oauthtest.User{Login: "ada", Holds: []string{"payments:create"}})
	handler := &oauthhttp.Handler{Server: i.memory.Server()}
	handler.Mount(func(pattern string, serve http.HandlerFunc) { mux.HandleFunc(pattern, serve) })
	return i
}

// token asks for an access token by client credentials.
func (i *issuer) token(t *testing.T, id, secret string) string {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}, "scope": {"payments"}}
	response, err := http.PostForm(i.url+oauth.TokenPath, form)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.Token == "" {
		t.Fatalf("no token: %s, %v", response.Status, err)
	}
	return answer.Token
}

func (i *issuer) api(t *testing.T, change func(*resource.Options)) string {
	t.Helper()
	options := resource.Options{Issuer: i.url, Audience: "payments", Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
	change(&options)
	verifier, err := resource.New(options)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(paymentlink.Handler(verifier))
	t.Cleanup(server.Close)
	return server.URL + "/v1/payment-link"
}

// The API takes what the protocol library issues, both ways of checking, and agrees with it about what is refused.
func TestTheAPIAgreesWithTheIssuer(t *testing.T) {
	for name, entitled := range map[string]bool{"with entitlements": true, "without": false} {
		hub := newIssuer(t, entitled)
		offline := hub.api(t, func(*resource.Options) {})
		online := hub.api(t, func(o *resource.Options) { o.Online, o.ClientID, o.ClientSecret = true, hub.service, hub.secret })
		local := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		told := hub.api(t, func(o *resource.Options) { o.Addresses = local })

		client, secret := hub.memory.NewCredential(oauthtest.Credential{UserID: hub.user})
		app, key := hub.memory.NewCredential(oauthtest.Credential{UserID: hub.user, Addressed: true, Addresses: local})
		idle := hub.memory.NewUser(oauthtest.User{Login: "bob"})
		idler, idlerSecret := hub.memory.NewCredential(oauthtest.Credential{UserID: idle})
		without := 200 // offline a token that does not say what it permits is permission enough
		if entitled {
			without = 403
		}
		for what, tc := range map[string]struct {
			token                 string
			offline, told, online int
		}{
			"an API client's":      {hub.token(t, client, secret), 200, 200, 200},
			"an app's":             {hub.token(t, app, key), 401, 200, 200},
			"a user's who may not": {hub.token(t, idler, idlerSecret), without, without, 403},
			"a permanent one": {hub.memory.NewPermanentToken(oauthtest.PermanentToken{
				UserID: hub.user, Scope: []string{"payments"},
			}), 401, 401, 200},
			"none": {"", 401, 401, 401},
		} {
			for where, try := range map[string]struct {
				url  string
				want int
			}{"offline": {offline, tc.offline}, "offline, told the addresses": {told, tc.told}, "online": {online, tc.online}} {
				if response, body := send(t, http.MethodPost, try.url, tc.token, "application/json", good); response.StatusCode != try.want {
					t.Errorf("%s: %s token, %s: %d %s, expected %d", name, what, where, response.StatusCode, strings.TrimSpace(body), try.want)
				}
			}
		}
	}
}
