package rest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

func TestTheCacheOfPermissionsIsABareListOfWhatTheCallerMay(t *testing.T) {
	d := newHub(t)
	d.want(http.StatusOK, d.root, "POST", "/services",
		`{"name": "Payments", "key": "payments", "permissions": [{"key": "create"}, {"key": "read", "name": "Read"}]}`)
	_, ada := d.person("ada", "payments:read", "hub:self-update")
	keys := func(bearer, parameters string) []string {
		t.Helper()
		answer := d.want(http.StatusOK, bearer, "GET", "/permissions/cache?fields=permission/key,global,projects(id)"+parameters, nil)
		var list []struct {
			Permission struct{ Key string }
			Global     bool
			Projects   []any
		}
		d.must(json.Unmarshal([]byte(answer.text), &list))
		keys := []string{}
		for _, one := range list {
			if !one.Global || one.Projects == nil {
				t.Errorf("%s", answer.text)
			}
			keys = append(keys, one.Permission.Key)
		}
		slices.Sort(keys)
		return keys
	}
	for parameters, want := range map[string][]string{
		"":                          {"hub:self-update", "jetbrains.jetpass.profile-updateSelf", "payments:read"},
		"&query=service:{payments}": {"payments:read"}, "&query=service:{none}": {},
		"&query=service:{0-0-0-0-0}+or+service:{payments}": {"hub:self-update", "jetbrains.jetpass.profile-updateSelf", "payments:read"},
	} {
		if got := keys(ada, parameters); !slices.Equal(got, want) {
			t.Errorf("%s: %q", parameters, got)
		}
	}
	if all := keys(d.root, ""); !slices.Contains(all, "payments:create") || !slices.Contains(all, "hub:admin-write") {
		t.Errorf("%q", all)
	}
	d.want(http.StatusBadRequest, ada, "GET", "/permissions/cache?query=name:x", nil)
	if of := d.want(
		http.StatusOK, d.root, "GET", "/permissions?query=service:payments&fields=key,name,service(key)", nil,
	); !slices.Equal(of.names("permissions", "key"), []string{"payments:create", "payments:read"}) {
		t.Errorf("%s", of.text)
	}
	if one := d.want(http.StatusOK, d.root, "GET", "/permissions/payments:read", nil); one.at("name") != "Read" {
		t.Errorf("%s", one.text)
	}
	if seen := d.want(http.StatusOK, ada, "GET", "/permissions", nil); seen.at("total") != 0.0 {
		t.Errorf("%s", seen.text)
	}
}

func TestEverybodySeesThatTheHubAnswers(t *testing.T) {
	d := newHub(t)
	if probe := d.want(http.StatusOK, "", "GET", "/settings/public?fields=id", nil); len(probe.json) != 1 || probe.at("id") == "" {
		t.Errorf("%s", probe.text)
	}
	all := d.want(http.StatusOK, "", "GET", "/settings/public?fields=endUserAgreement(enabled,text),helpdeskEnabled", nil)
	if all.at("endUserAgreement", "enabled") != false || all.at("helpdeskEnabled") != false {
		t.Errorf("%s", all.text)
	}
	_, ada := d.person("ada")
	d.want(http.StatusForbidden, ada, "GET", "/settings", nil)
	d.want(http.StatusForbidden, ada, "POST", "/settings", `{"defaultFlows": "classic"}`)
	d.want(http.StatusOK, d.root, "POST", "/settings", `{"defaultFlows": "classic"}`)
	if service := d.want(
		http.StatusOK, d.root, "POST", "/services", `{"name": "Old", "deviceFlowEnabled": true}`,
	); service.at("implicitFlowEnabled") != true || service.at("deviceFlowEnabled") != true {
		t.Errorf("%s", service.text)
	}
	d.want(http.StatusBadRequest, d.root, "POST", "/settings", `{"defaultFlows": "none"}`)
}

func TestAQueryIsHelpedAlong(t *testing.T) {
	d := newHub(t)
	_, ada := d.person("ada")
	help := d.want(http.StatusOK, ada, "GET", "/users/queryAssist?query=lo&caret=2", nil)
	if options := help.names("suggestions", "option"); !slices.Contains(options, "login") {
		t.Errorf("%s", help.text)
	}
	d.want(http.StatusOK, ada, "GET", "/services/queryassist", nil)
}

func TestPermissionsOfAllServicesAreTold(t *testing.T) {
	const services = 1003
	d := newHub(t)
	d.must(d.store.Bulk(t.Context(), func(tx *store.Tx) error {
		for i := range services {
			key := fmt.Sprintf("s-%04d", i)
			if err := tx.InsertService(t.Context(), hub.Service{ID: hub.NewRandomID(), Environment: hub.Production, Key: key, Name: key,
				ServiceSettings: hub.ServiceSettings{Permissions: []hub.Permission{{Key: "read"}}}}); err != nil {
				return err
			}
		}
		return nil
	}))
	if all := d.want(
		http.StatusOK, d.root, "GET", "/permissions?$top=-1&fields=key", nil,
	); strings.Count(all.text, `"s-`) != services || !strings.Contains(all.text, `"s-1002:read"`) {
		t.Errorf("%d are listed", strings.Count(all.text, `"s-`))
	}
	if held := d.want(http.StatusOK, d.root, "GET", "/permissions/cache?fields=permission(key)", nil); strings.Count(held.text, `"s-`) != services {
		t.Errorf("%d are held", strings.Count(held.text, `"s-`))
	}
}
