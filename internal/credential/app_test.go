package credential_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store/storetest"
)

func TestAppKeyIsShownAgainToWhoMayMakeOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		d := newDesk(t, database)
		ctx := t.Context()
		app, key, err := d.CreateApp(ctx, d.as("bob"), credential.NewApp{UserID: d.users["bob"].ID, Environment: hub.Production, Label: "Checkout"})
		if err != nil || hub.CheckAppID(app.ID) != "" {
			t.Fatal(app, err)
		}
		for name, c := range map[string]struct {
			actor hub.Actor
			want  fault.Kind
		}{
			"own after a while": {with(d.as("bob"), func(a *hub.Actor) { a.Fresh = false }), fault.StepUp},
			"of another":        {d.as("eve"), fault.Forbidden},
			"other world":       {with(d.as("bob"), func(a *hub.Actor) { a.Environment = hub.Test }), fault.Forbidden},
		} {
			if shown, err := d.RevealAppKey(ctx, c.actor, hub.Production, d.users["bob"].ID, app.ID); !fault.Is(err, c.want) || shown != "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		shown, err := d.RevealAppKey(ctx, d.as("bob"), hub.Production, d.users["bob"].ID, app.ID)
		if err != nil || shown != key {
			t.Error(err)
		}
		if e := d.lastEvent(); e.Action != "app.reveal" || e.AuthorID != d.users["bob"].ID || e.TargetID != app.ID ||
			e.Address != "192.0.2.1" || e.Credential != "c" || e.Environment != hub.Production {
			t.Errorf("%+v", e)
		}
		second, err := d.RotateApp(ctx, d.as("bob"), hub.Production, d.users["bob"].ID, app.ID, time.Hour)
		there, readErr := d.store.App(ctx, hub.Production, app.ID)
		if err != nil || readErr != nil || !secret.Equal(there.Digest, d.master.Digest(second.Reveal())) ||
			!secret.Equal(there.PreviousDigest, d.master.Digest(key.Reveal())) || !there.PreviousEndsAt.After(time.Now()) {
			t.Errorf("%+v %v %v", there, err, readErr)
		}
		if shown, err := d.RevealAppKey(ctx, d.as("ada"), hub.Production, d.users["bob"].ID, app.ID); err != nil || shown != second {
			t.Error(err)
		}
		if _, err := d.RotateApp(ctx, d.as("bob"), hub.Production, d.users["bob"].ID, app.ID, 0); err != nil {
			t.Error(err)
		}
		if there, err := d.store.App(ctx, hub.Production, app.ID); err != nil || len(there.PreviousDigest) != 0 || !there.PreviousEndsAt.IsZero() {
			t.Errorf("%+v %v", there, err)
		}
	})
}

func TestAllowlistIsKeptEntryByEntry(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	ctx := t.Context()
	app, _, err := d.CreateApp(ctx, d.as("bob"), credential.NewApp{UserID: d.users["bob"].ID, Environment: hub.Production, Label: "Checkout"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		address, note, shown string
		want                 fault.Kind
	}{
		{"192.0.2.7", "office", "192.0.2.7/32", fault.Internal},
		{"::ffff:192.0.2.7", "", "", fault.Conflict},
		{"2001:db8::/32", "", "2001:db8::/32", fault.Internal},
		{"0.0.0.0/0", "", "0.0.0.0/0", fault.Internal},
		{"192.0.2.7/24", "", "", fault.Invalid},
		{"home", "", "", fault.Invalid},
		{"192.0.2.8", "a\x00b", "", fault.Invalid},
	} {
		entry, err := d.AllowAddress(ctx, d.as("bob"), hub.Production, d.users["bob"].ID, app.ID, c.address, c.note)
		if c.want == fault.Internal {
			if err != nil || entry.Prefix.String() != c.shown {
				t.Errorf("%s: %v %v", c.address, entry, err)
			}
		} else if !fault.Is(err, c.want) {
			t.Errorf("%s: %v", c.address, err)
		}
	}
	if !credential.AnyAddress(netip.MustParsePrefix("::/0")) ||
		credential.AnyAddress(netip.MustParsePrefix("::/1")) || credential.AnyAddress(netip.Prefix{}) {
		t.Error("any address is what has no bits")
	}
	there, err := d.store.App(ctx, hub.Production, app.ID)
	if err != nil || len(there.Allowlist) != 3 {
		t.Fatal(there, err)
	}
	if err := d.DisallowAddress(ctx, d.as("eve"), hub.Production, d.users["bob"].ID, app.ID, there.Allowlist[0].ID); !fault.Is(err, fault.Forbidden) {
		t.Error(err)
	}
	if err := d.DisallowAddress(ctx, d.as("bob"), hub.Production, d.users["bob"].ID, app.ID, "nothing"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	if err := d.DisallowAddress(ctx, d.as("bob"), hub.Production, d.users["bob"].ID, app.ID, there.Allowlist[0].ID); err != nil {
		t.Error(err)
	}
	if e := d.lastEvent(); e.Action != "app.disallow" || !strings.Contains(e.Details, "192.0.2.7/32") {
		t.Errorf("%+v", e)
	}
}
