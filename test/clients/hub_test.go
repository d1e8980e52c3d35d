package clients_test

import (
	"context"
	"net/http"
	"os"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"example.org/hub/test/blackbox"
)

func TestMain(m *testing.M) { os.Exit(blackbox.Main(m)) }

const (
	password = "correct horse battery"
	seed     = "JBSWY3DPEHPK3PXP" // of ada's second factor

	adaID  = "0190d7c2-7a55-7f3e-9b8e-000000000001"
	wiki   = "98071167-004c-4ddf-ba37-5d4599fdf319" // confidential
	phone  = "0b9f3a52-6d0e-4c55-9f0e-2f6f3c1d7a41" // public
	robot  = "5a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11" // trusted, on its own behalf
	modern = "6a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c22" // must push its requests

	wikiSecret   = "a long/secret: with + and % and ü"
	robotSecret  = "another-long-secret"
	modernSecret = "a-third-long-secret"

	wikiBack   = "https://wiki.example.test/cb"
	phoneBack  = "http://127.0.0.1/cb" // registered so, used with a port
	modernBack = "https://modern.example.test/cb?from=hub"
)

const declared = `version: 1
groups: [{name: writers}]
users:
  - {id: ` + adaID + `, login: ada, name: Ada Demo, email: ada@example.test, password: "` + password + `", totp: "` + seed + `", groups: [writers]}
  - {login: ben, name: Ben Demo, email: ben@example.test, password: "` + password + `"}
services:
  - id: ` + wiki + `
    key: wiki
    name: Wiki
    homeUrl: https://wiki.example.test
    redirectUris: ["` + wikiBack + `"]
    postLogoutRedirectUris: ["https://wiki.example.test/bye"]
    flows: [authorization_code, refresh_token, client_credentials, implicit, password]
    permissions: [{key: read, name: Read pages}]
    secrets: ["` + wikiSecret + `"]
  - id: ` + phone + `
    key: phone
    name: Phone
    homeUrl: https://phone.example.test
    redirectUris: ["` + phoneBack + `"]
    public: true
    flows: [authorization_code, refresh_token, device_code]
    idTokenAlg: ES256
  - {id: ` + robot + `, key: robot, name: Robot, homeUrl: "https://robot.example.test", trusted: true, flows: [client_credentials], secrets: ["` + robotSecret + `"]}
  - id: ` + modern + `
    key: modern
    name: Modern
    homeUrl: https://modern.example.test
    redirectUris: ["` + modernBack + `"]
    trusted: true
    requirePushedAuthorization: true
    pkce: required
    idTokenAlg: EdDSA
    flows: [authorization_code, refresh_token, client_credentials]
    secrets: ["` + modernSecret + `"]
`

// serve starts a hub that holds what is declared.
func serve(t *testing.T) *blackbox.Hub {
	t.Helper()
	h := blackbox.Serve(t, "")
	h.Apply(t, declared)
	// The verb is another process: the hub sees what it wrote within a second.
	blackbox.Soon(t, "what was applied", func() bool {
		return h.Form(t, "/api/rest/oauth2/token", []string{"grant_type", "client_credentials"}, blackbox.Basic(robot, robotSecret)).Status == http.StatusOK
	})
	return h
}

// party is a service's side of the Go libraries.
type party struct {
	ctx      context.Context
	provider *oidc.Provider
	config   oauth2.Config
}

// newParty finds the hub by its discovery document alone.
func newParty(t *testing.T, h *blackbox.Hub, id, secret, back string, scopes ...string) *party {
	t.Helper()
	ctx := oidc.ClientContext(t.Context(), h.Client)
	provider, err := oidc.NewProvider(ctx, h.URL)
	if err != nil {
		t.Fatal(err)
	}
	return &party{ctx, provider, oauth2.Config{ClientID: id, ClientSecret: secret, Endpoint: provider.Endpoint(), RedirectURL: back, Scopes: scopes}}
}
