package credential_test

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/directory"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

// desk is a hub with ada (may do all), bob (self-update, payments:read), carl (self-update, user-update, payments:read) and
// eve, who holds nothing; and a service payments in both environments.
type desk struct {
	*testing.T
	store  *store.Store
	master *secret.Master
	users  map[string]hub.User
}

var system = hub.System("cli")

func newDesk(t *testing.T, database storetest.Database) *desk {
	t.Helper()
	master, err := secret.NewMaster(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{T: t, store: database.Open(t), master: master, users: map[string]hub.User{}}
	if err := directory.Bootstrap(t.Context(), d.store); err != nil {
		t.Fatal(err)
	}
	for _, environment := range hub.Environments() {
		_, _, err := directory.CreateService(t.Context(), d.store, master, system, hub.Service{Environment: environment, Key: "payments", Name: "Payments API",
			ServiceSettings: hub.ServiceSettings{Permissions: []hub.Permission{{Key: "read"}, {Key: "create"}}}}, "")
		if err != nil {
			t.Fatal(err)
		}
	}
	for login, permissions := range map[string][]string{
		"ada": {hub.AllPermissions}, "bob": {"hub:self-update", "payments:read"}, "carl": {"hub:self-update", "hub:user-update", "payments:read"}, "eve": nil,
	} {
		user, err := directory.CreateUser(t.Context(), d.store, system, hub.User{Login: login, Name: strings.ToUpper(login)})
		if err != nil {
			t.Fatal(err)
		}
		d.users[login] = user
		if permissions == nil {
			continue
		}
		role, err := directory.CreateRole(t.Context(), d.store, system, hub.Role{Key: "of-" + login, Name: "Of " + login, Permissions: permissions})
		if err == nil {
			_, err = directory.Grant(t.Context(), d.store, system, hub.Grant{RoleID: role.ID, HolderKind: hub.HolderUser, HolderID: user.ID})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// as is somebody who has just signed in.
func (d *desk) as(login string) hub.Actor {
	d.Helper()
	roles, err := d.store.Roles(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	byID := map[string]hub.Role{}
	for _, role := range roles {
		byID[role.ID] = role
	}
	grants, err := d.store.GrantsForUser(d.Context(), d.users[login].ID)
	if err != nil {
		d.Fatal(err)
	}
	user := d.users[login]
	return hub.Actor{User: user, Name: user.Name, Environment: hub.Production, Permissions: hub.Effective(byID, grants, hub.Production), Fresh: true,
		Door: "rest", Credential: "c", Address: netip.MustParseAddr("::ffff:192.0.2.1")}
}

func (d *desk) lastEvent() hub.Event {
	d.Helper()
	events, err := d.store.Events(d.Context(), store.EventFilter{}, store.EventMark{}, 1)
	if err != nil || len(events) == 0 {
		d.Fatal(err)
	}
	return events[0]
}

func with(actor hub.Actor, change func(*hub.Actor)) hub.Actor {
	change(&actor)
	return actor
}

// making is every way to a credential for a user.
func (d *desk) making() map[string]func(actor hub.Actor, userID string) (secret.Value, error) {
	ctx := d.Context()
	return map[string]func(actor hub.Actor, userID string) (secret.Value, error){
		"permanent token": func(actor hub.Actor, userID string) (secret.Value, error) {
			_, text, err := credential.CreatePermanentToken(ctx, d.store, d.master, actor,
				credential.NewPermanentToken{UserID: userID, Environment: hub.Production, Name: hub.NewID(), Scope: []string{"hub"}})
			return text, err
		},
		"application password": func(actor hub.Actor, userID string) (secret.Value, error) {
			_, text, err := credential.CreateApplicationPassword(ctx, d.store, d.master, actor, userID, "Mail")
			return text, err
		},
		"API client": func(actor hub.Actor, userID string) (secret.Value, error) {
			_, text, err := credential.CreateAPIClient(ctx, d.store, d.master, actor, credential.NewAPIClient{UserID: userID, Environment: hub.Production, Label: "x"})
			return text, err
		},
		"app": func(actor hub.Actor, userID string) (secret.Value, error) {
			_, text, err := credential.CreateApp(ctx, d.store, d.master, actor, credential.NewApp{UserID: userID, Environment: hub.Production, Label: "x"})
			return text, err
		},
	}
}

func TestWhoMayMakeACredentialForWhom(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	for name, c := range map[string]struct {
		actor hub.Actor
		owner string
		want  fault.Kind // Internal stands for none
	}{
		"own":                               {d.as("bob"), "bob", fault.Internal},
		"own of all":                        {d.as("ada"), "ada", fault.Internal},
		"own without self-update":           {d.as("eve"), "eve", fault.Forbidden},
		"own after a while":                 {with(d.as("bob"), func(a *hub.Actor) { a.Fresh = false }), "bob", fault.StepUp},
		"own by a reader":                   {with(d.as("bob"), func(a *hub.Actor) { a.ReadOnly = true }), "bob", fault.Forbidden},
		"of somebody":                       {d.as("ada"), "bob", fault.Internal},
		"of somebody who holds as much":     {d.as("carl"), "bob", fault.Internal},
		"of somebody who holds nothing":     {d.as("carl"), "eve", fault.Internal},
		"of somebody who holds more":        {d.as("carl"), "ada", fault.Forbidden},
		"of somebody without user-update":   {d.as("bob"), "eve", fault.Forbidden},
		"of somebody after a while":         {with(d.as("ada"), func(a *hub.Actor) { a.Fresh = false }), "bob", fault.StepUp},
		"of somebody by a reader":           {with(d.as("ada"), func(a *hub.Actor) { a.ReadOnly = true }), "bob", fault.Forbidden},
		"of somebody by a confined one":     {with(d.as("ada"), func(a *hub.Actor) { a.Permissions = hub.NewPermissions("hub:user-update") }), "bob", fault.Forbidden},
		"of nobody":                         {d.as("ada"), "nobody", fault.NotFound},
		"by Hub itself":                     {system, "ada", fault.Internal},
		"from the other environment":        {with(d.as("ada"), func(a *hub.Actor) { a.Environment = hub.Test }), "bob", fault.Forbidden},
		"by a service that may all":         {hub.Actor{ServiceID: "s", Environment: hub.Production, Permissions: hub.NewPermissions("*"), Fresh: true}, "ada", fault.Internal},
		"by a service that may too little":  {hub.Actor{ServiceID: "s", Environment: hub.Production, Permissions: hub.NewPermissions("hub:user-update"), Fresh: true}, "bob", fault.Forbidden},
		"of somebody in an organisation":    {with(d.as("carl"), func(a *hub.Actor) { a.Permissions = a.Permissions.Within("elsewhere") }), "bob", fault.Forbidden},
		"by somebody who is bob in name":    {with(d.as("eve"), func(a *hub.Actor) { a.Name = "BOB" }), "bob", fault.Forbidden},
		"by a service with an id of a user": {hub.Actor{ServiceID: d.users["bob"].ID, Environment: hub.Production, Permissions: hub.NewPermissions("hub:self-update"), Fresh: true}, "bob", fault.Forbidden},
	} {
		for kind, make := range d.making() {
			owner := d.users[c.owner].ID
			if owner == "" {
				owner = c.owner
			}
			want := c.want
			if kind == "application password" { // it is of both environments: a service is none in the other, a person is
				switch name {
				case "from the other environment":
					want = fault.Internal
				case "by a service that may all":
					want = fault.Forbidden
				}
			}
			text, err := make(c.actor, owner)
			if want == fault.Internal {
				if err != nil || text == "" {
					t.Errorf("%s, %s: %v", kind, name, err)
				}
				if e := d.lastEvent(); e.Result != hub.Success || !strings.HasSuffix(e.Action, ".create") || strings.Contains(e.Details, text.Reveal()) {
					t.Errorf("%s, %s: event %+v", kind, name, e)
				}
				continue
			}
			if !fault.Is(err, want) || text != "" {
				t.Errorf("%s, %s: got %v, want %s", kind, name, err, want)
			}
		}
	}
}

func TestConfinedCredentialMakesNoWiderOne(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	confined := with(d.as("ada"), func(a *hub.Actor) { a.Permissions = hub.NewPermissions("hub:self-update", "payments:read") })
	for kind, make := range d.making() {
		_, err := make(confined, d.users["ada"].ID)
		if kind != "permanent token" {
			if !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s: %v", kind, err)
			}
			continue
		}
		tokens, listErr := d.store.PermanentTokensOfUser(t.Context(), d.users["ada"].ID)
		if err != nil || listErr != nil || len(tokens) != 1 || !slices.Equal(tokens[0].Cap, []string{"hub:self-update", "payments:read"}) {
			t.Errorf("%v %v %+v", err, listErr, tokens)
		}
	}
}

func TestPermanentTokenNeverGoesBeyondItsMaker(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		d := newDesk(t, database)
		for name, c := range map[string]struct {
			actor hub.Actor
			owner string
			want  []string
		}{
			"own":              {d.as("bob"), "bob", nil},
			"for another":      {d.as("carl"), "bob", []string{"hub:self-update", "hub:user-update", "payments:read"}},
			"by who may all":   {d.as("ada"), "bob", []string{"*"}},
			"in organisations": {with(d.as("ada"), func(a *hub.Actor) { a.Permissions = hub.NewPermissions("hub:user-update", "o/payments:read") }), "eve", []string{"hub:user-update", "o/payments:read"}},
		} {
			token, text, err := credential.CreatePermanentToken(t.Context(), d.store, d.master, c.actor,
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
	group, err := directory.CreateGroup(t.Context(), d.store, system, hub.Group{Name: "few"})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = directory.CreateService(t.Context(), d.store, d.master, system, hub.Service{Environment: hub.Production, Key: "closed", Name: "Closed",
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
		_, _, err := credential.CreatePermanentToken(t.Context(), d.store, d.master, d.as("bob"), wanted)
		if fields := fieldsOf(err); !fault.Is(err, fault.Invalid) || len(fields) != 1 || fields[0] != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	wanted := good()
	wanted.Scope = []string{"Payments%20API", "payments:create", "administer", "HUB"}
	wanted.ReadOnly, wanted.Permissions, wanted.Allowlist = true, []string{"payments:read"}, []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	wanted.ExpiresAt = time.Now().Add(time.Hour)
	token, _, err := credential.CreatePermanentToken(t.Context(), d.store, d.master, d.as("bob"), wanted)
	if err != nil || len(token.Services) != 2 || token.Services[1] != hub.HubServiceID || !token.ReadOnly || len(token.Allowlist) != 1 || token.ExpiresAt.IsZero() {
		t.Errorf("%+v %v", token, err)
	}
	if _, _, err := credential.CreatePermanentToken(t.Context(), d.store, d.master, d.as("bob"), wanted); !fault.Is(err, fault.Conflict) {
		t.Errorf("the same name twice: %v", err)
	}
	if err := credential.DeletePermanentToken(t.Context(), d.store, d.as("eve"), token.ID); !fault.Is(err, fault.Forbidden) {
		t.Error(err)
	}
	stale := with(d.as("bob"), func(a *hub.Actor) { a.Fresh = false })
	if err := credential.DeletePermanentToken(t.Context(), d.store, stale, token.ID); err != nil {
		t.Errorf("ending needs no fresh sign-in: %v", err)
	}
	if err := credential.DeletePermanentToken(t.Context(), d.store, d.as("bob"), token.ID); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

func fieldsOf(err error) []string {
	var names []string
	if known, is := err.(*fault.Error); is {
		for _, field := range known.Fields {
			names = append(names, field.Name)
		}
	}
	return names
}

func TestRotationLeavesAtMostTwoSecrets(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		d := newDesk(t, database)
		ctx := t.Context()
		client, first, err := credential.CreateAPIClient(ctx, d.store, d.master, d.as("bob"), credential.NewAPIClient{UserID: d.users["bob"].ID, Environment: hub.Production, Label: "x"})
		if err != nil {
			t.Fatal(err)
		}
		live := func() []string {
			secrets, err := d.store.Secrets(ctx, hub.Production, client.ID)
			if err != nil {
				t.Fatal(err)
			}
			var hints []string
			for _, one := range secrets {
				if one.ExpiresAt.IsZero() || one.ExpiresAt.After(time.Now()) {
					hints = append(hints, one.Hint)
				}
			}
			return hints
		}
		rotate := func(overlap time.Duration) secret.Value {
			fresh, err := credential.RotateAPIClient(ctx, d.store, d.master, d.as("bob"), hub.Production, client.ID, overlap)
			if err != nil {
				t.Fatal(err)
			}
			return fresh
		}
		second := rotate(time.Hour)
		if got := live(); !slices.Equal(got, []string{first.Hint(), second.Hint()}) {
			t.Error(got)
		}
		third := rotate(time.Hour)
		if got := live(); !slices.Equal(got, []string{second.Hint(), third.Hint()}) {
			t.Error(got)
		}
		fourth := rotate(0)
		if got := live(); !slices.Equal(got, []string{fourth.Hint()}) {
			t.Error(got)
		}
		for _, overlap := range []time.Duration{-1, 91 * 24 * time.Hour} {
			if _, err := credential.RotateAPIClient(ctx, d.store, d.master, d.as("bob"), hub.Production, client.ID, overlap); !fault.Is(err, fault.Invalid) {
				t.Errorf("overlap %s: %v", overlap, err)
			}
		}
		if _, err := credential.RotateAPIClient(ctx, d.store, d.master, d.as("eve"), hub.Production, client.ID, 0); !fault.Is(err, fault.Forbidden) {
			t.Error(err)
		}
		if _, err := credential.RotateAPIClient(ctx, d.store, d.master, d.as("bob"), hub.Test, client.ID, 0); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
	})
}

func TestServiceSecretNeedsWhatTheServiceHolds(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	ctx := t.Context()
	service, err := d.store.ServiceByName(ctx, hub.Production, "payments")
	if err != nil {
		t.Fatal(err)
	}
	smith := with(d.as("carl"), func(a *hub.Actor) { a.Permissions = a.Permissions.Union(hub.NewPermissions("hub:service-update")) })
	if _, err := credential.RotateServiceSecret(ctx, d.store, d.master, smith, hub.Production, service.ID, 0); err != nil {
		t.Error(err)
	}
	admin, err := d.store.RoleByKey(ctx, hub.SystemAdmin)
	if err == nil {
		_, err = directory.Grant(ctx, d.store, system, hub.Grant{RoleID: admin.ID, HolderKind: hub.HolderService, HolderID: service.ID, Environment: hub.Production})
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		actor hub.Actor
		want  fault.Kind
	}{
		"holds less":    {smith, fault.Forbidden},
		"no permission": {d.as("bob"), fault.Forbidden},
		"after a while": {with(d.as("ada"), func(a *hub.Actor) { a.Fresh = false }), fault.StepUp},
		"other world":   {with(d.as("ada"), func(a *hub.Actor) { a.Environment = hub.Test }), fault.Forbidden},
		"reader":        {with(d.as("ada"), func(a *hub.Actor) { a.ReadOnly = true }), fault.Forbidden},
	} {
		if _, err := credential.RotateServiceSecret(ctx, d.store, d.master, c.actor, hub.Production, service.ID, 0); !fault.Is(err, c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
	fresh, err := credential.RotateServiceSecret(ctx, d.store, d.master, d.as("ada"), hub.Production, service.ID, time.Hour)
	secrets, listErr := d.store.Secrets(ctx, hub.Production, service.ID)
	if err != nil || listErr != nil || len(secrets) != 2 || !secret.Equal(secrets[1].Digest, d.master.Digest(fresh.Reveal())) {
		t.Fatalf("%v %v %v", err, listErr, secrets)
	}
	if err := credential.DeleteServiceSecret(ctx, d.store, d.as("ada"), hub.Production, service.ID, "nothing"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	if err := credential.DeleteServiceSecret(ctx, d.store, d.as("ada"), hub.Production, service.ID, secrets[0].ID); err != nil {
		t.Error(err)
	}
	if _, err := credential.RotateServiceSecret(ctx, d.store, d.master, d.as("ada"), hub.Production, hub.HubServiceID, 0); !fault.Is(err, fault.Invalid) {
		t.Errorf("Hub is public: %v", err)
	}
}

func TestAppKeyIsShownAgainToWhoMayMakeOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		d := newDesk(t, database)
		ctx := t.Context()
		app, key, err := credential.CreateApp(ctx, d.store, d.master, d.as("bob"), credential.NewApp{UserID: d.users["bob"].ID, Environment: hub.Production, Label: "Checkout"})
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
			if shown, err := credential.RevealAppKey(ctx, d.store, d.master, c.actor, hub.Production, app.ID); !fault.Is(err, c.want) || shown != "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		shown, err := credential.RevealAppKey(ctx, d.store, d.master, d.as("bob"), hub.Production, app.ID)
		if err != nil || shown != key {
			t.Error(err)
		}
		if e := d.lastEvent(); e.Action != "app.reveal" || e.AuthorID != d.users["bob"].ID || e.TargetID != app.ID || e.Address != "192.0.2.1" || e.Credential != "c" || e.Environment != hub.Production {
			t.Errorf("%+v", e)
		}
		second, err := credential.RotateApp(ctx, d.store, d.master, d.as("bob"), hub.Production, app.ID, time.Hour)
		there, readErr := d.store.App(ctx, hub.Production, app.ID)
		if err != nil || readErr != nil || !secret.Equal(there.Digest, d.master.Digest(second.Reveal())) || !secret.Equal(there.PreviousDigest, d.master.Digest(key.Reveal())) ||
			!there.PreviousEndsAt.After(time.Now()) {
			t.Errorf("%+v %v %v", there, err, readErr)
		}
		if shown, err := credential.RevealAppKey(ctx, d.store, d.master, d.as("ada"), hub.Production, app.ID); err != nil || shown != second {
			t.Error(err)
		}
		if _, err := credential.RotateApp(ctx, d.store, d.master, d.as("bob"), hub.Production, app.ID, 0); err != nil {
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
	app, _, err := credential.CreateApp(ctx, d.store, d.master, d.as("bob"), credential.NewApp{UserID: d.users["bob"].ID, Environment: hub.Production, Label: "Checkout"})
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
		entry, err := credential.AllowAddress(ctx, d.store, d.as("bob"), hub.Production, app.ID, c.address, c.note)
		if c.want == fault.Internal {
			if err != nil || entry.Prefix.String() != c.shown {
				t.Errorf("%s: %v %v", c.address, entry, err)
			}
		} else if !fault.Is(err, c.want) {
			t.Errorf("%s: %v", c.address, err)
		}
	}
	if !credential.AnyAddress(netip.MustParsePrefix("::/0")) || credential.AnyAddress(netip.MustParsePrefix("::/1")) || credential.AnyAddress(netip.Prefix{}) {
		t.Error("any address is what has no bits")
	}
	there, err := d.store.App(ctx, hub.Production, app.ID)
	if err != nil || len(there.Allowlist) != 3 {
		t.Fatal(there, err)
	}
	if err := credential.DisallowAddress(ctx, d.store, d.as("eve"), hub.Production, app.ID, there.Allowlist[0].ID); !fault.Is(err, fault.Forbidden) {
		t.Error(err)
	}
	if err := credential.DisallowAddress(ctx, d.store, d.as("bob"), hub.Production, app.ID, "nothing"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	if err := credential.DisallowAddress(ctx, d.store, d.as("bob"), hub.Production, app.ID, there.Allowlist[0].ID); err != nil {
		t.Error(err)
	}
	if e := d.lastEvent(); e.Action != "app.disallow" || !strings.Contains(e.Details, "192.0.2.7/32") {
		t.Errorf("%+v", e)
	}
}

func TestSwitchingOnAgainIsLikeMaking(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	ctx := t.Context()
	stale := with(d.as("bob"), func(a *hub.Actor) { a.Fresh = false })
	client, _, err := credential.CreateAPIClient(ctx, d.store, d.master, d.as("bob"), credential.NewAPIClient{UserID: d.users["bob"].ID, Environment: hub.Production, Label: "x", Limited: true})
	if err != nil {
		t.Fatal(err)
	}
	app, _, err := credential.CreateApp(ctx, d.store, d.master, d.as("bob"), credential.NewApp{UserID: d.users["bob"].ID, Environment: hub.Production, Label: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := credential.UpdateAPIClient(ctx, d.store, stale, hub.Production, client.ID, func(c *hub.APIClient) { c.Disabled, c.Label, c.UserID = true, "y", "other" }); err != nil {
		t.Error(err)
	}
	if there, err := d.store.APIClient(ctx, hub.Production, client.ID); err != nil || !there.Disabled || there.Label != "y" || there.UserID != d.users["bob"].ID {
		t.Errorf("%+v %v", there, err)
	}
	if _, err := credential.UpdateAPIClient(ctx, d.store, stale, hub.Production, client.ID, func(c *hub.APIClient) { c.Disabled = false }); !fault.Is(err, fault.StepUp) {
		t.Error(err)
	}
	if _, err := credential.UpdateAPIClient(ctx, d.store, stale, hub.Production, client.ID, func(c *hub.APIClient) { c.Limited = false }); !fault.Is(err, fault.StepUp) {
		t.Error(err)
	}
	if _, err := credential.UpdateAPIClient(ctx, d.store, d.as("bob"), hub.Production, client.ID, func(c *hub.APIClient) { c.Limited, c.Disabled = false, false }); err != nil {
		t.Error(err)
	}
	if _, err := credential.UpdateApp(ctx, d.store, stale, hub.Production, app.ID, func(a *hub.App) { a.Disabled = true }); err != nil {
		t.Error(err)
	}
	if _, err := credential.UpdateApp(ctx, d.store, stale, hub.Production, app.ID, func(a *hub.App) { a.Disabled = false }); !fault.Is(err, fault.StepUp) {
		t.Error(err)
	}
	if err := credential.DeleteApp(ctx, d.store, stale, hub.Production, app.ID); err != nil {
		t.Error(err)
	}
	if err := credential.DeleteAPIClient(ctx, d.store, d.as("carl"), hub.Production, client.ID); err != nil {
		t.Errorf("ending what others hold needs no more than user-update: %v", err)
	}
}

func TestApplicationPasswordIsForPeopleAndBothEnvironments(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	ctx := t.Context()
	bot, err := directory.CreateUser(ctx, d.store, system, hub.User{Login: "robot", Kind: hub.Bot})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := credential.CreateApplicationPassword(ctx, d.store, d.master, d.as("ada"), bot.ID, "Mail"); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	// A role of the test environment alone makes bob more than carl there.
	role, err := directory.CreateRole(ctx, d.store, system, hub.Role{Key: "tester", Name: "Tester", Permissions: []string{"payments:create"}})
	if err == nil {
		_, err = directory.Grant(ctx, d.store, system, hub.Grant{RoleID: role.ID, HolderKind: hub.HolderUser, HolderID: d.users["bob"].ID, Environment: hub.Test})
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := credential.CreateApplicationPassword(ctx, d.store, d.master, d.as("carl"), d.users["bob"].ID, "Mail"); !fault.Is(err, fault.Forbidden) {
		t.Error(err)
	}
	password, text, err := credential.CreateApplicationPassword(ctx, d.store, d.master, d.as("ada"), d.users["bob"].ID, "Mail")
	there, readErr := d.store.ApplicationPasswordByDigest(ctx, d.users["bob"].ID, d.master.Digest(text.Reveal()))
	if err != nil || readErr != nil || there.ID != password.ID || there.AuthorID != d.users["ada"].ID {
		t.Errorf("%+v %v %v", there, err, readErr)
	}
	if err := credential.DeleteApplicationPassword(ctx, d.store, d.as("eve"), password.ID); !fault.Is(err, fault.Forbidden) {
		t.Error(err)
	}
	if err := credential.DeleteApplicationPassword(ctx, d.store, d.as("bob"), password.ID); err != nil {
		t.Error(err)
	}
}

func TestSuspendedCredentialWaitsForAnAdministrator(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	ctx := t.Context()
	token, _, err := credential.CreatePermanentToken(ctx, d.store, d.master, d.as("bob"),
		credential.NewPermanentToken{UserID: d.users["bob"].ID, Environment: hub.Production, Name: "n", Scope: []string{"payments"}})
	if err != nil {
		t.Fatal(err)
	}
	token.Suspended = true
	if err := d.store.Tx(ctx, func(tx *store.Tx) error { return tx.UpdatePermanentToken(ctx, token) }); err != nil {
		t.Fatal(err)
	}
	if err := credential.Confirm(ctx, d.store, d.as("bob"), credential.PermanentToken, "", token.ID); !fault.Is(err, fault.Forbidden) {
		t.Error(err)
	}
	if err := credential.Confirm(ctx, d.store, d.as("ada"), credential.PermanentToken, "", token.ID); err != nil {
		t.Error(err)
	}
	if there, err := d.store.PermanentToken(ctx, token.ID); err != nil || there.Suspended {
		t.Errorf("%+v %v", there, err)
	}
	for _, kind := range []credential.Kind{credential.App, credential.ClientSecret, credential.ApplicationPassword, credential.PermanentToken} {
		if err := credential.Confirm(ctx, d.store, d.as("ada"), kind, hub.Production, "nothing"); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestSpansAreRead(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"": {}, "90d": now.AddDate(0, 0, 90), "12h": now.Add(12 * time.Hour), "2030-01-31": time.Date(2030, 1, 31, 0, 0, 0, 0, time.UTC),
		"2030-01-31T12:00:00+02:00": time.Date(2030, 1, 31, 10, 0, 0, 0, time.UTC),
	} {
		if at, err := credential.ParseExpiry("expires", text, now); err != nil || !at.Equal(want) {
			t.Errorf("%q: %v %v", text, at, err)
		}
	}
	for _, text := range []string{"0d", "-1d", "d", "90", "tomorrow", "2020-01-01", "99999999999d", "99999999999999h", "1.5d", "40001d"} {
		if at, err := credential.ParseExpiry("expires", text, now); !fault.Is(err, fault.Invalid) || !slices.Equal(fieldsOf(err), []string{"expires"}) {
			t.Errorf("%q: %v %v", text, at, err)
		}
	}
}
