package rest_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"example.org/hub/internal/hub"
)

// madeBy is what a browser answers that has made a passkey on a page of an origin, for a challenge of POST passkeys/challenge.
func (d *desk) madeBy(asked reply, origin string) values {
	d.Helper()
	client, err := json.Marshal(values{
		"type": "webauthn.create", "challenge": asked.at("publicKey", "challenge"), "origin": origin, "crossOrigin": false,
	})
	d.must(err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	d.must(err)
	point, err := key.PublicKey.Bytes()
	d.must(err)
	id := make([]byte, 16)
	rand.Read(id)
	site := sha256.Sum256([]byte(strings.TrimPrefix(issuer, "https://")))
	cose := slices.Concat([]byte{0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32}, point[1:33], []byte{0x22, 0x58, 32}, point[33:])
	data := slices.Concat(site[:], []byte{0x5d, 0, 0, 0, 0}, make([]byte, 16), []byte{0, byte(len(id))}, id, cose) // present, verified, copied
	object := slices.Concat([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData"), []byte{0x58, byte(len(data))}, data)
	text := base64.RawURLEncoding.EncodeToString
	return values{"id": text(id), "rawId": text(id), "type": "public-key", "clientExtensionResults": values{},
		"response": values{"clientDataJSON": text(client), "attestationObject": text(object), "transports": []string{"internal", "hybrid", "pigeon"}}}
}

const ownPasskeys = "/users/me/passkeys"

// newPasskey makes a passkey of a bearer's user, and gives its id.
func (d *desk) newPasskey(bearer, name string) string {
	d.Helper()
	asked := d.want(http.StatusOK, bearer, "POST", ownPasskeys+"/challenge", nil)
	made := d.want(http.StatusOK, bearer, "POST", ownPasskeys, values{
		"name": name, "challenge": asked.at("challenge"), "passkey": d.madeBy(asked, issuer),
	})
	id, _ := made.at("id").(string)
	return id
}

func TestAPasskeyIsMadeRenamedAndTakenAwayWithAToken(t *testing.T) {
	d := newHub(t)
	ada, bearer := d.person("ada", "hub:self-update")
	_, err := d.directory.UpdateUser(t.Context(), hub.System("test"), ada, func(u *hub.User) { u.Email = "ada@example.test" })
	d.must(err)
	asked := d.want(http.StatusOK, bearer, "POST", ownPasskeys+"/challenge", nil)
	if asked.at("publicKey", "rp", "id") != "hub.example.test" || asked.at("publicKey", "user", "name") != "ada" {
		t.Errorf("%s", asked.text)
	}
	made := d.want(http.StatusOK, bearer, "POST", ownPasskeys, values{
		"name": "Telephone", "challenge": asked.at("challenge"), "passkey": d.madeBy(asked, issuer),
	})
	id, _ := made.at("id").(string)
	if made.at("name") != "Telephone" || made.at("backedUp") != true || made.json["lastAccessTime"] != nil {
		t.Errorf("%s", made.text)
	}
	if transports, _ := made.at("transports").([]any); len(transports) != 2 {
		t.Errorf("%s", made.text)
	}
	if renamed := d.want(
		http.StatusOK, bearer, "POST", ownPasskeys+"/"+id, `{"name": "Old telephone"}`,
	); renamed.at("name") != "Old telephone" || renamed.at("id") != id {
		t.Errorf("%s", renamed.text)
	}
	if wrong := d.want(http.StatusBadRequest, bearer, "POST", ownPasskeys+"/"+id, `{"name": ""}`); wrong.at("error_field") != "name" {
		t.Errorf("%s", wrong.text)
	}
	listed := d.want(http.StatusOK, bearer, "GET", ownPasskeys, nil)
	if names := listed.names("passkeys", "name"); !slices.Equal(names, []string{"Old telephone"}) || listed.at("total") != float64(1) {
		t.Errorf("%s", listed.text)
	}
	second := d.want(http.StatusOK, bearer, "POST", ownPasskeys+"/challenge", nil)
	if exclude, _ := second.at("publicKey", "excludeCredentials").([]any); len(exclude) != 1 {
		t.Errorf("%s", second.text)
	}
	d.want(http.StatusOK, bearer, "DELETE", ownPasskeys+"/"+id, nil)
	d.want(http.StatusNotFound, bearer, "DELETE", ownPasskeys+"/"+id, nil)
	d.want(http.StatusNotFound, bearer, "POST", ownPasskeys+"/"+id, `{"name": "x"}`)
	if len(d.letters) != 2 { // made, taken away
		t.Errorf("%+v", d.letters)
	}
}

func TestAPasskeyIsKeptOnlyForTheChallengeAndTheOriginItWasMadeFor(t *testing.T) {
	d := newHub(t)
	_, bearer := d.person("ada", "hub:self-update")
	_, eve := d.person("eve", "hub:self-update")
	refused := func(who string, body values) {
		t.Helper()
		if answer := d.want(http.StatusBadRequest, who, "POST", ownPasskeys, body); answer.at("error_field") != "passkey" {
			t.Errorf("%s", answer.text)
		}
	}
	asked := d.want(http.StatusOK, bearer, "POST", ownPasskeys+"/challenge", nil)
	sent := func(sealed any, made values) values {
		return values{"name": "x", "challenge": sealed, "passkey": made}
	}
	other := d.want(http.StatusOK, bearer, "POST", ownPasskeys+"/challenge", nil)
	refused(bearer, sent(asked.at("challenge"), d.madeBy(asked, "https://app.example.test")))
	refused(bearer, sent(asked.at("challenge"), d.madeBy(other, issuer)))
	refused(bearer, sent("made up", d.madeBy(asked, issuer)))
	refused(bearer, sent(nil, d.madeBy(asked, issuer)))
	refused(bearer, sent(asked.at("challenge"), nil))
	refused(eve, sent(asked.at("challenge"), d.madeBy(asked, issuer)))
	d.want(http.StatusBadRequest, bearer, "POST", ownPasskeys, `{"name": "x", "challenge": 5, "passkey": "text"}`)
	d.want(http.StatusOK, bearer, "POST", ownPasskeys, sent(asked.at("challenge"), d.madeBy(asked, issuer)))
	refused(bearer, sent(asked.at("challenge"), d.madeBy(asked, issuer))) // answered before
	if listed := d.want(http.StatusOK, bearer, "GET", ownPasskeys, nil); listed.at("total") != float64(1) {
		t.Errorf("%s", listed.text)
	}
}

func TestNobodyMakesAPasskeyForSomebodyElse(t *testing.T) {
	d := newHub(t)
	ada, bearer := d.person("ada", "hub:self-update", "hub:admin-read")
	_, carl := d.person("carl", "hub:self-update", "hub:user-update")
	_, eve := d.person("eve", "hub:self-update")
	id := d.newPasskey(bearer, "Telephone")
	of := "/users/" + ada + "/passkeys"
	asked := d.want(http.StatusOK, bearer, "POST", of+"/challenge", nil)
	body := values{"name": "x", "challenge": asked.at("challenge"), "passkey": d.madeBy(asked, issuer)}
	for _, other := range []string{d.root, carl, eve} {
		d.want(http.StatusForbidden, other, "POST", of+"/challenge", nil)
		d.want(http.StatusForbidden, other, "POST", of, body)
		d.want(http.StatusForbidden, other, "POST", of+"/"+id, `{"name": "x"}`)
		d.want(http.StatusNotFound, other, "POST", ownPasskeys+"/"+id, `{"name": "x"}`)
		d.want(http.StatusNotFound, other, "DELETE", ownPasskeys+"/"+id, nil)
	}
	d.want(http.StatusForbidden, eve, "GET", of, nil)
	d.want(http.StatusForbidden, eve, "DELETE", of+"/"+id, nil)
	d.want(http.StatusOK, carl, "GET", of, nil)
	d.want(http.StatusForbidden, carl, "DELETE", of+"/"+id, nil) // carl does not hold what ada holds
	if kept := d.want(http.StatusOK, bearer, "GET", of, nil); !slices.Equal(kept.names("passkeys", "name"), []string{"Telephone"}) {
		t.Errorf("%s", kept.text)
	}
	d.want(http.StatusOK, d.root, "DELETE", of+"/"+id, nil)
}

func TestPasskeysAskForAFreshSignInAndForAPerson(t *testing.T) {
	d := newHub(t)
	ada, bearer := d.person("ada", "hub:self-update")
	id := d.newPasskey(bearer, "Telephone")
	stale := d.token(ada, "Hub")
	for _, one := range []struct{ method, path string }{
		{"POST", ownPasskeys + "/challenge"}, {"POST", ownPasskeys},
		{"POST", ownPasskeys + "/" + id}, {"DELETE", ownPasskeys + "/" + id},
	} {
		if answer := d.want(http.StatusForbidden, stale, one.method, one.path, values{"name": "x"}); answer.error() != "step_up_required" {
			t.Errorf("%s %s: %s", one.method, one.path, answer.text)
		}
	}
	d.want(http.StatusOK, stale, "GET", ownPasskeys, nil)
	bot, err := d.directory.CreateUser(t.Context(), hub.System("test"), hub.User{Login: "robot", Kind: hub.Bot})
	d.must(err)
	role, err := d.directory.CreateRole(t.Context(), hub.System("test"), hub.Role{
		Key: "of-robots", Name: "Of robots", Permissions: []string{"hub:self-update"},
	})
	d.must(err)
	_, err = d.directory.Grant(t.Context(), hub.System("test"), hub.Grant{RoleID: role.ID, HolderKind: hub.HolderUser, HolderID: bot.ID})
	d.must(err)
	d.want(http.StatusBadRequest, d.token(bot.ID, "Hub administer"), "POST", ownPasskeys+"/challenge", nil)
}
