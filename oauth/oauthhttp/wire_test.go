package oauthhttp_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthhttp"
	"example.org/hub/oauth/oauthtest"
)

// wire is a real HTTP server over a hub in memory, with one service that has a secret.
type wire struct {
	*testing.T
	url        string
	server     *oauth.Server
	memory     *oauthtest.Memory
	id, secret string
}

func newWire(t *testing.T) *wire {
	t.Helper()
	mux := http.NewServeMux()
	front := httptest.NewServer(mux)
	t.Cleanup(front.Close)
	w := &wire{T: t, url: front.URL, memory: oauthtest.NewMemory(t, "production", front.URL)}
	w.server = w.memory.Server()
	w.server.HubServiceID = "0-0-0-0-0"
	w.id, w.secret = w.memory.NewService(oauthtest.Service{Key: "payments", Permissions: []string{"read"}})
	handler := &oauthhttp.Handler{Server: w.server, Page: showAnswer, Session: func(r *http.Request) any {
		if cookie, err := r.Cookie("person"); err == nil {
			return &oauthtest.Session{ID: "session", UserID: cookie.Value, AuthTime: time.Now(), Consented: true}
		}
		return nil
	}, SignedIn: func(r *http.Request) string {
		if cookie, err := r.Cookie("person"); err == nil {
			return cookie.Value
		}
		return ""
	}, SignOut: signOut}
	handler.Mount(func(pattern string, serve http.HandlerFunc) { mux.HandleFunc(pattern, serve) })
	handler.MountWellKnown("/under/path", func(pattern string, serve http.HandlerFunc) { mux.HandleFunc(pattern, serve) })
	return w
}

// showAnswer is a page that says what it would show.
func showAnswer(rw http.ResponseWriter, _ *http.Request, answer *oauth.AuthorizeAnswer) {
	if answer.Problem != nil {
		rw.Header().Set("Hub-Error-Id", answer.Problem.ID)
		rw.WriteHeader(http.StatusBadRequest)
		io.WriteString(rw, "problem: "+string(answer.Problem.Code))
		return
	}
	io.WriteString(rw, "step: "+string(answer.Step.Kind))
}

// signOut says what it would do.
func signOut(rw http.ResponseWriter, r *http.Request, answer *oauth.LogoutAnswer) {
	switch {
	case answer.Problem != nil:
		rw.WriteHeader(http.StatusBadRequest)
		io.WriteString(rw, "problem: "+string(answer.Problem.Code))
	case answer.Confirm:
		io.WriteString(rw, "sign out?")
	case answer.Redirect != "":
		http.Redirect(rw, r, answer.Redirect, http.StatusSeeOther)
	default:
		io.WriteString(rw, "signed out")
	}
}

// answer is a response read to its end.
type answer struct {
	*wire
	status int
	header http.Header
	body   []byte
}

func (w *wire) do(request *http.Request) answer {
	w.Helper()
	direct := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := direct.Do(request)
	if err != nil {
		w.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		w.Fatal(err)
	}
	return answer{w, response.StatusCode, response.Header, body}
}

func (w *wire) request(method, path, body string) *http.Request {
	w.Helper()
	request, err := http.NewRequestWithContext(w.Context(), method, w.url+path, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return request
}

// post sends a form; pairs are names and values in turn.
func (w *wire) post(path string, pairs ...string) answer {
	w.Helper()
	return w.do(w.request(http.MethodPost, path, form(pairs...)))
}

func form(pairs ...string) string {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return values.Encode()
}

// credentials is the form of a good token request.
func (w *wire) credentials(more ...string) string {
	return form(append([]string{"grant_type", "client_credentials", "client_id", w.id, "client_secret", w.secret}, more...)...)
}

func (w *wire) token() string {
	w.Helper()
	return w.do(w.request(http.MethodPost, oauth.TokenPath, w.credentials())).object()["access_token"].(string)
}

func (a answer) object() map[string]any {
	a.Helper()
	var object map[string]any
	if err := json.Unmarshal(a.body, &object); err != nil {
		a.Fatalf("the body is not a JSON object: %s", a.body)
	}
	return object
}

// refused checks a refusal: status, code, the id in header and body, and that nobody keeps it.
func (a answer) refused(status int, code oauth.Code) map[string]any {
	a.Helper()
	if a.status != status {
		a.Fatalf("status %d with %s, want %d", a.status, a.body, status)
	}
	object := a.object()
	if object["error"] != string(code) {
		a.Errorf("got %s, want the error %s", a.body, code)
	}
	if id, _ := object["error_id"].(string); id == "" || a.header.Get("Hub-Error-Id") != id {
		a.Errorf("the error id is %q in the body and %q in the header", object["error_id"], a.header.Get("Hub-Error-Id"))
	} else if _, recorded := a.memory.Record.Refusal(id); !recorded {
		a.Errorf("the refusal %s was not recorded", id)
	}
	if description, _ := object["error_description"].(string); description == "" || strings.ContainsAny(description, "\"\\\n") {
		a.Errorf("the description is %q", description)
	}
	if object["error_code"] != float64(status) {
		a.Errorf("error_code is %v", object["error_code"])
	}
	a.private()
	a.unkeptOfOld()
	return object
}

// unkeptOfOld checks that caches of HTTP/1.0 do not keep an answer either (RFC 6749 section 5.1).
func (a answer) unkeptOfOld() {
	a.Helper()
	if got := a.header.Get("Pragma"); got != "no-cache" {
		a.Errorf("Pragma is %q, want no-cache", got)
	}
}

// private checks that an answer is JSON which nobody may keep.
func (a answer) private() {
	a.Helper()
	for name, want := range map[string]string{"Content-Type": "application/json", "Cache-Control": "no-store"} {
		if got := a.header.Get(name); got != want {
			a.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
