package oauthhttp_test

import (
	"net/http"
	"strings"
	"testing"

	"example.org/hub/oauth"
)

func (w *wire) registration(method, path, bearer, body string) answer {
	w.Helper()
	request := w.request(method, path, body)
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	if bearer != "" {
		request.Header.Set("Authorization", "Bearer "+bearer)
	}
	return w.do(request)
}

func TestARegistrationIsCreatedReadChangedAndEnded(t *testing.T) {
	w := newWire(t)
	w.server.Registration = oauth.RegistrationOpen
	body := `{"client_name":"Photo Print","redirect_uris":["https://client.example.test/landing"]}`
	made := w.registration(http.MethodPost, oauth.RegisterPath, "", body)
	made.private()
	object := made.object()
	id, _ := object["client_id"].(string)
	token, _ := object["registration_access_token"].(string)
	uri, _ := object["registration_client_uri"].(string)
	if made.status != http.StatusCreated || id == "" || object["client_secret"] == nil ||
		object["client_secret_expires_at"] != float64(0) || uri != w.url+oauth.RegisterPath+"/"+id ||
		object["client_name"] != "Photo Print" || object["token_endpoint_auth_method"] != "client_secret_basic" ||
		object["client_id_issued_at"] == nil {
		t.Fatalf("%d %s", made.status, made.body)
	}
	path := strings.TrimPrefix(uri, w.url)
	if got := w.registration(http.MethodGet, path, token, ""); got.status != http.StatusOK ||
		got.object()["client_id"] != id || got.object()["client_secret"] != nil {
		t.Errorf("%d %s", got.status, got.body)
	}
	changed := w.registration(http.MethodPut, path, token, strings.Replace(body, `{`, `{"client_id":"`+id+`",`, 1))
	if changed.status != http.StatusOK || changed.object()["registration_access_token"] != token {
		t.Errorf("%d %s", changed.status, changed.body)
	}
	wrong := w.registration(http.MethodGet, path, "x", "")
	wrong.refused(http.StatusUnauthorized, oauth.InvalidToken)
	if challenge := wrong.header.Get("WWW-Authenticate"); !strings.HasPrefix(challenge, "Bearer realm=") {
		t.Errorf("the challenge is %q", challenge)
	}
	if got := w.registration(http.MethodDelete, path, token, ""); got.status != http.StatusNoContent || len(got.body) != 0 ||
		got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %s", got.status, got.body)
	}
	w.registration(http.MethodGet, path, token, "").refused(http.StatusUnauthorized, oauth.InvalidToken)
}

func TestBadRegistrationsAreRefusedOnTheWire(t *testing.T) {
	w := newWire(t)
	w.registration(http.MethodPost, oauth.RegisterPath, "", "{}").refused(http.StatusForbidden, oauth.AccessDenied)
	w.server.Registration = oauth.RegistrationOpen
	w.registration(http.MethodPost, oauth.RegisterPath, "", "[").refused(http.StatusBadRequest, oauth.InvalidRequest)
	w.registration(http.MethodPost, oauth.RegisterPath, "", `{"redirect_uris":["javascript:x"]}`).
		refused(http.StatusBadRequest, oauth.InvalidRedirectURI)
	w.registration(http.MethodPost, oauth.RegisterPath, "", `{"client_name":"`+strings.Repeat("x", 70_000)+`"}`).
		refused(http.StatusRequestEntityTooLarge, oauth.InvalidRequest)
	w.post(oauth.RegisterPath, "client_name", "x").refused(http.StatusUnsupportedMediaType, oauth.InvalidRequest)
}
