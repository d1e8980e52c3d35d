package oauthhttp_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

const landing = "https://client.example.test/landing?kept=1"

// signIn registers a client that people sign in to, and a person.
func (w *wire) signIn() (clientID, userID string) {
	clientID, _ = w.memory.NewService(oauthtest.Service{Key: "shop", Trusted: true, RedirectURIs: []string{landing},
		Grants: []string{"authorization_code", "refresh_token", oauth.Implicit}})
	return clientID, w.memory.NewUser(oauthtest.User{Login: "ada"})
}

func (w *wire) authorize(person string, pairs ...string) answer {
	w.Helper()
	request := w.request(http.MethodGet, oauth.AuthorizePath+"?"+form(pairs...), "")
	if person != "" {
		request.AddCookie(&http.Cookie{Name: "person", Value: person})
	}
	return w.do(request)
}

func TestAnAnswerTravelsInItsMode(t *testing.T) {
	w := newWire(t)
	client, person := w.signIn()
	for mode, start := range map[string]string{"": landing + "&code=", "query": landing + "&code=", "fragment": landing + "#code="} {
		got := w.authorize(person, "response_type", "code", "client_id", client, "redirect_uri", landing,
			"scope", "shop", "state", "a b&c=d", "response_mode", mode)
		location := got.header.Get("Location")
		if got.status != http.StatusSeeOther || !strings.HasPrefix(location, start) ||
			!strings.HasSuffix(location, "&state=a%20b%26c%3Dd&iss="+url.QueryEscape(w.url)) {
			t.Errorf("mode %q: %d %s", mode, got.status, location)
		}
		if got.header.Get("Cache-Control") != "no-store" || got.header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("mode %q: %v", mode, got.header)
		}
	}
}

func TestAPostedAnswerIsAPageThatCanDoNothingElse(t *testing.T) {
	w := newWire(t)
	client, person := w.signIn()
	got := w.authorize(person, "response_type", "code", "client_id", client, "redirect_uri", landing,
		"scope", "shop", "state", `"><script>alert(1)</script>`, "response_mode", "form_post")
	page := string(got.body)
	if got.status != http.StatusOK || got.header.Get("Content-Type") != "text/html; charset=utf-8" || got.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v", got.status, got.header)
	}
	if !strings.Contains(page, `action="https://client.example.test/landing?kept=1"`) ||
		!strings.Contains(page, `name="code"`) || strings.Contains(page, "alert(1)</script>") {
		t.Errorf("the page is %s", page)
	}
	script := regexp.MustCompile(`<script>(.*?)</script>`).FindStringSubmatch(page)
	sum := sha256.Sum256([]byte(script[1]))
	policy := got.header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "script-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") ||
		!strings.HasPrefix(policy, "default-src 'none'") {
		t.Errorf("the policy is %s", policy)
	}
	if !strings.HasSuffix(policy, "frame-ancestors https://client.example.test") {
		t.Errorf("the policy is %s", policy)
	}
}

func TestARefusalTravelsWithItsErrorID(t *testing.T) {
	w := newWire(t)
	client, _ := w.signIn()
	got := w.authorize("", "response_type", "token", "client_id", client, "redirect_uri", landing,
		"scope", "shop", "state", "s", "request_credentials", "silent")
	location := got.header.Get("Location")
	if got.status != http.StatusSeeOther || !strings.HasPrefix(location, landing+"#error=access_denied&error_description=") ||
		got.header.Get("Hub-Error-Id") == "" {
		t.Errorf("%d %s", got.status, location)
	}
}

func TestPagesAndProblemsAreShown(t *testing.T) {
	w := newWire(t)
	client, _ := w.signIn()
	good := []string{"response_type", "code", "client_id", client, "redirect_uri", landing, "scope", "shop"}
	if got := w.authorize("", good...); string(got.body) != "step: login" {
		t.Errorf("%d %s", got.status, got.body)
	}
	good[5] = "https://evil.example"
	if got := w.authorize("", good...); string(got.body) != "problem: invalid_request" ||
		got.header.Get("Location") != "" || got.header.Get("Hub-Error-Id") == "" {
		t.Errorf("%d %s", got.status, got.body)
	}
	for _, query := range []string{"client_id=%zz", "client_id=%ff", "client_id=%00", strings.Repeat("a=b&", 200)} {
		if got := w.do(w.request(http.MethodGet, oauth.AuthorizePath+"?"+query, "")); string(got.body) != "problem: invalid_request" {
			t.Errorf("%q: %d %s", query, got.status, got.body)
		}
	}
}

func TestAPostFromElsewhereComesBackByGet(t *testing.T) {
	w := newWire(t)
	client, person := w.signIn()
	got := w.post(oauth.AuthorizePath, "response_type", "code", "client_id", client, "redirect_uri", landing, "scope", "shop", "state", "s")
	again, err := url.Parse(got.header.Get("Location"))
	if err != nil || got.status != http.StatusSeeOther || again.Path != oauth.AuthorizePath {
		t.Fatalf("%d %v", got.status, got.header)
	}
	query := again.Query()
	answer := w.authorize(person, "client_id", query.Get("client_id"), "request_uri", query.Get("request_uri"))
	if location := answer.header.Get("Location"); !strings.HasPrefix(location, landing+"&code=") || !strings.Contains(location, "state=s") {
		t.Errorf("%d %s", answer.status, location)
	}
	if got := w.post(oauth.AuthorizePath, "client_id", "nobody"); string(got.body) != "problem: invalid_request" {
		t.Errorf("%d %s", got.status, got.body)
	}
	wrong := w.request(http.MethodPost, oauth.AuthorizePath, "{}")
	wrong.Header.Set("Content-Type", "application/json")
	if got := w.do(wrong); string(got.body) != "problem: invalid_request" {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestAPushedRequestIsCreatedToTheLetter(t *testing.T) {
	w := newWire(t)
	w.memory.Change(w.id, func(client *oauth.Client) {
		client.RedirectURIs, client.GrantTypes = []string{landing}, []string{"authorization_code"}
	})
	got := w.post(oauth.PushPath, "client_id", w.id, "client_secret", w.secret, "response_type", "code", "redirect_uri", landing, "scope", "payments")
	got.private()
	object := got.object()
	uri, _ := object["request_uri"].(string)
	if got.status != http.StatusCreated || !strings.HasPrefix(uri, "urn:ietf:params:oauth:request_uri:") ||
		object["expires_in"] != float64(90) || len(object) != 2 {
		t.Errorf("%d %s", got.status, got.body)
	}
	w.post(oauth.PushPath, "client_id", w.id, "client_secret", "wrong-secret").refused(http.StatusUnauthorized, oauth.InvalidClient)
	w.post(oauth.PushPath, "client_id", w.id, "client_secret", w.secret, "response_type", "code", "redirect_uri", "https://evil.example").
		refused(http.StatusBadRequest, oauth.InvalidRequest)
	if got := w.do(w.request(http.MethodGet, oauth.PushPath, "")); got.status != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", got.status)
	}
}

func TestACodeIsRedeemedOnTheWire(t *testing.T) {
	w := newWire(t)
	w.memory.Change(w.id, func(client *oauth.Client) {
		client.RedirectURIs, client.IDTokenAlg = []string{landing}, "ES256"
		client.GrantTypes, client.Trusted = []string{"authorization_code", "refresh_token"}, true
	})
	person := w.memory.NewUser(oauthtest.User{Login: "ada"})
	location, err := url.Parse(w.authorize(person, "response_type", "code", "client_id", w.id, "redirect_uri", landing,
		"scope", "openid payments", "access_type", "offline").header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	client := []string{"client_id", w.id, "client_secret", w.secret}
	got := w.post(oauth.TokenPath, append(client,
		"grant_type", "authorization_code", "code", location.Query().Get("code"), "redirect_uri", landing)...)
	got.private()
	object := got.object()
	if got.status != http.StatusOK || object["id_token"] == nil || object["refresh_token"] == nil ||
		object["scope"] != "openid payments" || object["token_type"] != "Bearer" || len(object) != 6 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	next := w.post(oauth.TokenPath, append(client, "grant_type", "refresh_token", "refresh_token", object["refresh_token"].(string))...)
	if next.status != http.StatusOK || next.object()["refresh_token"] != object["refresh_token"] {
		t.Errorf("%d %s", next.status, next.body)
	}
	w.post(oauth.TokenPath, append(client, "grant_type", "refresh_token", "refresh_token", "x")...).refused(http.StatusBadRequest, oauth.InvalidGrant)
}
