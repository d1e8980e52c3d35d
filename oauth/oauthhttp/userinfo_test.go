package oauthhttp_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.org/hub/oauth"
)

// personToken signs a person in to the client of signIn and gives the tokens that travel through the browser.
func (w *wire) personToken(scope string) (accessToken, person string) {
	w.Helper()
	client, person := w.signIn()
	location := w.authorize(person, "response_type", "token", "client_id", client, "redirect_uri", landing, "scope", scope).header.Get("Location")
	_, fragment, _ := strings.Cut(location, "#")
	values, err := url.ParseQuery(fragment)
	if err != nil || values.Get("access_token") == "" {
		w.Fatalf("no token in %s", location)
	}
	return values.Get("access_token"), person
}

func TestUserInfoAnswersByGetAndPost(t *testing.T) {
	w := newWire(t)
	token, person := w.personToken("openid email")
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		request := w.request(method, oauth.UserInfoPath, "")
		request.Header.Del("Content-Type")
		request.Header.Set("Authorization", "Bearer "+token)
		got := w.do(request)
		got.private()
		if object := got.object(); got.status != http.StatusOK || object["sub"] != person ||
			object["email"] != "ada@example.test" || len(object) != 3 {
			t.Errorf("%s: %d %s", method, got.status, got.body)
		}
	}
	if got := w.post(oauth.UserInfoPath, "access_token", token); got.status != http.StatusOK {
		t.Errorf("in the form: %d %s", got.status, got.body)
	}
	plain := w.request(http.MethodPost, oauth.UserInfoPath, form("access_token", token))
	plain.Header.Set("Content-Type", "text/plain")
	w.do(plain).refused(http.StatusUnauthorized, oauth.InvalidToken) // RFC 6750 section 2.2
	w.do(w.request(http.MethodGet, oauth.UserInfoPath, form("access_token", token))).refused(http.StatusUnauthorized, oauth.InvalidToken)
	both := w.request(http.MethodPost, oauth.UserInfoPath, form("access_token", token))
	both.Header.Set("Authorization", "Bearer "+token)
	w.do(both).refused(http.StatusBadRequest, oauth.InvalidRequest)
}

func TestABadBearerIsChallenged(t *testing.T) {
	w := newWire(t)
	plain, _ := w.personToken("shop")
	metadata := `resource_metadata="` + w.url + `/.well-known/oauth-protected-resource"`
	for header, want := range map[string]struct {
		status int
		code   oauth.Code
		named  bool
	}{
		"":                {401, oauth.InvalidToken, false},
		"Bearer garbage":  {401, oauth.InvalidToken, true},
		"Bearer":          {401, oauth.InvalidToken, true},
		"Bearer " + plain: {403, oauth.InsufficientScope, true},
	} {
		request := w.request(http.MethodGet, oauth.UserInfoPath, "")
		if header != "" {
			request.Header.Set("Authorization", header)
		}
		got := w.do(request)
		got.refused(want.status, want.code)
		challenge := got.header.Get("WWW-Authenticate")
		if !strings.HasPrefix(challenge, "Bearer realm=") || !strings.HasSuffix(challenge, metadata) ||
			strings.Contains(challenge, `error="`+string(want.code)+`"`) != want.named {
			t.Errorf("%q: the challenge is %s", header, challenge)
		}
	}
	inURL := w.do(w.request(http.MethodGet, oauth.UserInfoPath+"?access_token="+plain, ""))
	inURL.refused(http.StatusUnauthorized, oauth.InvalidToken)
}

func TestSigningOutOnTheWire(t *testing.T) {
	w := newWire(t)
	_, person := w.signIn()
	leave := func(method string, query string) answer {
		request := w.request(method, oauth.LogoutPath+query, "")
		request.AddCookie(&http.Cookie{Name: "person", Value: person})
		return w.do(request)
	}
	if got := leave(http.MethodGet, ""); string(got.body) != "sign out?" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := leave(http.MethodGet, "?client_id=%zz"); string(got.body) != "problem: invalid_request" {
		t.Errorf("%d %s", got.status, got.body)
	}
	got := w.post(oauth.LogoutPath, "state", "a b")
	if location := got.header.Get("Location"); got.status != http.StatusSeeOther || location != w.url+oauth.LogoutPath+"?state=a+b" {
		t.Errorf("%d %s", got.status, location)
	}
}

func TestSigningOutByPostTakesAnIDTokenThatIsTooLongForAnAddress(t *testing.T) {
	w := newWire(t)
	client, person := w.signIn()
	long := strings.Repeat("n", 4000)
	_, fragment, _ := strings.Cut(w.authorize(person, "response_type", "id_token", "client_id", client, "redirect_uri", landing, "scope", "openid",
		"nonce", long).header.Get("Location"), "#")
	answered, err := url.ParseQuery(fragment)
	if err != nil || len(answered.Get("id_token")) < 5000 {
		t.Fatalf("no long ID token in %s", fragment)
	}
	leave := func(location string) answer {
		path, found := strings.CutPrefix(location, w.url)
		if !found || len(path) > 8192 {
			t.Fatalf("sent to %.100s... of %d bytes", location, len(location))
		}
		request := w.request(http.MethodGet, path, "")
		request.AddCookie(&http.Cookie{Name: "person", Value: person})
		return w.do(request)
	}
	got := w.post(oauth.LogoutPath, "id_token_hint", answered.Get("id_token"), "state", long)
	for range 2 { // a page may have been between
		if left := leave(got.header.Get("Location")); string(left.body) != "signed out" {
			t.Errorf("%d %s", left.status, left.body)
		}
	}
	for name, hint := range map[string]string{"a stranger": "", "an altered token": answered.Get("id_token") + "x", "not a token": long + long} {
		if got := w.post(oauth.LogoutPath, "id_token_hint", hint, "state", long+long); string(got.body) != "problem: invalid_request" {
			t.Errorf("%s had something kept: %d %s", name, got.status, got.body)
		}
	}
	if left := leave(w.url + oauth.LogoutPath +
		"?request_uri=urn:ietf:params:oauth:request_uri:none"); string(left.body) != "problem: invalid_request" {
		t.Errorf("what is not kept: %d %s", left.status, left.body)
	}
}

func TestASignInDialogLearnsWhatTheServiceIsCalled(t *testing.T) {
	w := newWire(t)
	w.memory.Change(w.id, func(client *oauth.Client) {
		client.Name, client.IconURL = `Payments "API"`, "https://payments.example.test/icon.svg"
	})
	got := w.do(w.request(http.MethodGet, oauth.LoginSettingsPath+"?client_id="+w.id, ""))
	got.private()
	if object := got.object(); got.status != http.StatusOK || object["serviceName"] != `Payments "API"` ||
		object["iconUrl"] != "https://payments.example.test/icon.svg" || len(object) != 2 {
		t.Errorf("%d %s", got.status, got.body)
	}
	w.do(w.request(http.MethodGet, oauth.LoginSettingsPath+"?client_id=nobody", "")).refused(http.StatusNotFound, oauth.InvalidRequest)
}
