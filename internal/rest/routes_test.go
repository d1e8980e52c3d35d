package rest_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/rest"
	"example.org/hub/internal/store/storetest"
)

// The tests of this file range over the table of routes, so that a new route cannot be forgotten.

// places fills what stands in the {places} of a path with things that are there, and belong to others.
type places map[string]string

var placeForm = regexp.MustCompile(`\{(\w+)\}`)

func (p places) fill(path string) string {
	return placeForm.ReplaceAllStringFunc(path, func(place string) string {
		if value, known := p[strings.Trim(place, "{}")]; known {
			return value
		}
		return "0190d7c2-7a55-7f3e-9b8e-00000000ffff"
	})
}

// others makes what belongs to other people, for whom nothing may be done.
func (d *desk) others() places {
	d.Helper()
	id := func(answer reply) string { text, _ := answer.at("id").(string); return text }
	owner := d.want(http.StatusOK, d.root, "POST", "/users", `{"login": "owner", "profile": {"email": {"email": "owner@example.test"}}}`)
	service := d.want(http.StatusOK, d.root, "POST", "/services", `{"name": "Payments", "key": "payments", "permissions": [{"key": "create"}]}`)
	group := d.want(http.StatusOK, d.root, "POST", "/usergroups", `{"name": "staff"}`)
	organisation := d.want(http.StatusOK, d.root, "POST", "/organizations", `{"name": "Demo Ltd", "key": "demo"}`)
	d.want(http.StatusOK, d.root, "POST", "/services/"+id(service), values{"viewers": []string{id(group)}})
	grant := d.want(http.StatusOK, d.root, "POST", "/users/owner/projectroles", `{"role": {"id": "observer"}}`)
	return places{"user": id(owner), "service": id(service), "group": id(group), "child": "all-users", "role": "observer",
		"organization": id(organisation), "grant": id(grant), "permission": "hub:self-update"}
}

func TestNoRouteButTheOpenOnesAnswersWhoBringsNoCredential(t *testing.T) {
	d := newHub(t)
	of := d.others()
	for _, route := range d.api.Routes() {
		path := of.fill(route.Path)
		for what, headers := range map[string][]header{
			"nothing":              nil,
			"a wrong token":        {{"Authorization", "Bearer hubpat_wrong"}},
			"a wrong login":        {basic("root", "wrong")},
			"a broken header":      {{"Authorization", "Basic !!!"}},
			"a cookie":             {{"Cookie", "__Host-hub=whatever"}},
			"a token in the query": {{"X-Nothing", "x"}},
		} {
			asked := path
			if what == "a token in the query" {
				asked += "?access_token=" + d.root
			}
			answer := d.ask("", route.Method, asked, nil, headers...)
			if route.Need == rest.Anyone {
				if answer.status >= 500 || answer.status == http.StatusUnauthorized {
					t.Errorf("%s %s with %s: %d %s", route.Method, path, what, answer.status, answer.text)
				}
				continue
			}
			if answer.status != http.StatusUnauthorized || answer.error() != "invalid_token" ||
				answer.header.Get("WWW-Authenticate") == "" || answer.header.Get("Hub-Error-Id") == "" {
				t.Errorf("%s %s with %s: %d %s", route.Method, path, what, answer.status, answer.text)
			}
		}
	}
}

// openToAll are the routes that answer whoever has any right at all: with what everybody may know, with an empty page, or with
// what belongs to the caller.
var openToAll = []string{
	"GET /users", "GET /users/me", "GET /usergroups", "GET /services", "GET /organizations", "GET /projectroles",
	"GET /permissions", "GET /permissions/cache", "GET /projects", "GET /authmodules", "GET /hygiene", "GET /events",
}

func TestAUserWithoutRightsGetsNothingOfOthersFromAnyRoute(t *testing.T) {
	d := newHub(t)
	of := d.others()
	_, eve := d.person("eve")
	for _, route := range d.api.Routes() {
		if route.Need == rest.Anyone {
			continue
		}
		name := route.Method + " " + route.Path
		for _, body := range []any{
			nil, `{}`,
			values{"id": of["user"], "login": "eve2", "name": "x", "key": "x", "role": values{"id": "observer"}, "confirm": true},
		} {
			if route.Method == http.MethodGet && body != nil {
				continue
			}
			answer := d.ask(eve, route.Method, of.fill(route.Path), body)
			open := slices.Contains(openToAll, name) || strings.HasSuffix(route.Path, "queryAssist")
			switch {
			case answer.status >= 500:
				t.Errorf("%s %v: %d %s", name, body, answer.status, answer.text)
			case open && answer.status != http.StatusOK:
				t.Errorf("%s: %d %s", name, answer.status, answer.text)
			case !open && answer.status == http.StatusOK && !strings.Contains(answer.text, `"total":0`):
				t.Errorf("%s %v answers eve: %s", name, body, answer.text)
			}
			if strings.Contains(answer.text, "owner@example.test") || strings.Contains(answer.text, "Payments") {
				t.Errorf("%s tells eve: %s", name, answer.text)
			}
		}
	}
	for path, want := range map[string]string{
		"/users/" + of["user"]: "owner", "/services/" + of["service"]: "Payments", "/usergroups/" + of["group"]: "staff",
	} {
		if now := d.want(http.StatusOK, d.root, "GET", path, nil); now.at("login") != want && now.at("name") != want {
			t.Errorf("%s became %s", path, now.text)
		}
	}
}

func TestGarbageIsRefusedByEveryRouteAndBreaksNone(t *testing.T) {
	d := newHub(t)
	of := d.others()
	deep := strings.Repeat(`{"a":`, 64) + "1" + strings.Repeat("}", 64)
	garbage := map[string]struct {
		body    string
		refused int // 0: not for its form
	}{
		"nothing that is JSON": {`{"name": `, 400}, "two values": {`{} {}`, 400}, "a key twice": {`{"name": "a", "name": "b"}`, 400},
		"deep": {deep, 400}, "no UTF-8": {"{\"name\": \"\xff\"}", 400}, "NUL": {`{"name": "a\u0000b"}`, 400},
		"many":   {`{"redirectUris": [` + strings.TrimSuffix(strings.Repeat(`"x",`, 10_000), ",") + `]}`, 400},
		"large":  {`{"name": "` + strings.Repeat("x", 1<<20) + `"}`, 413},
		"a text": {`"text"`, 0}, "a number": {`1e400`, 0}, "a list": {`[1, null, {}]`, 0},
		"wrong types": {`{"id": 1, "login": [], "name": {}, "key": true, "role": 5, "scope": "x", "details": {}, "profile": [], "permissions": 3, "overlap": {}, "value": []}`, 0},
		"bidi":        {"{\"name\": \"a\u202eb\", \"label\": \"a\u202eb\", \"login\": \"a\u202eb\", \"key\": \"a\u202eb\"}", 0},
		"lines":       {`{"name": "a\r\nSet-Cookie: x", "label": "a\r\nb", "login": "a\nb", "key": "a\nb"}`, 0},
		"SQL":         {`{"id": "' OR 1=1 --", "name": "'; DROP TABLE users; --", "label": "'", "login": "x'--", "key": "x'--", "role": {"id": "' OR ''='"}}`, 0},
		"huge number": {`{"expiresOn": 99999999999999999999999, "twoFactorGraceDays": 1e300, "expires": -1}`, 0},
	}
	for _, route := range d.api.Routes() {
		if route.Method != http.MethodPost {
			continue
		}
		path := of.fill(route.Path)
		for what, one := range garbage {
			answer := d.ask(d.root, route.Method, path, one.body)
			if answer.status >= 500 || one.refused != 0 && (answer.status != one.refused || answer.error() != "bad_request") {
				t.Errorf("%s %s: %d %s", path, what, answer.status, answer.text)
			}
		}
		form := d.ask(d.root, route.Method, path, "name=x", header{"Content-Type", "application/x-www-form-urlencoded"})
		if form.status != http.StatusUnsupportedMediaType {
			t.Errorf("%s as a form: %d %s", path, form.status, form.text)
		}
	}
}

func TestOddAddressesAndParametersBreakNoRoute(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) { breakNoRoute(t, newHubOn(t, database)) })
}

func breakNoRoute(t *testing.T, d *desk) {
	odd := []string{"%00", "%27%20OR%201=1--", "%2e%2e", "..%2f..%2fetc", strings.Repeat("x", 2000), "%E2%80%AE", "a%0d%0ab", "%ff", "me", "*"}
	for _, route := range d.api.Routes() {
		if route.Method == http.MethodDelete && !strings.Contains(route.Path, "{") {
			continue
		}
		for _, value := range odd {
			path := placeForm.ReplaceAllString(route.Path, value)
			if strings.Contains(route.Path, "{user}") && value == "me" && route.Method == http.MethodDelete {
				continue // the last administrator stays, but what root holds would go
			}
			if answer := d.ask(d.root, route.Method, path, nil); answer.status >= 500 {
				t.Errorf("%s %s: %d %s", route.Method, path, answer.status, answer.text)
			}
		}
		if route.Method != http.MethodGet {
			continue
		}
		path := places{"user": "root", "service": hub.HubServiceID, "group": "all-users", "role": "observer"}.fill(route.Path)
		for _, parameters := range []string{
			"?fields=a(b", "?fields=" + strings.Repeat("a,", 3000) + "a", "?query=%7B%7B%28", "?query=%00", "?query=%ff",
			"?orderBy=nothing:up", "?$top=x", "?$skip=-1", "?top=99999999999999999999", "?after=garbage", "?query=' OR 1=1 --",
			"?$top=0", "?$top=-1&$skip=2147483647", "?fields=%00",
		} {
			if answer := d.ask(d.root, route.Method, path+strings.ReplaceAll(parameters, " ", "+"), nil); answer.status >= 500 {
				t.Errorf("%s%s: %d %s", path, parameters, answer.status, answer.text)
			}
		}
	}
	d.want(http.StatusOK, d.root, "GET", "/users/me", nil)
}

func TestATokenThatIsConfinedToPermissionsOfHubAllowsNoOther(t *testing.T) {
	d := newHub(t)
	user, err := d.directory.User(t.Context(), hub.System("test"), "root")
	d.must(err)
	bob, _ := d.person("bob")
	for _, scope := range []string{"Hub:user-read", "hub:user-read administer", "0-0-0-0-0:user-read"} {
		confined := d.token(user.ID, scope)
		d.want(http.StatusOK, confined, "GET", "/users/"+bob, nil)
		d.want(http.StatusForbidden, confined, "POST", "/users/"+bob, `{"banned": true}`)
		d.want(http.StatusForbidden, confined, "DELETE", "/users/"+bob, nil)
		d.want(http.StatusForbidden, confined, "POST", "/services", `{"name": "x", "homeUrl": "https://x.example.test"}`)
	}
}

func TestAnApplicationPasswordReadsAndDoesNotAdminister(t *testing.T) {
	d := newHub(t)
	user, err := d.directory.User(t.Context(), hub.System("test"), "root")
	d.must(err)
	made := d.want(http.StatusOK, d.root, "POST", "/users/me/applicationPasswords", `{"name": "Mail"}`)
	password, _ := made.at("password").(string)
	program := basic(user.Login, password)
	if me := d.want(http.StatusOK, "", "GET", "/users/me", nil, program); me.at("login") != "root" {
		t.Errorf("%s", me.text)
	}
	for path, body := range map[string]string{
		"/services": `{"name": "x"}`, "/roles": `{"name": "x"}`,
		"/users/me/permanenttokens": `{"name": "x", "scope": [{"id": "0-0-0-0-0"}]}`,
		"/users/guest/projectroles": `{"role": {"id": "observer"}}`, "/userdetails/me": `{"password": {"value": "another horse"}}`,
	} {
		if refused := d.want(http.StatusForbidden, "", "POST", path, body, program); refused.error() != "step_up_required" {
			t.Errorf("%s: %s", path, refused.text)
		}
	}
	bob, _ := d.person("bob")
	for method, body := range map[string]any{"POST": `{"banned": true}`, "DELETE": nil} {
		if refused := d.want(http.StatusForbidden, "", method, "/users/"+bob, body, program); refused.error() != "step_up_required" {
			t.Errorf("%s a user: %s", method, refused.text)
		}
	}
	d.want(http.StatusOK, "", "GET", "/users/"+bob, nil, program)
	d.want(http.StatusOK, d.root, "POST", "/userdetails/me", `{"password": {"value": "another horse"}}`)
	d.want(http.StatusUnauthorized, "", "GET", "/users/me", nil, basic("root", "another horse"))
}
