package rest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/hub/internal/hub"
)

func TestATokenForAnotherNamesItsMakerWorksAndIsDeadOnceDeleted(t *testing.T) {
	d := newHub(t)
	_, carl := d.person("carl", "hub:self-update", "hub:user-update", "hub:user-read")
	me := d.want(http.StatusOK, carl, "GET", "/users/me?fields=id", nil).at("id").(string)
	_, err := d.directory.UpdateUser(t.Context(), hub.System("test"), me, func(u *hub.User) { u.Name = "Carl Maker" })
	d.must(err)
	bot, err := d.directory.CreateUser(t.Context(), hub.System("test"), hub.User{Login: "deployer", Kind: hub.Bot})
	d.must(err)
	path := "/users/" + bot.ID + "/permanenttokens"
	made := d.want(http.StatusOK, carl, "POST", path, values{"name": "Deploy", "scope": []values{{"id": "0-0-0-0-0"}}, "expires": "90d"})
	token, _ := made.at("token").(string)
	id, _ := made.at("id").(string)
	if !strings.HasPrefix(token, "hubpat_") || made.at("author", "name") != "Carl Maker" ||
		made.at("user", "id") != bot.ID || made.at("expiresOn") == nil {
		t.Fatalf("%s", made.text)
	}
	if me := d.want(http.StatusOK, token, "GET", "/users/me?fields=id", nil); me.at("id") != bot.ID {
		t.Errorf("%s", me.text)
	}
	d.must(d.api.Provider.FlushUses(t.Context()))
	list := d.want(http.StatusOK, carl, "GET", path, nil)
	if got := list.names("permanenttokens", "name"); !slices.Equal(got, []string{"Deploy"}) || strings.Contains(list.text, token) {
		t.Errorf("%s", list.text)
	}
	one := d.want(http.StatusOK, carl, "GET", path+"/"+id, nil)
	if one.at("lastAccessTime") == nil || one.at("lastAccessService", "key") != "hub" || one.at("author", "name") != "Carl Maker" {
		t.Errorf("%s", one.text)
	}
	d.want(http.StatusNotFound, carl, "GET", "/users/me/permanenttokens/"+id, nil)
	d.want(http.StatusNotFound, carl, "DELETE", "/users/me/permanenttokens/"+id, nil)
	d.want(http.StatusOK, carl, "DELETE", path+"/"+id, nil)
	d.want(http.StatusUnauthorized, token, "GET", "/users/me", nil)
	d.want(http.StatusNotFound, carl, "DELETE", path+"/"+id, nil)
}

func TestATokenForAnotherNeedsPermissionsThatCoverTheirs(t *testing.T) {
	d := newHub(t)
	_, carl := d.person("carl", "hub:self-update", "hub:user-update")
	ada, _ := d.person("ada", "hub:self-update", "hub:group-create")
	_, eve := d.person("eve", "hub:self-update")
	body := values{"name": "x", "scope": []string{"hub"}}
	more := d.want(http.StatusForbidden, carl, "POST", "/users/"+ada+"/permanenttokens", body)
	if said, _ := more.at("error_description").(string); !strings.Contains(said, "hub:group-create") || !strings.Contains(said, "System Admin") {
		t.Errorf("%s", more.text)
	}
	none := d.want(http.StatusForbidden, eve, "POST", "/users/"+ada+"/permanenttokens", body)
	if said, _ := none.at("error_description").(string); !strings.Contains(said, "hub:user-update") {
		t.Errorf("%s", none.text)
	}
	nobody := d.want(http.StatusForbidden, eve, "POST", "/users/nobody/permanenttokens", body)
	if nobody.at("error_description") != none.at("error_description") {
		t.Errorf("whoever may not act for others learns who there is: %s, %s", none.text, nobody.text)
	}
	d.want(http.StatusNotFound, carl, "POST", "/users/nobody/permanenttokens", body)
}

func TestATokenWithoutAdministerMakesNoSecret(t *testing.T) {
	d := newHub(t)
	ada, _ := d.person("ada", "hub:self-update")
	plain := d.token(ada, "Hub")
	for path, body := range map[string]values{
		"/permanenttokens": {"name": "x", "scope": []string{"hub"}}, "/applicationPasswords": {"name": "x"}, "/apiclients": {"label": "x"},
		"/apps": {"label": "x"}, "/twoFactorAuthentication": {},
	} {
		if refused := d.want(http.StatusForbidden, plain, "POST", "/users/me"+path, body); refused.error() != "step_up_required" {
			t.Errorf("%s: %s", path, refused.text)
		}
	}
}

func TestATokenIsWhatItsMakerAskedFor(t *testing.T) {
	d := newHub(t)
	_, ada := d.person("ada", "hub:self-update", "hub:user-read")
	path := "/users/me/permanenttokens"
	for name, c := range map[string]struct {
		body  any
		field string
	}{
		"no name":       {values{"scope": []string{"hub"}}, "name"},
		"no scope":      {values{"name": "n"}, "scope"},
		"scope of text": {values{"name": "n", "scope": "hub"}, "scope"},
		"unknown":       {values{"name": "n", "scope": []values{{"id": "nothing"}}}, "scope"},
		"no reference":  {values{"name": "n", "scope": []values{{}}}, "scope.id"},
		"address":       {values{"name": "n", "scope": []string{"hub"}, "allowlist": []string{"192.0.2.1/8"}}, "allowlist"},
		"past":          {values{"name": "n", "scope": []string{"hub"}, "expiresOn": 1}, "expires"},
		"far":           {values{"name": "n", "scope": []string{"hub"}, "expiresOn": int64(1) << 62}, "expires"},
		"both ends":     {values{"name": "n", "scope": []string{"hub"}, "expiresOn": 1, "expires": "1d"}, "expires"},
		"words":         {values{"name": "n", "scope": []string{"hub"}, "expires": "soon"}, "expires"},
		"flag":          {values{"name": "n", "scope": []string{"hub"}, "readOnly": "yes"}, "readOnly"},
	} {
		refused := d.want(http.StatusBadRequest, ada, "POST", path, c.body)
		if refused.error() != "bad_request" || refused.at("error_field") != c.field {
			t.Errorf("%s: %s", name, refused.text)
		}
	}
	ends := time.Now().Add(time.Hour).UnixMilli()
	made := d.want(http.StatusOK, ada, "POST", path, values{"name": "n", "scope": []values{{"key": "hub"}}, "permissions": []string{"hub:user-read"},
		"readOnly": true, "allowlist": []string{"192.0.2.0/24"}, "expiresOn": ends, "author": values{"id": "x"}, "cap": []string{"*"}})
	if made.at("readOnly") != true || made.at("expiresOn") != float64(ends) {
		t.Errorf("%s", made.text)
	}
	d.want(http.StatusConflict, ada, "POST", path, values{"name": "N", "scope": []string{"hub"}})
	token := made.at("token").(string)
	d.want(http.StatusForbidden, token, "DELETE", path+"/"+made.at("id").(string), nil) // it reads only
}

func TestSeveralTokensEndAtOnceOrNotAtAll(t *testing.T) {
	d := newHub(t)
	ada, bearer := d.person("ada", "hub:self-update")
	var ids []string
	for range 3 {
		d.token(ada, "hub")
	}
	list := d.want(http.StatusOK, bearer, "GET", "/users/me/permanenttokens?$top=2&fields=id,total", nil)
	ids = list.names("permanenttokens", "id")
	if len(ids) != 2 || list.at("total") != float64(4) || list.at("next") == nil {
		t.Fatalf("%s", list.text)
	}
	d.want(http.StatusBadRequest, bearer, "DELETE", "/users/me/permanenttokens", nil)
	d.want(http.StatusNotFound, bearer, "DELETE", "/users/me/permanenttokens?id="+ids[1]+"&id=nothing", nil)
	d.want(http.StatusNotFound, bearer, "DELETE", "/users/me/permanenttokens?id="+ids[1]+"&id=", nil)
	others := []string{}
	for _, token := range d.want(http.StatusOK, bearer, "GET", "/users/me/permanenttokens", nil).names("permanenttokens", "id") {
		if len(others) < 2 && token != ids[0] { // the first is the bearer itself
			others = append(others, token)
		}
	}
	if gone := d.want(
		http.StatusOK, bearer, "DELETE", "/users/me/permanenttokens?id="+others[0]+"&id="+others[1], nil,
	); gone.at("deleted") != float64(2) {
		t.Errorf("%s", gone.text)
	}
	if left := d.want(http.StatusOK, bearer, "GET", "/users/me/permanenttokens", nil); left.at("total") != float64(2) {
		t.Errorf("%s", left.text)
	}
}
