package rest_test

import (
	"net/http"
	"testing"
)

func TestMeAnswersWithWhatKnownClientsReadBare(t *testing.T) {
	d := newHub(t)
	me := d.want(http.StatusOK, d.root, "GET", "/users/me", nil)
	if me.at("login") != "root" || me.at("type") != "user" || me.at("banned") != false || me.at("guest") != false {
		t.Errorf("%s", me.text)
	}
	if url, _ := me.at("avatar", "url").(string); url == "" {
		t.Errorf("%s", me.text)
	}
	few := d.want(http.StatusOK, d.root, "GET", "/users/me?fields=guest,id,profile/avatar/url", nil)
	if len(few.json) != 3 || few.at("profile", "avatar", "url") == nil {
		t.Errorf("%s", few.text)
	}
	d.want(http.StatusUnauthorized, "", "GET", "/users/me", nil)
	if wrong := d.want(http.StatusUnauthorized, "hubpat_nobody", "GET", "/users/me", nil); wrong.error() != "invalid_token" {
		t.Errorf("%s", wrong.text)
	}
}

func TestWhatAUserHoldsIsShownWithTheUserWhereItIsAskedFor(t *testing.T) {
	d := newHub(t)
	ada, bearer := d.person("ada", "hub:self-update", "hub:user-read")
	bob, _ := d.person("bob")
	const fields = "?fields=login,permanentTokens(name,user(login)),refreshTokens(id),approvedScopes(id)"
	for _, path := range []string{"/users/me", "/users/" + ada} {
		if own := d.want(http.StatusOK, bearer, "GET", path+fields, nil); len(own.names("permanentTokens", "name")) != 1 {
			t.Errorf("%s: %s", path, own.text)
		}
	}
	if another := d.want(http.StatusOK, bearer, "GET", "/users/"+bob+fields, nil); another.at("login") != "bob" ||
		another.at("permanentTokens") != nil {
		t.Errorf("what may not be seen is left out: %s", another.text)
	}
	if managed := d.want(http.StatusOK, d.root, "GET", "/users/"+bob+fields, nil); len(managed.names("permanentTokens", "name")) != 1 {
		t.Errorf("%s", managed.text)
	}
	if bare := d.want(http.StatusOK, bearer, "GET", "/users/me", nil); bare.at("permanentTokens") != nil {
		t.Errorf("%s", bare.text)
	}
}

func TestAnUnknownAddressIsNotFoundAndAWrongMethodNamesTheRightOnes(t *testing.T) {
	d := newHub(t)
	if lost := d.want(http.StatusNotFound, d.root, "GET", "/nowhere", nil); lost.error() != "not_found" {
		t.Errorf("%s", lost.text)
	}
	wrong := d.want(http.StatusMethodNotAllowed, d.root, "PUT", "/USERS/me", "{}")
	if wrong.header.Get("Allow") == "" {
		t.Errorf("%v", wrong.header)
	}
	d.want(http.StatusOK, d.root, "GET", "/Users/Me", nil)
}
