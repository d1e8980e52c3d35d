package rest_test

import (
	"net/http"
	"testing"

	"example.org/hub/internal/secret"
)

func TestAReportIsAlwaysAnsweredAlikeAndKillsALiveSecret(t *testing.T) {
	d := newHub(t)
	ada, bearer := d.person("ada", "hub:self-update")
	live := d.token(ada, "Hub")
	d.want(http.StatusOK, live, "GET", "/users/me", nil)
	client := d.want(http.StatusOK, bearer, "POST", "/users/me/apiclients", values{"label": "Nightly"})
	var first reply
	for i, text := range []string{live, client.at("secret").(string), secret.New(secret.PermanentToken, false).Reveal(), "hubpat_nearly", "short", "", "eyJ.a.b"} {
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
