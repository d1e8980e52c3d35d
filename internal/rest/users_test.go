package rest_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

func TestAUserIsMadeInTheFormsThatKnownClientsSend(t *testing.T) {
	d := newHub(t)
	plain := d.want(http.StatusOK, d.root, "POST", "/users?fields=id,login,profile/email",
		`{"login": "ada", "name": "Ada", "profile": {"email": {"email": "ada@example.test"}}}`)
	if plain.at("profile", "email", "email") != "ada@example.test" || plain.at("profile", "email", "verified") != false {
		t.Errorf("%s", plain.text)
	}
	d.want(http.StatusOK, d.root, "POST", "/users", `{"login": "ben", "name": "Ben", "details": [{"type": "EmailuserdetailsJSON",
		"email": {"type": "EmailJSON", "email": "ben@example.test"}, "password": {"type": "PlainpasswordJSON", "value": "correct horse"}}]}`)
	if _, err := d.api.Desk.Password(t.Context(), "ben@example.test", "correct horse", address); err != nil {
		t.Errorf("ben cannot sign in: %v", err)
	}
	weak := d.want(http.StatusBadRequest, d.root, "POST", "/users", `{"login": "carl", "details": [{"password": {"value": "password"}}]}`)
	if weak.at("error_field") != "password" {
		t.Errorf("%s", weak.text)
	}
	d.want(http.StatusNotFound, d.root, "GET", "/users/carl", nil)
	d.want(http.StatusConflict, d.root, "POST", "/users", `{"login": "ADA"}`)
	bot := d.want(http.StatusOK, d.root, "POST", "/users", `{"login": "robot", "userType": {"id": "bot"}, "banned": true, "emailVerified": true}`)
	if bot.at("userType", "id") != "bot" || bot.at("banned") != false {
		t.Errorf("%s", bot.text)
	}
}

func TestAUserIsFoundByThoseWhoMay(t *testing.T) {
	d := newHub(t)
	d.want(http.StatusOK, d.root, "POST", "/users", `{"login": "ada", "profile": {"email": {"email": "ada@example.test"}}}`)
	_, reader := d.person("reader", "hub:user-read")
	_, basic := d.person("basic", "hub:user-read-basic")
	_, nobody := d.person("nobody")
	if whole := d.want(http.StatusOK, reader, "GET", "/users/ada@example.test", nil); whole.at("profile", "email", "email") == nil {
		t.Errorf("%s", whole.text)
	}
	if seen := d.want(http.StatusOK, basic, "GET", "/users/ada", nil); seen.at("profile", "email") != nil || seen.at("login") != "ada" {
		t.Errorf("%s", seen.text)
	}
	d.want(http.StatusNotFound, basic, "GET", "/users/ada@example.test", nil)
	d.want(http.StatusForbidden, nobody, "GET", "/users/ada", nil)
	d.want(http.StatusForbidden, nobody, "GET", "/users/none", nil)
	d.want(http.StatusOK, nobody, "GET", "/users/nobody", nil)
	if guest := d.want(http.StatusOK, nobody, "GET", "/users/guest", nil); guest.at("guest") != true || guest.at("banned") != true {
		t.Errorf("%s", guest.text)
	}
	page := d.want(http.StatusOK, reader, "GET", "/users?fields=login,total&$top=2", nil)
	if len(page.names("users", "login")) != 2 || page.at("total") != 6.0 || page.at("top") != 2.0 {
		t.Errorf("%s", page.text)
	}
	seen := page.names("users", "login")
	for next, _ := page.at("next").(string); next != ""; next, _ = page.at("next").(string) {
		link, err := url.Parse(next)
		d.must(err)
		page = d.want(http.StatusOK, reader, "GET", strings.TrimPrefix(link.RequestURI(), "/api/rest"), nil)
		seen = append(seen, page.names("users", "login")...)
	}
	if !slices.Equal(seen, []string{"ada", "basic", "guest", "nobody", "reader", "root"}) {
		t.Errorf("%q", seen)
	}
	if few := d.want(http.StatusOK, reader, "GET", "/users?query=login:+{ada}", nil); !slices.Equal(few.names("users", "login"), []string{"ada"}) {
		t.Errorf("%s", few.text)
	}
	d.want(http.StatusBadRequest, reader, "GET", "/users?$top=-2", nil)
}

func TestPeopleChangeThemselvesAndNotMore(t *testing.T) {
	d := newHub(t)
	_, ada := d.person("ada", "hub:self-update")
	d.want(http.StatusOK, ada, "POST", "/users/me", `{"name": "Ada L."}`)
	d.want(http.StatusForbidden, ada, "POST", "/users/me", `{"banned": true}`)
	d.want(http.StatusForbidden, ada, "POST", "/users/me", `{"userType": {"id": "bot"}}`)
	d.want(http.StatusForbidden, ada, "POST", "/users", `{"login": "other"}`)
	me := d.want(http.StatusOK, ada, "POST", "/users/me",
		`{"emailVerified": true, "roles": [{"id": "system-admin"}], "trusted": true, "profile": {"email": {"email": "ada@example.test", "verified": true}}}`)
	if me.at("profile", "email", "verified") != false {
		t.Errorf("%s", me.text)
	}
	if roles := d.want(http.StatusOK, ada, "GET", "/users/me/projectroles", nil); len(roles.names("projectroles", "id")) != 1 {
		t.Errorf("%s", roles.text)
	}
	benID, ben := d.person("ben", "hub:self-update")
	d.want(http.StatusForbidden, ada, "POST", "/users/"+benID, `{"name": "Mine"}`)
	d.want(http.StatusOK, d.root, "POST", "/users/"+benID, `{"banned": true, "banReason": "left"}`)
	d.want(http.StatusUnauthorized, ben, "GET", "/users/me", nil)
	d.want(http.StatusConflict, d.root, "POST", "/users/root", `{"banned": true}`)
	d.want(http.StatusOK, ada, "POST", "/userdetails/me", `{"password": {"value": "another horse"}}`)
	if _, err := d.api.Desk.Password(t.Context(), "ada", "another horse", address); err != nil {
		t.Error(err)
	}
	d.want(http.StatusForbidden, ada, "POST", "/userdetails/root", `{"password": {"value": "another horse"}}`)
}

func TestADeletedOrMergedUserIsMeantByTheOldID(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) { succeed(t, newHubOn(t, database)) })
}

func succeed(t *testing.T, d *desk) {
	adaID, _ := d.person("ada", "payments:read")
	benID, _ := d.person("ben", "payments:create")
	carlID, _ := d.person("carl")
	d.want(http.StatusBadRequest, d.root, "DELETE", "/users/"+adaID+"?successor=none", nil)
	d.want(http.StatusOK, d.root, "DELETE", "/users/"+carlID+"?successor=ada", nil)
	if heir := d.want(http.StatusOK, d.root, "GET", "/users/"+carlID+"?fields=login", nil); heir.at("login") != "ada" {
		t.Errorf("%s", heir.text)
	}
	merged := d.want(http.StatusOK, d.root, "POST", "/users/merge?name=Both", []values{{"id": benID}, {"id": adaID}})
	if merged.at("login") != "ben" || merged.at("name") != "Both" {
		t.Errorf("%s", merged.text)
	}
	for _, old := range []string{adaID, carlID} {
		if now := d.want(http.StatusOK, d.root, "GET", "/users/"+old+"?fields=login", nil); now.at("login") != "ben" {
			t.Errorf("%s", now.text)
		}
	}
	for method, path := range map[string]string{"DELETE": "", "POST": ""} { // what is sent again does not reach the successor
		d.want(http.StatusNotFound, d.root, method, "/users/"+adaID+path, `{"banned": true}`)
	}
	d.want(http.StatusNotFound, d.root, "POST", "/users/"+adaID+"/leave", `{}`)
	d.want(http.StatusNotFound, d.root, "DELETE", "/users/"+adaID+"/sessions", nil)
	if roles := d.want(http.StatusOK, d.root, "GET", "/users/ben/projectroles", nil); len(roles.names("projectroles", "id")) != 2 {
		t.Errorf("%s", roles.text)
	}
	_, clerk := d.person("clerk", "hub:user-update", "hub:user-delete", "hub:user-read")
	d.want(http.StatusForbidden, clerk, "POST", "/users/merge", []values{{"login": "clerk"}, {"login": "root"}})
	d.want(http.StatusBadRequest, d.root, "POST", "/users/merge", []values{{"login": "ben"}})
	d.want(http.StatusBadRequest, d.root, "POST", "/users/merge", []values{{"login": "ben"}, {"login": "BEN"}})
	shell := d.want(http.StatusOK, d.root, "POST", "/users/ben/erase", nil)
	if login, _ := shell.at("login").(string); shell.at("id") != benID || !strings.HasPrefix(login, "erased-") || shell.at("banned") != true {
		t.Errorf("%s", shell.text)
	}
}

func TestNothingIsLearntOfOthersByNamingThemAsSuccessors(t *testing.T) {
	d := newHub(t)
	d.want(http.StatusOK, d.root, "POST", "/users", `{"login": "hidden", "profile": {"email": {"email": "hidden@example.test"}}}`)
	_, eve := d.person("eve", "hub:self-update")
	for _, successor := range []string{"hidden@example.test", "hidden", "none@example.test", "guest"} {
		if refused := d.want(http.StatusForbidden, eve, "DELETE", "/users/me?successor="+successor, nil); refused.at("error_field") != nil {
			t.Errorf("%s: %s", successor, refused.text)
		}
	}
	victim, _ := d.person("victim")
	_, clerk := d.person("clerk", "hub:user-delete", "hub:user-read-basic") // who sees no addresses
	var answers []string
	for _, successor := range []string{"hidden@example.test", "none@example.test"} {
		answers = append(answers, d.want(http.StatusBadRequest, clerk, "DELETE",
			"/users/"+victim+"?successor="+successor, nil).at("error_description").(string))
	}
	if answers[0] != answers[1] {
		t.Errorf("%q", answers)
	}
	d.want(http.StatusOK, clerk, "DELETE", "/users/"+victim+"?successor=guest", nil) // as known clients do, though it is banned
	if heir := d.want(http.StatusOK, d.root, "GET", "/users/"+victim, nil); heir.at("guest") != true {
		t.Errorf("%s", heir.text)
	}
}

func TestWhatCannotBeReadOfAnAddressIsNotPassedOver(t *testing.T) {
	d := newHub(t)
	ada, _ := d.person("ada")
	for _, path := range []string{"?successor=%zz", "?a=1;successor=root", "?%zz=1&successor=root"} {
		d.want(http.StatusBadRequest, d.root, "DELETE", "/users/"+ada+path, nil)
		d.want(http.StatusBadRequest, d.root, "GET", "/users"+path, nil)
	}
	d.want(http.StatusOK, d.root, "GET", "/users/"+ada, nil)
}

func TestADetailShowsAnAddressOnlyToThoseWhoMayReadIt(t *testing.T) {
	d := newHub(t)
	owner := d.want(http.StatusOK, d.root, "POST", "/users",
		`{"login": "owner", "profile": {"email": {"email": "owner@example.test"}}}`).at("id").(string)
	_, basic := d.person("basic", "hub:user-read-basic")
	_, clerk := d.person("clerk", "hub:user-read-basic", "hub:user-update")
	d.want(http.StatusForbidden, basic, "GET", "/userdetails/"+owner, nil)
	for _, bearer := range []string{basic, clerk} {
		for _, path := range []string{"/userdetails/" + owner, "/users/" + owner} {
			if answer := d.want(http.StatusOK, bearer, "POST", path, `{}`); strings.Contains(answer.text, "owner@example.test") {
				t.Errorf("%s tells: %s", path, answer.text)
			}
		}
	}
}

func TestAListIsNoWayToAskWhoHasAnAddress(t *testing.T) {
	d := newHub(t)
	owner := d.want(http.StatusOK, d.root, "POST", "/users",
		`{"login": "owner", "profile": {"email": {"email": "owner@example.test"}}}`).at("id").(string)
	d.want(http.StatusOK, d.root, "POST", "/usergroups", `{"name": "staff"}`)
	d.want(http.StatusOK, d.root, "POST", "/users/owner/groups", `{"name": "staff"}`)
	d.want(http.StatusOK, d.root, "POST", "/users/owner/projectroles", `{"role": {"key": "observer"}}`)
	clerk, bearer := d.person("clerk", "hub:user-read-basic", "hub:group-read", "hub:role-read")
	d.want(http.StatusOK, d.root, "POST", "/users/clerk", `{"profile": {"email": {"email": "clerk@example.test"}}}`)
	for list, lists := range map[string]map[string]float64{
		"/usergroups":                 {"owner@example.test": 0, "owner": 1, owner: 1},
		"/projectroles":               {"owner@example.test": 0, "OWNER@example.test": 0, "owner": 1, "clerk@example.test": 1, clerk: 1},
		"/users/" + owner + "/groups": {"owner@example.test": 0, "owner": 1},
	} {
		for named, want := range lists {
			if found := d.want(http.StatusOK, bearer, "GET", list+"?query="+url.QueryEscape("user: {"+named+"}"), nil); found.at("total") != want {
				t.Errorf("%s of %s: %s", list, named, found.text)
			}
			if found := d.want(http.StatusOK, d.root, "GET", list+"?query="+url.QueryEscape("user: {"+named+"}"), nil); found.at("total") != 1.0 {
				t.Errorf("%s of %s, for who reads addresses: %s", list, named, found.text)
			}
		}
	}
}

func TestAUserShowsWhenItWasLastSeenToThoseWhoMayKnow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) { lastSeen(t, newHubOn(t, database)) })
}

func lastSeen(t *testing.T, d *desk) {
	ada, bearer := d.person("ada", "hub:self-update")
	d.person("ben")
	_, reader := d.person("reader", "hub:user-read")
	at := hub.Now()
	tokens, err := d.store.PermanentTokensOfUser(t.Context(), ada)
	d.must(err)
	d.must(d.store.Touch(t.Context(), []store.LastUse{{Kind: store.PermanentTokenUsed, Environment: hub.Production, ID: tokens[0].ID, At: at}}))
	want := float64(at.UnixMilli())
	for path, bearer := range map[string]string{"/users/ada": d.root, "/users/me?fields=lastAccessTime": bearer, "/users/me": ""} {
		if bearer == "" {
			if me := d.want(http.StatusOK, d.root, "GET", path, nil); me.at("lastAccessTime") != nil {
				t.Errorf("%s", me.text) // what is asked all the time does not look for it
			}
			continue
		}
		if user := d.want(http.StatusOK, bearer, "GET", path, nil); user.at("lastAccessTime") != want {
			t.Errorf("%s: %s", path, user.text)
		}
	}
	if of := d.want(http.StatusOK, reader, "GET", "/users/ada", nil); of.at("lastAccessTime") != nil {
		t.Errorf("%s", of.text)
	}
	for _, fields := range []string{"login,lastAccessTime", "users(login,lastAccessTime)"} {
		page := d.want(http.StatusOK, d.root, "GET", "/users?query=login:ada+or+login:ben&fields="+fields, nil)
		for _, user := range page.json["users"].([]any) {
			if seen := user.(values)["lastAccessTime"]; (user.(values)["login"] == "ada") != (seen == want) {
				t.Errorf("%v", user)
			}
		}
		if len(page.names("users", "login")) != 2 {
			t.Errorf("%s", page.text)
		}
	}
}

func TestTheGroupsOfAUserAreChangedFromTheUserToo(t *testing.T) {
	d := newHub(t)
	_, ada := d.person("ada", "hub:self-update")
	d.want(http.StatusOK, d.root, "POST", "/usergroups", values{"name": "outer"})
	inner := d.want(http.StatusOK, d.root, "POST", "/usergroups", values{"name": "inner"}).at("id").(string)
	d.want(http.StatusOK, d.root, "POST", "/usergroups/outer/subgroups", values{"name": "inner"})
	d.want(http.StatusForbidden, ada, "POST", "/users/me/groups", values{"name": "inner"})
	if joined := d.want(http.StatusOK, d.root, "POST", "/users/ada/groups", values{"id": inner}); joined.at("name") != "inner" {
		t.Errorf("%s", joined.text)
	}
	if all := d.want(
		http.StatusOK, ada, "GET", "/users/me/transitivegroups", nil,
	); !slices.Equal(all.names("transitivegroups", "name"), []string{"inner", "outer"}) {
		t.Errorf("%s", all.text)
	}
	d.want(http.StatusForbidden, ada, "GET", "/users/root/transitivegroups", nil)
	d.want(http.StatusForbidden, ada, "DELETE", "/users/me/groups/"+inner, nil)
	d.want(http.StatusOK, d.root, "DELETE", "/users/ada/groups/"+inner, nil)
	if none := d.want(http.StatusOK, ada, "GET", "/users/me/groups", nil); none.at("total") != 0.0 {
		t.Errorf("%s", none.text)
	}
}

func TestAnAddressIsVerifiedByTheCodeThatWasMailedToIt(t *testing.T) {
	d := newHub(t)
	d.want(http.StatusOK, d.root, "POST", "/usergroups", values{"name": "company", "autoJoin": true, "autoJoinDomain": "example.test"})
	_, ada := d.person("ada", "hub:self-update")
	d.want(http.StatusConflict, ada, "POST", "/users/me/verifyContact", nil)
	d.want(http.StatusOK, ada, "POST", "/users/me", `{"profile": {"email": {"email": "ada@elsewhere.test"}}}`)
	d.want(http.StatusOK, ada, "POST", "/users/me/verifyContact", nil)
	old := d.code
	d.want(http.StatusOK, ada, "POST", "/users/me", `{"profile": {"email": {"email": "ada@example.test"}}}`)
	if wrong := d.want(http.StatusBadRequest, ada, "POST", "/users/me/confirm", values{"code": old}); wrong.at("error_field") != "code" {
		t.Errorf("a code for another address: %s", wrong.text)
	}
	d.want(http.StatusOK, ada, "POST", "/users/me/verifyContact", nil)
	_, eve := d.person("eve", "hub:self-update")
	d.want(http.StatusForbidden, eve, "POST", "/users/ada/confirm", values{"code": d.code})
	d.want(http.StatusBadRequest, eve, "POST", "/users/me/confirm", values{"code": d.code})
	now := d.want(http.StatusOK, ada, "POST", "/users/me/confirm", values{"code": strings.ToLower(d.code)})
	if now.at("profile", "email", "verified") != true {
		t.Errorf("%s", now.text)
	}
	d.want(http.StatusBadRequest, ada, "POST", "/users/me/confirm", values{"code": d.code})
	if in := d.want(http.StatusOK, ada, "GET", "/users/me/groups", nil); !slices.Equal(in.names("groups", "name"), []string{"company"}) {
		t.Errorf("%s", in.text)
	}
	d.want(http.StatusOK, ada, "POST", "/users/me", `{"profile": {"email": "third@example.test"}}`)
	d.want(http.StatusOK, ada, "POST", "/users/me/verifyContact", nil)
	d.want(http.StatusTooManyRequests, ada, "POST", "/users/me/verifyContact", nil)
}

func TestTheLastAdministratorIsMergedIntoOneWhoIsItThen(t *testing.T) {
	d := newHub(t)
	d.person("ada")
	d.want(http.StatusOK, d.root, "POST", "/users/merge", []values{{"login": "ada"}, {"login": "root"}})
	d.want(http.StatusUnauthorized, d.root, "GET", "/users/me", nil)
	ada, err := d.store.UserByAlias(t.Context(), "ada")
	d.must(err)
	if roles := d.want(
		http.StatusOK, d.token(ada.ID, "Hub administer"), "GET", "/users/ada/projectroles", nil,
	); !strings.Contains(roles.text, "system-admin") {
		t.Errorf("%s", roles.text)
	}
}

func TestAnInvitedUserGetsALinkToChooseAPassword(t *testing.T) {
	d := newHub(t)
	d.person("ada")
	d.want(http.StatusBadRequest, d.root, "POST", "/users/ada/invite", nil) // no address
	d.want(http.StatusOK, d.root, "POST", "/users/ada", `{"profile": {"email": {"email": "ada@example.test"}}}`)
	_, eve := d.person("eve", "hub:user-read")
	d.want(http.StatusForbidden, eve, "POST", "/users/ada/invite", nil)
	if len(d.letters) != 0 {
		t.Errorf("%+v", d.letters)
	}
	d.want(http.StatusOK, d.root, "POST", "/users/ada/invite", nil)
	if len(d.letters) != 1 || d.letters[0].To != "ada@example.test" || !strings.HasPrefix(d.letters[0].Link, issuer+"/choose/") {
		t.Errorf("%+v", d.letters)
	}
}

func TestOrganisationsAreNamedWhereTheyStandInOthers(t *testing.T) {
	d := newHub(t)
	demo := d.want(http.StatusOK, d.root, "POST", "/organizations", values{"key": "demo", "name": "Demo Ltd"}).at("id").(string)
	_, ada := d.person("ada")
	d.want(http.StatusOK, d.root, "POST", "/users/ada", values{"organization": values{"id": demo}})
	d.want(http.StatusOK, d.root, "POST", "/services", values{"key": "payments", "name": "Payments", "organization": values{"id": demo}})
	d.person("ben")
	for _, named := range []any{"demo", values{"key": "demo"}, values{"id": demo}, values{"id": "DEMO"}} {
		d.want(http.StatusOK, d.root, "POST", "/users/ben", values{"organization": named})
		d.want(http.StatusOK, d.root, "POST", "/services/payments", values{"organization": named})
		if in := d.want(http.StatusOK, d.root, "POST", "/users/ben", values{"organization": ""}); in.at("organization") != nil {
			t.Errorf("%s", in.text)
		}
	}
	for _, path := range []string{"/users", "/users/ben", "/services", "/services/payments"} {
		if wrong := d.want(http.StatusBadRequest, d.root, "POST", path, values{
			"login": "carl", "name": "Carl", "organization": "none",
		}); wrong.at("error_field") != "organization" {
			t.Errorf("%s: %s", path, wrong.text)
		}
	}
	d.person("maker")
	d.want(http.StatusOK, d.root, "POST", "/roles", values{"key": "maker", "name": "Maker", "permissions": []string{"hub:user-create"}})
	d.want(http.StatusOK, d.root, "POST", "/users/maker/projectroles", values{"role": values{"key": "maker"}, "project": values{"id": demo}})
	maker, err := d.store.UserByAlias(t.Context(), "maker")
	d.must(err)
	bearer := d.token(maker.ID, "Hub administer")
	for login, organisation := range map[string]string{"dora": "demo", "emil": demo} {
		d.want(http.StatusOK, bearer, "POST", "/users", values{"login": login, "organization": organisation, "password": "correct horse"})
	}
	for _, organisation := range []string{"", "none"} {
		d.want(http.StatusForbidden, bearer, "POST", "/users", values{"login": "fay", "organization": organisation, "password": "correct horse"})
	}
	if wrong := d.want(http.StatusBadRequest, d.root, "POST", "/services", values{
		"name": "Few", "viewers": []string{"none"},
	}); wrong.at("error_field") != "viewers" {
		t.Errorf("%s", wrong.text)
	}
	if now := d.want(http.StatusOK, d.root, "POST", "/users/ada", values{"name": "Ada L."}); now.at("organization", "name") != "Demo Ltd" {
		t.Errorf("%s", now.text)
	}
	for _, place := range []string{"/users/ada", "/services/payments"} {
		if of := d.want(http.StatusOK, d.root, "GET", place, nil); of.at("organization", "key") != "demo" ||
			of.at("organization", "name") != "Demo Ltd" {
			t.Errorf("%s: %s", place, of.text)
		}
	}
	if me := d.want(
		http.StatusOK, ada, "GET", "/users/me?fields=organization(id,key,name)", nil,
	); me.at("organization", "name") != "Demo Ltd" || me.at("organization", "id") != demo {
		t.Errorf("%s", me.text)
	}
	for list, named := range map[string]int{
		"users": 3, "services": 1,
		"organizations/demo/users": 3, "organizations/demo/services": 1, "usergroups/all-users/users": 3,
	} {
		if all := d.want(http.StatusOK, d.root, "GET", "/"+list+"?fields=organization(name)", nil); strings.Count(all.text, `"Demo Ltd"`) != named {
			t.Errorf("%s: %s", list, all.text)
		}
	}
}
