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
