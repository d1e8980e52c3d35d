package rest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestHygieneShowsEverybodysToAdministratorsAndTheOwnToEverybody(t *testing.T) {
	d := newHub(t)
	ada, bearer := d.person("ada")
	d.token(ada, "Hub")
	_, auditor := d.person("audrey", "hub:admin-read")
	d.must(d.api.Provider.FlushUses(t.Context()))
	own := d.want(http.StatusOK, bearer, "GET", "/hygiene", nil)
	if got := own.names("findings", "kind"); !slices.Equal(got, []string{"permanent-token", "permanent-token"}) {
		t.Errorf("%s", own.text) // ada's bearer had not been used before either
	}
	seen := 0
	path := "/hygiene?$top=1&fields=id,flags,owner(login)"
	for path != "" {
		page := d.want(http.StatusOK, auditor, "GET", path, nil)
		seen += len(page.names("findings", "id"))
		if strings.Contains(page.text, "creationTime") {
			t.Errorf("%s", page.text)
		}
		next, _ := page.at("next").(string)
		_, path, _ = strings.Cut(next, "/api/rest")
	}
	if seen != 4 { // those of root, ada (two) and audrey
		t.Errorf("%d findings", seen)
	}
	if mine := d.want(http.StatusOK, auditor, "GET", "/hygiene?own=true&flag=never-used", nil); mine.at("total") != float64(1) {
		t.Errorf("%s", mine.text)
	}
	for _, wrong := range []string{"flag=ugly", "after=nowhere", "query=x", "$skip=3", "orderBy=name"} {
		d.want(http.StatusBadRequest, auditor, "GET", "/hygiene?"+wrong, nil)
	}
	d.want(http.StatusUnauthorized, "", "GET", "/hygiene", nil)
}
