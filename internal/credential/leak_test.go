package credential_test

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

var finder = netip.MustParseAddr("198.51.100.7")

// report reports a secret and lets Hub look for it.
func (d *desk) report(text string) {
	d.Helper()
	if err := d.ReportLeak(d.Context(), finder, text, "a public repository"); err != nil {
		d.Fatal(err)
	}
	if err := d.EndLeaked(d.Context()); err != nil {
		d.Fatal(err)
	}
}

func TestALeakedSecretOfAnyKindIsDead(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		d := newDesk(t, database)
		ctx, bob := t.Context(), d.users["bob"].ID
		gone := func(err error) bool { return fault.Is(err, fault.NotFound) }
		_, token, err := d.CreatePermanentToken(ctx, d.as("bob"),
			credential.NewPermanentToken{UserID: bob, Environment: hub.Production, Name: "n", Scope: []string{"payments"}})
		if err != nil {
			t.Fatal(err)
		}
		password, word, err := d.CreateApplicationPassword(ctx, d.as("bob"), bob, "Mail")
		if err != nil {
			t.Fatal(err)
		}
		client, first, err := d.CreateAPIClient(ctx, system, credential.NewAPIClient{UserID: bob, Environment: hub.Test, Label: "x"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.RotateAPIClient(ctx, system, hub.Test, bob, client.ID, hub.SessionIdle); err != nil {
			t.Fatal(err)
		}
		app, key, err := d.CreateApp(ctx, system, credential.NewApp{UserID: bob, Environment: hub.Test, Label: "x"})
		if err != nil {
			t.Fatal(err)
		}
		ofService, err := d.RotateServiceSecret(ctx, system, hub.Production, d.service("payments").ID, 0)
		if err != nil {
			t.Fatal(err)
		}
		refresh := secret.New(secret.RefreshToken, false)
		now := hub.Now()
		err = d.store.InsertFamily(ctx, hub.Family{
			ID: "f", Environment: hub.Production, ClientID: d.service("payments").ID, UserID: bob, Document: []byte("{}"),
			Offline: true, CreatedAt: now, LastsUntil: now.Add(hub.SessionIdle), EndsAt: now.Add(hub.SessionIdle),
		}, d.master.Digest(refresh.Reveal()))
		if err != nil {
			t.Fatal(err)
		}
		opaque := secret.New(secret.AccessToken, false)
		err = d.store.Tx(ctx, func(tx *store.Tx) error {
			return tx.InsertOpaqueToken(ctx, hub.OpaqueToken{
				Digest: d.master.Digest(opaque.Reveal()), Environment: hub.Production, TokenID: "j", ClientID: "c",
				Subject: bob, Claims: []byte("{}"), ExpiresAt: now.Add(hub.SessionIdle),
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name string
			text secret.Value
			dead func() bool
		}{
			{"permanent token", token, func() bool {
				_, err := d.store.PermanentTokenByDigest(ctx, d.master.Digest(token.Reveal()))
				return gone(err)
			}},
			{"application password", word, func() bool { _, err := d.store.ApplicationPassword(ctx, password.ID); return gone(err) }},
			{"old secret of an API client", first, func() bool {
				left, err := d.store.Secrets(ctx, hub.Test, client.ID)
				return err == nil && len(left) == 1 && left[0].Hint != first.Hint()
			}},
			{"key of an app", key, func() bool {
				there, err := d.store.App(ctx, hub.Test, app.ID)
				if err != nil || secret.Equal(there.Digest, d.master.Digest(key.Reveal())) {
					return false
				}
				fresh, err := d.RevealAppKey(ctx, system, hub.Test, bob, app.ID)
				return err == nil && secret.Equal(there.Digest, d.master.Digest(fresh.Reveal()))
			}},
			{"secret of a service", ofService, func() bool {
				left, err := d.store.Secrets(ctx, hub.Production, d.service("payments").ID)
				return err == nil && len(left) == 0
			}},
			{"refresh token", refresh, func() bool {
				family, err := d.store.Family(ctx, hub.Production, "f")
				return err == nil && !family.EndedAt.IsZero()
			}},
			{"opaque access token", opaque, func() bool {
				_, err := d.store.OpaqueTokenByDigest(ctx, d.master.Digest(opaque.Reveal()))
				return gone(err)
			}},
		} {
			if c.dead() {
				t.Errorf("%s: dead before it was reported", c.name)
			}
			d.report(c.text.Reveal())
			if !c.dead() {
				t.Errorf("%s: alive after it was reported", c.name)
			}
			e := d.lastEvent()
			if c.name == "key of an app" { // its last event is that it was revealed
				continue
			}
			if e.Action != "secret.leak" || e.Address != finder.String() ||
				!strings.Contains(e.Details, "a public repository") || strings.Contains(e.Details, c.text.Reveal()) {
				t.Errorf("%s: %+v", c.name, e)
			}
		}
	})
}

func TestAReportOfNothingDoesNothing(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	ctx := t.Context()
	before := d.lastEvent()
	short := "short-secret"
	err := d.store.Tx(ctx, func(tx *store.Tx) error {
		return tx.InsertSecret(ctx, hub.Secret{
			ID: "brought", Owner: d.service("payments").ID, Environment: hub.Production,
			Digest: d.master.Digest(short), CreatedAt: hub.Now(),
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"", short, secret.New(secret.PermanentToken, false).Reveal(), "hubpat_nearly",
		strings.Repeat("x", 100_000), "'; DROP TABLE users; --",
	} {
		d.report(text)
	}
	if e := d.lastEvent(); e.ID != before.ID {
		t.Errorf("%+v", e)
	}
	if left, err := d.store.Secrets(ctx, hub.Production, d.service("payments").ID); err != nil ||
		!slices.ContainsFunc(left, func(s hub.Secret) bool { return s.ID == "brought" }) {
		t.Errorf("a secret so short that anybody may guess it was ended by a guess: %v %v", left, err)
	}
	if err := d.ReportLeak(ctx, finder, "text", strings.Repeat("é\x00", 1000)); err != nil {
		t.Error(err)
	}
}

func TestTheOwnerAndTheAdministratorsAreToldOfALeak(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	ctx := t.Context()
	for login, user := range d.users {
		if _, err := d.directory.UpdateUser(ctx, system, user.ID, func(u *hub.User) { u.Email = login + "@example.test" }); err != nil {
			t.Fatal(err)
		}
	}
	told := map[string]credential.LeakNotice{}
	d.Tell = func(_ context.Context, _ *store.Tx, to hub.User, notice credential.LeakNotice) error {
		told[to.Login] = notice
		return nil
	}
	_, token, err := d.CreatePermanentToken(ctx, d.as("bob"), credential.NewPermanentToken{
		UserID: d.users["bob"].ID, Environment: hub.Production, Name: "Deploy", Scope: []string{"payments"},
	})
	if err != nil {
		t.Fatal(err)
	}
	d.report(token.Reveal())
	what := `the permanent token "Deploy" of bob`
	if len(told) != 2 || told["bob"] != (credential.LeakNotice{What: what, Owner: true}) || told["ada"] != (credential.LeakNotice{What: what}) {
		t.Errorf("%+v", told)
	}
}
