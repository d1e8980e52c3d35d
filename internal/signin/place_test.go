package signin_test

import (
	"net/netip"
	"testing"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

// entersFrom signs ada in from an address with a program.
func (b *bench) entersFrom(address, agent string) hub.Session {
	b.Helper()
	o := signin.Origin{Environment: hub.Production, Door: "page", Address: netip.MustParseAddr(address), Agent: agent}
	return must(b.Visit(b.Context(), must(b.SignIn(b.Context(), "", "ada", correct, false, o)))).Session
}

// isNew reports whether a session stands out.
func (b *bench) isNew(s hub.Session) bool {
	b.Helper()
	return !must(b.Places(b.Context(), "0190-ADA")).Knows(s)
}

const (
	firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
	newer   = "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0"
	iPhone  = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1"
)

func TestANewNetworkOrProgramStandsOut(t *testing.T) {
	for name, one := range map[string]struct {
		first, address, agent string
		want                  bool
	}{
		"the same":                   {"192.0.2.1", "192.0.2.1", firefox, false},
		"a newer version":            {"192.0.2.1", "192.0.2.1", newer, false},
		"the same network":           {"192.0.2.1", "192.0.2.200", firefox, false},
		"another network":            {"192.0.2.1", "192.0.3.1", firefox, true},
		"another program":            {"192.0.2.1", "192.0.2.1", iPhone, true},
		"no program":                 {"192.0.2.1", "192.0.2.1", "", true},
		"written as IPv6":            {"192.0.2.1", "::ffff:192.0.2.7", firefox, false},
		"the same site in IPv6":      {"2001:db8:1:2::1", "2001:db8:1:ffff::9", firefox, false},
		"another site in IPv6":       {"2001:db8:1:2::1", "2001:db8:2:2::1", firefox, true},
		"IPv6 where IPv4 was before": {"192.0.2.1", "2001:db8:1:2::1", firefox, true},
	} {
		b := newBench(t, storetest.SQLite(t))
		if b.isNew(b.entersFrom(one.first, firefox)) {
			t.Errorf("%s: the first sign-in stands out", name)
		}
		if got := b.isNew(b.entersFrom(one.address, one.agent)); got != one.want {
			t.Errorf("%s is new: %v, want %v", name, got, one.want)
		}
	}
}

func TestAPlaceIsKnownOnceItsUserVouchesForIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		b := newBench(t, database)
		b.addUser(hub.User{ID: "0190-EVE", Login: "eve", Kind: hub.Person}, correct)
		home, away := b.entersFrom("192.0.2.1", firefox), b.entersFrom("198.51.100.7", iPhone)
		actor := func(of hub.Session) hub.Actor {
			return hub.Actor{User: must(b.store.User(t.Context(), "0190-ADA")), Environment: hub.Production, Door: "page", Credential: of.ID}
		}
		stranger := hub.Actor{User: must(b.store.User(t.Context(), "0190-EVE")), Door: "page", Fresh: true}
		_, err := b.KnowPlace(t.Context(), stranger, away.ID)
		wantKind(t, "somebody else's", err, fault.NotFound)
		_, err = b.KnowPlace(t.Context(), actor(home), "none")
		wantKind(t, "none", err, fault.NotFound)
		_, err = b.KnowPlace(t.Context(), actor(away), away.ID)
		wantKind(t, "vouching for itself long after the sign-in", err, fault.StepUp)
		if !b.isNew(away) {
			t.Fatal("it is known although nobody has vouched for it")
		}
		for range 2 { // the button may be pressed twice
			if _, err := b.KnowPlace(t.Context(), actor(home), away.ID); err != nil {
				t.Fatal(err)
			}
		}
		if b.isNew(away) || b.isNew(b.entersFrom("198.51.100.99", iPhone)) {
			t.Error("it still stands out")
		}
		if got := b.actions(); got[len(got)-2] != "session.confirm success" {
			t.Errorf("events: %v", got)
		}
		b.enrol()
		session := must(b.Visit(t.Context(), b.signIn())).Session
		_, err = b.KnowPlace(t.Context(), actor(home), session.ID)
		wantKind(t, "a sign-in that is not complete", err, fault.NotFound)
	})
}

func TestWhoWasSignedInBeforePlacesWereKnownStandsOutNowhere(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	now := hub.Now()
	before := func(id, address, agent string) hub.Session {
		session := hub.Session{
			ID: id, Digest: []byte(id), UserID: "0190-ADA", SignedInAt: now, Address: address, Agent: agent,
			CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(time.Hour),
		}
		b.tx(func(tx *store.Tx) error { return tx.InsertSession(t.Context(), session) })
		return session
	}
	one, two := before("1", "192.0.2.1", firefox), before("2", "198.51.100.7", iPhone)
	if b.isNew(one) || b.isNew(two) {
		t.Error("everything stands out where nothing is known")
	}
	three := b.entersFrom("203.0.113.5", firefox)
	if b.isNew(one) || b.isNew(two) || b.isNew(three) {
		t.Error("what was there before the first known sign-in stands out")
	}
}
