package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
)

// The floor is worth comparing with only if it really does what it says.
func TestTheFloorDoesWhatItSays(t *testing.T) {
	static := t.TempDir()
	if err := os.WriteFile(filepath.Join(static, "keys"), []byte(`{"keys":[]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(static, "me"), []byte(`{"id":"7","login":"ada","projectRoles":[]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	bare, err := newFloor("bench", "a-long-secret", "an-opaque-token", static)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(bare.routes())
	defer server.Close()

	var signed answer
	post(t, server.URL+"/sign", url.Values{"client_id": {"bench"}, "client_secret": {"a-long-secret"}, "scope": {"payments"}}, http.StatusOK, &signed)
	if signed.TokenType != "Bearer" || signed.ExpiresIn != 3600 {
		t.Errorf("token answer %+v", signed)
	}
	post(t, server.URL+"/sign", url.Values{"client_id": {"bench"}, "client_secret": {"another-secret"}}, http.StatusUnauthorized, nil)

	for token, active := range map[string]bool{
		signed.AccessToken: true, signed.AccessToken + "A": false, "x" + signed.AccessToken: false, "": false,
	} {
		var got row
		post(t, server.URL+"/verify", url.Values{"token": {token}}, http.StatusOK, &got)
		if got.Active != active || active && (got.Scope != "payments" || got.ClientID != "bench") {
			t.Errorf("verify of %q: %+v", token, got)
		}
	}
	for token, active := range map[string]bool{"an-opaque-token": true, "an-opaque-toke": false} {
		var got row
		post(t, server.URL+"/lookup", url.Values{"token": {token}}, http.StatusOK, &got)
		if got.Active != active {
			t.Errorf("lookup of %q: %+v", token, got)
		}
	}

	for token, status := range map[string]int{"an-opaque-token": http.StatusOK, "another": http.StatusUnauthorized} {
		request := httptest.NewRequest("GET", "/me", nil)
		request.Header.Set("Authorization", "Bearer "+token)
		answer := httptest.NewRecorder()
		bare.routes().ServeHTTP(answer, request)
		var got person
		if err := json.Unmarshal(answer.Body.Bytes(), &got); answer.Code != status || status == http.StatusOK && (err != nil || got.Login != "ada") {
			t.Errorf("me of %q: %d %s", token, answer.Code, answer.Body)
		}
	}

	response, err := http.Get(server.URL + "/static/keys")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err != nil || string(body) != `{"keys":[]}` {
		t.Errorf("static answer %q, %v", body, err)
	}
}

func post(t *testing.T, to string, form url.Values, status int, into any) {
	t.Helper()
	response, err := http.PostForm(to, form)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != status {
		t.Fatalf("%s answers %s", to, response.Status)
	}
	if into != nil {
		if err := json.NewDecoder(response.Body).Decode(into); err != nil {
			t.Fatal(err)
		}
	}
}
