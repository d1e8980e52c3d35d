package oauthhttp_test

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.org/hub/oauth"
)

func TestATokenIsAnsweredToTheLetter(t *testing.T) {
	w := newWire(t)
	got := w.do(w.request(http.MethodPost, oauth.TokenPath, w.credentials("scope", "payments")))
	if got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	got.private()
	got.unkeptOfOld()
	object := got.object()
	if len(object) != 4 || object["token_type"] != "Bearer" || object["expires_in"] != float64(3600) || object["scope"] != "payments" {
		t.Errorf("got %s", got.body)
	}
	if strings.Count(object["access_token"].(string), ".") != 2 {
		t.Errorf("the access token is %v", object["access_token"])
	}
}

func TestEveryWayToAuthenticateWorksOnTheWire(t *testing.T) {
	w := newWire(t)
	bare := form("grant_type", "client_credentials")
	for name, request := range map[string]*http.Request{
		"form":                       w.request(http.MethodPost, oauth.TokenPath, w.credentials()),
		"header":                     w.request(http.MethodPost, oauth.TokenPath, bare),
		"both":                       w.request(http.MethodPost, oauth.TokenPath, w.credentials()),
		"header in lower case":       w.request(http.MethodPost, oauth.TokenPath, bare),
		"form with a charset":        w.request(http.MethodPost, oauth.TokenPath, w.credentials()),
		"chunked":                    w.request(http.MethodPost, oauth.TokenPath, w.credentials()),
		"unknown parameters":         w.request(http.MethodPost, oauth.TokenPath, w.credentials("rnd", "42", "access_type", "online")),
		"harmless in the URL":        w.request(http.MethodPost, oauth.TokenPath+"?rnd=42", w.credentials()),
		"empty scope":                w.request(http.MethodPost, oauth.TokenPath, w.credentials("scope", "")),
		"nothing between ampersands": w.request(http.MethodPost, oauth.TokenPath, "&"+w.credentials()+"&&"),
	} {
		switch name {
		case "header", "both":
			request.SetBasicAuth(w.id, w.secret)
		case "header in lower case":
			request.Header.Set("Authorization", "basic "+base64.StdEncoding.EncodeToString([]byte(w.id+":"+w.secret)))
		case "form with a charset":
			request.Header.Set("Content-Type", "Application/X-WWW-Form-Urlencoded; charset=UTF-8")
		case "chunked":
			request.ContentLength = -1
		}
		if got := w.do(request); got.status != http.StatusOK {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
}

// endpoints are those that take a form and authenticate a client.
var endpoints = []string{oauth.TokenPath, oauth.IntrospectPath, oauth.RevokePath}

func TestBadFormsAreRefusedTheSameAtEveryEndpoint(t *testing.T) {
	w := newWire(t)
	good := w.credentials("token", "x")
	huge := good + "&pad=" + strings.Repeat("x", 64<<10)
	for _, c := range []struct {
		name, contentType, query, body string
		status                         int
	}{
		{"JSON", "application/json", "", `{"grant_type":"client_credentials"}`, 415},
		{"multipart", "multipart/form-data; boundary=x", "", good, 415},
		{"no content type", "", "", good, 415},
		{"text", "text/plain", "", good, 415},
		{"repeated parameter", formType, "", good + "&client_id=" + w.id, 400},
		{"repeated unknown parameter", formType, "", good + "&a=1&a=1", 400},
		{"repeated empty parameter", formType, "", good + "&a=&a=", 400},
		{"repeated in another spelling", formType, "", good + "&%63lient_id=" + w.id, 400},
		{"too large", formType, "", huge, 413},
		{"too many parameters", formType, "", good + strings.Repeat("&", 200), 400},
		{"broken percent", formType, "", good + "&a=%zz", 400},
		{"cut-off percent", formType, "", good + "&a=%2", 400},
		{"not UTF-8", formType, "", good + "&a=%ff%fe", 400},
		{"NUL", formType, "", good + "&a=%00", 400},
		{"secret in the URL", formType, "?client_secret=" + w.secret, good, 400},
		{"secret in the URL, encoded name", formType, "?client%5Fsecret=x", good, 400},
		{"token in the URL", formType, "?token=x", good, 400},
		{"access token in the URL", formType, "?a=b&access_token=x", good, 400},
		{"refresh token in the URL", formType, "?refresh_token=x", good, 400},
		{"password in the URL", formType, "?password=x", good, 400},
		{"code in the URL", formType, "?code=x", good, 400},
		{"assertion in the URL", formType, "?client_assertion=x", good, 400},
	} {
		for _, path := range endpoints {
			request := w.request(http.MethodPost, path+c.query, c.body)
			if c.contentType == "" {
				request.Header.Del("Content-Type")
			} else {
				request.Header.Set("Content-Type", c.contentType)
			}
			t.Run(c.name+" at "+path, func(*testing.T) { w.do(request).refused(c.status, oauth.InvalidRequest) })
		}
	}
	chunked := w.request(http.MethodPost, oauth.TokenPath, huge)
	chunked.ContentLength = -1
	w.do(chunked).refused(413, oauth.InvalidRequest)
}

const formType = "application/x-www-form-urlencoded"

func TestBrokenAuthorizationHeadersAreInvalidClient(t *testing.T) {
	w := newWire(t)
	encode := func(text string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(text)) }
	for name, header := range map[string]string{
		"not base64":          "Basic %%%",
		"no colon":            encode("no-colon"),
		"empty":               "Basic ",
		"scheme alone":        "Basic",
		"no scheme":           w.id + ":" + w.secret,
		"bearer":              "Bearer " + w.secret,
		"digest":              `Digest username="x"`,
		"not UTF-8":           encode("\xff\xfe:secret"),
		"NUL":                 encode("a\x00b:secret"),
		"nothing but a colon": encode(":"),
		"wrong secret":        encode(w.id + ":wrong-secret"),
		"secret with a colon": encode(w.id + ":" + w.secret + ":x"),
	} {
		for _, path := range endpoints {
			request := w.request(http.MethodPost, path, form("grant_type", "client_credentials", "token", "x"))
			request.Header.Set("Authorization", header)
			t.Run(name+" at "+path, func(*testing.T) {
				got := w.do(request)
				got.refused(http.StatusUnauthorized, oauth.InvalidClient)
				if challenge := got.header.Get("WWW-Authenticate"); !strings.HasPrefix(challenge, "Basic realm=") {
					t.Errorf("the challenge is %q", challenge)
				}
			})
		}
	}
	twice := w.request(http.MethodPost, oauth.TokenPath, form("grant_type", "client_credentials"))
	twice.Header["Authorization"] = []string{encode(w.id + ":" + w.secret), encode(w.id + ":" + w.secret)}
	w.do(twice).refused(http.StatusBadRequest, oauth.InvalidRequest)
}

func TestMissingParametersAreNamed(t *testing.T) {
	w := newWire(t)
	client := []string{"client_id", w.id, "client_secret", w.secret}
	for path, name := range map[string]string{oauth.TokenPath: "grant_type", oauth.IntrospectPath: "token", oauth.RevokePath: "token"} {
		object := w.post(path, client...).refused(http.StatusBadRequest, oauth.InvalidRequest)
		if description := object["error_description"].(string); !strings.Contains(description, name) {
			t.Errorf("%s: the description does not name %s: %s", path, name, description)
		}
	}
}

func TestOtherMethodsAreNotServed(t *testing.T) {
	w := newWire(t)
	for _, path := range endpoints {
		for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
			if got := w.do(w.request(method, path, "")); got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") != "POST" {
				t.Errorf("%s %s: %d, Allow %q", method, path, got.status, got.header.Get("Allow"))
			}
		}
	}
}

func TestIntrospectionAnswersToTheLetter(t *testing.T) {
	w := newWire(t)
	got := w.post(oauth.IntrospectPath, "client_id", w.id, "client_secret", w.secret, "token", w.token())
	got.private()
	object := got.object()
	for name, want := range map[string]any{
		"active": true, "iss": w.url, "sub": w.id, "client_id": w.id,
		"username": "payments service", "scope": w.id, "token_type": "Bearer", "env": "production",
	} {
		if object[name] != want {
			t.Errorf("%s is %v, want %v", name, object[name], want)
		}
	}
	for _, name := range []string{"aud", "permissions"} {
		if _, isArray := object[name].([]any); !isArray {
			t.Errorf("%s is %v, want an array", name, object[name])
		}
	}
	if object["exp"].(float64)-object["iat"].(float64) != 3600 || object["jti"] == "" || len(object) != 13 {
		t.Errorf("got %s", got.body)
	}
}

func TestWhatIsNotLiveIsExactlyInactive(t *testing.T) {
	w := newWire(t)
	token := w.token()
	for _, text := range []string{"x", token + "x", "e30.e30.", strings.Repeat("x", 20_000)} {
		got := w.post(oauth.IntrospectPath, "client_id", w.id, "client_secret", w.secret, "token", text)
		if got.status != http.StatusOK || string(got.body) != `{"active":false}` {
			t.Errorf("%d %s", got.status, got.body)
		}
		got.private()
	}
	w.post(oauth.IntrospectPath, "client_id", w.id, "client_secret", w.secret, "token", token, "client_address", "nonsense").
		refused(http.StatusBadRequest, oauth.InvalidRequest)
}

// RFC 7662 section 2.1.
func TestAHintKeepsNoTokenFromBeingFound(t *testing.T) {
	w := newWire(t)
	token := w.token()
	for _, hint := range []string{"", "access_token", "refresh_token", "pigeon"} {
		if got := w.post(oauth.IntrospectPath,
			"client_id", w.id, "client_secret", w.secret, "token", token, "token_type_hint", hint); got.object()["active"] != true {
			t.Errorf("%q: %s", hint, got.body)
		}
	}
}

func TestRevocationAnswersNothing(t *testing.T) {
	w := newWire(t)
	token := w.token()
	for _, hint := range []string{"refresh_token", "access_token", "pigeon"} { // wrong, right, unknown
		got := w.post(oauth.RevokePath, "client_id", w.id, "client_secret", w.secret, "token", token, "token_type_hint", hint)
		if got.status != http.StatusOK || string(got.body) != "{}" {
			t.Errorf("%d %s", got.status, got.body)
		}
		got.private()
		if got := w.post(oauth.IntrospectPath, "client_id", w.id, "client_secret", w.secret, "token", token); string(got.body) != `{"active":false}` {
			t.Errorf("a token that was revoked as %s is %s", hint, got.body)
		}
	}
}

func TestTroubleOfOursIsNeverAVerdictOnTheWire(t *testing.T) {
	w := newWire(t)
	token := w.token()
	w.server.Resources = gone{w.server.Resources, oauth.Unavailable(errors.New("the database is gone"), 1500*time.Millisecond)}
	got := w.do(w.request(http.MethodPost, oauth.TokenPath, w.credentials("scope", "payments")))
	got.refused(http.StatusServiceUnavailable, oauth.TemporarilyUnavailable)
	if after := got.header.Get("Retry-After"); after != "2" {
		t.Errorf("Retry-After is %q, want 2: a second and a half, rounded up", after)
	}
	got = w.do(w.request(http.MethodGet, oauth.ResourcePath+"/services/payments", ""))
	got.refused(http.StatusServiceUnavailable, oauth.TemporarilyUnavailable)
	w.server.Resources = gone{w.server.Resources, errors.New("nobody knows")}
	got = w.do(w.request(http.MethodPost, oauth.TokenPath, w.credentials("scope", "payments")))
	got.refused(http.StatusInternalServerError, oauth.ServerError)
	if strings.Contains(string(got.body), "nobody knows") {
		t.Errorf("the cause reached the caller: %s", got.body)
	}
	if got := w.post(oauth.IntrospectPath, "client_id", w.id, "client_secret", w.secret, "token", token); got.object()["active"] != true {
		t.Errorf("a live token is %s", got.body)
	}
}
