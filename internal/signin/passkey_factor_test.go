package signin_test

import (
	"slices"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

func TestAPasskeyIsASecondStepWhereAGroupAsksForOne(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	d := newDevice("key")
	key := b.adds(b.signIn(), d)
	if b.next(b.signIn()) != signin.Done {
		t.Error("a passkey alone asks for more than the password")
	}
	b.require()
	half := b.signIn()
	if b.next(half) != signin.SecondFactor {
		t.Fatalf("%s", b.next(half))
	}
	options, sealed, err := b.AskPasskey(t.Context(), half, site, true)
	if err != nil || len(options.Allow) != 1 {
		t.Fatalf("%+v, %v", options, err)
	}
	d.handle = nil // the user is known
	_, err = b.SignInByPasskey(t.Context(), b.signIn(), sealed, site, d.uses(options.Challenge), false, from(here))
	wantKind(t, "in another browser", err, fault.Unauthenticated)
	options, sealed, err = b.AskPasskey(t.Context(), half, site, true)
	if err != nil {
		t.Fatal(err)
	}
	cookie, err := b.SignInByPasskey(t.Context(), half, sealed, site, d.uses(options.Challenge), false, from(here))
	if err != nil || b.next(half) != signin.SignIn {
		t.Fatalf("%v", err)
	}
	visit := must(b.Visit(t.Context(), cookie))
	if !visit.SignedIn() || !slices.Equal(visit.Session.Methods, []string{"pwd", "hwk", "user", "mfa"}) {
		t.Errorf("%+v", visit)
	}
	if err := b.RemovePasskey(t.Context(), b.as(cookie), "0190-ADA", key.ID); err != nil {
		t.Fatal(err)
	}
	if b.next(b.signIn()) != signin.Enrol {
		t.Error("without the last passkey nothing is asked for")
	}
}

func TestAnotherUsersPasskeyIsNoSecondStep(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	b.addUser(hub.User{ID: "0190-EVE", Login: "eve", Kind: hub.Person}, correct)
	d := newDevice("key")
	d.handle = []byte("0190-EVE")
	b.adds(must(b.SignIn(t.Context(), "", "eve", correct, false, from(here))), d)
	b.adds(b.signIn(), newDevice("ada's"))
	b.require()
	half := b.signIn()
	options, sealed, err := b.AskPasskey(t.Context(), half, site, true)
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.SignInByPasskey(t.Context(), half, sealed, site, d.uses(options.Challenge), false, from(here))
	wantKind(t, "another user's", err, fault.Unauthenticated)
	if b.next(half) != signin.SecondFactor {
		t.Errorf("%s", b.next(half))
	}
}

func TestCodesThatAreSetUpInASessionOfAPasskeyClaimNoPassword(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	d := newDevice("key")
	b.adds(b.signIn(), d)
	cookie := must(b.enters(d))
	enrolment := must(b.Enrol(t.Context(), cookie, "hub.example.test"))
	_, next, err := b.Confirm(t.Context(), cookie, must(totp.GenerateCode(enrolment.Seed.Reveal(), time.Now())), from(here))
	if err != nil {
		t.Fatal(err)
	}
	if methods := must(b.Visit(t.Context(), next)).Session.Methods; !slices.Equal(methods, []string{"hwk", "user", "otp", "mfa"}) {
		t.Errorf("%v", methods)
	}
}

func TestAHubHasPasskeysWhereBrowsersDo(t *testing.T) {
	for issuer, want := range map[string]signin.Site{
		"https://hub.example.test":        {Host: "hub.example.test", Origin: "https://hub.example.test"},
		"https://Hub.Example.test:8443/x": {Host: "hub.example.test", Origin: "https://hub.example.test:8443"},
		"http://localhost:8080":           {Host: "localhost", Origin: "http://localhost:8080"}, "http://hub.example.test": {},
		"https://192.0.2.1": {}, "https://[2001:db8::1]:8443": {}, "https://": {}, "": {},
	} {
		if got := signin.SiteOf(issuer); got != want {
			t.Errorf("%s is %+v", issuer, got)
		}
	}
	b := newBench(t, storetest.SQLite(t))
	_, _, err := b.AskPasskey(t.Context(), "", signin.Site{}, false)
	wantKind(t, "to use", err, fault.Conflict)
	_, _, err = b.AskNewPasskey(t.Context(), b.signIn(), signin.Site{})
	wantKind(t, "to make", err, fault.Conflict)
}

func TestAGroupThatAsksForASecondFactorIsSatisfiedByANewPasskey(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	b.require()
	half := b.signIn()
	if b.next(half) != signin.Enrol {
		t.Fatalf("%s", b.next(half))
	}
	d := newDevice("key")
	options, sealed, err := b.AskNewPasskey(t.Context(), half, site)
	if err != nil {
		t.Fatal(err)
	}
	added := must(b.AddPasskey(t.Context(), half, sealed, site, d.makes(options.Challenge), "Telephone", from(here)))
	visit := must(b.Visit(t.Context(), added.Cookie))
	if !visit.Fresh(time.Now()) || !slices.Equal(visit.Session.Methods, []string{"pwd", "hwk", "user", "mfa"}) ||
		b.next(half) != signin.SignIn || len(added.Codes) != 10 {
		t.Errorf("%+v, %d codes", visit, len(added.Codes))
	}
	if want := []string{"user.passkey-add success", "user.sign-in success"}; !slices.Equal(b.actions(), want) {
		t.Errorf("events: %v", b.actions())
	}
	half = b.signIn()
	if b.next(half) != signin.SecondFactor {
		t.Fatalf("%s", b.next(half))
	}
	if _, err := b.SecondFactor(t.Context(), half, "123456", from(here)); !fault.Is(err, fault.Unauthenticated) ||
		reason(err) != "the code is wrong or was used before" {
		t.Errorf("a code of an app that there is none of: %v", err)
	}
	if visit := must(b.Visit(t.Context(), must(b.SecondFactor(t.Context(), half, added.Codes[0].Reveal(), from(here))))); !visit.SignedIn() {
		t.Errorf("a recovery code does not stand in for the passkey: %s", visit.Next)
	}
}

func TestAPasskeyIsASecondFactorThatAUserHas(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	ada := must(b.store.User(t.Context(), "0190-ADA"))
	has := func() bool { return must(b.HasSecondFactor(t.Context(), ada)) }
	if has() {
		t.Error("a password alone is a second factor")
	}
	cookie := b.signIn()
	key := b.adds(cookie, newDevice("key"))
	if told := must(b.FactorOf(t.Context(), b.as(cookie), ada.ID)); !has() || !told.Any() || told.Asked() || told.Passkeys != 1 {
		t.Errorf("%v, %+v", has(), told)
	}
	if codes := must(b.NewRecoveryCodes(t.Context(), cookie, from(here))); len(codes) != 10 {
		t.Errorf("%d recovery codes", len(codes))
	}
	wantKind(t, "to turn off codes that are none", b.RemoveFactor(t.Context(), cookie, from(here)), fault.Conflict)
	if err := b.RemovePasskey(t.Context(), b.as(cookie), ada.ID, key.ID); err != nil {
		t.Fatal(err)
	}
	if left := must(b.RecoveryCodesLeft(t.Context(), ada.ID)); has() || left != 0 {
		t.Errorf("without the last passkey: %v, %d recovery codes", has(), left)
	}
}

func TestPasskeysOfAHostThatTheHubHadBeforeLockNobodyOut(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	b.require()
	enrols := func(name string) signin.Added {
		half := b.signIn()
		options, sealed, err := b.AskNewPasskey(t.Context(), half, site)
		if err != nil {
			t.Fatal(err)
		}
		return must(b.AddPasskey(t.Context(), half, sealed, site, newDevice(name).makes(options.Challenge), name, from(here)))
	}
	added := enrols("key")
	b.Sites = []signin.Site{{Host: "hub.example.org", Origin: "https://hub.example.org"}}
	half := b.signIn()
	if b.next(half) != signin.SecondFactor {
		t.Errorf("who was given recovery codes is asked for %s", b.next(half))
	}
	cookie := must(b.SecondFactor(t.Context(), half, added.Codes[0].Reveal(), from(here)))
	if told := must(b.FactorOf(t.Context(), b.as(cookie), "0190-ADA")); told.Any() || told.RecoveryCodes != 9 {
		t.Errorf("%+v", told)
	}
	b.tx(func(tx *store.Tx) error { return tx.SetRecoveryCodes(t.Context(), "0190-ADA", nil) })
	if half := b.signIn(); b.next(half) != signin.Enrol {
		t.Errorf("without recovery codes: %s", b.next(half))
	}
}
