package rest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"example.org/hub/internal/store"
)

func TestACredentialThatARestoreSuspendedIsConfirmed(t *testing.T) {
	d := newHub(t)
	ada, bearer := d.person("ada")
	tokens, err := d.store.PermanentTokensOfUser(t.Context(), ada)
	d.must(err)
	tokens[0].Suspended = true
	d.must(d.store.Tx(t.Context(), func(tx *store.Tx) error { return tx.UpdatePermanentToken(t.Context(), tokens[0]) }))
	d.want(http.StatusUnauthorized, bearer, "GET", "/users/me", nil)
	found := d.want(http.StatusOK, d.root, "GET", "/hygiene?flag=suspended", nil)
	if got := found.names("findings", "id"); !slices.Equal(got, []string{tokens[0].ID}) {
		t.Errorf("%s", found.text)
	}
	path := "/hygiene/permanent-token/" + tokens[0].ID + "/confirm"
	_, carl := d.person("carl", "hub:user-update", "hub:admin-read")
	d.want(http.StatusForbidden, carl, "POST", path, nil)
	d.want(http.StatusNotFound, d.root, "POST", "/hygiene/permanent-token/nothing/confirm", nil)
	d.want(http.StatusBadRequest, d.root, "POST", "/hygiene/spell/nothing/confirm", nil)
	d.want(http.StatusOK, d.root, "POST", path, nil)
	d.want(http.StatusOK, bearer, "GET", "/users/me", nil)
}

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
