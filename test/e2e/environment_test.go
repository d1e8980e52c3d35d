package e2e_test

import (
	"net/http"
	"strings"
	"testing"

	"example.org/hub/test/blackbox"
)

func TestEnvironmentsAreIssuersApart(t *testing.T) {
	onBoth(t, func(t *testing.T, hub *blackbox.Hub) {
		test := hub.At("/test")
		inTest := granted(t, test.Post(t, "/login", `{"app_id":"98434376","app_key":"843a8fjei768fa"}`))
		inProduction := granted(t, createToken(t, hub.Asker, adaClient, adaSecret))
		if claims := part(t, inTest, 1); claims["iss"] != hub.URL+"/test" || claims["env"] != "test" {
			t.Errorf("a token of test says %v", claims)
		}
		if test.Get(t, keysPath).Body == hub.Get(t, keysPath).Body {
			t.Error("both have the same keys")
		}
		for name, answer := range map[string]*blackbox.Answer{
			"a token of production in test":           test.Get(t, "/api/rest/users/me", blackbox.Bearer(inProduction)),
			"a token of test in production":           hub.Get(t, "/api/rest/users/me", blackbox.Bearer(inTest)),
			"a permanent token of production in test": test.Get(t, "/api/rest/users/me", blackbox.Bearer(oldToken)),
			"a token of test at forward-auth":         hub.Get(t, "/api/forward-auth?service=payments", blackbox.Bearer(inTest)),
			"a service of production at test's door":  clientCredentials(t, test, payments, secret, "payments"),
			"a service of test at production's door": clientCredentials(t, hub.Asker,
				"2c071167-004c-4ddf-ba37-5d4599fdf300", "secret-of-test", "payments"),
			"an API client of production at test's one": createToken(t, test, adaClient, adaSecret),
		} {
			if answer.Status != http.StatusUnauthorized {
				t.Errorf("%s: %d %s", name, answer.Status, answer.Body)
			}
		}
		if answer := introspect(t, hub.Asker, inTest); answer.Body != `{"active":false}` {
			t.Errorf("a token of test to a service of production: %s", answer.Body)
		}
		if answer := test.Form(t, introspectPath, []string{"token", inProduction},
			blackbox.Basic("2c071167-004c-4ddf-ba37-5d4599fdf300", "secret-of-test")); answer.Body != `{"active":false}` {
			t.Errorf("a token of production to a service of test: %s", answer.Body)
		}
		made := strings.TrimSpace(hub.Verb(t, "", "token", "create", "--user", "ada", "--name", "T", "--scope", "Hub", "--environment", "test"))
		if !strings.HasPrefix(made, "hubpat_test_") {
			t.Errorf("made for test: %s", made)
		}
		blackbox.Soon(t, "it in test", func() bool { return test.Get(t, "/api/rest/users/me", blackbox.Bearer(made)).Status == http.StatusOK })
		if answer := hub.Get(t, "/api/rest/users/me", blackbox.Bearer(made)); answer.Status != http.StatusUnauthorized {
			t.Errorf("it in production: %d", answer.Status)
		}
	})
}

func TestMetadataSaysWhereEverythingIs(t *testing.T) {
	onBoth(t, func(t *testing.T, hub *blackbox.Hub) {
		for base, issuer := range map[string]string{"": hub.URL, "/hub": hub.URL, "/test": hub.URL + "/test", "/test/hub": hub.URL + "/test"} {
			at := hub.At(base)
			for _, document := range []string{"openid-configuration", "oauth-authorization-server"} {
				answer := at.Get(t, "/.well-known/"+document)
				if answer.Status != http.StatusOK || answer.Text("issuer") != issuer {
					t.Errorf("%s/.well-known/%s: %d %s", base, document, answer.Status, answer.Text("issuer"))
					continue
				}
				for member, path := range map[string]string{
					"token_endpoint": tokenPath, "introspection_endpoint": introspectPath,
					"revocation_endpoint": revokePath, "jwks_uri": keysPath,
				} {
					if answer.Text(member) != issuer+path {
						t.Errorf("%s/.well-known/%s: %s is %s", base, document, member, answer.Text(member))
					}
				}
			}
			if answer := at.Get(t, "/.well-known/oauth-protected-resource"); answer.Status != http.StatusOK ||
				!strings.Contains(answer.Body, issuer) {
				t.Errorf("%s: protected resource: %d %s", base, answer.Status, answer.Body)
			}
			keys := at.Get(t, keysPath)
			if keys.Status != http.StatusOK || !strings.Contains(keys.Body, `"kty":"EC"`) || strings.Contains(keys.Body, `"d":`) {
				t.Errorf("%s: keys: %d %s", base, keys.Status, keys.Body)
			}
		}
		// For an issuer with a path also in the form of RFC 8414 section 3.1.
		for _, document := range []string{"openid-configuration", "oauth-authorization-server", "oauth-protected-resource"} {
			if answer := hub.Get(t, "/.well-known/"+document+"/test"); answer.Status != http.StatusOK ||
				!strings.Contains(answer.Body, hub.URL+"/test") {
				t.Errorf("/.well-known/%s/test: %d %s", document, answer.Status, answer.Body)
			}
		}
	})
}

func TestAHubCanLiveBelowAPathAndWithoutATestEnvironment(t *testing.T) {
	hub := blackbox.Serve(t, "", "--test-url", "none")
	if answer := hub.Get(t, "/test/healthz"); answer.Status != http.StatusNotFound {
		t.Errorf("/test/healthz: %d", answer.Status)
	}
	for path, status := range map[string]string{"/healthz": "alive", "/readyz": "ready"} {
		if answer := hub.Get(t, path); answer.Status != http.StatusOK || answer.Text("status") != status {
			t.Errorf("%s: %d %s", path, answer.Status, answer.Body)
		}
	}
	if hsts := hub.Get(t, "/healthz").Header.Get("Strict-Transport-Security"); hsts != "" {
		t.Errorf("HSTS for localhost: %s", hsts)
	}
}
