package e2e_test

import (
	_ "embed"
	"net/http"
	"os"
	"slices"
	"testing"

	"example.org/hub/test/blackbox"
	"example.org/hub/test/postgres"
)

func TestMain(m *testing.M) { os.Exit(blackbox.Main(m)) }

// Who and what testdata/hub.yaml declares.
const (
	payments = "98071167-004c-4ddf-ba37-5d4599fdf319"
	secret   = "a-long-secret"
	ledger   = "1c071167-004c-4ddf-ba37-5d4599fdf300"
	hubID    = "0-0-0-0-0"

	adaID, adaClient, adaSecret = "0190d7c2-7a55-7f3e-9b8e-000000000001", "5a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11", "secret-of-ada"
	benID, benClient, benSecret = "0190d7c2-7a55-7f3e-9b8e-000000000002", "6a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c22", "secret-of-ben"

	oldToken   = "perm:YWRh.RXhwb3J0.0123456789abcdef" // ada's
	retiredKey = "legacy-key-1"

	tokenPath      = "/api/rest/oauth2/token"
	introspectPath = "/api/rest/oauth2/introspect"
	revokePath     = "/api/rest/oauth2/revoke"
	keysPath       = "/api/rest/oauth2/keys"
)

// onBoth runs a test against a hub on SQLite and one on PostgreSQL, each holding what testdata/hub.yaml declares.
func onBoth(t *testing.T, test func(t *testing.T, hub *blackbox.Hub)) {
	for name, database := range map[string]func(*testing.T) []string{
		"SQLite":     func(*testing.T) []string { return nil },
		"PostgreSQL": func(t *testing.T) []string { return []string{"--database", postgres.Start(t)} },
	} {
		t.Run(name, func(t *testing.T) { test(t, serve(t, database(t)...)) })
	}
}

//go:embed testdata/hub.yaml
var declared string

var house = blackbox.Declared(declared)

// serve starts a hub that holds what is declared. On PostgreSQL it is applied while the hub runs.
func serve(t *testing.T, args ...string) *blackbox.Hub {
	t.Helper()
	if !slices.Contains(args, "--database") {
		return house.Serve(t, args...)
	}
	hub := blackbox.Serve(t, "", args...)
	hub.Apply(t, declared)
	// The verb is another process: the hub sees what it wrote within a second.
	blackbox.Soon(t, "what was applied", func() bool { return createToken(t, hub.Asker, adaClient, adaSecret).Status == http.StatusOK })
	return hub
}

// createToken asks the back-office door.
func createToken(t *testing.T, at *blackbox.Asker, id, secret string) *blackbox.Answer {
	t.Helper()
	return at.Form(t, "/oauth/create_token", []string{"client_id", id, "client_secret", secret, "grant_type", "client_credentials"})
}

// clientCredentials asks the token endpoint, with Basic.
func clientCredentials(t *testing.T, at *blackbox.Asker, id, secret, scope string) *blackbox.Answer {
	t.Helper()
	return at.Form(t, tokenPath, []string{"grant_type", "client_credentials", "scope", scope}, blackbox.Basic(id, secret))
}

// login asks the payments door.
func login(t *testing.T, at *blackbox.Asker, id, key string) *blackbox.Answer {
	t.Helper()
	return at.Post(t, "/v1/login", `{"app_id":"`+id+`","app_key":"`+key+`"}`)
}

// introspect asks what a token is worth, as the payments API.
func introspect(t *testing.T, at *blackbox.Asker, token string, more ...string) *blackbox.Answer {
	t.Helper()
	return at.Form(t, introspectPath, append([]string{"token", token}, more...), blackbox.Basic(payments, secret))
}

// granted gives the token of an answer that must hold one.
func granted(t *testing.T, answer *blackbox.Answer) string {
	t.Helper()
	if answer.Status != http.StatusOK || answer.Text("access_token") == "" {
		t.Fatalf("no token: %d %s", answer.Status, answer.Body)
	}
	return answer.Text("access_token")
}
