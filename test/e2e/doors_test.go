package e2e_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/hub/test/blackbox"
)

const unauthorizedTitle = "Authentication with the API failed, please check your details and try again."

// paymentsBody is a refusal in the form of the payments door.
func paymentsBody(kind, title, instance string) map[string]any {
	return map[string]any{"status": "error", "error_type": kind, "title": title, "instance": instance}
}

func TestTheBackOfficeDoor(t *testing.T) {
	onBoth(t, func(t *testing.T, hub *blackbox.Hub) {
		good := []string{"client_id", adaClient, "client_secret", adaSecret, "grant_type", "client_credentials"}
		for _, path := range []string{
			"/oauth/create_token", "/api/v1/oauth/create_token", "/hub/oauth/create_token", "/hub/api/v1/oauth/create_token",
		} {
			answer := hub.Form(t, path, good)
			token := granted(t, answer)
			want := map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": 3600.0}
			if diff := cmp.Diff(want, answer.JSON); diff != "" || answer.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %s %v", path, diff, answer.Header)
			}
			// The token acts as the user who owns the API client.
			if me := hub.Get(t, "/api/rest/users/me", blackbox.Bearer(token)); me.Text("login") != "ada" || me.Text("id") != adaID {
				t.Errorf("%s: %d %s", path, me.Status, me.Body)
			}
		}
		// Without a scope it is for the Hub and for every service in which the user holds a permission.
		ben := part(t, granted(t, createToken(t, hub.Asker, benClient, benSecret)), 1)
		audience := ben["aud"].([]any)
		if len(audience) != 2 || !slices.Contains(audience, any(hubID)) || !slices.Contains(audience, any(payments)) {
			t.Errorf("audience %v", audience)
		}
		with := func(changes ...string) []string {
			form := slices.Clone(good)
			for i := 0; i < len(changes); i += 2 {
				if at := slices.Index(form, changes[i]); at >= 0 {
					form[at+1] = changes[i+1]
				} else {
					form = append(form, changes[i], changes[i+1])
				}
			}
			return form
		}
		for _, tc := range []struct {
			name   string
			answer *blackbox.Answer
			status int
			code   string
		}{
			{"wrong secret", hub.Form(t, "/oauth/create_token", with("client_secret", "secret-of-nobody")), 401, "invalid_client"},
			{"unknown client", hub.Form(t, "/oauth/create_token", with("client_id", "7a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11")), 401, "invalid_client"},
			{"secret of another", hub.Form(t, "/oauth/create_token", with("client_secret", benSecret)), 401, "invalid_client"},
			{"other environment", hub.At("/test").Form(t, "/oauth/create_token", good), 401, "invalid_client"},
			{"other grant", hub.Form(t, "/oauth/create_token", with("grant_type", "password")), 400, "unsupported_grant_type"},
			{"no grant", hub.Form(t, "/oauth/create_token", good[:4]), 400, "invalid_request"},
			{"JSON", hub.Post(t, "/oauth/create_token", `{"client_id":"`+adaClient+`"}`), 415, "invalid_request"},
			{"nothing", hub.Form(t, "/oauth/create_token", nil), 0, ""},
			{"twice", hub.Form(t, "/oauth/create_token", append(slices.Clone(good), "client_id", adaClient)), 400, "invalid_request"},
			{"in the URL", hub.Form(t, "/oauth/create_token?client_secret="+adaSecret, good), 400, "invalid_request"},
			{"retired key as client_id", hub.Form(t, "/oauth/create_token", with("client_id", retiredKey)), 401, "invalid_client"},
			{"retired key as secret", hub.Form(t, "/oauth/create_token", with("client_secret", retiredKey)), 401, "invalid_client"},
			{"wrong method", hub.Do(t, http.MethodPut, "/oauth/create_token", ""), 405, "invalid_request"},
		} {
			if tc.status != 0 && tc.answer.Status != tc.status || tc.code != "" && tc.answer.Text("error") != tc.code ||
				tc.answer.Status < 400 || tc.answer.Status >= 500 {
				t.Errorf("%s: %d %s", tc.name, tc.answer.Status, tc.answer.Body)
			}
			if tc.answer.Header.Get("Hub-Error-Id") == "" {
				t.Errorf("%s: no Hub-Error-Id", tc.name)
			}
			if retired := strings.Contains(tc.answer.Text("error_description"), "API client"); retired != strings.HasPrefix(tc.name, "retired") {
				t.Errorf("%s: %s", tc.name, tc.answer.Text("error_description"))
			}
		}
	})
}

func TestThePaymentsDoor(t *testing.T) {
	onBoth(t, func(t *testing.T, hub *blackbox.Hub) {
		test := hub.At("/test")
		for name, answer := range map[string]*blackbox.Answer{
			"/login":         test.Post(t, "/login", `{"app_id":"98434376","app_key":"843a8fjei768fa"}`),
			"/v1/login":      test.Post(t, "/v1/login", `{"app_id":"98434376","app_key":"843a8fjei768fa"}`),
			"/test/hub":      test.Post(t, "/hub/v1/login", `{"app_id":"98434376","app_key":"843a8fjei768fa"}`),
			"production":     login(t, hub.Asker, "98434377", "key-of-ben"),
			"below /hub":     login(t, hub.At("/hub"), "98434377", "key-of-ben"),
			"unknown member": hub.Post(t, "/login", `{"app_id":"98434377","app_key":"key-of-ben","mid":"1"}`),
		} {
			token := granted(t, answer)
			want := map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": 3600.0}
			if diff := cmp.Diff(want, answer.JSON); diff != "" || answer.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %s %v", name, diff, answer.Header)
			}
		}
		for _, tc := range []struct {
			name, path string
			answer     *blackbox.Answer
		}{
			{"wrong key", "/v1/login", login(t, hub.Asker, "98434377", "not-the-key")},
			{"unknown app", "/v1/login", login(t, hub.Asker, "10000000", "key-of-ben")},
			{"of the other environment", "/v1/login", login(t, hub.Asker, "98434376", "843a8fjei768fa")},
			{"and the reverse", "/test/v1/login", login(t, test, "98434377", "key-of-ben")},
			{"no address allowed", "/v1/login", login(t, hub.Asker, "98434378", "key-of-nowhere")},
			{"no address allowed, wrong key", "/v1/login", login(t, hub.Asker, "98434378", "not-the-key")},
			{"another address allowed", "/v1/login", login(t, hub.Asker, "98434379", "key-of-elsewhere")},
			{"below /hub", "/hub/v1/login", login(t, hub.At("/hub"), "98434377", "not-the-key")},
			{"an API client", "/v1/login", login(t, hub.Asker, adaClient, "not-"+adaSecret)},
			{"with a query", "/v1/login", hub.Post(t, "/v1/login?x=1", `{"app_id":"98434377","app_key":"not-the-key"}`)},
		} {
			if diff := cmp.Diff(paymentsBody("unauthorized", unauthorizedTitle, tc.path), tc.answer.JSON); diff != "" ||
				tc.answer.Status != http.StatusUnauthorized {
				t.Errorf("%s: %d %s", tc.name, tc.answer.Status, diff)
			}
			if tc.answer.Header.Get("Hub-Error-Id") == "" || tc.answer.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %v", tc.name, tc.answer.Header)
			}
		}
		for _, tc := range []struct {
			name       string
			answer     *blackbox.Answer
			status     int
			parameters []string
		}{
			{"nothing", hub.Post(t, "/v1/login", `{}`), 400, []string{"app_id", "app_key"}},
			{"one missing", hub.Post(t, "/v1/login", `{"app_id":"98434377"}`), 400, []string{"app_key"}},
			{"a number", hub.Post(t, "/v1/login", `{"app_id":98434377,"app_key":"key-of-ben"}`), 400, []string{"app_id"}},
			{"no object", hub.Post(t, "/v1/login", `[]`), 400, nil},
			{"a name twice", hub.Post(t, "/v1/login", `{"app_id":"98434377","app_id":"98434377","app_key":"key-of-ben"}`), 400, nil},
			{"half a body", hub.Post(t, "/v1/login", `{"app_id":`), 400, nil},
			{"in the URL", hub.Post(t, "/v1/login?app_id=98434377&app_key=key-of-ben", `{}`), 400, []string{"app_key"}},
			{"a form", hub.Form(t, "/v1/login", []string{"app_id", "98434377", "app_key", "key-of-ben"}), 415, []string{"Content-Type"}},
		} {
			if tc.answer.Status != tc.status || tc.answer.Text("error_type") != "bad_request" ||
				tc.answer.Text("status") != "error" || tc.answer.Text("instance") != "/v1/login" {
				t.Errorf("%s: %d %s", tc.name, tc.answer.Status, tc.answer.Body)
			}
			var named []string
			wrong, _ := tc.answer.JSON["invalid_parameters"].([]any)
			for _, one := range wrong {
				parameter := one.(map[string]any)
				named = append(named, parameter["parameter"].(string))
				if parameter["reason"] == "" {
					t.Errorf("%s: %v", tc.name, parameter)
				}
			}
			if diff := cmp.Diff(tc.parameters, named); diff != "" {
				t.Errorf("%s: %s", tc.name, diff)
			}
		}
		// A person who opens the address goes to the sign-in page.
		if answer := hub.Get(t, "/login"); answer.Status != http.StatusSeeOther || answer.Header.Get("Location") != hub.URL+"/auth/login" {
			t.Errorf("GET /login: %d %s", answer.Status, answer.Header.Get("Location"))
		}
	})
}

func TestARetiredKeyIsRefusedWithWordsOfHelp(t *testing.T) {
	onBoth(t, func(t *testing.T, hub *blackbox.Hub) {
		for name, answer := range map[string]*blackbox.Answer{
			"as bearer":  hub.Get(t, "/api/rest/users/me", blackbox.Bearer(retiredKey)),
			"as app_key": login(t, hub.Asker, "98434377", retiredKey),
			"as app_id":  login(t, hub.Asker, retiredKey, "key-of-ben"),
		} {
			if answer.Status != http.StatusUnauthorized || !strings.Contains(answer.Body, "retired") || !strings.Contains(answer.Body, "API client") {
				t.Errorf("%s: %d %s", name, answer.Status, answer.Body)
			}
		}
	})
}

func TestPermanentTokensAreBearers(t *testing.T) {
	onBoth(t, func(t *testing.T, hub *blackbox.Hub) {
		made := strings.TrimSpace(hub.Verb(t, "", "token", "create", "--user", "ben", "--name", "N", "--scope", "Hub payments"))
		for token, login := range map[string]string{oldToken: "ada", made: "ben"} {
			blackbox.Soon(t, "the token", func() bool {
				return hub.Get(t, "/api/rest/users/me", blackbox.Bearer(token)).Text("login") == login
			})
			if answer := introspect(t, hub.Asker, token); answer.JSON["active"] != true || answer.Text("username") != login {
				t.Errorf("%s: %s", login, answer.Body)
			}
			for name, bad := range map[string]string{"altered": token[:len(token)-1] + "~", "truncated": token[:len(token)-3], "empty": ""} {
				if answer := hub.Get(t, "/api/rest/users/me", blackbox.Bearer(bad)); answer.Status != http.StatusUnauthorized {
					t.Errorf("%s, %s: %d %s", login, name, answer.Status, answer.Body)
				}
			}
		}
		if answer := hub.Get(t, "/api/rest/users/me", blackbox.Basic("ada", "correct horse")); answer.Status != http.StatusUnauthorized {
			t.Errorf("a password as Basic: %d %s", answer.Status, answer.Body)
		}
		service := granted(t, clientCredentials(t, hub.Asker, payments, secret, "payments"))
		if answer := hub.Get(t, "/api/rest/services/me", blackbox.Bearer(service)); answer.Status == http.StatusOK && answer.Text("id") != payments {
			t.Errorf("services/me: %d %s", answer.Status, answer.Body)
		}
	})
}
