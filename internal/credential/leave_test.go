package credential_test

import (
	"slices"
	"testing"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

// equip gives a user one of everything, and gives the ids by kind.
func (d *desk) equip(login string) map[credential.Kind]string {
	d.Helper()
	ctx, user, ids := d.Context(), d.users[login].ID, map[credential.Kind]string{}
	note := func(kind credential.Kind, id string, err error) {
		d.Helper()
		if err != nil {
			d.Fatal(err)
		}
		ids[kind] = id
	}
	token, _, err := d.CreatePermanentToken(ctx, system,
		credential.NewPermanentToken{UserID: user, Environment: hub.Test, Name: "n", Scope: []string{"payments"}})
	note(credential.KindPermanentToken, token.ID, err)
	password, _, err := d.CreateApplicationPassword(ctx, system, user, "Mail")
	note(credential.KindApplicationPassword, password.ID, err)
	client, _, err := d.CreateAPIClient(ctx, system, credential.NewAPIClient{UserID: user, Environment: hub.Production, Label: "x"})
	note(credential.KindAPIClient, client.ID, err)
	app, _, err := d.CreateApp(ctx, system, credential.NewApp{UserID: user, Environment: hub.Test, Label: "x"})
	note(credential.KindApp, app.ID, err)
	now := hub.Now()
	note(credential.KindRefreshToken, "f", d.store.InsertFamily(ctx, hub.Family{
		ID: "f", Environment: hub.Production, ClientID: d.service("payments").ID, UserID: user,
		Document: []byte("{}"), Offline: true, CreatedAt: now, LastsUntil: now.Add(hub.SessionIdle), EndsAt: now.Add(hub.SessionIdle),
	}, []byte("first")))
	note(credential.KindSession, "s", d.store.Tx(ctx, func(tx *store.Tx) error {
		return tx.InsertSession(ctx, hub.Session{
			ID: "s", Digest: []byte("s"), UserID: user, SignedInAt: now,
			CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(hub.SessionIdle),
		})
	}))
	note(credential.KindApprovedScope, "a", d.store.Tx(ctx, func(tx *store.Tx) error {
		return tx.SetApprovedScope(ctx, hub.ApprovedScope{
			ID: "a", Environment: hub.Production, ClientID: d.service("payments").ID, UserID: user, Items: []string{"x"},
		})
	}))
	return ids
}

func (d *desk) service(key string) hub.Service {
	d.Helper()
	service, err := d.store.ServiceByName(d.Context(), hub.Production, key)
	if err != nil {
		d.Fatal(err)
	}
	return service
}

func TestWhoeverLeavesLosesEverythingAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		d := newDesk(t, database)
		ctx := t.Context()
		had := d.equip("bob")
		made, _, err := d.CreatePermanentToken(ctx, d.as("carl"), credential.NewPermanentToken{
			UserID: d.users["eve"].ID, Environment: hub.Production, Name: "of carl", Scope: []string{"payments"},
		})
		if err != nil {
			t.Fatal(err)
		}
		group, err := d.directory.CreateGroup(ctx, system, hub.Group{Name: "staff"})
		if err == nil {
			err = d.directory.AddMember(ctx, system, group.ID, d.users["bob"].ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		receipt, err := d.Leave(ctx, d.as("ada"), credential.Leaving{UserID: d.users["bob"].ID, Reason: "moved on"})
		if err != nil || !receipt.Banned || receipt.User.BanReason != "moved on" || len(receipt.MadeForOthers) != 0 {
			t.Fatalf("%+v %v", receipt, err)
		}
		for kind, id := range had {
			if !slices.ContainsFunc(receipt.Ended, func(e credential.Ended) bool { return e.Kind == string(kind) && e.ID == id }) {
				t.Errorf("the receipt has no %s %s: %+v", kind, id, receipt.Ended)
			}
		}
		if want := len(had) + 2; len(receipt.Ended) != want { // and a group and a role
			t.Errorf("%d things ended, want %d: %+v", len(receipt.Ended), want, receipt.Ended)
		}
		bob, err := d.store.User(ctx, d.users["bob"].ID)
		if err != nil || !bob.Banned {
			t.Errorf("%+v %v", bob, err)
		}
		for name, left := range map[string]func() (int, error){
			"tokens":    func() (int, error) { l, err := d.store.PermanentTokensOfUser(ctx, bob.ID); return len(l), err },
			"passwords": func() (int, error) { l, err := d.store.ApplicationPasswordsOfUser(ctx, bob.ID); return len(l), err },
			"families":  func() (int, error) { l, err := d.store.FamiliesOfUser(ctx, bob.ID, hub.Now()); return len(l), err },
			"scopes":    func() (int, error) { l, err := d.store.ApprovedScopesOfUser(ctx, bob.ID); return len(l), err },
			"sessions":  func() (int, error) { l, err := d.store.SessionsOfUser(ctx, bob.ID); return len(l), err },
			"groups":    func() (int, error) { l, err := d.store.GroupsOfUser(ctx, bob.ID); return len(l), err },
			"grants":    func() (int, error) { l, err := d.store.GrantsOf(ctx, hub.HolderUser, bob.ID); return len(l), err },
		} {
			if n, err := left(); n != 0 || err != nil {
				t.Errorf("%d %s are left: %v", n, name, err)
			}
		}
		if client, err := d.store.APIClient(ctx, hub.Production, had[credential.KindAPIClient]); err != nil || !client.Disabled {
			t.Errorf("%+v %v", client, err)
		}
		if app, err := d.store.App(ctx, hub.Test, had[credential.KindApp]); err != nil || !app.Disabled {
			t.Errorf("%+v %v", app, err)
		}
		if e := d.lastEvent(); e.Action != "user.leave" || e.TargetID != bob.ID || e.AuthorID != d.users["ada"].ID {
			t.Errorf("%+v", e)
		}
		again, err := d.Leave(ctx, d.as("ada"), credential.Leaving{UserID: bob.ID})
		if err != nil || again.Banned || len(again.Ended) != 0 {
			t.Errorf("again: %+v %v", again, err)
		}
		carl, err := d.Leave(ctx, d.as("ada"), credential.Leaving{UserID: d.users["carl"].ID, KeepRights: true})
		if err != nil || len(carl.MadeForOthers) != 1 || carl.MadeForOthers[0].ID != made.ID || carl.MadeForOthers[0].Owner.Login != "eve" {
			t.Errorf("%+v %v", carl, err)
		}
		if grants, err := d.store.GrantsOf(ctx, hub.HolderUser, d.users["carl"].ID); err != nil || len(grants) != 1 {
			t.Errorf("rights that were to be kept are gone: %v %v", grants, err)
		}
	})
}

func TestWhoMayEndWhom(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	for name, c := range map[string]struct {
		actor hub.Actor
		user  string
		want  fault.Kind
	}{
		"without user-update": {d.as("bob"), d.users["eve"].ID, fault.Forbidden},
		"who holds more":      {d.as("carl"), d.users["ada"].ID, fault.Forbidden},
		"oneself":             {d.as("carl"), d.users["carl"].ID, fault.Conflict},
		"the guest":           {d.as("ada"), hub.GuestID, fault.Conflict},
		"nobody":              {d.as("ada"), "nobody", fault.NotFound},
		"by a reader":         {with(d.as("ada"), func(a *hub.Actor) { a.ReadOnly = true }), d.users["eve"].ID, fault.Forbidden},
		"from test alone": {with(d.as("carl"), func(a *hub.Actor) {
			a.Environment, a.User.ID = hub.Test, d.users["bob"].ID
		}), d.users["eve"].ID, fault.Forbidden},
		"the last administrator": {system, d.users["ada"].ID, fault.Conflict},
	} {
		if _, err := d.Leave(t.Context(), c.actor, credential.Leaving{UserID: c.user}); !fault.Is(err, c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
	if ada, err := d.store.User(t.Context(), d.users["ada"].ID); err != nil || ada.Banned {
		t.Errorf("a refused leave left traces: %+v %v", ada, err)
	}
	if _, err := d.Leave(t.Context(), system, credential.Leaving{UserID: d.users["eve"].ID, Reason: "a\x00b"}); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}
