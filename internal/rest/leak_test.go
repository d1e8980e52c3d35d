package rest_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
	"example.org/hub/oauth"
)

func TestAReportIsAlwaysAnsweredAlikeAndKillsALiveSecret(t *testing.T) {
	d := newHub(t)
	ada, bearer := d.person("ada", "hub:self-update")
	live := d.token(ada, "Hub")
	d.want(http.StatusOK, live, "GET", "/users/me", nil)
	client := d.want(http.StatusOK, bearer, "POST", "/users/me/apiclients", values{"label": "Nightly"})
	var first reply
	for i, text := range []string{
		live, client.at("secret").(string), secret.New(secret.PermanentToken, false).Reveal(),
		"hubpat_nearly", "short", "", "eyJ.a.b",
	} {
		answer := d.want(http.StatusAccepted, "", "POST", "/leaks", values{"secret": text, "source": "https://paste.example.test/1"})
		if i == 0 {
			first = answer
		}
		if answer.text != first.text || len(answer.header) != len(first.header) {
			t.Errorf("%q: %s %v, not %s %v", text, answer.text, answer.header, first.text, first.header)
		}
	}
	d.must(d.credentials.EndLeaked(t.Context()))
	d.want(http.StatusUnauthorized, live, "GET", "/users/me", nil)
	if left := d.want(http.StatusOK, bearer, "GET", "/users/me/apiclients/"+client.at("id").(string), nil); len(left.at("secrets").([]any)) != 0 {
		t.Errorf("%s", left.text)
	}
}

func TestALeakedAccessTokenIsRevoked(t *testing.T) {
	d := newHub(t)
	ada, _ := d.person("ada", "hub:self-update")
	client, given, err := d.credentials.CreateAPIClient(t.Context(), hub.System("test"), credential.NewAPIClient{
		UserID: ada, Environment: hub.Production, Label: "Nightly",
	})
	d.must(err)
	d.api.Server.Grants = []oauth.Grant{oauth.ClientCredentials{}}
	issue := func() string {
		response, err := d.api.Server.Token(t.Context(), &oauth.TokenRequest{
			Origin: oauth.Origin{Door: "token", Address: address}, GrantType: "client_credentials",
			Auth: oauth.ClientAuth{ID: client.ID, Secret: given.Reveal()},
		})
		d.must(err)
		return response.AccessToken
	}
	leaked, other := issue(), issue()
	var told []credential.LeakNotice
	d.credentials.Tell = func(_ context.Context, _ *store.Tx, _ hub.User, notice credential.LeakNotice) error {
		told = append(told, notice)
		return nil
	}
	for _, text := range []string{leaked[:len(leaked)-4] + "AAAA", leaked + ".x", strings.Split(leaked, ".")[1]} {
		d.want(http.StatusAccepted, "", "POST", "/leaks", values{"secret": text})
	}
	d.must(d.credentials.EndLeaked(t.Context()))
	d.want(http.StatusOK, leaked, "GET", "/users/me", nil) // nothing that only resembles it ends it
	for range 2 {
		d.want(http.StatusAccepted, "", "POST", "/leaks", values{"secret": leaked, "source": "a log"})
		d.must(d.credentials.EndLeaked(t.Context()))
	}
	d.want(http.StatusUnauthorized, leaked, "GET", "/users/me", nil)
	d.want(http.StatusOK, other, "GET", "/users/me", nil)
	events := d.want(http.StatusOK, d.root, "GET", "/events?query=action:secret.leak", nil)
	if events.at("total") != float64(1) || len(told) != 1 || told[0].What != "the access token of ada" || !told[0].Owner {
		t.Errorf("%s, %+v", events.text, told)
	}
}

func TestReportsAreReadStrictlyAndCounted(t *testing.T) {
	d := newHub(t)
	for _, body := range []any{`[]`, `{"secret":1}`, `{}`, `{"secret":"x","secret":"y"}`, `{"source":"x"}`} {
		d.want(http.StatusBadRequest, "", "POST", "/leaks", body)
	}
	d.want(http.StatusMethodNotAllowed, "", "GET", "/leaks", nil)
	limited := 0
	for range 40 {
		if answer := d.ask("", "POST", "/leaks", values{"secret": "x"}); answer.status == http.StatusTooManyRequests {
			limited++
			if answer.header.Get("Retry-After") == "" {
				t.Errorf("%v", answer.header)
			}
		}
	}
	if limited < 10 {
		t.Errorf("only %d of 40 were too many", limited)
	}
}
