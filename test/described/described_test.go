package described

import (
	"encoding/json"
	"net/http"
	"testing"
)

// These tests are inside the package: what Answer tells a test, compare gives as text.

func TestAnAnswerThatIsNotDescribedIsNoticed(t *testing.T) {
	documents, err := read()
	if err != nil {
		t.Fatal(err)
	}
	type values = map[string]any
	asJSON := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	token := values{"access_token": "A", "token_type": "Bearer", "expires_in": 3600}
	for name, c := range map[string]struct {
		method, path string
		status       int
		header       http.Header
		value        any
		fits         bool
	}{
		"whole":              {"POST", "/oauth/create_token", 200, asJSON, token, true},
		"below another base": {"POST", "/test/hub/oauth/create_token", 200, asJSON, token, true},
		"not below any base": {"POST", "/page/oauth/create_token", 200, asJSON, values{"odd": "O"}, true},
		"another name": {"POST", "/oauth/create_token", 200, asJSON,
			values{"access_token": "A", "token_type": "Bearer", "expires_in": 1, "odd": "O"}, false},
		"one is missing": {"POST", "/oauth/create_token", 200, asJSON, values{"access_token": "A", "token_type": "Bearer"}, false},
		"another type": {"POST", "/oauth/create_token", 200, asJSON,
			values{"access_token": 1, "token_type": "Bearer", "expires_in": 1}, false},
		"another value": {"POST", "/oauth/create_token", 200, asJSON,
			values{"access_token": "A", "token_type": "bearer", "expires_in": 1}, false},
		"another status":         {"POST", "/oauth/create_token", 201, asJSON, token, false},
		"another form":           {"POST", "/oauth/create_token", 200, http.Header{"Content-Type": {"text/html"}}, token, false},
		"a method not described": {"PUT", "/oauth/create_token", 200, asJSON, token, false},
		"a refusal": {"POST", "/v1/login", 401, asJSON,
			values{"status": "error", "error_type": "unauthorized", "title": "T", "instance": "/v1/login"}, false},
		"a refusal with its id": {"POST", "/oauth/create_token", 401, refused(asJSON), values{"error": "invalid_client"}, true},
		"a refusal of a method": {"PUT", "/v1/login", 405, refused(asJSON), values{"error": "invalid_request"}, false},
		"a refusal in REST": {"GET", "/api/rest/nowhere", 404, refused(asJSON),
			values{"error": "not_found", "error_id": "E", "error_code": 404}, true},
		"in another form":         {"GET", "/api/rest/nowhere", 404, refused(asJSON), values{"message": "nothing"}, false},
		"in any letter case":      {"GET", "/api/rest/Users/ME", 200, asJSON, values{"odd": "O"}, false},
		"names come before {any}": {"GET", "/api/rest/users/queryAssist", 200, asJSON, values{"id": "1"}, false},
	} {
		body, err := json.Marshal(c.value)
		if err != nil {
			t.Fatal(err)
		}
		if wrong := compare(documents.whole, c.method, c.path, c.status, c.header, body); (wrong == "") != c.fits {
			t.Errorf("%s: %q", name, wrong)
		}
	}
	if wrong := compare(documents.cut, "POST", "/oauth/create_token", 200, asJSON, []byte(`{"scope":"S"}`)); wrong != "" {
		t.Errorf("cut by ?fields=: %s", wrong)
	}
}

// refused adds what every refusal bears.
func refused(header http.Header) http.Header {
	all := header.Clone()
	all.Set("Hub-Error-Id", "E")
	return all
}
