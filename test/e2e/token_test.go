package e2e_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/hub/test/blackbox"
)

// part decodes the header (0) or the claims (1) of a JWT.
func part(t *testing.T, token string, n int) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("not a JWT: %s", token)
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[n])
	if err != nil {
		t.Fatal(err)
	}
	var object map[string]any
	if err := json.Unmarshal(text, &object); err != nil {
		t.Fatal(err)
	}
	return object
}

func TestTheTokenEndpointAnswersToTheLetter(t *testing.T) {
	onBoth(t, func(t *testing.T, hub *blackbox.Hub) {
		form := []string{"grant_type", "client_credentials", "scope", "payments"}
		inForm := append([]string{"client_id", payments, "client_secret", secret}, form...)
		for name, answer := range map[string]*blackbox.Answer{
			"basic":              hub.Form(t, tokenPath, form, blackbox.Basic(payments, secret)),
			"post":               hub.Form(t, tokenPath, inForm),
			"both, agreeing":     hub.Form(t, tokenPath, inForm, blackbox.Basic(payments, secret)),
			"the second secret":  hub.Form(t, tokenPath, form, blackbox.Basic(payments, "a-second-secret")),
			"below /hub":         hub.At("/hub").Form(t, tokenPath, form, blackbox.Basic(payments, secret)),
			"without a scope":    hub.Form(t, tokenPath, form[:2], blackbox.Basic(payments, secret)),
			"by an API client":   hub.Form(t, tokenPath, form, blackbox.Basic(adaClient, adaSecret)),
			"by an app":          hub.Form(t, tokenPath, form, blackbox.Basic("98434377", "key-of-ben")),
			"scope by id":        clientCredentials(t, hub.Asker, payments, secret, payments),
			"scope by name":      clientCredentials(t, hub.Asker, payments, secret, "Payments%20API"),
			"scope with a stray": clientCredentials(t, hub.Asker, payments, secret, "payments nonsense"),
			"the opaque kind":    clientCredentials(t, hub.Asker, ledger, "secret-of-ledger", "ledger"),
			"charset in the type": hub.Form(t, tokenPath, form, blackbox.Basic(payments, secret),
				blackbox.Header("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")),
		} {
			granted(t, answer)
			if answer.Text("token_type") != "Bearer" || answer.JSON["expires_in"] != 3600.0 || answer.JSON["refresh_token"] != nil {
				t.Errorf("%s: %s", name, answer.Body)
			}
			if answer.Header.Get("Cache-Control") != "no-store" || !strings.HasPrefix(answer.Header.Get("Content-Type"), "application/json") {
				t.Errorf("%s: headers %v", name, answer.Header)
			}
			if opaque := strings.HasPrefix(answer.Text("access_token"), "hubat_"); opaque != (name == "the opaque kind") {
				t.Errorf("%s: %s", name, answer.Text("access_token"))
			}
		}
	})
}

func TestAnAccessTokenSaysWhatItIs(t *testing.T) {
	onBoth(t, func(t *testing.T, hub *blackbox.Hub) {
		for name, tc := range map[string]struct {
			token   string
			subject string
			client  string
		}{
			"a service":     {granted(t, clientCredentials(t, hub.Asker, payments, secret, "payments")), payments, payments},
			"an API client": {granted(t, createToken(t, hub.Asker, benClient, benSecret)), benID, benClient},
		} {
			header, claims := part(t, tc.token, 0), part(t, tc.token, 1)
			if header["typ"] != "at+jwt" || header["alg"] != "ES256" || !strings.Contains(hub.Get(t, keysPath).Body, header["kid"].(string)) {
				t.Errorf("%s: header %v", name, header)
			}
			for claim, want := range map[string]any{"iss": hub.URL, "sub": tc.subject, "client_id": tc.client, "env": "production"} {
				if claims[claim] != want {
					t.Errorf("%s: %s is %v, expected %v", name, claim, claims[claim], want)
				}
			}
			if claims["exp"].(float64)-claims["iat"].(float64) != 3600 || claims["jti"] == "" {
				t.Errorf("%s: %v", name, claims)
			}
		}
	})
}

func TestRefusalsAtTheTokenEndpointAreOAuthsOwn(t *testing.T) {
	onBoth(t, func(t *testing.T, hub *blackbox.Hub) {
		good := []string{"grant_type", "client_credentials", "scope", "payments"}
		basic := blackbox.Basic(payments, secret)
		for _, tc := range []struct {
			name   string
			answer *blackbox.Answer
			status int
			code   string
		}{
			{"unknown client", hub.Form(t, tokenPath, good, blackbox.Basic("nobody", secret)), 401, "invalid_client"},
			{"wrong secret", hub.Form(t, tokenPath, good, blackbox.Basic(payments, "wrong-secret")), 401, "invalid_client"},
			{"a secret of ours, altered", hub.Form(t, tokenPath, good,
				blackbox.Basic(payments, "hubcs_0000000000000000000000000000000000000000")), 401, "invalid_client"},
			{"of the other environment", hub.At("/test").Form(t, tokenPath, good, basic), 401, "invalid_client"},
			{"no client", hub.Form(t, tokenPath, good), 401, "invalid_client"},
			{"both, disagreeing", hub.Form(t, tokenPath,
				append([]string{"client_id", payments, "client_secret", "wrong-secret"}, good...), basic), 400, "invalid_request"},
			{"retired key as client", hub.Form(t, tokenPath, append([]string{"client_id", retiredKey}, good...)), 401, "invalid_client"},
			{"broken Basic", hub.Form(t, tokenPath, good, blackbox.Header("Authorization", "Basic %%%")), 0, ""},
			{"unknown grant", hub.Form(t, tokenPath, []string{"grant_type", "wishful"}, basic), 400, "unsupported_grant_type"},
			{"no grant", hub.Form(t, tokenPath, []string{"scope", "payments"}, basic), 400, "invalid_request"},
			{"nothing of the scope is known", clientCredentials(t, hub.Asker, payments, secret, "nonsense"), 400, "invalid_scope"},
			{"out of reach", clientCredentials(t, hub.Asker, payments, secret, "ledger"), 400, "invalid_scope"},
			{"repeated parameter", hub.Form(t, tokenPath, append(good, "scope", "payments"), basic), 400, "invalid_request"},
			{"credentials in the URL", hub.Form(t, tokenPath+"?client_id="+payments+"&client_secret="+secret, good), 400, "invalid_request"},
			{"JSON", hub.Post(t, tokenPath, `{"grant_type":"client_credentials"}`, basic), 415, "invalid_request"},
			{"more than 64 kB", hub.Form(t, tokenPath, append(good, "padding", strings.Repeat("x", 70<<10)), basic), 413, "invalid_request"},
			{"a control character", hub.Form(t, tokenPath, []string{"grant_type", "client_credentials\x00"}, basic), 400, ""},
		} {
			if tc.status != 0 && tc.answer.Status != tc.status || tc.code != "" && tc.answer.Text("error") != tc.code ||
				tc.answer.Status < 400 || tc.answer.Status >= 500 {
				t.Errorf("%s: %d %s", tc.name, tc.answer.Status, tc.answer.Body)
			}
			if tc.answer.Text("error_id") == "" || tc.answer.Text("error_id") != tc.answer.Header.Get("Hub-Error-Id") ||
				tc.answer.Text("error_description") == "" {
				t.Errorf("%s: %s %v", tc.name, tc.answer.Body, tc.answer.Header)
			}
			if tc.answer.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: Cache-Control %q", tc.name, tc.answer.Header.Get("Cache-Control"))
			}
			if challenged := tc.answer.Header.Get("WWW-Authenticate") != ""; tc.code != "" &&
				challenged != (tc.answer.Status == http.StatusUnauthorized) {
				t.Errorf("%s: WWW-Authenticate %q", tc.name, tc.answer.Header.Get("WWW-Authenticate"))
			}
		}
		if answer := hub.Get(t, tokenPath); answer.Status != http.StatusMethodNotAllowed || answer.Header.Get("Allow") == "" {
			t.Errorf("GET: %d %v", answer.Status, answer.Header)
		}
		if answer := hub.Get(t, keysPath+"?"+strings.Repeat("x", 9<<10)); answer.Status != http.StatusRequestURITooLong {
			t.Errorf("a URL of 9 kB: %d", answer.Status)
		}
		if answer := hub.Get(t, keysPath,
			blackbox.Header("X-Padding", strings.Repeat("x", 40<<10))); answer.Status != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("a header of 40 kB: %d", answer.Status)
		}
	})
}

func TestAnAnswerIsTheSameForEveryReasonToRefuseAClient(t *testing.T) {
	onBoth(t, func(t *testing.T, hub *blackbox.Hub) {
		hub.Apply(t, "version: 1\nservices: [{id: "+ledger+", disabled: true}]\n")
		same := func(answer *blackbox.Answer) map[string]any {
			delete(answer.JSON, "error_id")
			return answer.JSON
		}
		want := same(clientCredentials(t, hub.Asker, "nobody", "nothing-at-all", ""))
		blackbox.Soon(t, "the switch", func() bool {
			return clientCredentials(t, hub.Asker, ledger, "secret-of-ledger", "").Status == http.StatusUnauthorized
		})
		for name, answer := range map[string]*blackbox.Answer{
			"wrong secret": clientCredentials(t, hub.Asker, payments, "wrong-secret", ""),
			"disabled":     clientCredentials(t, hub.Asker, ledger, "secret-of-ledger", ""),
			"elsewhere":    clientCredentials(t, hub.Asker, "98434379", "key-of-elsewhere", ""),
		} {
			if diff := cmp.Diff(want, same(answer)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	})
}

func TestARefusalIsExplained(t *testing.T) {
	onBoth(t, func(t *testing.T, hub *blackbox.Hub) {
		id := login(t, hub.Asker, "98434379", "key-of-elsewhere").Header.Get("Hub-Error-Id")
		if id == "" {
			t.Fatal("no id")
		}
		var said string
		blackbox.Soon(t, "the explanation", func() bool {
			result := blackbox.Run(t, "", append([]string{"explain", id}, hub.Database()...)...)
			said = result.Stdout
			return result.Exit == 0
		})
		if !strings.Contains(said, "98434379") || !strings.Contains(said, "llowlist") || strings.Contains(said, "key-of-elsewhere") {
			t.Errorf("it says\n%s", said)
		}
	})
}
