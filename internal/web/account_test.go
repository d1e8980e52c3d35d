package web_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

// longForm is a form for a new token that no cookie holds, since nothing in it repeats.
func longForm(name string) []string {
	fields := []string{"name", name, "expires", "90d"}
	for range 900 {
		fields = append(fields, "scope", hub.NewRandomID())
	}
	return fields
}

const newToken = "/account/security/tokens/new"

func TestAFormThatNoCookieHoldsWaitsForASignInToo(t *testing.T) {
	bench := newBench(t)
	bench.allow("hub:self-update")
	b := bench.browser()
	b.signIn()
	b.post("/auth/logout")
	sent := b.post(newToken, longForm("Nightly <export>")...).leads(bench, "/auth/login?back="+url.QueryEscape(newToken))
	for _, cookie := range sent.Cookies() {
		if len(cookie.Value) > 1000 {
			t.Errorf("the cookie %s has %d bytes", cookie.Name, len(cookie.Value))
		}
	}
	b.signIn()
	b.get(newToken).want(t, 200, `value="Nightly &lt;export&gt;"`, `value="90d" checked`)
	if page := b.get(newToken).want(t, 200); strings.Contains(page.text, "Nightly") {
		t.Error("it is given back twice")
	}
}

func TestWhatStrangersHaveWaitingIsBounded(t *testing.T) {
	bench := newBench(t)
	bench.allow("hub:self-update")
	b := bench.browser()
	for i := range 40 {
		b.post(newToken, longForm(fmt.Sprint("form ", i))...).leads(bench, "/auth/login?back="+url.QueryEscape(newToken))
	}
	b.signIn()
	if page := b.get(newToken).want(t, 200); strings.Contains(page.text, `value="form`) {
		t.Error("one source may keep as much as it sends, or is given another form than the last")
	}
}

func TestAFormWaitsForWhoTypedIt(t *testing.T) {
	bench := newBench(t)
	bench.addUser(hub.User{ID: "0190-EVE", Login: "eve", Name: "Eve", Kind: hub.Person}, correct)
	bench.allow("hub:self-update")
	b := bench.browser()
	b.signIn()
	bench.age()
	version := versionOf(t, b.get("/account"))
	b.post("/account", "version", version, "name", "Of Ada", "login", "ada", "email", "new@example.test").
		leads(bench, "/auth/login?back="+url.QueryEscape("/account"))
	b.post("/auth/login?other=1", "username", "eve", "password", correct)
	if page := b.get("/account").want(t, 200, `value="Eve"`); strings.Contains(page.text, "Of Ada") {
		t.Error("somebody else is shown what was typed")
	}
}

func TestTheProfileNamesGroupsAndRoles(t *testing.T) {
	bench := newBench(t)
	bench.allow("hub:self-update")
	bench.tx(func(tx *store.Tx) error {
		for _, group := range []hub.Group{{ID: "g1", Name: "Writers <b>"}, {ID: "g2", Name: "Authors"}} {
			if err := tx.InsertGroup(t.Context(), group); err != nil {
				return err
			}
		}
		if err := tx.AddSubgroup(t.Context(), "g2", "g1"); err != nil {
			return err
		}
		return tx.AddMember(t.Context(), "g1", "0190-ADA")
	})
	b := bench.browser()
	b.signIn()
	b.get("/account").want(t, 200, ">All Users<", ">Writers &lt;b&gt;<", ">Authors<",
		`<dt>Roles</dt><dd><span class="chips"><span class="chip">Some</span>`)
}

func TestAProfileThatIsSentTwiceIsSavedAndNoConflict(t *testing.T) {
	bench := newBench(t)
	bench.allow("hub:self-update")
	b := bench.browser()
	b.signIn()
	version := versionOf(t, b.get("/account"))
	for range 2 {
		b.post("/account", "version", version, "name", "Ada Twice", "login", "ada", "email", "ada@example.test").leads(bench, "/account")
	}
}

func TestANewPlaceStandsOutUntilItsOwnerVouchesForIt(t *testing.T) {
	bench := newBench(t)
	b := bench.browser()
	b.signIn()
	if page := b.get("/account/activity").want(t, 200, "This device"); strings.Contains(page.text, "New place") {
		t.Error("the first place stands out")
	}
	now := hub.Now()
	away := hub.Session{
		ID: "away", Digest: []byte("away"), UserID: "0190-ADA", SignedInAt: now, Methods: []string{"pwd"},
		Address: "198.51.100.7", CreatedAt: now, LastSeenAt: now,
		Agent:     "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
		ExpiresAt: now.Add(time.Hour),
	}
	bench.tx(func(tx *store.Tx) error { return tx.InsertSession(t.Context(), away) })
	b.get("/account/activity").want(t, 200, "New place", "That was me", "Chrome on Windows")
	const at = "/account/activity/sessions/away/confirm"
	b.get(at).leads(bench, "/account/activity")
	bench.browser().post(at).leads(bench, "/auth/login?back="+url.QueryEscape(at))
	page := b.follow(b.post(at).leads(bench, "/account/activity")).want(t, 200, "You know Chrome on Windows.", "Said of a new place: that was me")
	if strings.Contains(page.text, "New place") {
		t.Error("it still stands out")
	}
	b.post("/account/activity/sessions/none/confirm").want(t, 404)
}

func TestWhoSelectsOneTokenIsAskedAndToldByItsName(t *testing.T) {
	bench := newBench(t)
	bench.allow("*")
	bench.addWiki()
	b := bench.browser()
	b.signIn()
	b.post(newToken, "name", "nightly-export", "scope", wiki.Service.ID).want(t, 303)
	id := regexp.MustCompile(`name="token" value="([^"]+)"`).FindStringSubmatch(b.get("/account/security").text)[1]
	b.get("/account/security/tokens/delete?token="+id).want(t, 200, "Delete this token?")
	b.follow(b.post("/account/security/tokens/delete", "token", id)).want(t, 200, "Token nightly-export deleted.")
}

// addPasskey gives somebody a passkey that was made at a host.
func (b *bench) addPasskey(userID, id, site string) {
	b.Helper()
	b.tx(func(tx *store.Tx) error {
		return tx.InsertPasskey(b.Context(), hub.Passkey{
			ID: id, UserID: userID, Credential: []byte(id), PublicKey: []byte("x"),
			Site: site, Name: "Key <" + id + ">", CreatedAt: hub.Now(),
		})
	})
}

func TestPasskeysOfAnotherHostAreSaidToWorkThereOnly(t *testing.T) {
	bench := newBench(t)
	bench.allow("hub:self-update")
	b := bench.browser()
	b.signIn()
	bench.addPasskey("0190-ADA", "k1", "old.example.test")
	b.get("/account/security").want(t, 200, "Not for this address", "Made at old.example.test.", "Key &lt;k1&gt;")
	b.get("/").want(t, 200, "Add a passkey for this address", "Made at old.example.test.")
	bench.tx(func(tx *store.Tx) error {
		group := hub.Group{ID: "g1", Name: "Careful", RequireTwoFactor: true, TwoFactorSince: hub.Now().Add(-365 * 24 * time.Hour)}
		if err := tx.InsertGroup(t.Context(), group); err != nil {
			return err
		}
		return tx.AddMember(t.Context(), "g1", "0190-ADA")
	})
	bench.desk.Sites = nil // it counts, although no browser offers it here
	b.follow(b.post("/auth/login", "username", "ada", "password", correct)).want(t, 200)
	b.follow(b.get("/account/security")).want(t, 200, "Your passkeys do not work at this address", "Made at old.example.test.")
}

func TestAPasskeyAloneIsASecondFactorThatDoesNotKeepThePasswordOut(t *testing.T) {
	bench := newBench(t)
	bench.allow("hub:self-update")
	b := bench.browser()
	b.signIn()
	bench.addPasskey("0190-ADA", "k1", "hub.example.test")
	b.get("/account/security").want(t, 200, "You have a passkey", "The password alone opens your account too.",
		`href="/account/security/app-passwords/new"`, `id="codes"`)
	b.follow(b.post("/account/security/recovery-codes")).want(t, 200, "Recovery codes")
	b.get("/account/security/two-factor/off").leads(bench, "/account/security")
}

func TestAdministratorsSeeAndRemoveAPasskey(t *testing.T) {
	bench, ada := office(t, "hub:user-read", "hub:user-update", "hub:self-update")
	bench.addPasskey("0190-BEN", "k1", "hub.example.test")
	ada.get("/admin/users?q=ben").want(t, 200)
	const at = "/admin/users/0190-BEN/security"
	ada.get(at).want(t, 200, "Key &lt;k1&gt;", at+"/passkeys/k1/remove")
	ada.get("/admin/users/0190-BEN").want(t, 200, "Passkey or password")
	ada.get(at+"/passkeys/k1/remove").want(t, 200, "Remove this passkey?", "Ben Sample")
	ada.get(at+"/passkeys/none/remove").want(t, 404)
	ada.follow(ada.post(at+"/passkeys/k1/remove").leads(bench, at)).want(t, 200, "The passkey Key &lt;k1&gt; of Ben Sample is removed.")
	if keys, err := bench.store.PasskeysOfUser(t.Context(), "0190-BEN"); err != nil || len(keys) != 0 {
		t.Errorf("%v, %v", keys, err)
	}
	if n := len(bench.letters); n != 1 || bench.letters[0].Kind != "factor-changed" || bench.letters[0].To != "ben@example.test" {
		t.Errorf("letters: %+v", bench.letters)
	}
	ada.post(at+"/passkeys/k1/remove").want(t, 404)
	bench.addPasskey("0190-BEN", "k2", "hub.example.test")
	bench.age()
	ada.get(at+"/passkeys/k2/remove").leads(bench, "/auth/login?back="+url.QueryEscape(at+"/passkeys/k2/remove"))
}

func TestADeviceShowsTheServicesThatItOpened(t *testing.T) {
	bench := newBench(t)
	bench.allow("hub:self-update")
	bench.addWiki()
	b := bench.browser()
	b.signIn()
	sessions, err := bench.store.SessionsOfUser(t.Context(), "0190-ADA")
	if err != nil || len(sessions) != 1 {
		t.Fatal(sessions, err)
	}
	if page := b.get("/account/activity").want(t, 200, "Signed in with a password"); strings.Contains(page.text, "opened") {
		t.Error("a service is shown that was not opened")
	}
	if err := bench.store.Opened(t.Context(), []hub.Opened{
		{SessionID: sessions[0].ID, Environment: hub.Production, ServiceID: wikiID, At: hub.Now()},
	}); err != nil {
		t.Fatal(err)
	}
	b.get("/account/activity").want(t, 200, "opened Wiki")
}

func TestPasskeysEndWithEverythingElseUnlessTheyAreTheOnlyWayIn(t *testing.T) {
	bench := newBench(t)
	bench.allow("hub:self-update")
	b := bench.browser()
	b.signIn()
	bench.addPasskey("0190-ADA", "one", "hub.example.test")
	bench.addPasskey("0190-ADA", "two", "hub.example.test")
	b.get("/account/security/revoke").want(t, 200, "2 credentials stop working", "Passkeys (2)")
	b.post("/account/security/revoke", "what", "passkeys", "password", "wrong").want(t, 422)
	b.post("/account/security/revoke", "what", "passkeys", "passkey", "{}").want(t, 401, "The passkey did not work")
	b.follow(b.post("/account/security/revoke", "what", "passkeys", "password", correct)).want(t, 200, "It is revoked.")
	if keys, err := bench.store.PasskeysOfUser(t.Context(), "0190-ADA"); err != nil || len(keys) != 0 {
		t.Errorf("%d passkeys are left, %v", len(keys), err)
	}
	bench.addPasskey("0190-ADA", "three", "hub.example.test")
	bench.tx(func(tx *store.Tx) error { return tx.DeletePassword(t.Context(), "0190-ADA") })
	page := b.get("/account/security/revoke").want(t, 200, "Your passkeys stay")
	if strings.Contains(page.text, `name="password"`) || strings.Contains(page.text, `value="passkeys"`) {
		t.Error("a password is asked for that there is not, or the last way in is offered to be closed")
	}
	b.post("/account/security/revoke", "what", "passkeys", "password", correct).want(t, 422)
	if keys, err := bench.store.PasskeysOfUser(t.Context(), "0190-ADA"); err != nil || len(keys) != 1 {
		t.Errorf("%d passkeys are left, %v", len(keys), err)
	}
}
