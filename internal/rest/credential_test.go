package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
	"example.org/hub/oauth"
)

// holding gives a user one of everything that cannot be made over REST: a session, a refresh token, an approved scope.
func (d *desk) holding(userID string) {
	d.Helper()
	now := hub.Now()
	d.must(d.store.Tx(d.Context(), func(tx *store.Tx) error {
		err := tx.InsertSession(d.Context(), hub.Session{ID: "session-of-" + userID, Digest: []byte(userID), UserID: userID, SignedInAt: now,
			Methods: []string{"pwd"}, Address: "192.0.2.1", Agent: "Firefox", CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(hub.SessionIdle)})
		if err != nil {
			return err
		}
		return tx.SetApprovedScope(d.Context(), hub.ApprovedScope{ID: "scope-of-" + userID, Environment: hub.Production, ClientID: hub.HubServiceID,
			UserID: userID, Items: []string{hub.HubServiceID}, CreatedAt: now, UpdatedAt: now})
	}))
	families := d.api.Server.Families
	_, err := families.SaveRefresh(d.Context(), &oauth.Family{ID: "family-of-" + userID, ClientID: hub.HubServiceID, Subject: userID,
		Scope: []string{"Hub", "openid"}, Offline: true, Address: "192.0.2.1", Agent: "Firefox", EndsAt: now.Add(hub.SessionIdle)})
	d.must(err)
}

// lists are the lists of what a user holds; the bearer itself stands in the last.
var lists = []string{"applicationPasswords", "refreshtokens", "approvedscopes", "apiclients", "apps", "sessions", "permanenttokens"}

func TestWhoMaySeeAndEndWhatSomebodyHolds(t *testing.T) {
	d := newHub(t)
	ada, own := d.person("ada", "hub:self-update")
	d.holding(ada)
	d.want(http.StatusOK, own, "POST", "/users/me/applicationPasswords", values{"name": "Mail"})
	d.want(http.StatusOK, own, "POST", "/users/me/apiclients", values{"label": "Nightly"})
	d.want(http.StatusOK, own, "POST", "/users/me/apps", values{"label": "Checkout"})
	_, admin := d.person("carl", "hub:user-update")
	_, auditor := d.person("audrey", "hub:admin-read")
	_, reader := d.person("rita", "hub:user-read", "hub:self-update")
	_, nobody := d.person("eve")
	ids := map[string]string{}
	for _, list := range lists {
		for name, c := range map[string]struct {
			bearer string
			want   int
		}{
			"own": {own, 200}, "by user-update": {admin, 200}, "by admin-read": {auditor, 200},
			"by user-read": {reader, 403}, "by nobody": {nobody, 403}, "by a stranger": {"", 401},
		} {
			seen := d.want(c.want, c.bearer, "GET", "/users/"+ada+"/"+list, nil)
			if c.want != 200 {
				continue
			}
			if got := seen.names(list, "id"); len(got) != 1 {
				t.Errorf("%s %s: %s", list, name, seen.text)
			} else {
				ids[list] = got[0]
			}
		}
		d.want(http.StatusNotFound, admin, "GET", "/users/nobody/"+list, nil)
		d.want(http.StatusForbidden, nobody, "GET", "/users/nobody/"+list, nil)
	}
	for _, list := range lists {
		path := "/users/" + ada + "/" + list + "/" + ids[list]
		if list != "sessions" {
			d.want(http.StatusOK, own, "GET", path, nil)
			d.want(http.StatusOK, auditor, "GET", path, nil)
			d.want(http.StatusForbidden, reader, "GET", path, nil)
			d.want(http.StatusNotFound, reader, "GET", "/users/me/"+list+"/"+ids[list], nil)
		}
		for _, bearer := range []string{auditor, reader, nobody} {
			d.want(http.StatusForbidden, bearer, "DELETE", path, nil)
		}
		d.want(http.StatusNotFound, reader, "DELETE", "/users/me/"+list+"/"+ids[list], nil)
		d.want(http.StatusOK, admin, "DELETE", path, nil)
		d.want(http.StatusNotFound, admin, "DELETE", path, nil)
		if left := d.want(http.StatusOK, admin, "GET", "/users/"+ada+"/"+list, nil); left.at("total") != float64(0) {
			t.Errorf("%s: %s", list, left.text)
		}
	}
}

func TestWhatAUserHoldsIsFoundByTheLoginToo(t *testing.T) {
	d := newHub(t)
	d.want(http.StatusOK, d.root, "POST", "/users", `{"login": "ada", "profile": {"email": {"email": "ada@example.test"}}}`)
	made := d.want(http.StatusOK, d.root, "POST", "/users/ada/apiclients", `{"label": "Nightly"}`)
	for _, alias := range []string{"ADA", "ada@example.test"} {
		d.want(http.StatusOK, d.root, "GET", "/users/"+alias+"/apiclients/"+made.at("id").(string), nil)
	}
	_, eve := d.person("eve")
	for _, alias := range []string{"ada", "nobody", "ada@example.test"} {
		if refused := d.want(http.StatusForbidden, eve, "GET", "/users/"+alias+"/apiclients", nil); strings.Contains(refused.text, "ada") {
			t.Errorf("%s", refused.text)
		}
	}
	_, clerk := d.person("clerk", "hub:user-read-basic", "hub:user-update") // who sees no addresses
	d.want(http.StatusOK, clerk, "GET", "/users/ada/apiclients", nil)
	d.want(http.StatusNotFound, clerk, "GET", "/users/ada@example.test/apiclients", nil)
}

func TestOneOwnsWhatOneHoldsOnlyWithSelfUpdate(t *testing.T) {
	d := newHub(t)
	eve, bearer := d.person("eve")
	d.holding(eve)
	for _, list := range lists {
		got := d.want(http.StatusOK, bearer, "GET", "/users/me/"+list, nil).names(list, "id")
		for _, id := range got {
			refused := d.want(http.StatusForbidden, bearer, "DELETE", "/users/me/"+list+"/"+id, nil)
			if said, _ := refused.at("error_description").(string); !strings.Contains(said, "hub:self-update") {
				t.Errorf("%s", refused.text)
			}
		}
	}
}

func TestRefreshTokensApprovedScopesAndSessionsSayWhatTheyAre(t *testing.T) {
	d := newHub(t)
	ada, bearer := d.person("ada", "hub:self-update")
	d.holding(ada)
	family := d.want(http.StatusOK, bearer, "GET", "/users/me/refreshtokens/family-of-"+ada, nil)
	if family.at("client", "key") != "hub" || family.at("device") != "Firefox" || family.at("address") != "192.0.2.1" ||
		family.at("lastAccessTime") != nil || family.at("expiresOn") == nil || family.at("user", "login") != "ada" {
		t.Errorf("%s", family.text)
	}
	if scope, _ := family.at("scope").([]any); len(scope) != 1 {
		t.Errorf("%s", family.text)
	}
	scope := d.want(http.StatusOK, bearer, "GET", "/users/me/approvedscopes/scope-of-"+ada, nil)
	if scope.at("client", "key") != "hub" || scope.at("type") != "approvedScope" {
		t.Errorf("%s", scope.text)
	}
	sessions := d.want(http.StatusOK, bearer, "GET", "/users/me/sessions", nil)
	if strings.Contains(sessions.text, "digest") || len(sessions.names("sessions", "userAgent")) != 1 {
		t.Errorf("%s", sessions.text)
	}
	if all := d.want(http.StatusOK, bearer, "DELETE", "/users/me/sessions", nil); all.at("deleted") != float64(1) {
		t.Errorf("%s", all.text)
	}
}

func TestAnAPIClientShowsItsSecretOnceAndIsSwitchedAndRotated(t *testing.T) {
	d := newHub(t)
	_, ada := d.person("ada", "hub:self-update")
	made := d.want(http.StatusOK, ada, "POST", "/users/me/apiclients", values{"label": "Nightly", "limited": true, "userId": "x"})
	id, _ := made.at("id").(string)
	text, _ := made.at("secret").(string)
	if form, kind, _ := secret.Recognise(text); form != secret.Good || kind != secret.ClientSecret || made.at("limited") != true {
		t.Fatalf("%s", made.text)
	}
	path := "/users/me/apiclients/" + id
	if seen := d.want(http.StatusOK, ada, "GET", path, nil); strings.Contains(seen.text, text) ||
		seen.at("id") != id || seen.at("label") != "Nightly" {
		t.Errorf("%s", seen.text)
	}
	if off := d.want(http.StatusOK, ada, "POST", path, values{"disabled": true}); off.at("disabled") != true || off.at("label") != "Nightly" {
		t.Errorf("%s", off.text)
	}
	d.want(http.StatusBadRequest, ada, "POST", path, values{"label": ""})
	d.want(http.StatusBadRequest, ada, "POST", path, values{"label": "a\r\nb"})
	fresh := d.want(http.StatusOK, ada, "POST", path+"/rotate", values{"overlap": "24h"})
	if again, _ := fresh.at("secret").(string); again == text || again == "" {
		t.Errorf("%s", fresh.text)
	}
	if both := d.want(http.StatusOK, ada, "GET", path, nil); len(both.at("secrets").([]any)) != 2 {
		t.Errorf("%s", both.text)
	}
	d.want(http.StatusOK, ada, "DELETE", path, nil)
	d.want(http.StatusNotFound, ada, "GET", path, nil)
}

func TestAnAppIsAllowedFromAddressesAndShowsItsKeyAgain(t *testing.T) {
	d := newHub(t)
	ada, bearer := d.person("ada", "hub:self-update")
	made := d.want(http.StatusOK, bearer, "POST", "/users/me/apps", values{"label": "Checkout"})
	id, _ := made.at("appId").(string)
	key, _ := made.at("appKey").(string)
	if len(id) != 8 || key == "" || made.at("environment") != "production" {
		t.Fatalf("%s", made.text)
	}
	path := "/users/me/apps/" + id
	if seen := d.want(http.StatusOK, bearer, "GET", path, nil); strings.Contains(seen.text, key) {
		t.Errorf("%s", seen.text)
	}
	if shown := d.want(http.StatusOK, bearer, "POST", path+"/reveal", nil); shown.at("appKey") != key {
		t.Errorf("%s", shown.text)
	}
	d.want(http.StatusForbidden, d.token(ada, "Hub"), "POST", path+"/reveal", nil)
	entry := d.want(http.StatusOK, bearer, "POST", path+"/allowlist", values{"address": "192.0.2.0/24", "note": "office"})
	if entry.at("address") != "192.0.2.0/24" || entry.at("note") != "office" {
		t.Errorf("%s", entry.text)
	}
	d.want(http.StatusConflict, bearer, "POST", path+"/allowlist", values{"address": "192.0.2.0/24"})
	d.want(http.StatusBadRequest, bearer, "POST", path+"/allowlist", values{"address": "192.0.2.1/24"})
	if any := d.want(http.StatusOK, bearer, "POST", path+"/allowlist", values{"address": "0.0.0.0/0"}); any.at("any") != true {
		t.Errorf("%s", any.text)
	}
	if list := d.want(http.StatusOK, bearer, "GET", path+"/allowlist", nil); len(list.names("allowlist", "id")) != 2 {
		t.Errorf("%s", list.text)
	}
	_, carl := d.person("carl", "hub:user-update")
	d.want(http.StatusForbidden, carl, "POST", "/users/"+ada+"/apps/"+id+"/allowlist", values{"address": "198.51.100.1"})
	d.want(http.StatusOK, bearer, "DELETE", path+"/allowlist/"+entry.at("id").(string), nil)
	rotated := d.want(http.StatusOK, bearer, "POST", path+"/rotate", values{"overlap": "1h"})
	if rotated.at("appKey") == key || d.want(http.StatusOK, bearer, "GET", path, nil).at("previousKeyEndsOn") == nil {
		t.Errorf("%s", rotated.text)
	}
	d.want(http.StatusBadRequest, bearer, "POST", path+"/rotate", values{"overlap": "soon"})
	d.want(http.StatusOK, bearer, "DELETE", path, nil)
	d.want(http.StatusNotFound, bearer, "POST", path+"/reveal", nil)
}

func TestAnApplicationPasswordOpensTheAPIButMakesNothing(t *testing.T) {
	d := newHub(t)
	_, ada := d.person("ada", "hub:self-update")
	made := d.want(http.StatusOK, ada, "POST", "/users/me/applicationPasswords", values{"name": "Mail"})
	password, _ := made.at("password").(string)
	if made.at("author", "id") == nil || password == "" {
		t.Fatalf("%s", made.text)
	}
	d.want(http.StatusOK, "", "GET", "/users/me", nil, basic("ada", password))
	d.must(d.api.Provider.FlushUses(t.Context()))
	seen := d.want(http.StatusOK, ada, "GET", "/users/me/applicationpasswords", nil)
	if strings.Contains(seen.text, password) || !strings.Contains(seen.text, "lastAccessTime") {
		t.Errorf("%s", seen.text)
	}
	d.want(http.StatusForbidden, "", "POST", "/users/me/applicationPasswords", values{"name": "Other"}, basic("ada", password))
	d.want(http.StatusOK, ada, "DELETE", "/users/me/applicationPasswords/"+made.at("id").(string), nil)
	d.want(http.StatusUnauthorized, "", "GET", "/users/me", nil, basic("ada", password))
}

func TestAnAnswerWithASecretIsGivenAgainToNoLesserCredential(t *testing.T) {
	d := newHub(t)
	ada, bearer := d.person("ada", "hub:self-update")
	body, key := values{"label": "Nightly"}, header{"Idempotency-Key", "1"}
	first := d.want(http.StatusOK, bearer, "POST", "/users/me/apiclients", body, key)
	if again := d.want(http.StatusOK, bearer, "POST", "/users/me/apiclients", body, key); again.text != first.text {
		t.Errorf("%s, then %s", first.text, again.text)
	}
	d.want(http.StatusForbidden, d.token(ada, "Hub"), "POST", "/users/me/apiclients", body, key)
}
