package signin_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

func TestAUserIsFoundByLoginIdAndMailInAnyLetterCase(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	for _, alias := range []string{"ada", "ADA", "0190-ada", "ada@example.test", "Ada@Example.Test", " ada "} {
		if user, err := b.Password(t.Context(), alias, correct, here); err != nil || user.Login != "ada" {
			t.Errorf("%q: %v, %v", alias, user.Login, err)
		}
	}
}

func TestEveryRefusalOfAPasswordLooksTheSame(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	b.addUser(hub.User{ID: "banned", Login: "banned", Kind: hub.Person, Banned: true}, correct)
	b.addUser(hub.User{ID: "without", Login: "without", Kind: hub.Person}, "")
	b.addUser(hub.User{ID: "bot", Login: "bot", Kind: hub.Bot}, correct)
	shown := map[string]bool{}
	for name, try := range map[string]struct{ alias, password, reason string }{
		"unknown":     {"nobody", correct, "nobody has this name"},
		"no name":     {"", correct, "nobody has this name"},
		"wrong":       {"ada", "wrong", "the password is wrong"},
		"empty":       {"ada", "", "the password is wrong"},
		"banned":      {"banned", correct, "the user is banned"},
		"no password": {"without", correct, "the user has no password"},
		"bot":         {"bot", correct, "only people sign in with a password"},
		"long":        {"ada", strings.Repeat("x", secret.MaxPassword+1), "the password has more than 1,024 bytes"},
		"long name":   {strings.Repeat("x", 5000), correct, "nobody has this name"},
	} {
		_, err := b.Password(t.Context(), try.alias, try.password, here)
		wantKind(t, name, err, fault.Unauthenticated)
		if !strings.HasPrefix(reason(err), try.reason) {
			t.Errorf("%s: the reason is %q, want %q", name, reason(err), try.reason)
		}
		var known *fault.Error
		if errors.As(err, &known) {
			shown[known.Code+known.Message] = true
		}
	}
	if len(shown) != 1 {
		t.Errorf("refusals look different: %v", shown)
	}
}

func TestAnAccountHasOneCounterWhateverItIsCalled(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	for i := range 10 {
		alias := []string{"ada", "0190-ada", "ADA@example.test"}[i%3]
		_, err := b.Password(t.Context(), alias, "wrong", here)
		wantKind(t, alias, err, fault.Unauthenticated)
	}
	for _, alias := range []string{"ada", "0190-ADA", "ada@example.test"} {
		_, err := b.Password(t.Context(), alias, correct, here)
		wantKind(t, alias, err, fault.Limited)
	}
	if _, err := b.Password(t.Context(), "ada", correct, there); err != nil {
		t.Errorf("the owner elsewhere is held up by a stranger: %v", err)
	}
}

func TestANameNobodyHasIsHeldUpAsAnAccountIs(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	for range 10 {
		_, err := b.Password(t.Context(), "nobody", "wrong", here)
		wantKind(t, "nobody", err, fault.Unauthenticated)
	}
	_, err := b.Password(t.Context(), "NOBODY", "wrong", here)
	wantKind(t, "nobody", err, fault.Limited)
}

func TestGuessesAtTheSameMomentAreNotAllTried(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	var tried atomic.Int64
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			if _, err := b.Password(t.Context(), "ada", "wrong", here); fault.Is(err, fault.Unauthenticated) {
				tried.Add(1)
			}
		})
	}
	all.Wait()
	if tried.Load() > 12 {
		t.Errorf("%d guesses were tried where 10 are allowed", tried.Load())
	}
}

func TestAFloodIsTurnedAwayBeforeItHashes(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	var own, limited, busy atomic.Int64
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			_, err := b.Password(t.Context(), "nobody", "wrong", here)
			var known *fault.Error
			switch {
			case fault.Is(err, fault.Limited):
				limited.Add(1)
			case fault.Is(err, fault.Unavailable):
				busy.Add(1)
			default:
				own.Add(1)
			}
			if errors.As(err, &known) && known.Kind != fault.Unauthenticated && known.RetryAfter <= 0 {
				t.Errorf("%v says not when to come again", err)
			}
		})
	}
	if _, err := b.Password(t.Context(), "ada", correct, there); err != nil {
		t.Errorf("somebody elsewhere meanwhile: %v", err)
	}
	all.Wait()
	if limited.Load() == 0 || own.Load() > 60 {
		t.Errorf("%d were tried, %d limited, %d told to come later", own.Load(), limited.Load(), busy.Load())
	}
}

func TestAStaleHashIsMadeAnewAtSignIn(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	stale := "$argon2id$v=19$m=8192,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$5nwvmloC1hxLUfRDAAaTUKEZJCH8GMrFyQUTFOuaNeY"
	b.tx(func(tx *store.Tx) error {
		return tx.SetPassword(t.Context(), hub.Password{UserID: "0190-ADA", Hash: stale, ChangedAt: hub.Now()})
	})
	for range 2 {
		if _, err := b.Password(t.Context(), "ada", "stale password", here); err != nil {
			t.Fatal(err)
		}
	}
	if password := must(b.store.Password(t.Context(), "0190-ADA")); !strings.Contains(password.Hash, "m=19456,t=2") {
		t.Errorf("the hash is still %s", password.Hash)
	}
}

func TestAProgramUsesAnApplicationPasswordWhereThereIsASecondFactor(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	own, suspended := secret.New(secret.ApplicationPassword, false).Reveal(), secret.New(secret.ApplicationPassword, false).Reveal()
	b.tx(func(tx *store.Tx) error {
		for id, text := range map[string]string{"one": own, "two": suspended, "three": "brought-along-1"} {
			p := hub.ApplicationPassword{
				ID: id, UserID: "0190-ADA", Name: id, Digest: b.master.Digest(text), Suspended: id == "two", CreatedAt: hub.Now(),
			}
			if err := tx.InsertApplicationPassword(t.Context(), p); err != nil {
				return err
			}
		}
		return nil
	})
	program, err := b.Program(t.Context(), "ada", correct, here)
	if err != nil || program.ApplicationPassword != "" {
		t.Errorf("the own password of who has no second factor: %+v, %v", program, err)
	}
	b.enrol()
	for name, try := range map[string]struct{ alias, password, used, reason string }{
		"application password":   {"ada", own, "one", ""},
		"brought along":          {"ADA@example.test", "brought-along-1", "three", ""},
		"own password":           {"ada", correct, "", "a program needs an application password"},
		"wrong":                  {"ada", "wrong", "", "the password is wrong"},
		"suspended":              {"ada", suspended, "", "the application password waits"},
		"truncated":              {"ada", own[:20], "", "a truncated or altered"},
		"another kind":           {"ada", secret.New(secret.PermanentToken, false).Reveal(), "", "a truncated or altered"},
		"nobody's":               {"ada", secret.New(secret.ApplicationPassword, false).Reveal(), "", "no such application password"},
		"another user's":         {"nobody", own, "", "no such application password"},
		"nobody with a password": {"nobody", correct, "", "nobody has this name"},
	} {
		program, err := b.Program(t.Context(), try.alias, try.password, there)
		if program.ApplicationPassword != try.used || !strings.HasPrefix(reason(err), try.reason) || (err == nil) != (try.reason == "") {
			t.Errorf("%s: %+v, %v", name, program, err)
		}
	}
	if _, err := b.SignIn(t.Context(), "", "ada", own, false, from(here)); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("an application password opens pages: %v", err)
	}
}

func TestAPasswordThatMustBeChangedOpensNothingToPrograms(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	b.mustChange()
	_, err := b.Program(t.Context(), "ada", correct, here)
	wantKind(t, "must change", err, fault.Unauthenticated)
}
