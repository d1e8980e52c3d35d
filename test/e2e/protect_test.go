package e2e_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/hub/resource"
	"example.org/hub/test/blackbox"
)

func TestForwardAuth(t *testing.T) {
	onBoth(t, func(t *testing.T, hub *blackbox.Hub) {
		ben := granted(t, createToken(t, hub.Asker, benClient, benSecret))
		ada := granted(t, clientCredentials(t, hub.Asker, adaClient, adaSecret, "Hub"))
		for _, path := range []string{
			"/api/forward-auth?service=" + payments, "/api/forward-auth?service=payments&permission=payments:create&permission=payments:read",
			"/api/forward-auth/" + payments + "/v1/payment-link", "/api/forward-auth/" + payments, "/hub/api/forward-auth?service=payments",
		} {
			for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
				answer := hub.Do(t, method, path, "", blackbox.Bearer(ben))
				got := []string{
					answer.Header.Get("X-Hub-User"), answer.Header.Get("X-Hub-User-Id"),
					answer.Header.Get("X-Hub-Client"), answer.Header.Get("X-Hub-Permissions"),
				}
				if diff := cmp.Diff([]string{"ben", benID, benClient, "payments:create payments:read"}, got); diff != "" ||
					answer.Status != http.StatusOK {
					t.Errorf("%s %s: %d %s", method, path, answer.Status, diff)
				}
			}
		}
		behind := blackbox.Header("X-Forwarded-Uri", "/v1/payment-link?x=1")
		for _, tc := range []struct {
			name, kind string
			answer     *blackbox.Answer
			status     int
		}{
			{"no token", "unauthorized", hub.Get(t, "/api/forward-auth?service=payments", behind), 401},
			{"garbage", "unauthorized", hub.Get(t, "/api/forward-auth?service=payments", behind, blackbox.Bearer("garbage")), 401},
			{"altered", "unauthorized", hub.Get(t, "/api/forward-auth?service=payments", behind, blackbox.Bearer(ben[:len(ben)-4]+"AAAA")), 401},
			{"not for this API", "unauthorized", hub.Get(t, "/api/forward-auth?service=payments", behind, blackbox.Bearer(ada)), 401},
			{"no permission", "forbidden",
				hub.Get(t, "/api/forward-auth?service=payments&permission=payments:refund", behind, blackbox.Bearer(ben)), 403},
			{"nginx's header", "unauthorized",
				hub.Get(t, "/api/forward-auth?service=payments", blackbox.Header("X-Original-URI", "/v1/payment-link")), 401},
			{"the path of the proxy", "unauthorized", hub.Get(t, "/api/forward-auth/payments/v1/payment-link"), 401},
		} {
			if tc.answer.Status != tc.status || tc.answer.Text("error_type") != tc.kind || tc.answer.Text("instance") != "/v1/payment-link" {
				t.Errorf("%s: %d %s", tc.name, tc.answer.Status, tc.answer.Body)
			}
			if tc.answer.Header.Get("WWW-Authenticate") == "" || tc.answer.Header.Get("Hub-Error-Id") == "" {
				t.Errorf("%s: %v", tc.name, tc.answer.Header)
			}
		}
		for _, path := range []string{"/api/forward-auth", "/api/forward-auth?service=nonsense"} {
			if answer := hub.Get(t, path, blackbox.Bearer(ben)); answer.Status != http.StatusBadRequest {
				t.Errorf("%s: %d %s", path, answer.Status, answer.Body)
			}
		}
	})
}

func TestIntrospection(t *testing.T) {
	onBoth(t, func(t *testing.T, hub *blackbox.Hub) {
		ben := granted(t, createToken(t, hub.Asker, benClient, benSecret))
		answer := introspect(t, hub.Asker, ben)
		for member, want := range map[string]any{
			"active": true, "username": "ben", "sub": benID, "client_id": benClient,
			"token_type": "Bearer", "iss": hub.URL, "env": "production",
		} {
			if answer.JSON[member] != want {
				t.Errorf("%s is %v, expected %v", member, answer.JSON[member], want)
			}
		}
		if diff := cmp.Diff([]any{"payments:create", "payments:read"}, answer.JSON["permissions"]); diff != "" {
			t.Errorf("permissions: %s", diff)
		}
		// The client it was issued to may ask too; a service it is not for learns nothing.
		if own := hub.Form(t, introspectPath, []string{"token", ben}, blackbox.Basic(benClient, benSecret)); own.JSON["active"] != true {
			t.Errorf("the client's own: %s", own.Body)
		}
		restricted := granted(t, login(t, hub.Asker, "98434377", "key-of-ben"))
		for name, answer := range map[string]*blackbox.Answer{
			"not for the caller":            hub.Form(t, introspectPath, []string{"token", ben}, blackbox.Basic(ledger, "secret-of-ledger")),
			"garbage":                       introspect(t, hub.Asker, "garbage"),
			"altered":                       introspect(t, hub.Asker, ben[:len(ben)-4]+"AAAA"),
			"malformed, ours":               introspect(t, hub.Asker, "hubpat_short"),
			"unsigned":                      introspect(t, hub.Asker, "eyJhbGciOiJub25lIn0.e30."),
			"address-restricted, not told":  introspect(t, hub.Asker, restricted),
			"address-restricted, elsewhere": introspect(t, hub.Asker, restricted, "client_address", "192.0.2.1"),
			"with an unknown hint":          introspect(t, hub.Asker, "garbage", "token_type_hint", "wishful"),
		} {
			if answer.Status != http.StatusOK || answer.Body != `{"active":false}` {
				t.Errorf("%s: %d %s", name, answer.Status, answer.Body)
			}
		}
		for _, address := range []string{"127.0.0.1", "::1", "::ffff:127.0.0.1"} {
			if answer := introspect(t, hub.Asker, restricted, "client_address", address); answer.JSON["active"] != true {
				t.Errorf("address-restricted, from %s: %s", address, answer.Body)
			}
		}
		if answer := hub.Form(t, introspectPath, []string{"token", ben}); answer.Status != http.StatusUnauthorized ||
			answer.Text("error") != "invalid_client" {
			t.Errorf("nobody asks: %d %s", answer.Status, answer.Body)
		}
		// Revocation ends a token at once, whoever asks; a token that is nobody's is revoked as well (RFC 7009 section 2.2).
		for name, token := range map[string]string{"his": ben, "nobody's": "garbage"} {
			if answer := hub.Form(t, revokePath, []string{"token", token}, blackbox.Basic(benClient, benSecret)); answer.Status != http.StatusOK {
				t.Errorf("revoke %s: %d %s", name, answer.Status, answer.Body)
			}
		}
		if answer := introspect(t, hub.Asker, ben); answer.Body != `{"active":false}` {
			t.Errorf("revoked: %s", answer.Body)
		}
	})
}

// guarded is an API behind package resource.
func guarded(t *testing.T, hub *blackbox.Hub, options resource.Options) *blackbox.Asker {
	t.Helper()
	options.Issuer, options.Audience, options.HTTPClient = hub.URL, payments, hub.Client
	verifier, err := resource.New(options)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/v1/whoami", func(w http.ResponseWriter, r *http.Request) {
		token, _ := resource.FromContext(r.Context())
		_, _ = fmt.Fprint(w, token.Subject)
	})
	mux.Handle("/v1/payment-link", verifier.Require("payments:create")(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
	server := httptest.NewServer(verifier.Middleware(mux))
	t.Cleanup(server.Close)
	return &blackbox.Asker{Base: server.URL, Client: server.Client()}
}

func TestAGoAPIChecksTokensBothWays(t *testing.T) {
	onBoth(t, func(t *testing.T, hub *blackbox.Hub) {
		offline := guarded(t, hub, resource.Options{})
		online := guarded(t, hub, resource.Options{Online: true, ClientID: payments, ClientSecret: secret})
		ben := granted(t, createToken(t, hub.Asker, benClient, benSecret))
		notHere := granted(t, clientCredentials(t, hub.Asker, adaClient, adaSecret, "Hub"))
		for name, api := range map[string]*blackbox.Asker{"offline": offline, "online": online} {
			if answer := api.Get(t, "/v1/whoami", blackbox.Bearer(ben)); answer.Status != http.StatusOK || answer.Body != benID {
				t.Errorf("%s: %d %s", name, answer.Status, answer.Body)
			}
			for what, options := range map[string][]blackbox.Option{
				"none": nil, "garbage": {blackbox.Bearer("garbage")},
				"not for this API": {blackbox.Bearer(notHere)}, "altered": {blackbox.Bearer(ben[:len(ben)-4] + "AAAA")},
			} {
				answer := api.Get(t, "/v1/whoami", options...)
				if diff := cmp.Diff(paymentsBody("unauthorized", unauthorizedTitle, "/v1/whoami"), answer.JSON); diff != "" ||
					answer.Status != http.StatusUnauthorized {
					t.Errorf("%s, %s: %d %s", name, what, answer.Status, diff)
				}
				if !strings.Contains(answer.Header.Get("WWW-Authenticate"), "resource_metadata=") {
					t.Errorf("%s, %s: %v", name, what, answer.Header)
				}
			}
		}
		// Offline there is nobody to ask about a permanent token, and nobody who knows the allowlist.
		restricted := granted(t, login(t, hub.Asker, "98434377", "key-of-ben"))
		for what, statuses := range map[string][2]int{oldToken: {401, 200}, restricted: {401, 200}} {
			for i, api := range []*blackbox.Asker{offline, online} {
				if answer := api.Get(t, "/v1/whoami", blackbox.Bearer(what)); answer.Status != statuses[i] {
					t.Errorf("%.20s: %d %s", what, answer.Status, answer.Body)
				}
			}
		}
		// A permission that is taken away, and a ban, bite on the next online check.
		pay := func() int { return online.Post(t, "/v1/payment-link", "{}", blackbox.Bearer(ben)).Status }
		if status := pay(); status != http.StatusOK {
			t.Fatalf("with the permission: %d", status)
		}
		for _, tc := range []struct {
			change string
			status int
		}{{"roles: []", 403}, {"roles: [{role: payments-operator}]", 200}, {"banned: true", 401}, {"banned: false", 200}} {
			hub.Apply(t, "version: 1\nusers: [{login: ben, "+tc.change+"}]\n")
			took := blackbox.Soon(t, tc.change, func() bool { return pay() == tc.status })
			t.Logf("%s: %d after %v", tc.change, tc.status, took.Round(time.Millisecond))
		}
	})
}

func TestPermissionsDecideWhatAnAPIClientMayDo(t *testing.T) {
	onBoth(t, func(t *testing.T, hub *blackbox.Hub) {
		// A token confined to one permission of the service allows no other.
		confined := granted(t, clientCredentials(t, hub.Asker, benClient, benSecret, "payments:read"))
		for permission, status := range map[string]int{"payments:read": 200, "payments:create": 403} {
			if answer := hub.Get(t, "/api/forward-auth?service=payments&permission="+permission, blackbox.Bearer(confined)); answer.Status != status {
				t.Errorf("%s: %d %s", permission, answer.Status, answer.Body)
			}
		}
		held, _ := introspect(t, hub.Asker, confined).JSON["permissions"].([]any)
		if !slices.Equal(held, []any{"payments:read"}) {
			t.Errorf("permissions %v", held)
		}
	})
}
