package rest_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"example.org/hub/internal/hub"
)

// seed is the registration that the guide of old shows.
const seed = `{
	"name": "My Service",
	"homeUrl": "https://myservice.company.com",
	"redirectUris": ["https://myservice.company.com/authorized"],
	"applicationName": "My Service",
	"vendor": "Company Inc.",
	"version": "1.0"
}`

func TestAServiceIsRegisteredAsTheGuideOfOldShows(t *testing.T) {
	d := newHub(t)
	made := d.want(http.StatusOK, d.root, "POST", "/services?fields=id,secret", seed)
	id, _ := made.at("id").(string)
	if secret, _ := made.at("secret").(string); len(made.json) != 2 || len(id) != 36 || !strings.HasPrefix(secret, "hubcs_") {
		t.Fatalf("%s", made.text)
	}
	got := d.want(http.StatusOK, d.root, "GET", "/services/"+id, nil)
	for key, want := range map[string]any{
		"name": "My Service", "key": "my-service", "vendor": "Company Inc.", "version": "1.0",
		"trusted": false, "consentRequired": true, "pkceRequired": false, "authCodeFlowEnabled": true,
		"clientCredentialsFlowEnabled": true, "implicitFlowEnabled": false,
	} {
		if got.at(key) != want {
			t.Errorf("%s is %v, want %v", key, got.at(key), want)
		}
	}
	if got.at("secret") != nil {
		t.Errorf("the secret can be read again: %s", got.text)
	}
	if byKey := d.want(http.StatusOK, d.root, "GET", "/services/MY-SERVICE?fields=id", nil); byKey.at("id") != id {
		t.Errorf("%s", byKey.text)
	}
	if taken := d.want(http.StatusConflict, d.root, "POST", "/services", seed); taken.error() != "conflict" {
		t.Errorf("%s", taken.text)
	}
}

func TestAnUpdateKeepsWhatIsLeftOutAndClearsWhatIsEmpty(t *testing.T) {
	d := newHub(t)
	id := d.want(http.StatusOK, d.root, "POST", "/services", seed).at("id").(string)
	d.want(http.StatusOK, d.root, "POST", "/services/"+id, `{"vendor": null, "version": "", "implicitFlowEnabled": true, "nobody": "knows"}`)
	got := d.want(http.StatusOK, d.root, "GET", "/services/"+id, nil)
	if got.at("vendor") != "Company Inc." || got.at("version") != nil ||
		got.at("implicitFlowEnabled") != true || got.at("authCodeFlowEnabled") != true {
		t.Errorf("%s", got.text)
	}
	d.want(http.StatusOK, d.root, "POST", "/services/"+id, `{"redirectUris": []}`)
	if got := d.want(
		http.StatusOK, d.root, "GET", "/services/"+id+"?fields=redirectUris,homeUrl", nil,
	); len(got.at("redirectUris").([]any)) != 0 || got.at("homeUrl") == nil {
		t.Errorf("%s", got.text)
	}
	wrong := d.want(http.StatusBadRequest, d.root, "POST", "/services/"+id, `{"redirectUris": "https://one.example.test", "trusted": "yes"}`)
	if wrong.error() != "bad_request" || len(wrong.json["error_children"].([]any)) != 2 {
		t.Errorf("%s", wrong.text)
	}
	field := d.want(http.StatusBadRequest, d.root, "POST", "/services/"+id, `{"redirectUris": ["javascript:alert(1)"]}`)
	if field.at("error_field") != "redirectUris" {
		t.Errorf("%s", field.text)
	}
}

func TestAChangeForAnotherVersionIsRefused(t *testing.T) {
	d := newHub(t)
	made := d.want(http.StatusOK, d.root, "POST", "/services", seed)
	id, tag := made.at("id").(string), made.header.Get("ETag")
	if tag == "" {
		t.Fatal("no ETag")
	}
	d.want(http.StatusOK, d.root, "POST", "/services/"+id, `{"vendor": "First"}`, header{"If-Match", tag})
	stale := d.want(http.StatusPreconditionFailed, d.root, "POST", "/services/"+id, `{"vendor": "Second"}`, header{"If-Match", tag})
	if stale.error() != "precondition_failed" {
		t.Errorf("%s", stale.text)
	}
	now := d.want(http.StatusOK, d.root, "GET", "/services/"+id, nil)
	if now.at("vendor") != "First" {
		t.Errorf("%s", now.text)
	}
	d.want(http.StatusOK, d.root, "POST", "/services/"+id, `{"vendor": "Third"}`, header{"If-Match", `"x", ` + now.header.Get("ETag")})
	d.want(http.StatusOK, d.root, "POST", "/services/"+id, `{"vendor": "Fourth"}`, header{"If-Match", "*"})
}

func TestNothingIsDoneOnAConditionThatDoesNotHold(t *testing.T) {
	d := newHub(t)
	stale := header{"If-Match", `"stale"`}
	d.want(http.StatusOK, d.root, "POST", "/services", `{"name": "Wiki", "key": "wiki"}`)
	d.want(http.StatusOK, d.root, "POST", "/usergroups", `{"name": "staff"}`)
	d.want(http.StatusOK, d.root, "POST", "/roles", `{"name": "Lead", "key": "lead"}`)
	d.want(http.StatusOK, d.root, "POST", "/organizations", `{"name": "Demo", "key": "demo"}`)
	d.person("ada")
	for _, path := range []string{"/users/ada", "/usergroups/staff", "/roles/lead", "/organizations/demo", "/services/wiki"} {
		d.want(http.StatusPreconditionFailed, d.root, "POST", path, `{"name": "Other"}`, stale)
		d.want(http.StatusPreconditionFailed, d.root, "DELETE", path, nil, stale)
		there := d.want(http.StatusOK, d.root, "GET", path, nil, stale)
		d.want(http.StatusOK, d.root, "DELETE", path, nil, header{"If-Match", there.header.Get("ETag")})
	}
	d.want(http.StatusPreconditionFailed, d.root, "POST", "/userdetails/me", `{"email": {"email": "root@example.test"}}`, stale)
	app := d.want(http.StatusOK, d.root, "POST", "/users/me/apps", `{"label": "Checkout"}`).at("id").(string)
	for _, request := range [][2]string{ // what has no versions
		{"POST", "/users/me/apps"}, {"POST", "/users/me/apps/" + app}, {"DELETE", "/users/me/apps/" + app}, {"POST", "/settings"},
	} {
		if refused := d.want(
			http.StatusPreconditionFailed, d.root, request[0], request[1], `{"label": "Other"}`, stale,
		); !strings.Contains(refused.text, "no versions") {
			t.Errorf("%s", refused.text)
		}
	}
	if there := d.want(http.StatusOK, d.root, "GET", "/users/me/apps/"+app, nil); there.at("label") != "Checkout" {
		t.Errorf("%s", there.text)
	}
	d.want(http.StatusOK, d.root, "DELETE", "/users/me/apps/"+app, nil, header{"If-Match", "*"})
}

func TestOfManyChangesForOneVersionOneIsMade(t *testing.T) {
	d := newHub(t)
	made := d.want(http.StatusOK, d.root, "POST", "/services", seed)
	id, tag := made.at("id").(string), made.header.Get("ETag")
	var all sync.WaitGroup
	var changed, stale atomic.Int32
	for i := range 20 {
		all.Go(func() {
			switch answer := d.ask(d.root, "POST", "/services/"+id, values{"vendor": strconv.Itoa(i)}, header{"If-Match", tag}); answer.status {
			case http.StatusOK:
				changed.Add(1)
			case http.StatusPreconditionFailed:
				stale.Add(1)
			default:
				t.Errorf("%d %s", answer.status, answer.text)
			}
		})
	}
	all.Wait()
	if changed.Load() != 1 || stale.Load() != 19 {
		t.Errorf("%d changed it, %d were told that it was changed", changed.Load(), stale.Load())
	}
}

// TestWhatIsSetByItsOwnOperationIsNotSetByAnother sends back every key that an answer shows, and some more.
func TestWhatIsSetByItsOwnOperationIsNotSetByAnother(t *testing.T) {
	d := newHub(t)
	_, ada := d.person("ada", "hub:self-update")
	d.want(http.StatusOK, ada, "POST", "/users/me",
		`{"name": "Ada", "id": "x", "type": "bot", "guest": true, "creationTime": 1, "updateTime": 1, "emailVerified": true,
		"profile": {"email": {"verified": true}}, "projectRoles": [{"role": {"id": "system-admin"}}], "transitiveProjectRoles": [{"role": {"id": "system-admin"}}],
		"groups": [{"id": "all-users"}], "permissions": ["*"], "__proto__": {"banned": false}, "BANNED": true, "Login": "root", "secret": "x", "author": {"id": "root"}}`)
	me := d.want(http.StatusOK, ada, "GET", "/users/me?fields=id,login,name,guest,banned,profile,projectRoles,creationTime,userType", nil)
	if me.at("login") != "ada" || me.at("name") != "Ada" || me.at("guest") != false || me.at("banned") != false ||
		me.at("creationTime") == float64(1) || me.at("userType", "id") != "person" ||
		strings.Contains(me.text, "system-admin") || strings.Contains(me.text, `"verified":true`) {
		t.Errorf("%s", me.text)
	}
	token := d.want(http.StatusOK, ada, "POST", "/users/me/permanenttokens",
		`{"name": "n", "scope": ["Hub"], "id": "mine", "token": "hubpat_mine", "hash": "sha256:00", "author": {"id": "root", "name": "Root"},
		"user": {"id": "root"}, "environment": "test", "creationTime": 1, "cap": ["*"], "lastAccessTime": 1}`)
	if token.at("author", "name") != "Ada" || token.at("user", "login") != "ada" ||
		token.at("id") == "mine" || token.at("token") == "hubpat_mine" || token.at("creationTime") == float64(1) {
		t.Errorf("%s", token.text)
	}
	service := d.want(http.StatusOK, d.root, "POST", "/services",
		`{"name": "Shop", "id": "0-0-0-0-0", "immutable": true, "environment": "test", "selfRegistered": true, "secrets": [{"id": "x"}], "creationTime": 1}`)
	if service.at("id") == "0-0-0-0-0" || service.at("immutable") != false || service.at("environment") != "production" ||
		service.at("selfRegistered") != nil || service.at("creationTime") == float64(1) {
		t.Errorf("%s", service.text)
	}
	_, keeper := d.person("keeper", "hub:service-update", "hub:service-read")
	id := service.at("id").(string)
	d.want(http.StatusForbidden, keeper, "POST", "/services/"+id, `{"trusted": true}`)
	d.want(http.StatusOK, keeper, "POST", "/services/"+id, `{"vendor": "V", "Trusted": true, "roles": ["system-admin"]}`)
	if now := d.want(http.StatusOK, d.root, "GET", "/services/"+id, nil); now.at("trusted") != false || now.at("vendor") != "V" {
		t.Errorf("%s", now.text)
	}
}

func TestACreationWithAKeyIsDoneOnceHoweverOftenItComes(t *testing.T) {
	d := newHub(t)
	key := header{"Idempotency-Key", "one"}
	var lock sync.Mutex
	var answers []string
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() {
			answer := d.ask(d.root, "POST", "/services?fields=id,secret", seed, key)
			lock.Lock()
			defer lock.Unlock()
			answers = append(answers, answer.text)
		})
	}
	all.Wait()
	slices.Sort(answers)
	if answers = slices.Compact(answers); len(answers) != 1 || !strings.Contains(answers[0], "hubcs_") {
		t.Errorf("%q", answers)
	}
	d.want(http.StatusConflict, d.root, "POST", "/services?fields=id,secret", `{"name": "Another"}`, key)
	d.want(http.StatusBadRequest, d.root, "POST", "/services", `{"name": ""}`, header{"Idempotency-Key", "two"})
	d.want(http.StatusOK, d.root, "POST", "/services", `{"name": "Mended"}`, header{"Idempotency-Key", "two"})
	_, other := d.person("other", "hub:service-create")
	if mine := d.want(http.StatusOK, other, "POST", "/services?fields=id", `{"name": "Others"}`, key); mine.at("id") == nil {
		t.Errorf("%s", mine.text)
	}
	d.want(http.StatusBadRequest, d.root, "POST", "/services", seed, header{"Idempotency-Key", strings.Repeat("k", 256)})
}

func TestASecretIsChangedWithoutAGap(t *testing.T) {
	d := newHub(t)
	id := d.want(http.StatusOK, d.root, "POST", "/services", seed).at("id").(string)
	fresh := d.want(http.StatusOK, d.root, "POST", "/services/"+id+"/rotate", `{"overlap": "24h"}`)
	if secret, _ := fresh.at("secret").(string); !strings.HasPrefix(secret, "hubcs_") {
		t.Errorf("%s", fresh.text)
	}
	secrets := d.want(http.StatusOK, d.root, "GET", "/services/"+id+"/secrets", nil)
	old := secrets.names("secrets", "id")
	if len(old) != 2 || secrets.at("total") != 2.0 {
		t.Fatalf("%s", secrets.text)
	}
	d.want(http.StatusBadRequest, d.root, "POST", "/services/"+id+"/rotate", `{"overlap": "soon"}`)
	if long := d.want(
		http.StatusBadRequest, d.root, "POST", "/services/"+id+"/rotate", `{"overlap": "9000h"}`,
	); long.at("error_description") != "overlap must be at most 90 days" {
		t.Errorf("%s", long.text)
	}
	d.want(http.StatusOK, d.root, "DELETE", "/services/"+id+"/secrets/"+old[0], nil)
	d.want(http.StatusNotFound, d.root, "DELETE", "/services/"+id+"/secrets/"+old[0], nil)
	d.want(http.StatusOK, d.root, "POST", "/services/"+id+"/secret", nil)
	if left := d.want(http.StatusOK, d.root, "GET", "/services/"+id+"/secrets", nil); len(left.names("secrets", "id")) != 1 {
		t.Errorf("%s", left.text)
	}
}

func TestASecretThatIsSentWithEveryChangeIsChangedOnlyWhereItIsAnother(t *testing.T) {
	d := newHub(t)
	made := d.want(http.StatusOK, d.root, "POST", "/services", `{"name": "Wiki", "key": "wiki"}`)
	same, _ := made.at("secret").(string)
	secrets := func() []string {
		t.Helper()
		return d.want(http.StatusOK, d.root, "GET", "/services/wiki/secrets", nil).names("secrets", "id")
	}
	before := secrets()
	d.want(http.StatusOK, d.root, "POST", "/services/wiki", values{"description": "Notes", "secret": same})
	if after := secrets(); !slices.Equal(after, before) {
		t.Errorf("%q became %q", before, after)
	}
	if answer := d.want(
		http.StatusOK, d.root, "POST", "/services/wiki", values{"secret": "a-secret-of-our-own"},
	); strings.Contains(answer.text, "of-our-own") {
		t.Errorf("%s", answer.text)
	}
	if after := secrets(); len(after) != 1 || slices.Equal(after, before) {
		t.Errorf("%q became %q", before, after)
	}
	for _, wrong := range []string{"short", "hubcs_made-up-by-somebody-else", same} {
		d.want(http.StatusBadRequest, d.root, "POST", "/services/wiki", values{"secret": wrong})
	}
	_, keeper := d.person("keeper", "hub:service-read")
	d.want(http.StatusForbidden, keeper, "POST", "/services/wiki",
		values{"secret": "a-secret-of-our-own"}) // also the right one: nobody tries secrets here
	if after := secrets(); len(after) != 1 {
		t.Errorf("%q", after)
	}
}

func TestARedirectURIThatWasTriedIsRegisteredOrDismissed(t *testing.T) {
	d := newHub(t)
	id := d.want(http.StatusOK, d.root, "POST", "/services", seed).at("id").(string)
	d.must(d.store.InsertTriedRedirectURIs(t.Context(), []hub.TriedRedirectURI{
		{Environment: hub.Production, ClientID: id, URI: "https://myservice.company.com/other", TriedFrom: "192.0.2.1", TriedAt: hub.Now()},
		{Environment: hub.Production, ClientID: id, URI: "https://evil.example.test/", TriedFrom: "192.0.2.2", TriedAt: hub.Now()},
	}))
	path := "/services/" + id + "/untrustedRedirectUris"
	tried := d.want(http.StatusOK, d.root, "GET", strings.ToLower(path), nil)
	ids, uris := tried.names("untrustedredirecturis", "id"), tried.names("untrustedredirecturis", "redirectURI")
	if len(ids) != 2 {
		t.Fatalf("%s", tried.text)
	}
	if told := d.want(
		http.StatusOK, d.root, "GET",
		"/services/"+id+"?fields=untrustedRedirectUris(redirectURI),defaultRoles,audienceSwitchTargets", nil,
	); len(told.at("untrustedRedirectUris").([]any)) != 2 || len(told.at("defaultRoles").([]any)) != 0 ||
		len(told.at("audienceSwitchTargets").([]any)) != 0 {
		t.Errorf("%s", told.text)
	}
	if ours := d.want(
		http.StatusOK, d.root, "GET", "/services/hub?fields=defaultRoles(key)", nil,
	); !slices.Equal(ours.names("defaultRoles", "key"), []string{"system-admin", "contributor", "observer"}) {
		t.Errorf("%s", ours.text)
	}
	good := ids[slices.Index(uris, "https://myservice.company.com/other")]
	bad := ids[slices.Index(uris, "https://evil.example.test/")]
	_, stranger := d.person("stranger")
	d.want(http.StatusForbidden, stranger, "POST", path+"/"+good, nil)
	if now := d.want(http.StatusOK, d.root, "POST", path+"/"+good, nil); len(now.at("redirectUris").([]any)) != 2 {
		t.Errorf("%s", now.text)
	}
	d.want(http.StatusOK, d.root, "DELETE", path+"/"+bad, nil)
	d.want(http.StatusNotFound, d.root, "DELETE", path+"/"+bad, nil)
	if left := d.want(http.StatusOK, d.root, "GET", path, nil); left.at("total") != 0.0 {
		t.Errorf("%s", left.text)
	}
}

func TestWhoMayOnlyUseAServiceSeesWhatItIsCalledAndNoMore(t *testing.T) {
	d := newHub(t)
	id := d.want(http.StatusOK, d.root, "POST", "/services", seed).at("id").(string)
	group, err := d.directory.CreateGroup(t.Context(), hub.System("test"), hub.Group{Name: "few"})
	d.must(err)
	_, stranger := d.person("stranger")
	seen := d.want(http.StatusOK, stranger, "GET", "/services/"+id, nil)
	if seen.at("name") != "My Service" || seen.at("redirectUris") != nil || seen.at("secrets") != nil {
		t.Errorf("%s", seen.text)
	}
	d.want(http.StatusForbidden, stranger, "GET", "/services/"+id+"/secrets", nil)
	d.want(http.StatusForbidden, stranger, "POST", "/services/"+id, `{"name": "Mine"}`)
	d.want(http.StatusForbidden, stranger, "DELETE", "/services/"+id, nil)
	d.want(http.StatusForbidden, stranger, "POST", "/services/"+id+"/secret", nil)
	d.want(http.StatusForbidden, stranger, "POST", "/services", `{"name": "Mine"}`)
	d.want(http.StatusOK, d.root, "POST", "/services/"+id, values{"viewers": []values{{"id": group.ID}}})
	d.want(http.StatusNotFound, stranger, "GET", "/services/"+id, nil)
	_, keeper := d.person("keeper", "hub:service-update", "hub:service-read")
	d.want(http.StatusForbidden, keeper, "POST", "/services/"+id, `{"trusted": true}`)
	d.want(http.StatusOK, keeper, "POST", "/services/"+id, `{"disabled": true}`)
	if whole := d.want(
		http.StatusOK, keeper, "GET", "/services/"+id+"?fields=viewers(name),disabled", nil,
	); !strings.Contains(whole.text, `"few"`) || whole.at("disabled") != true {
		t.Errorf("%s", whole.text)
	}
	d.want(http.StatusOK, d.root, "DELETE", "/services/"+id, nil)
	d.want(http.StatusNotFound, d.root, "GET", "/services/"+id, nil)
}
