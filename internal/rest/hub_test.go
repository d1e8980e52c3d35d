package rest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"example.org/hub/internal/audit"
	"example.org/hub/internal/credential"
	"example.org/hub/internal/directory"
	"example.org/hub/internal/fetch"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/keyring"
	"example.org/hub/internal/limit"
	"example.org/hub/internal/metrics"
	"example.org/hub/internal/once"
	"example.org/hub/internal/provider"
	"example.org/hub/internal/rest"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/test/described"
)

// desk is a hub whose REST resources are served: the real rooms on a real database.
type desk struct {
	testing.TB
	store       *store.Store
	directory   *directory.Directory
	credentials *credential.Credentials
	api         *rest.API
	handler     http.Handler
	root        string // bearer of an administrator, who may do what needs a fresh sign-in
	letters     []signin.Letter
	code        string // that was mailed last
}

const issuer = "https://hub.example.test"

func newHub(t testing.TB) *desk { return newHubOn(t, storetest.SQLite(t)) }

func newHubOn(t testing.TB, database storetest.Database) *desk {
	t.Helper()
	master, err := secret.NewMaster(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	db := database.Open(t)
	d := &desk{
		TB: t, store: db, directory: &directory.Directory{Store: db, Master: master},
		credentials: &credential.Credentials{Store: db, Master: master, HasAdministrator: directory.HasAdministrator},
	}
	d.must(directory.Bootstrap(t.Context(), db))
	ring := &keyring.Ring{Store: db, Master: master, Settle: 10 * time.Minute, Linger: time.Hour}
	d.must(ring.Ensure(t.Context(), hub.System("test"), hub.Environments(), hub.UseAccess))
	d.must(ring.Refresh(t.Context()))
	node := provider.New(provider.Options{Store: db, Master: master, Ring: ring, Fetch: &fetch.Client{}, Metrics: metrics.New()})
	people := signin.New(signin.Options{Store: db, Master: master, Throttle: node.Throttle(), MailReady: func() error { return nil },
		MayAct: credential.MayAct, Post: func(_ context.Context, _ *store.Tx, letter signin.Letter) error {
			d.letters = append(d.letters, letter)
			return nil
		}})
	d.credentials.Signed = node.Signed
	d.directory.Codes = &directory.Codes{
		Ready: func() error { return nil }, Sent: limit.NewKeeper(limit.Rate{Count: 3, Per: time.Hour}, 64),
		Post: func(_ context.Context, _ *store.Tx, letter directory.CodeLetter) error {
			d.code = letter.Code
			return nil
		},
	}
	d.api = &rest.API{
		Environment: hub.Production, Server: node.Server(hub.Production, issuer), Provider: node, Desk: people,
		Directory: d.directory, Credentials: d.credentials, Once: &once.Book{Store: db, Master: master},
		Audit: &audit.Log{Store: db, Recent: node.RecentRefusal}, RestoreURL: issuer + "/choose/",
	}
	mux := http.NewServeMux()
	d.api.Mount(func(pattern string, handler http.HandlerFunc) { mux.Handle(pattern, handler) },
		func(pattern string, handler http.HandlerFunc) { mux.Handle(pattern, handler) })
	d.handler = mux
	root, err := d.directory.CreateAdministrator(t.Context(), hub.System("test"), "root", "")
	d.must(err)
	d.root = d.token(root.ID, "Hub administer")
	return d
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// token makes a permanent token for a user.
func (d *desk) token(userID, scope string) string {
	d.Helper()
	_, text, err := d.credentials.CreatePermanentToken(d.Context(), hub.System("test"), credential.NewPermanentToken{
		UserID: userID, Environment: hub.Production, Name: hub.NewID(), Scope: strings.Fields(scope)})
	d.must(err)
	return text.Reveal()
}

// person makes a user who holds permissions, and gives the id and a bearer that may do what needs a fresh sign-in.
func (d *desk) person(login string, permissions ...string) (id, bearer string) {
	d.Helper()
	user, err := d.directory.CreateUser(d.Context(), hub.System("test"), hub.User{Login: login})
	d.must(err)
	if len(permissions) > 0 {
		role, err := d.directory.CreateRole(d.Context(), hub.System("test"), hub.Role{
			Key: "of-" + login, Name: "Of " + login, Permissions: permissions,
		})
		d.must(err)
		_, err = d.directory.Grant(d.Context(), hub.System("test"), hub.Grant{RoleID: role.ID, HolderKind: hub.HolderUser, HolderID: user.ID})
		d.must(err)
	}
	return user.ID, d.token(user.ID, "Hub administer")
}

// reply is what was answered.
type reply struct {
	status int
	header http.Header
	text   string
	json   map[string]any // nil if the answer is no object
}

// error is the word of a refusal.
func (r reply) error() string { word, _ := r.json["error"].(string); return word }

// at follows names into the answer.
func (r reply) at(names ...string) any {
	var value any = r.json
	for _, name := range names {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	return value
}

// names lists one key of every element of a page.
func (r reply) names(segment, key string) []string {
	var names []string
	list, _ := r.json[segment].([]any)
	for _, element := range list {
		object, _ := element.(map[string]any)
		name, _ := object[key].(string)
		names = append(names, name)
	}
	return names
}

// header is one header of a request.
type header struct{ name, value string }

func basic(login, password string) header {
	r := httptest.NewRequest("GET", "/", nil)
	r.SetBasicAuth(login, password)
	return header{"Authorization", r.Header.Get("Authorization")}
}

// ask sends a request below /api/rest: body is text as it is, nil, or anything that becomes JSON.
func (d *desk) ask(bearer, method, path string, body any, headers ...header) reply {
	d.Helper()
	var reader io.Reader
	switch body := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(body)
	default:
		text, err := json.Marshal(body)
		d.must(err)
		reader = bytes.NewReader(text)
	}
	request := httptest.NewRequest(method, "/api/rest"+path, reader)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if bearer != "" {
		request.Header.Set("Authorization", "Bearer "+bearer)
	}
	for _, one := range headers {
		request.Header.Set(one.name, one.value)
	}
	recorder := httptest.NewRecorder()
	d.handler.ServeHTTP(recorder, request)
	described.Answer(d, method, request.URL, recorder.Code, recorder.Header(), recorder.Body.Bytes())
	answer := reply{status: recorder.Code, header: recorder.Header(), text: recorder.Body.String()}
	var object any
	if err := json.Unmarshal(recorder.Body.Bytes(), &object); err == nil {
		answer.json, _ = object.(map[string]any)
	}
	return answer
}

// want asks and fails unless the answer has this status.
func (d *desk) want(status int, bearer, method, path string, body any, headers ...header) reply {
	d.Helper()
	answer := d.ask(bearer, method, path, body, headers...)
	if answer.status != status {
		d.Errorf("%s %s %v: got %d, want %d: %s", method, path, body, answer.status, status, answer.text)
	}
	return answer
}

type values = map[string]any

// address is where people who sign in sit.
var address = netip.MustParseAddr("192.0.2.7")
