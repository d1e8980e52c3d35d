package rest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"example.org/hub/internal/store/storetest"
)

func (d *desk) role(key string, permissions ...string) {
	d.Helper()
	d.want(http.StatusOK, d.root, "POST", "/roles", values{"key": key, "name": key, "permissions": permissions})
}

func TestMergedRolesGiveAllToWhoHeldOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) { mergeRoles(t, newHubOn(t, database)) })
}

func mergeRoles(t *testing.T, d *desk) {
	d.person("ada")
	d.person("ben")
	d.role("reader", "payments:read")
	d.role("writer", "payments:create", "payments:read")
	for login, roles := range map[string][]string{"ada": {"writer"}, "ben": {"reader", "writer"}} {
		for _, role := range roles {
			d.want(http.StatusOK, d.root, "POST", "/users/"+login+"/projectroles", values{"role": values{"key": role}, "project": values{"id": "0"}})
		}
	}
	_, clerk := d.person("clerk", "hub:role-manage", "payments:read")
	d.want(http.StatusForbidden, clerk, "POST", "/roles/merge", []values{{"key": "reader"}, {"key": "writer"}})
	d.want(http.StatusBadRequest, d.root, "POST", "/roles/merge", []values{{"key": "reader"}})
	d.want(http.StatusBadRequest, d.root, "POST", "/roles/merge", []values{{"key": "reader"}, {"key": "READER"}})
	d.want(http.StatusNotFound, d.root, "POST", "/roles/merge", []values{{"key": "reader"}, {"key": "none"}})
	d.want(http.StatusConflict, d.root, "POST", "/roles/merge", []values{{"key": "reader"}, {"key": "system-admin"}})
	merged := d.want(http.StatusOK, d.root, "POST", "/roles/merge?name=Both", []values{{"key": "reader"}, {"key": "writer"}})
	if merged.at("key") != "reader" || merged.at("name") != "Both" ||
		!slices.Equal(merged.names("permissions", "key"), []string{"payments:create", "payments:read"}) {
		t.Errorf("%s", merged.text)
	}
	d.want(http.StatusNotFound, d.root, "GET", "/roles/writer", nil)
	for _, login := range []string{"ada", "ben"} {
		if roles := d.want(
			http.StatusOK, d.root, "GET", "/users/"+login+"/projectroles?fields=role(key)", nil,
		); strings.Count(roles.text, `"reader"`) != 1 || strings.Contains(roles.text, "writer") {
			t.Errorf("%s: %s", login, roles.text)
		}
	}
}

func TestARoleFromTheStartIsMadeWhatItWas(t *testing.T) {
	d := newHub(t)
	before := d.want(http.StatusOK, d.root, "GET", "/roles/observer", nil)
	d.want(http.StatusOK, d.root, "POST", "/roles/observer", values{"name": "Looker", "permissions": []string{"payments:read"}})
	_, clerk := d.person("clerk", "hub:role-manage", "payments:read")
	d.want(http.StatusForbidden, clerk, "POST", "/roles/observer/reset", nil)
	after := d.want(http.StatusOK, d.root, "POST", "/roles/observer/reset", nil)
	if after.at("name") != before.at("name") || !slices.Equal(after.names("permissions", "key"), before.names("permissions", "key")) {
		t.Errorf("%s", after.text)
	}
	d.role("own")
	d.want(http.StatusConflict, d.root, "POST", "/roles/own/reset", nil)
	d.want(http.StatusNotFound, d.root, "POST", "/roles/none/reset", nil)
}

func TestAnUpdateThatMustNotReducePermissionsIsRefusedWhereSomebodyLosesOne(t *testing.T) {
	d := newHub(t)
	d.role("payer", "payments:create", "payments:read")
	const place = "/roles/payer?failOnPermissionReduce=true"
	d.want(http.StatusOK, d.root, "POST", place, values{"permissions": []string{"payments:create"}}) // nobody holds it
	d.person("ada")
	d.want(http.StatusOK, d.root, "POST", "/users/ada/projectroles", values{"role": values{"key": "payer"}, "project": values{"id": "0"}})
	refused := d.want(http.StatusConflict, d.root, "POST", place, values{"permissions": []string{"payments:read"}})
	if !strings.Contains(refused.text, "payments:create") {
		t.Errorf("%s", refused.text)
	}
	d.want(http.StatusOK, d.root, "POST", place, values{"name": "Payers", "permissions": []string{"payments:create", "payments:read"}})
	d.want(http.StatusOK, d.root, "POST", "/roles/payer", values{"permissions": []string{"payments:read"}})
}
