package rest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// The tests of this file ask in the words of clients that were written for JetBrains Hub, request by request.

// TestAClientThatManagesUsersFindsItsHub asks as the C# library of JetBrains does: it takes 200 alone for success.
func TestAClientThatManagesUsersFindsItsHub(t *testing.T) {
	d := newHub(t)
	const reduce = "?failOnPermissionReduce=true&"
	named := func(login string) values {
		t.Helper()
		page := d.want(http.StatusOK, d.root, "GET", "/users?query="+url.QueryEscape("login: {"+login+"} ")+
			"&fields=id,banned,banBadge,banReason,login,name,profile(email(email),jabber(jabber))&%24skip=0&%24top=10", nil)
		if found := page.json["users"].([]any); len(found) == 1 {
			return found[0].(values)
		}
		t.Fatalf("%s: %s", login, page.text)
		return nil
	}
	made := d.want(http.StatusOK, d.root, "POST", "/users"+reduce+"fields=id",
		`{"login": "ada", "name": "Ada", "details": [{"type": "EmailuserdetailsJSON",
		"email": {"email": "ada@example.test"}, "jabber": {"jabber": "ada@example.test"}, "password": {"type": "PlainpasswordJSON", "value": "correct horse"}}]}`)
	if len(made.json) != 1 || named("ada")["id"] != made.at("id") {
		t.Errorf("%s", made.text)
	}
	d.want(http.StatusOK, d.root, "POST", "/users"+reduce+"fields=id", `{"login": "spare", "details": [{"type": "EmailuserdetailsJSON"}]}`)
	page := d.want(http.StatusOK, d.root, "GET",
		"/users?query="+url.QueryEscape("login: {ada}")+"&fields="+url.QueryEscape("id,details(id,login)"), nil)
	detail := page.json["users"].([]any)[0].(values)
	d.want(http.StatusOK, d.root, "POST", "/users/"+detail["id"].(string)+reduce+"fields=id", values{"id": detail["id"], "name": "Ada L."})
	d.want(http.StatusOK, d.root, "POST", "/userdetails/"+detail["id"].(string)+reduce+"fields=id",
		`{"type": "EmailuserdetailsJSON", "password": {"type": "PlainpasswordJSON", "value": "another horse"}}`)
	if _, err := d.api.Desk.Password(t.Context(), "ada", "another horse", address); err != nil {
		t.Error(err)
	}

	d.want(http.StatusOK, d.root, "POST", "/usergroups", `{"name": "Night shift"}`)
	groups := func(asked string) reply {
		t.Helper()
		return d.want(http.StatusOK, d.root, "GET", "/usergroups?fields=id%2Cname&query="+url.QueryEscape(asked)+"&%24skip=0&%24top=-1", nil)
	}
	shift := groups("name:{Night shift}").names("usergroups", "id")[0]
	ada, spare := named("ada")["id"].(string), named("spare")["id"].(string)
	d.want(http.StatusOK, d.root, "POST", "/usergroups/"+shift+"/users"+reduce+"fields=id", values{"id": ada})
	if in := groups("user:"+ada+" or is:allUsers").names("usergroups", "name"); !slices.Equal(in, []string{"All Users", "Night shift"}) {
		t.Errorf("%q", in)
	}
	for asked, want := range map[string]int{"group:{Night shift} ": 1, "access(with:{system-admin}) ": 1, "ada group:{Night shift} ": 1} {
		if found := d.want(http.StatusOK, d.root, "GET", "/users?query="+url.QueryEscape(asked), nil); len(found.names("users", "id")) != want {
			t.Errorf("%s: %s", asked, found.text)
		}
	}
	d.want(http.StatusOK, d.root, "DELETE", "/usergroups/"+shift+"/users/"+ada+reduce, nil)

	// It lists the user that is to go first, and names the login of the one that stays.
	d.want(http.StatusOK, d.root, "POST",
		"/users/merge"+reduce+"fields=id&banned=false&email=ada%40example.test&login=ada&name=Ada&twoFactorAuthentication="+ada,
		[]values{{"id": spare}, {"id": ada}})
	if now := d.want(http.StatusOK, d.root, "GET", "/users/"+spare, nil); now.at("id") != ada || now.at("login") != "ada" {
		t.Errorf("%s", now.text)
	}
	if _, err := d.api.Desk.Password(t.Context(), "ada", "another horse", address); err != nil {
		t.Errorf("who stays has lost the password: %v", err)
	}
	root := named("root")["id"].(string)
	d.want(http.StatusOK, d.root, "DELETE", "/users/"+ada+reduce+"successor="+root, nil)
}

// TestAClientThatReadsProjectsFindsItsHub asks as the Java library does: it walks pages by next.
func TestAClientThatReadsProjectsFindsItsHub(t *testing.T) {
	d := newHub(t)
	demo := d.want(http.StatusOK, d.root, "POST", "/organizations", values{"key": "demo", "name": "Demo Ltd"}).at("id").(string)
	var keys []string
	next := "/projects?top=1&orderBy=key:asc&query=" + url.QueryEscape("key:GLBL or id:"+demo) + "&fields=key,id,team/type,resources(id,key)"
	for next != "" {
		page := d.want(http.StatusOK, d.root, "GET", next, nil)
		keys = append(keys, page.names("projects", "key")...)
		next, _ = page.at("next").(string)
		next = strings.TrimPrefix(next, issuer+"/api/rest")
	}
	if !slices.Equal(keys, []string{"demo", "GLBL"}) {
		t.Errorf("%q", keys)
	}
	for name, id := range map[string]string{"0": "0", "glbl": "0", "demo": demo, demo: demo} {
		if one := d.want(http.StatusOK, d.root, "GET", "/projects/"+name, nil); one.at("id") != id || one.at("global") != (id == "0") {
			t.Errorf("%s: %s", name, one.text)
		}
	}
	_, eve := d.person("eve")
	if seen := d.want(http.StatusOK, eve, "GET", "/projects", nil); !slices.Equal(seen.names("projects", "key"), []string{"GLBL"}) {
		t.Errorf("%s", seen.text)
	}
	d.want(http.StatusForbidden, eve, "GET", "/projects/demo", nil)
	d.want(http.StatusBadRequest, d.root, "GET", "/projects?query=team:x", nil)
	d.want(http.StatusBadRequest, d.root, "GET", "/projects?orderBy=team", nil)
	if global := d.want(http.StatusOK, d.root, "GET", "/projects?query=is:global", nil); global.at("total") != 1.0 {
		t.Errorf("%s", global.text)
	}
}

// TestPermissionsOfHubAreKnownByTheirOldKeys asks as widgets and the mobile application do.
func TestPermissionsOfHubAreKnownByTheirOldKeys(t *testing.T) {
	d := newHub(t)
	demo := d.want(http.StatusOK, d.root, "POST", "/organizations", values{"key": "demo", "name": "Demo Ltd"}).at("id").(string)
	ada, bearer := d.person("ada", "hub:user-read-basic", "hub:self-update", "hub:role-read", "hub:service-read")
	d.want(http.StatusOK, d.root, "POST", "/roles",
		values{"key": "lead", "name": "Lead", "permissions": []string{"hub:organization-update", "hub:organization-read"}})
	d.want(http.StatusOK, d.root, "POST", "/users/"+ada+"/projectroles", values{"role": values{"key": "lead"}, "project": values{"id": demo}})
	cached := d.want(http.StatusOK, bearer, "GET",
		"/permissions/cache?query="+url.QueryEscape("service:{0-0-0-0-0} or service:{none}")+
			"&fields=permission/key,global,projects(id)", nil)
	var list []struct {
		Permission struct{ Key string }
		Global     bool
		Projects   []struct{ ID string }
	}
	d.must(json.Unmarshal([]byte(cached.text), &list))
	held := map[string]string{}
	for _, one := range list {
		held[one.Permission.Key] = "everywhere"
		if !one.Global {
			held[one.Permission.Key] = one.Projects[0].ID
		}
	}
	for key, want := range map[string]string{
		"user-read-basic": "everywhere", "profile-updateSelf": "everywhere", "project-update": demo, "project-read": demo,
		"project-read-basic": demo, "organization-update": demo, "user-read": "", "low-level": "",
	} {
		if held["jetbrains.jetpass."+key] != want {
			t.Errorf("%s is held %q, want %q", key, held["jetbrains.jetpass."+key], want)
		}
	}
	roles := d.want(http.StatusOK, bearer, "GET",
		"/users/me/sourcedprojectroles?top=-1&fields=id,project(id)&query=permission:jetbrains.jetpass.project-update", nil)
	if found := roles.json["sourcedprojectroles"].([]any); len(found) != 1 || found[0].(values)["project"].(values)["id"] != demo {
		t.Errorf("%s", roles.text)
	}
	for asked, want := range map[string][]string{
		"(key:jetbrains.jetpass.role-read or key:jetbrains.jetpass.service-read or key:jetbrains.jetpass.profile-readSelf)": {
			"hub:role-read", "hub:service-read",
		},
		"service: Hub role: lead": {"hub:organization-read", "hub:organization-update"},
		"key: hub:user-read*":     {"hub:user-read", "hub:user-read-basic"}, "is: global": {},
		"update self": {"hub:self-update"}, "service: none": {}, "not service: hub": {},
	} {
		found := d.want(http.StatusOK, bearer, "GET", "/permissions?orderBy=key&query="+url.QueryEscape(asked), nil)
		if keys := found.names("permissions", "key"); !slices.Equal(keys, want) && len(keys)+len(want) > 0 {
			t.Errorf("%s: %q, want %q", asked, keys, want)
		}
	}
	if one := d.want(http.StatusOK, bearer, "GET", "/permissions/jetbrains.jetpass.role-read", nil); one.at("key") != "hub:role-read" {
		t.Errorf("%s", one.text)
	}
	if given := d.want(
		http.StatusOK, bearer, "GET",
		"/projectroles?query="+url.QueryEscape("permission: jetbrains.jetpass.project-read not role: system-admin"), nil,
	); given.at("total") != 1.0 {
		t.Errorf("%s", given.text)
	}
	if why := d.want(
		http.StatusOK, bearer, "GET", "/users/me/permissions?query=permission:jetbrains.jetpass.user-read-basic", nil,
	); !slices.Equal(why.names("permissions", "key"), []string{"hub:user-read-basic"}) {
		t.Errorf("%s", why.text)
	}
	service := d.want(http.StatusOK, d.root, "POST", "/services", values{"name": "Night Shop", "key": "shop"}).at("id").(string)
	d.want(http.StatusOK, d.root, "POST", "/services/shop/projectroles", values{"role": values{"key": "observer"}})
	for asked, want := range map[string]float64{
		"service: shop": 1, "service: {night shop}": 1, "service: " + service: 1, "service: none": 0,
		"project: GLBL service: shop": 1, "project: 0 role: lead": 0, "project: demo": 1,
	} {
		if given := d.want(http.StatusOK, bearer, "GET", "/projectroles?query="+url.QueryEscape(asked), nil); given.at("total") != want {
			t.Errorf("%s: %s", asked, given.text)
		}
	}
	if team := d.want(http.StatusOK, bearer, "GET", "/projectroles?query=is:team", nil); team.at("total") != 0.0 {
		t.Errorf("%s", team.text)
	}
	d.want(http.StatusBadRequest, bearer, "GET", "/permissions?query=entityType:user", nil)
}

// TestAClientThatLooksForWaysToSignInFindsTheOne asks as the Go library does.
func TestAClientThatLooksForWaysToSignInFindsTheOne(t *testing.T) {
	d := newHub(t)
	d.want(http.StatusOK, d.root, "POST", "/usergroups", values{"name": "company", "autoJoin": true, "autoJoinDomain": "example.test"})
	page := d.want(http.StatusOK, d.root, "GET", "/authmodules", nil)
	module := page.json["authmodules"].([]any)[0].(values)
	if page.at("total") != 1.0 || module["name"] != "Hub" || module["disabled"] != false ||
		module["accountsSize"] != 2.0 || len(module["autoJoinGroups"].([]any)) != 1 {
		t.Errorf("%s", page.text)
	}
	if one := d.want(http.StatusOK, d.root, "GET", "/authmodules/"+module["id"].(string), nil); one.at("name") != "Hub" {
		t.Errorf("%s", one.text)
	}
	d.want(http.StatusNotFound, d.root, "GET", "/authmodules/none", nil)
	_, eve := d.person("eve")
	if seen := d.want(
		http.StatusOK, eve, "GET", "/authmodules?fields=accountsSize,autoJoinGroups(id)", nil,
	); strings.Contains(seen.text, `"accountsSize":3`) || !strings.Contains(seen.text, `"autoJoinGroups":[]`) {
		t.Errorf("%s", seen.text)
	}
	details := d.want(http.StatusOK, d.root, "GET", "/users/root/userdetails?fields=id,$type,identifier,authModuleName", nil)
	if detail := details.json["userdetails"].([]any)[0].(values); detail["authModuleName"] != "Hub" {
		t.Errorf("%s", details.text)
	}
}
