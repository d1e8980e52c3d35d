package signin_test

import (
	"slices"
	"testing"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

// age makes a session as if time had passed since it was signed in, seen and due.
func (b *bench) age(cookie secret.Value, signedIn, seen, ends time.Duration) {
	b.Helper()
	visit := must(b.Visit(b.Context(), cookie))
	session := visit.Session
	session.SignedInAt, session.LastSeenAt = session.SignedInAt.Add(-signedIn), session.LastSeenAt.Add(-seen)
	session.ExpiresAt = session.ExpiresAt.Add(-ends)
	b.tx(func(tx *store.Tx) error { return tx.UpdateSession(b.Context(), session) })
}

func TestSigningInOpensASessionWhoseCookieIsKeptNowhere(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	cookie := b.signIn()
	visit := must(b.Visit(t.Context(), cookie))
	if !visit.SignedIn() || visit.User.Login != "ada" || !slices.Equal(visit.Session.Methods, []string{"pwd"}) || !visit.Fresh(time.Now()) {
		t.Errorf("%+v", visit)
	}
	if life := visit.Session.ExpiresAt.Sub(visit.Session.SignedInAt); life != 12*time.Hour {
		t.Errorf("it lives %s", life)
	}
	if len(cookie) < 22 || string(visit.Session.Digest) == cookie.Reveal() {
		t.Errorf("cookie of %d characters", len(cookie))
	}
	remembered := must(b.SignIn(t.Context(), "", "ada", correct, true, from(there)))
	if life := must(b.Visit(t.Context(), remembered)).Session.ExpiresAt.Sub(hub.Now()); life < 29*24*time.Hour {
		t.Errorf("a remembered one lives %s", life)
	}
	if sessions := must(b.Sessions(t.Context(), "0190-ADA")); len(sessions) != 2 ||
		sessions[1].Address != there.String() || sessions[1].Agent != "Test/1" {
		t.Errorf("sessions: %+v", sessions)
	}
	if want := []string{"user.sign-in success", "user.sign-in success"}; !slices.Equal(b.actions(), want) {
		t.Errorf("events: %v", b.actions())
	}
}

func TestACookieThatIsNobodysMeansNobody(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	cookie := b.signIn()
	for _, wrong := range []secret.Value{
		"", "x", cookie[1:], cookie + "A",
		secret.Value(must(b.Visit(t.Context(), cookie)).Session.ID), "'; DROP TABLE sessions; --aaaaaaaaaaaaaaaaaa",
	} {
		if step := b.next(wrong); step != signin.SignIn {
			t.Errorf("%q: %s", wrong.Reveal(), step)
		}
	}
}

func TestASessionEndsAfterItsTimeOrUnused(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	for name, test := range map[string]struct {
		remember   bool
		seen, ends time.Duration
		want       signin.Step
	}{
		"used":            {false, time.Hour, time.Hour, signin.Done},
		"unused":          {false, 5 * time.Hour, 5 * time.Hour, signin.SignIn},
		"over":            {false, 0, 13 * time.Hour, signin.SignIn},
		"remembered":      {true, 48 * time.Hour, 48 * time.Hour, signin.Done},
		"remembered over": {true, 0, 31 * 24 * time.Hour, signin.SignIn},
	} {
		cookie := must(b.SignIn(t.Context(), "", "ada", correct, test.remember, from(here)))
		b.age(cookie, test.ends, test.seen, test.ends)
		if step := b.next(cookie); step != test.want {
			t.Errorf("%s: %s", name, step)
		}
	}
}

func TestUsingASessionKeepsItButNotFresh(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	cookie := b.signIn()
	b.age(cookie, 16*time.Minute, 3*time.Hour, 16*time.Minute)
	for range 2 {
		visit := must(b.Visit(t.Context(), cookie))
		if !visit.SignedIn() || visit.Fresh(time.Now()) {
			t.Fatalf("%+v", visit)
		}
		wantKind(t, "step-up", visit.Actor(from(here)).StepUp(), fault.StepUp)
	}
	if seen := must(b.Visit(t.Context(), cookie)).Session.LastSeenAt; time.Since(seen) > time.Minute {
		t.Errorf("last seen %s", seen)
	}
}

func TestSigningInAgainMakesTheSessionFreshUnderANewCookie(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	old := b.signIn()
	id := must(b.Visit(t.Context(), old)).Session.ID
	b.age(old, time.Hour, time.Hour, time.Hour)
	cookie := must(b.SignIn(t.Context(), old, "ada", correct, false, from(here)))
	visit := must(b.Visit(t.Context(), cookie))
	if !visit.Fresh(time.Now()) || visit.Session.ID != id || cookie == old {
		t.Errorf("%+v", visit)
	}
	if b.next(old) != signin.SignIn {
		t.Error("the old cookie still opens")
	}
}

func TestAnotherUserInTheSameBrowserEndsTheSession(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	b.addUser(hub.User{ID: "ben", Login: "ben", Kind: hub.Person}, correct)
	cookie := must(b.SignIn(t.Context(), b.signIn(), "ben", correct, false, from(here)))
	if visit := must(b.Visit(t.Context(), cookie)); visit.User.Login != "ben" {
		t.Errorf("%+v", visit)
	}
	if left := must(b.Sessions(t.Context(), "0190-ADA")); len(left) != 0 {
		t.Errorf("ada still has %+v", left)
	}
}

func TestABannedUserHasNoSession(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	cookie := b.signIn()
	b.tx(func(tx *store.Tx) error {
		user := must(tx.User(t.Context(), "0190-ADA"))
		user.Banned = true
		return tx.UpdateUser(t.Context(), user)
	})
	if b.next(cookie) != signin.SignIn {
		t.Error("a banned user is still in")
	}
}

func TestSigningOutEndsOneSession(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	one, two := b.signIn(), b.signIn()
	for range 2 { // again is no error
		if err := b.SignOut(t.Context(), one, from(here)); err != nil || b.next(one) != signin.SignIn || b.next(two) != signin.Done {
			t.Errorf("%v; %s, %s", err, b.next(one), b.next(two))
		}
	}
}

func TestAUserHasAtMostFiftySessions(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	first := b.signIn()
	now := hub.Now()
	b.tx(func(tx *store.Tx) error {
		for i := range 60 {
			s := hub.Session{
				ID: hub.NewID(), Digest: []byte{byte(i)}, UserID: "0190-ADA", SignedInAt: now, CreatedAt: now,
				LastSeenAt: now.Add(time.Hour), ExpiresAt: now.Add(2 * time.Hour),
			}
			if err := tx.InsertSession(t.Context(), s); err != nil {
				return err
			}
		}
		return nil
	})
	last := b.signIn()
	if n := len(must(b.Sessions(t.Context(), "0190-ADA"))); n != 50 || b.next(first) != signin.SignIn || b.next(last) != signin.Done {
		t.Errorf("%d sessions", n)
	}
	b.enrol()
	for range 3 {
		must(b.SignIn(t.Context(), "", "ada", correct, false, from(there)))
	}
	if n := len(must(b.Sessions(t.Context(), "0190-ADA"))); n != 49 {
		t.Errorf("%d sessions beside sign-ins that lack the code", n)
	}
}

func TestHowFreshASignInIsIsMeasuredByTheTimeOfAllNodes(t *testing.T) {
	database := storetest.SQLite(t)
	database.Options.Clock = func() time.Time { return time.Now().Add(-time.Hour) } // of this node, and of nobody else
	b := newBench(t, database)
	if visit := must(b.Visit(t.Context(), b.signIn())); !visit.Actor(from(here)).Fresh {
		t.Errorf("who has just signed in has to do so again: %s", b.Now().Sub(visit.Session.SignedInAt))
	}
}

func TestASignInByAClockThatWasAheadIsNotRecent(t *testing.T) {
	now := time.Now()
	for ago, want := range map[time.Duration]bool{
		0: true, signin.FreshFor: true, signin.FreshFor + time.Millisecond: false, -time.Minute: true, -48 * time.Hour: false,
	} {
		if got := signin.Recent(now.Add(-ago), now, signin.FreshFor); got != want {
			t.Errorf("%v ago: %v", ago, got)
		}
	}
}
