package rest_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestShortListsAreSearchedAndPutInOrder(t *testing.T) {
	d := newHub(t)
	_, ada := d.person("ada", "hub:self-update", "hub:user-read")
	const at = "/users/me/permanenttokens"
	made := []string{"Build", "deploy", "Audit"}
	for _, name := range made {
		d.want(http.StatusOK, ada, "POST", at, values{"name": name, "scope": []string{"hub"}, "readOnly": name == "Audit"})
	}
	for asked, want := range map[string]string{
		"query=name: build":                    "Build",
		"query=name: de*":                      "deploy",
		"query=readOnly: true":                 "Audit",
		"query=scope: hub and not name: audit": "Build deploy",
		"query=udi":                            "Audit",
		"query=name: build or name: DEPLOY":    "Build deploy",
		"query=name: nobody":                   "",
		"orderBy=name":                         "Audit Build deploy",
		"orderBy=Name:desc":                    "deploy Build Audit",
		"orderBy=creationTime":                 "Build deploy Audit",
		"orderBy=readOnly:desc,name&$top=1":    "Audit",
		"orderBy=name:desc&$top=1&$skip=1&query=name: build or name: deploy": "Build",
	} {
		query, err := url.ParseQuery(asked)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		list := d.want(http.StatusOK, ada, "GET", at+"?"+query.Encode(), nil)
		for _, one := range list.at("permanenttokens").([]any) {
			if name := one.(values)["name"].(string); slices.Contains(made, name) { // the desk gave ada others
				names = append(names, name)
			}
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %s", asked, got)
		}
	}
	for _, wrong := range []string{"query=colour: red", "orderBy=colour", "query=(", "orderBy=name:up", "query=access(project: x)"} {
		query, _ := url.ParseQuery(wrong)
		d.want(http.StatusBadRequest, ada, "GET", at+"?"+query.Encode(), nil)
	}
}
