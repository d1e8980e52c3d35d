package credential_test

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store/storetest"
)

func TestPermanentTokenNeverGoesBeyondItsMaker(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		d := newDesk(t, database)
		for name, c := range map[string]struct {
			actor hub.Actor
			owner string
			want  []string
		}{
			"own":            {d.as("bob"), "bob", nil},
			"for another":    {d.as("carl"), "bob", []string{"hub:self-update", "hub:user-update", "payments:read"}},
			"by who may all": {d.as("ada"), "bob", []string{"*"}},
			"in organisations": {with(d.as("ada"), func(a *hub.Actor) {
				a.Permissions = hub.NewPermissions("hub:user-update", "o/payments:read")
			}), "eve", []string{"hub:user-update", "o/payments:read"}},
		} {
			token, text, err := d.CreatePermanentToken(t.Context(), c.actor,
				credential.NewPermanentToken{UserID: d.users[c.owner].ID, Environment: hub.Production, Name: name, Scope: []string{"payments"}})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			there, err := d.store.PermanentTokenByDigest(t.Context(), d.master.Digest(text.Reveal()))
			if err != nil || there.ID != token.ID || !slices.Equal(there.Cap, c.want) || (there.Cap == nil) != (c.want == nil) ||
				there.AuthorID != c.actor.ID() || there.AuthorName != c.actor.Name || there.Hint != text.Hint() {
				t.Errorf("%s: %+v %v", name, there, err)
			}
		}
	})
}

func TestPermanentTokenIsWhatWasAskedFor(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	group, err := d.directory.CreateGroup(t.Context(), system, hub.Group{Name: "few"})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = d.directory.CreateService(t.Context(), system, hub.Service{Environment: hub.Production, Key: "closed", Name: "Closed",
		ServiceSettings: hub.ServiceSettings{Viewers: []string{group.ID}}}, "")
	if err != nil {
		t.Fatal(err)
	}
	good := func() credential.NewPermanentToken {
		return credential.NewPermanentToken{UserID: d.users["bob"].ID, Environment: hub.Production, Name: "n", Scope: []string{"payments"}}
	}
	for name, c := range map[string]struct {
		change func(*credential.NewPermanentToken)
		field  string
	}{
		"name":           {func(n *credential.NewPermanentToken) { n.Name = "" }, "name"},
		"environment":    {func(n *credential.NewPermanentToken) { n.Environment = "x" }, "environment"},
		"no scope":       {func(n *credential.NewPermanentToken) { n.Scope = nil }, "scope"},
		"much scope":     {func(n *credential.NewPermanentToken) { n.Scope = slices.Repeat([]string{"payments"}, 101) }, "scope"},
		"unknown":        {func(n *credential.NewPermanentToken) { n.Scope = []string{"nothing"} }, "scope"},
		"reserved":       {func(n *credential.NewPermanentToken) { n.Scope = []string{"openid"} }, "scope"},
		"permission":     {func(n *credential.NewPermanentToken) { n.Scope = []string{"payments:delete"} }, "scope"},
		"not a viewer":   {func(n *credential.NewPermanentToken) { n.Scope = []string{"closed"} }, "scope"},
		"past":           {func(n *credential.NewPermanentToken) { n.ExpiresAt = time.Now().Add(-time.Hour) }, "expires"},
		"subset":         {func(n *credential.NewPermanentToken) { n.Permissions = []string{"read"} }, "permissions"},
		"long allowlist": {func(n *credential.NewPermanentToken) { n.Allowlist = make([]netip.Prefix, 501) }, "allowlist"},
	} {
		wanted := good()
		c.change(&wanted)
		_, _, err := d.CreatePermanentToken(t.Context(), d.as("bob"), wanted)
		if fields := fieldsOf(err); !fault.Is(err, fault.Invalid) || len(fields) != 1 || fields[0] != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	wanted := good()
	wanted.Scope = []string{"Payments%20API", "payments:create", "administer", "HUB"}
	wanted.ReadOnly, wanted.Permissions, wanted.Allowlist = true, []string{"payments:read"}, []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	wanted.ExpiresAt = time.Now().Add(time.Hour)
	token, _, err := d.CreatePermanentToken(t.Context(), d.as("bob"), wanted)
	if err != nil || len(token.Services) != 2 || token.Services[1] != hub.HubServiceID ||
		!token.ReadOnly || len(token.Allowlist) != 1 || token.ExpiresAt.IsZero() {
		t.Errorf("%+v %v", token, err)
	}
	if _, _, err := d.CreatePermanentToken(t.Context(), d.as("bob"), wanted); !fault.Is(err, fault.Conflict) {
		t.Errorf("the same name twice: %v", err)
	}
	if err := d.DeletePermanentToken(t.Context(), d.as("eve"), d.users["bob"].ID, token.ID); !fault.Is(err, fault.Forbidden) {
		t.Error(err)
	}
	stale := with(d.as("bob"), func(a *hub.Actor) { a.Fresh = false })
	if err := d.DeletePermanentToken(t.Context(), stale, d.users["bob"].ID, token.ID); err != nil {
		t.Errorf("ending needs no fresh sign-in: %v", err)
	}
	if err := d.DeletePermanentToken(t.Context(), d.as("bob"), d.users["bob"].ID, token.ID); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}
