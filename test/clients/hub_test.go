package clients_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"os"
	"strings"
	"sync"
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
	trial  = "8a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c44" // public, in the test environment
	signer = "7a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c33" // has a key instead of a secret

	wikiSecret   = "a long/secret: with + and % and ü"
	robotSecret  = "another-long-secret"
	modernSecret = "a-third-long-secret"

	wikiBack   = "https://wiki.example.test/cb"
	wikiBye    = "https://wiki.example.test/bye"
	phoneBack  = "http://127.0.0.1/cb"            // registered so, used with a port
	modernBack = "https://modern.example.test/cb" // and the same with ?from=hub
	trialBack  = "com.example.trial:/cb"
	signerBack = "https://signer.example.test/cb"
)

const declared = `version: 1
groups: [{name: writers}]
users:
  - {id: ` + adaID + `, login: ada, name: Ada Demo, email: ada@example.test, password: "` + password + `", totp: "` + seed + `", groups: [writers]}
  - {login: ben, name: Ben Demo, email: ben@example.test, password: "` + password + `", roles: [{role: observer}]}
  - {login: carl, name: Carl Demo, password: "` + password + `"}
services:
  - id: ` + wiki + `
    key: wiki
    name: Wiki
    homeUrl: https://wiki.example.test
    redirectUris: ["` + wikiBack + `"]
    postLogoutRedirectUris: ["` + wikiBye + `"]
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
    redirectUris: ["` + modernBack + `", "` + modernBack + `?from=hub"]
    trusted: true
    requirePushedAuthorization: true
    pkce: required
    idTokenAlg: EdDSA
    flows: [authorization_code, refresh_token, client_credentials]
    secrets: ["` + modernSecret + `"]
  - {id: ` + trial + `, environment: test, key: trial, name: Trial, homeUrl: "https://trial.example.test", redirectUris: ["` + trialBack + `"], public: true, flows: [authorization_code, refresh_token]}
  - id: ` + signer + `
    key: signer
    name: Signer
    homeUrl: https://signer.example.test
    redirectUris: ["` + signerBack + `"]
    authMethod: private_key_jwt
    jwks: {keys: [SIGNER_KEY]}
    flows: [authorization_code, refresh_token, client_credentials]
`

// phoneBackAt is the phone's redirect URI while it listens on a port.
func phoneBackAt(port string) string {
	return strings.Replace(phoneBack, "127.0.0.1", "127.0.0.1:"+port, 1)
}

// site is a hub that holds what is declared.
type site struct {
	*blackbox.Hub
	signerKey map[string]string // as a JWK with its private part
}

// furnished is a hub with all that is declared in it, and the key of Signer.
type furnished struct {
	*blackbox.House
	key map[string]string
}

var house = sync.OnceValues(func() (furnished, error) {
	key, public, err := newKey()
	return furnished{blackbox.Declared(strings.ReplaceAll(declared, "SIGNER_KEY", public)), key}, err
})

func serve(t *testing.T, args ...string) *site {
	t.Helper()
	house, err := house()
	if err != nil {
		t.Fatal(err)
	}
	return &site{house.Serve(t, args...), house.key}
}

// newKey makes a key for ES256, as a JWK, and gives the public part of it as JSON.
func newKey() (jwk map[string]string, public string, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, "", err
	}
	private, err := key.Bytes()
	if err != nil {
		return nil, "", err
	}
	point, err := key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		return nil, "", err
	}
	text := base64.RawURLEncoding.EncodeToString
	jwk = map[string]string{
		"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "signer-1",
		"x": text(point[1:33]), "y": text(point[33:]),
	}
	known, err := json.Marshal(jwk)
	jwk["d"] = text(private)
	return jwk, string(known), err
}

// party is a service's side of the Go libraries.
type party struct {
	ctx      context.Context
	provider *oidc.Provider
	config   oauth2.Config
}

// newParty finds the hub by its discovery document alone.
func newParty(t *testing.T, h *site, id, secret, back string, scopes ...string) *party {
	t.Helper()
	return newPartyAt(t, h, h.URL, id, secret, back, scopes...)
}

func newPartyAt(t *testing.T, h *site, issuer, id, secret, back string, scopes ...string) *party {
	t.Helper()
	ctx := oidc.ClientContext(t.Context(), h.Client)
	provider, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		t.Fatal(err)
	}
	return &party{ctx, provider, oauth2.Config{ClientID: id, ClientSecret: secret, Endpoint: provider.Endpoint(), RedirectURL: back, Scopes: scopes}}
}
