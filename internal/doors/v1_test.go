package doors_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/directory"
	"example.org/hub/internal/doors"
	"example.org/hub/internal/fetch"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/keyring"
	"example.org/hub/internal/metrics"
	"example.org/hub/internal/provider"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/oauth"
	"example.org/hub/test/described"
)

// office is a hub with the doors of its production environment.
type office struct {
	*testing.T
	store       *store.Store
	directory   *directory.Directory
	credentials *credential.Credentials
	handler     http.Handler
}

var system = hub.System("test")

func newOffice(t *testing.T) *office {
	t.Helper()
	master, err := secret.NewMaster(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	db := storetest.SQLite(t).Open(t)
	o := &office{
		T: t, store: db, directory: &directory.Directory{Store: db, Master: master},
		credentials: &credential.Credentials{Store: db, Master: master},
	}
	o.must(directory.Bootstrap(t.Context(), db))
	ring := &keyring.Ring{Store: db, Master: master, Settle: 10 * time.Minute, Linger: time.Hour}
	o.must(ring.Ensure(t.Context(), system, hub.Environments(), hub.UseAccess))
	o.must(ring.Refresh(t.Context()))
	node := provider.New(provider.Options{Store: db, Master: master, Ring: ring, Fetch: &fetch.Client{}, Metrics: metrics.New()})
	core := node.Server(hub.Production, "https://hub.example.test")
	core.Grants = []oauth.Grant{oauth.ClientCredentials{}}
	mux := http.NewServeMux()
	(&doors.Doors{Environment: hub.Production, Server: core, Provider: node, Directory: o.directory, Credentials: o.credentials}).Mount(
		func(pattern string, handler, wrongMethod http.HandlerFunc) {
			mux.Handle(pattern, handler)
			if method, path, found := strings.Cut(pattern, " "); found && method == "GET" && wrongMethod != nil &&
				strings.HasPrefix(path, "/api/v1/") {
				mux.Handle(path, wrongMethod)
			}
		})
	o.handler = mux
	return o
}

func (o *office) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

// clerk makes a user with permissions and gives a token of the user's API client, got at the back-office door.
func (o *office) clerk(login string, permissions ...string) string {
	o.Helper()
	user, err := o.directory.CreateUser(o.Context(), system, hub.User{Login: login, Email: login + "@example.test"})
	o.must(err)
	if len(permissions) > 0 {
		role, err := o.directory.CreateRole(o.Context(), system, hub.Role{Key: "of-" + login, Name: "Of " + login, Permissions: permissions})
		o.must(err)
		_, err = o.directory.Grant(o.Context(), system, hub.Grant{RoleID: role.ID, HolderKind: hub.HolderUser, HolderID: user.ID})
		o.must(err)
	}
	client, given, err := o.credentials.CreateAPIClient(o.Context(), system, credential.NewAPIClient{
		UserID: user.ID, Environment: hub.Production, Label: "Of " + login,
	})
	o.must(err)
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {client.ID}, "client_secret": {given.Reveal()}}
	request := httptest.NewRequest("POST", "/api/v1/oauth/create_token", strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer := o.serve(request)
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &token); err != nil || token.AccessToken == "" {
		o.Fatalf("%d %s", answer.Code, answer.Body)
	}
	return token.AccessToken
}

// serve answers a request; the answer is held against the description.
func (o *office) serve(request *http.Request) *httptest.ResponseRecorder {
	o.Helper()
	answer := httptest.NewRecorder()
	o.handler.ServeHTTP(answer, request)
	described.Answer(o, request.Method, request.URL, answer.Code, answer.Header(), answer.Body.Bytes())
	return answer
}

// ask gets a list and names what a key of its rows says.
func (o *office) ask(bearer, target, key string) (*httptest.ResponseRecorder, []string) {
	o.Helper()
	request := httptest.NewRequest("GET", "/api/v1/"+target, nil)
	if bearer != "" {
		request.Header.Set("Authorization", "Bearer "+bearer)
	}
	answer := o.serve(request)
	var rows []map[string]any
	if answer.Code == http.StatusOK {
		o.must(json.Unmarshal(answer.Body.Bytes(), &rows))
	}
	var names []string
	for _, row := range rows {
		names = append(names, fmt.Sprint(row[key]))
	}
	return answer, names
}

func TestBackOfficeListsFilterAndPage(t *testing.T) {
	o := newOffice(t)
	demo, err := o.directory.CreateOrganisation(t.Context(), system, hub.Organisation{Key: "demo", Name: "Demo Ltd"})
	o.must(err)
	for i := range 25 {
		user := hub.User{Login: fmt.Sprintf("user%02d", i), Email: fmt.Sprintf("user%02d@example.test", i)}
		if i%2 == 0 {
			user.Organisation = demo.ID
		}
		if i%5 == 0 {
			user.Kind = hub.Bot
		}
		_, err := o.directory.CreateUser(t.Context(), system, user)
		o.must(err)
	}
	admin := o.clerk("zoe", "*")
	basic := o.clerk("yan", "hub:user-read-basic")
	for target, want := range map[string]struct {
		names        string
		total, pages string
	}{
		"users?per_page=3":                                   {"guest user00 user01", "28", "10"},
		"users?per_page=3&page=10":                           {"zoe", "28", "10"},
		"users?per_page=3&page=11":                           {"", "28", "10"},
		"users?login=user03&login=USER04&login=x":            {"user03 user04", "2", "1"},
		"users?organisation=demo&kind=bot":                   {"user00 user10 user20", "3", "1"},
		"users?organisation=demo&kind=bot&per_page=1&page=2": {"user10", "3", "3"},
		"users?email=user07%40example.test":                  {"user07", "1", "1"},
		"users?banned=true":                                  {"guest", "1", "1"},
		"users?login=nobody":                                 {"", "0", "0"},
		"users?login=user0*":                                 {"", "0", "0"},
	} {
		answer, names := o.ask(admin, target, "login")
		if got := strings.Join(names, " "); answer.Code != 200 || got != want.names ||
			answer.Header().Get("X-Total-Count") != want.total || answer.Header().Get("X-Total-Pages") != want.pages {
			t.Errorf("%s: %d %q, %s in %s pages: %s", target, answer.Code, got,
				answer.Header().Get("X-Total-Count"), answer.Header().Get("X-Total-Pages"), answer.Body)
		}
	}
	if answer, names := o.ask(admin, "users?per_page=5000", "login"); len(names) != 28 ||
		answer.Header().Get("X-Total-Pages") != "1" || !strings.HasPrefix(answer.Header().Get("Content-Type"), "application/json") {
		t.Errorf("more than a page holds: %d rows, %v", len(names), answer.Header())
	}
	if answer, _ := o.ask(basic, "users?login=user07", "login"); strings.Contains(answer.Body.String(), "@") {
		t.Errorf("without hub:user-read: %s", answer.Body)
	}
	if _, names := o.ask(admin, "organisations?key=demo&key=x", "name"); !slices.Equal(names, []string{"Demo Ltd"}) {
		t.Errorf("organisations: %v", names)
	}
	if _, names := o.ask(admin, "api-clients", "label"); !slices.Equal(names, []string{"Of zoe", "Of yan"}) {
		t.Errorf("API clients: %v", names)
	}
	if _, names := o.ask(admin, "api-clients?user=yan&disabled=false", "label"); !slices.Equal(names, []string{"Of yan"}) {
		t.Errorf("API clients of one user: %v", names)
	}
	mender := o.clerk("xia", "hub:user-update")
	for who, want := range map[string][]string{"yan": {"Of yan"}, "yan%40example.test": {}, "xia%40example.test": {"Of xia"}} {
		if _, names := o.ask(mender, "api-clients?user="+who, "label"); !slices.Equal(names, want) {
			t.Errorf("API clients of %s, without hub:user-read: %v", who, names)
		}
	}
	if _, names := o.ask(admin, "api-clients?user=yan%40example.test", "label"); !slices.Equal(names, []string{"Of yan"}) {
		t.Errorf("API clients of an address: %v", names)
	}
	if _, names := o.ask(basic, "api-clients", "label"); !slices.Equal(names, []string{"Of yan"}) {
		t.Errorf("API clients that a user may know of: %v", names)
	}
}

func TestBackOfficeListsRefuseInTheWordsOfTheirDoor(t *testing.T) {
	o := newOffice(t)
	bearer := o.clerk("yan")
	for target, word := range map[string]string{
		"users?page=0":                             "invalid_request",
		"users?page=-1":                            "invalid_request",
		"users?page=1&page=2":                      "invalid_request",
		"users?per_page=x":                         "invalid_request",
		"users?password=x":                         "invalid_request",
		"users?banned=maybe":                       "invalid_request",
		"users?kind=robot":                         "invalid_request",
		"users?login=%zz":                          "invalid_request",
		"users?" + strings.Repeat("login=x&", 101): "invalid_request",
		"users?group=staff":                        "insufficient_scope",
	} {
		answer, _ := o.ask(bearer, target, "login")
		if status := map[string]int{"invalid_request": 400, "insufficient_scope": 403}[word]; answer.Code != status ||
			!strings.Contains(answer.Body.String(), `"error":"`+word+`"`) || answer.Header().Get("Hub-Error-Id") == "" {
			t.Errorf("%.60s: %d %s", target, answer.Code, answer.Body)
		}
	}
	for name, token := range map[string]string{"none": "", "unknown": "x"} {
		answer, _ := o.ask(token, "organisations", "key")
		if answer.Code != http.StatusUnauthorized || !strings.HasPrefix(answer.Header().Get("WWW-Authenticate"), "Bearer ") {
			t.Errorf("%s: %d %v", name, answer.Code, answer.Header())
		}
	}
	answer := o.serve(httptest.NewRequest("POST", "/api/v1/users", nil))
	if answer.Code != http.StatusMethodNotAllowed || !strings.Contains(answer.Body.String(), `"error":"invalid_request"`) {
		t.Errorf("wrong method: %d %s", answer.Code, answer.Body)
	}
}
