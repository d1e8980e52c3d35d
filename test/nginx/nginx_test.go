package nginx_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/hub/test/blackbox"
)

func TestMain(m *testing.M) { os.Exit(blackbox.Main(m)) }

const payments = "98071167-004c-4ddf-ba37-5d4599fdf319" // as hub.conf names it

// declared is the payments API, ben who may create payments, and cleo who may not.
const declared = `version: 1
roles:
  - {key: payments-operator, name: Payments operator, permissions: ["payments:create", "payments:read"]}
  - {key: payments-reader, name: Payments reader, permissions: ["payments:read"]}
users:
  - {login: ben, name: Ben Demo, roles: [{role: payments-operator}]}
  - {login: cleo, name: Cleo Demo, roles: [{role: payments-reader}]}
services:
  - {id: ` + payments + `, key: payments, name: Payments API, secrets: ["a-long-secret"], permissions: [{key: create, name: Create}, {key: read, name: Read}]}
  - {id: 0b9f3a52-6d0e-4c55-9f0e-2f6f3c1d7a41, key: other, name: Other API, secrets: ["another-secret"]}
apiClients:
  - {id: 5a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11, user: ben, label: Export, secret: "secret-of-ben"}
  - {id: 6b2f0d3c-52f5-4a0c-9a86-3f2d5b1e7c22, user: cleo, label: Export, secret: "secret-of-cleo"}
apps:
  - {appId: "98434376", user: ben, label: Checkout, appKey: "key-of-ben", allowlist: ["127.0.0.0/8", "::1/128"]}
`

// token gets one through the back-office door.
func token(t *testing.T, hub *blackbox.Hub, id, secret string) string {
	t.Helper()
	answer := hub.Form(t, "/oauth/create_token", []string{"client_id", id, "client_secret", secret, "grant_type", "client_credentials"})
	if answer.Status != http.StatusOK {
		t.Fatalf("%d %s", answer.Status, answer.Body)
	}
	return answer.Text("access_token")
}

// echo answers with what it knows of its caller.
var echo = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	_, _ = fmt.Fprintf(w, "user=%s client=%s permissions=%s %s %s %s", r.Header.Get("X-Hub-User"), r.Header.Get("X-Hub-Client"),
		r.Header.Get("X-Hub-Permissions"), r.Method, r.URL, body)
})

func refusal(kind, title, instance string) map[string]any {
	return map[string]any{"status": "error", "error_type": kind, "title": title, "instance": instance}
}

func unauthorized(instance string) map[string]any {
	return refusal("unauthorized", "Authentication with the API failed, please check your details and try again.", instance)
}

func TestNginxAsksTheHubBeforeEveryRequest(t *testing.T) {
	hub := blackbox.Serve(t, "")
	hub.Apply(t, declared)
	ben := token(t, hub, "5a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11", "secret-of-ben")
	cleo := token(t, hub, "6b2f0d3c-52f5-4a0c-9a86-3f2d5b1e7c22", "secret-of-cleo")
	api := proxy(t, hub, echo)

	// What a caller claims about itself is replaced by what the hub says.
	answer := api.Post(t, "/v1/payment-link?x=1", `{"amount":1}`, blackbox.Bearer(ben),
		blackbox.Header("X-Hub-User", "root"), blackbox.Header("X-Hub-Permissions", "all"))
	want := `user=ben client=5a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11 permissions=payments:create payments:read POST /v1/payment-link?x=1 {"amount":1}`
	if answer.Status != http.StatusOK || answer.Body != want {
		t.Errorf("%d %s", answer.Status, answer.Body)
	}

	// No token, a bad one, one of another environment, one for another API: 401 with the body that the backend's clients know.
	other := hub.Form(t, "/api/rest/oauth2/token", []string{"grant_type", "client_credentials"},
		blackbox.Basic("0b9f3a52-6d0e-4c55-9f0e-2f6f3c1d7a41", "another-secret")).Text("access_token")
	if other == "" {
		t.Error("the other API gets no token for itself")
	}
	for name, options := range map[string][]blackbox.Option{
		"none": nil, "garbage": {blackbox.Bearer("garbage")},
		"altered": {blackbox.Bearer(ben[:len(ben)-2] + "AA")}, "for another API": {blackbox.Bearer(other)},
	} {
		answer := api.Post(t, "/v1/payment-link?token=x", "{}", options...)
		if diff := cmp.Diff(unauthorized("/v1/payment-link"), answer.JSON); diff != "" || answer.Status != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", name, answer.Status, diff)
		}
		if answer.Header.Get("WWW-Authenticate") == "" || answer.Header.Get("Hub-Error-Id") == "" {
			t.Errorf("%s: headers %v", name, answer.Header)
		}
	}

	// A good token without the permission: 403, where it is needed.
	answer = api.Post(t, "/v1/payment-link", "{}", blackbox.Bearer(cleo))
	if answer.Status != http.StatusForbidden || answer.Text("error_type") != "forbidden" || answer.Text("instance") != "/v1/payment-link" {
		t.Errorf("%d %s", answer.Status, answer.Body)
	}
	if answer = api.Get(t, "/v1/payments", blackbox.Bearer(cleo)); answer.Status != http.StatusOK {
		t.Errorf("%d %s", answer.Status, answer.Body)
	}
}

func TestWhatIsTakenAwayBitesAtTheNextRequest(t *testing.T) {
	hub := blackbox.Serve(t, "")
	hub.Apply(t, declared)
	api := proxy(t, hub, echo)
	ben := token(t, hub, "5a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11", "secret-of-ben")
	pay := func() int { return api.Post(t, "/v1/payment-link", "{}", blackbox.Bearer(ben)).Status }
	if status := pay(); status != http.StatusOK {
		t.Fatal(status)
	}
	for _, tc := range []struct {
		what, change, back string
		status             int
	}{
		{"the role of the user", "users: [{login: ben, roles: []}]",
			"users: [{login: ben, roles: [{role: payments-operator}]}]", http.StatusForbidden},
		{"a ban", "users: [{login: ben, banned: true}]", "users: [{login: ben, banned: false}]", http.StatusUnauthorized},
		{"the API client", "apiClients: [{id: 5a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11, disabled: true}]",
			"apiClients: [{id: 5a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11, disabled: false}]", http.StatusUnauthorized},
	} {
		hub.Apply(t, "version: 1\n"+tc.change+"\n")
		took := blackbox.Soon(t, tc.what, func() bool { return pay() == tc.status })
		t.Logf("%s: %d after %v", tc.what, tc.status, took.Round(time.Millisecond))
		hub.Apply(t, "version: 1\n"+tc.back+"\n")
		blackbox.Soon(t, tc.what+" given back", func() bool { return pay() == http.StatusOK })
	}

	// A token that is revoked at the hub is refused by the same hub at once.
	answer := hub.Form(t, "/api/rest/oauth2/revoke", []string{"token", ben}, blackbox.Basic("5a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11", "secret-of-ben"))
	if answer.Status != http.StatusOK {
		t.Fatalf("%d %s", answer.Status, answer.Body)
	}
	if status := pay(); status != http.StatusUnauthorized {
		t.Errorf("after its revocation: %d", status)
	}
}

func TestAddressesAreThoseOfTheCallerBehindATrustedProxy(t *testing.T) {
	hub := blackbox.Serve(t, "", "--trusted-proxies", "127.0.0.0/8,::1")
	hub.Apply(t, declared)
	api := proxy(t, hub, echo)
	app := hub.Post(t, "/login", `{"app_id":"98434376","app_key":"key-of-ben"}`).Text("access_token")
	pay := func() *blackbox.Answer { return api.Post(t, "/v1/payment-link", "{}", blackbox.Bearer(app)) }
	if answer := pay(); answer.Status != http.StatusOK {
		t.Fatalf("%d %s", answer.Status, answer.Body)
	}
	hub.Apply(t, "version: 1\napps: [{appId: \"98434376\", allowlist: [\"192.0.2.0/24\"]}]\n")
	blackbox.Soon(t, "the allowlist", func() bool { return pay().Status == http.StatusUnauthorized })
	// nginx says where the caller is; what the caller says of itself changes nothing.
	answer := api.Post(t, "/v1/payment-link", "{}", blackbox.Bearer(app), blackbox.Header("X-Forwarded-For", "192.0.2.9"))
	if diff := cmp.Diff(unauthorized("/v1/payment-link"), answer.JSON); diff != "" || answer.Status != http.StatusUnauthorized {
		t.Errorf("%d %s", answer.Status, diff)
	}
}

func TestAHubThatIsAwayIsNoVerdict(t *testing.T) {
	hub := blackbox.Serve(t, "")
	hub.Apply(t, declared)
	api := proxy(t, hub, echo)
	ben := token(t, hub, "5a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11", "secret-of-ben")
	if answer := api.Get(t, "/v1/payments", blackbox.Bearer(ben)); answer.Status != http.StatusOK {
		t.Fatalf("%d %s", answer.Status, answer.Body)
	}
	if code := hub.Stop(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
	answer := api.Get(t, "/v1/payments", blackbox.Bearer(ben))
	if answer.Status != http.StatusServiceUnavailable || answer.Text("error_type") != "unavailable" || answer.Header.Get("Retry-After") == "" {
		t.Errorf("%d %s", answer.Status, answer.Body)
	}
}
