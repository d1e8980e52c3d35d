package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"example.org/hub/test/blackbox"
)

const declared = `version: 1
groups: [{name: strict, requireTwoFactor: true}]
users:
  - {login: ada, name: Ada Demo, email: ada@example.test, password: "correct horse battery", totp: "JBSWY3DPEHPK3PXP"}
  - {login: ben, name: Ben Demo, password: "correct horse battery", mustChangePassword: true}
  - {login: cleo, name: Cleo Demo, password: "correct horse battery", groups: [strict]}
services:
  - {id: 98071167-004c-4ddf-ba37-5d4599fdf319, key: wiki, name: Wiki, homeUrl: "%[1]s", vendor: Example Works, redirectUris: ["%[1]s/cb"], secrets: [a-long-secret]}
  - {id: 0b9f3a52-6d0e-4c55-9f0e-2f6f3c1d7a41, key: tracker, name: Tracker, homeUrl: "https://tracker.example.test", secrets: [another-long-secret]}
`

// realHub is the program itself, with a service at another origin.
func realHub(t *testing.T) (h *blackbox.Hub, service string) {
	t.Helper()
	there := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><html lang="en"><title>Wiki</title><main><h1 id="q">Welcome to Wiki</h1></main></html>`)
	}))
	t.Cleanup(there.Close)
	h = blackbox.Serve(t, "")
	h.Apply(t, fmt.Sprintf(declared, there.URL))
	return h, there.URL
}

// asks is a request of the service.
func asks(h *blackbox.Hub, service string, more ...string) string {
	query := url.Values{
		"response_type": {"code"}, "client_id": {"98071167-004c-4ddf-ba37-5d4599fdf319"}, "redirect_uri": {service + "/cb"},
		"scope": {"openid email tracker"}, "state": {"s t"},
	}
	for i := 0; i < len(more); i += 2 {
		query.Set(more[i], more[i+1])
	}
	return h.URL + "/api/rest/oauth2/auth?" + query.Encode()
}

// arrived waits until the browser is at the service and gives the answer it brought.
func (b *tab) arrived(service string) url.Values {
	b.Helper()
	b.see("#q")
	at, err := url.Parse(b.text("location.href"))
	if err != nil || !strings.HasPrefix(at.String(), service+"/cb?") {
		b.Fatalf("the browser is at %s", at)
	}
	return at.Query()
}

func (b *tab) name(login string) {
	b.Helper()
	b.fill("username", login)
	b.fill("password", correct)
	b.send()
}

func TestTheHubItselfSignsPeopleInToAService(t *testing.T) {
	h, service := realHub(t)
	b := newTab(t)
	b.open(asks(h, service))
	if heading := b.text(`document.querySelector(".who").textContent`); !strings.Contains(heading, "to continue to Wiki") {
		t.Errorf("the page says %q", heading)
	}
	b.fill("username", "ada")
	b.fill("password", "wrong")
	b.send()
	b.see("#password-e")
	b.name("ada")
	b.see("#code")
	b.fill("code", code(t, seed))
	b.send()
	b.see(".decide")
	b.shot("hub-consent")
	b.click(`button[value="accept"]`)
	if answer := b.arrived(service); answer.Get("code") == "" || answer.Get("state") != "s t" || answer.Get("iss") != h.URL {
		t.Errorf("the service was told %v", answer)
	}
	b.open(asks(h, service)) // signed in, and allowed before
	if answer := b.arrived(service); answer.Get("code") == "" {
		t.Errorf("the second time the service was told %v", answer)
	}
	b.open(asks(h, service, "prompt", "login"))
	b.see("#password")
	if username := b.text(`document.getElementById("username").value`); username != "ada" {
		t.Errorf("it asks %q to confirm", username)
	}
	b.open(asks(h, service, "redirect_uri", service+"/elsewhere"))
	b.see(".more")
	if at := b.text("location.href"); !strings.HasPrefix(at, h.URL+"/auth/oauth/error?") {
		t.Errorf("an address that is not registered leads to %s", at)
	}
	b.silent("the way to the service")
}

func TestTheHubItselfAsksForWhatIsMissingBeforeTheServiceGetsAnything(t *testing.T) {
	h, service := realHub(t)
	ben := newTab(t)
	ben.open(asks(h, service))
	ben.name("ben")
	ben.see(`[autocomplete="new-password"]`)
	ben.fill("password", another)
	ben.send()
	ben.click(`button[value="deny"]`)
	if answer := ben.arrived(service); answer.Get("error") != "access_denied" {
		t.Errorf("the service was told %v", answer)
	}

	cleo := newTab(t)
	cleo.open(asks(h, service))
	cleo.name("cleo")
	cleo.see("#seed")
	cleo.fill("code", code(t, strings.ReplaceAll(cleo.text(`document.getElementById("seed").textContent`), " ", "")))
	cleo.send()
	cleo.see("#codes")
	cleo.click("main a.btn--primary")
	cleo.click(`button[value="accept"]`)
	if answer := cleo.arrived(service); answer.Get("code") == "" {
		t.Errorf("the service was told %v", answer)
	}
	cleo.open(h.URL + "/")
	cleo.click(`[popovertarget="me"]`)
	cleo.click(`[form="logout"]`)
	cleo.see(`a[href$="/auth/login"]`)
	cleo.open(h.URL + "/account/security/password")
	cleo.see("#username")
}
