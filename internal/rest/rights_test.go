package rest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"example.org/hub/internal/store/storetest"
)

func TestGroupsInGroupsGiveWhatTheyHoldWhereverMembershipCounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) { nest(t, newHubOn(t, database)) })
}

func nest(t *testing.T, d *desk) {
	_, ada := d.person("ada", "hub:self-update")
	group := func(name string) string {
		return d.want(http.StatusOK, d.root, "POST", "/usergroups?fields=id", values{"name": name}).at("id").(string)
	}
	outer, middle, inner := group("outer"), group("middle"), group("inner")
	d.want(http.StatusOK, d.root, "POST", "/usergroups/"+outer+"/subgroups", values{"id": middle})
	d.want(http.StatusOK, d.root, "POST", "/usergroups/middle/subgroups", values{"name": "inner"})
	for _, loop := range [][2]string{{inner, outer}, {middle, middle}, {inner, middle}} {
		if refused := d.want(
			http.StatusConflict, d.root, "POST", "/usergroups/"+loop[0]+"/subgroups", values{"id": loop[1]},
		); !strings.Contains(refused.text, "within itself") {
			t.Errorf("%s", refused.text)
		}
	}
	d.want(http.StatusConflict, d.root, "POST", "/usergroups/outer/subgroups", values{"id": "all-users"})
	d.want(http.StatusOK, d.root, "POST", "/roles", values{"key": "payer", "name": "Payer", "permissions": []string{"payments:create"}})
	given := d.want(http.StatusOK, d.root, "POST", "/usergroups/"+outer+"/projectroles",
		values{"role": values{"key": "payer"}, "project": values{"id": "0"}})
	if given.at("role", "key") != "payer" || given.at("project", "key") != "GLBL" || given.at("owner", "id") != outer {
		t.Errorf("%s", given.text)
	}
	if before := d.want(
		http.StatusOK, ada, "GET", "/users/me/sourcedprojectroles?query=permission:+{payments:create}", nil,
	); before.at("total") != 0.0 {
		t.Errorf("%s", before.text)
	}
	d.want(http.StatusOK, d.root, "POST", "/usergroups/"+inner+"/users", values{"login": "ada"})
	why := d.want(http.StatusOK, ada, "GET", "/users/me/permissions?query=permission:+{payments:create}", nil)
	if !slices.Equal(why.names("permissions", "key"), []string{"payments:create"}) {
		t.Fatalf("%s", why.text)
	}
	path := why.json["permissions"].([]any)[0].(values)["sources"].([]any)[0].(values)["sources"].([]any)
	var names []string
	for _, step := range path {
		names = append(names, step.(values)["name"].(string))
	}
	if !slices.Equal(names, []string{"inner", "middle", "outer"}) {
		t.Errorf("the way is %q", names)
	}
	me := d.want(http.StatusOK, ada, "GET", "/users/me?fields=groups(name),transitiveGroups(name),transitiveProjectRoles(role(key))", nil)
	if len(me.at("groups").([]any)) != 1 || len(me.at("transitiveGroups").([]any)) != 3 || !strings.Contains(me.text, `"payer"`) {
		t.Errorf("%s", me.text)
	}
	service := d.want(http.StatusOK, d.root, "POST", "/services?fields=id", values{"name": "Few", "viewers": []string{outer}}).at("id").(string)
	d.want(http.StatusOK, ada, "GET", "/services/"+service, nil)
	d.want(http.StatusOK, d.root, "DELETE", "/usergroups/outer/subgroups/"+middle, nil)
	d.want(http.StatusNotFound, d.root, "DELETE", "/usergroups/outer/subgroups/"+middle, nil)
	d.want(http.StatusNotFound, ada, "GET", "/services/"+service, nil)
	d.want(http.StatusMethodNotAllowed, d.root, "PUT", "/usergroups/inner/users/ada", "{}")
	if members := d.want(
		http.StatusOK, d.root, "GET", "/usergroups/inner/users?fields=login", nil,
	); !slices.Equal(members.names("users", "login"), []string{"ada"}) {
		t.Errorf("%s", members.text)
	}
	d.want(http.StatusOK, d.root, "DELETE", "/usergroups/inner?successor=outer", nil)
	if moved := d.want(http.StatusOK, ada, "GET", "/users/me/groups", nil); !slices.Equal(moved.names("groups", "name"), []string{"outer"}) {
		t.Errorf("%s", moved.text)
	}
}

func TestNobodyGrantsByAGroupInAGroupWhatTheyDoNotHold(t *testing.T) {
	d := newHub(t)
	_, keeper := d.person("keeper", "hub:group-update", "hub:group-read", "hub:group-create", "hub:user-read", "hub:group-delete")
	d.want(http.StatusOK, d.root, "POST", "/usergroups", values{"name": "admins"})
	d.want(http.StatusOK, d.root, "POST", "/usergroups/admins/projectroles", values{"role": values{"id": "system-admin"}})
	d.want(http.StatusOK, keeper, "POST", "/usergroups", values{"name": "mine"})
	for what, refused := range map[string]reply{
		"put into":     d.ask(keeper, "POST", "/usergroups/admins/users", values{"login": "keeper"}),
		"put a group":  d.ask(keeper, "POST", "/usergroups/admins/subgroups", values{"name": "mine"}),
		"auto-join":    d.ask(keeper, "POST", "/usergroups/admins", values{"autoJoin": true}),
		"inherit":      d.ask(keeper, "DELETE", "/usergroups/mine?successor=admins", nil),
		"give":         d.ask(keeper, "POST", "/usergroups/mine/projectroles", values{"role": values{"id": "system-admin"}}),
		"make a role":  d.ask(keeper, "POST", "/roles", values{"key": "x", "name": "x", "permissions": []string{"*"}}),
		"widen a role": d.ask(keeper, "POST", "/roles/observer/permissions", values{"key": "*"}),
	} {
		if refused.status != http.StatusForbidden || refused.error() != "forbidden" {
			t.Errorf("%s: %d %s", what, refused.status, refused.text)
		}
	}
	d.want(http.StatusOK, d.root, "POST", "/usergroups/admins/subgroups", values{"name": "mine"})
	d.want(http.StatusForbidden, keeper, "POST", "/usergroups/mine/users", values{"login": "keeper"})
	d.want(http.StatusOK, keeper, "POST", "/usergroups", values{"name": "open", "autoJoin": true})
	d.want(http.StatusForbidden, keeper, "POST", "/usergroups/open/projectroles", values{"role": values{"id": "observer"}})
}

func TestPeopleJoinGroupsByThemselvesByAVerifiedAddressOnly(t *testing.T) {
	d := newHub(t)
	d.want(http.StatusOK, d.root, "POST", "/usergroups", values{"name": "all new", "autoJoin": true})
	d.want(http.StatusOK, d.root, "POST", "/usergroups", values{
		"name": "company", "autoJoin": true, "autoJoinDomain": "example.test",
		"twoFactorGraceDays": 14, "requireTwoFactorAuthentication": true,
	})
	d.want(http.StatusBadRequest, d.root, "POST", "/usergroups", values{"name": "bad", "autoJoinDomain": "example.test"})
	d.want(http.StatusBadRequest, d.root, "POST", "/usergroups", values{"name": "bad", "twoFactorGraceDays": 4000})
	d.want(http.StatusOK, d.root, "POST", "/users", values{"login": "ada", "profile": values{"email": "ada@example.test"}})
	if in := d.want(http.StatusOK, d.root, "GET", "/users/ada/groups", nil); !slices.Equal(in.names("groups", "name"), []string{"all new"}) {
		t.Errorf("%s", in.text)
	}
	if group := d.want(http.StatusOK, d.root, "GET", "/usergroups/company", nil); group.at("twoFactorGraceDays") != 14.0 {
		t.Errorf("%s", group.text)
	}
}

func TestRolesAndOrganisationsAreHadOverREST(t *testing.T) {
	d := newHub(t)
	role := d.want(http.StatusOK, d.root, "POST", "/roles", values{"name": "Payer", "permissions": []values{{"key": "payments:read"}}})
	if role.at("key") != "payer" {
		t.Errorf("%s", role.text)
	}
	d.want(http.StatusOK, d.root, "POST", "/roles/payer/permissions", values{"key": "payments:create"})
	if held := d.want(http.StatusOK, d.root, "GET", "/roles/payer/permissions", nil); held.at("total") != 2.0 {
		t.Errorf("%s", held.text)
	}
	d.want(http.StatusOK, d.root, "DELETE", "/roles/payer/permissions/payments:read", nil)
	d.want(http.StatusBadRequest, d.root, "POST", "/roles/payer/permissions", values{"key": "no permission"})
	d.want(http.StatusConflict, d.root, "DELETE", "/roles/contributor", nil)
	d.want(http.StatusOK, d.root, "POST", "/organizations", values{"key": "demo", "name": "Demo Ltd"})
	adaID, ada := d.person("ada")
	d.want(http.StatusOK, d.root, "POST", "/users/ada",
		values{"organization": values{"id": d.want(http.StatusOK, d.root, "GET", "/organizations/demo", nil).at("id")}})
	d.want(http.StatusOK, ada, "GET", "/organizations/demo", nil)
	given := d.want(http.StatusOK, d.root, "POST", "/users/"+adaID+"/projectroles",
		values{"role": values{"key": "payer"}, "organization": values{"key": "demo"}})
	if given.at("project", "key") != "demo" {
		t.Errorf("%s", given.text)
	}
	d.want(http.StatusNotFound, d.root, "DELETE", "/users/root/projectroles/"+given.at("id").(string), nil)
	d.want(http.StatusOK, d.root, "DELETE", "/users/ada/projectroles/"+given.at("id").(string), nil)
	if people := d.want(
		http.StatusOK, d.root, "GET", "/organizations/demo/users", nil,
	); !slices.Equal(people.names("users", "login"), []string{"ada"}) {
		t.Errorf("%s", people.text)
	}
	retired := d.want(http.StatusOK, d.root, "POST", "/organizations/demo/retiredkeys", values{"label": "2016 key", "value": "legacy-key-1"})
	d.want(http.StatusOK, d.root, "DELETE", "/organizations/demo/retiredkeys/"+retired.at("id").(string), nil)
	d.want(http.StatusNotFound, d.root, "DELETE", "/organizations/demo/retiredkeys/"+retired.at("id").(string), nil)
	d.want(http.StatusConflict, d.root, "DELETE", "/organizations/demo", nil)
}
