package directory_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/hub/internal/directory"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

// desk is a hub after its first start.
type desk struct {
	*testing.T
	store     *store.Store
	master    *secret.Master
	directory *directory.Directory
}

var system = hub.System("cli")

func newDesk(t *testing.T, database storetest.Database) *desk {
	t.Helper()
	master, err := secret.NewMaster(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{T: t, store: database.Open(t), master: master}
	d.directory = &directory.Directory{Store: d.store, Master: master}
	if err := directory.Bootstrap(t.Context(), d.store); err != nil {
		t.Fatal(err)
	}
	return d
}

// user adds a person who holds permissions in an environment ("" is both).
func (d *desk) user(login string, environment hub.Environment, permissions ...string) hub.User {
	d.Helper()
	user, err := d.directory.CreateUser(d.Context(), system, hub.User{Login: login})
	if err == nil && len(permissions) > 0 {
		var role hub.Role
		if role, err = d.directory.CreateRole(d.Context(), system,
			hub.Role{Key: "of-" + login, Name: "Of " + login, Permissions: permissions}); err == nil {
			_, err = d.directory.Grant(d.Context(), system,
				hub.Grant{RoleID: role.ID, HolderKind: hub.HolderUser, HolderID: user.ID, Environment: environment})
		}
	}
	if err != nil {
		d.Fatal(err)
	}
	return user
}

// as is a user who has just signed in to an environment.
func (d *desk) as(user hub.User, environment hub.Environment) hub.Actor {
	d.Helper()
	roles, err := d.store.Roles(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	byID := map[string]hub.Role{}
	for _, role := range roles {
		byID[role.ID] = role
	}
	grants, err := d.store.GrantsForUser(d.Context(), user.ID)
	if err != nil {
		d.Fatal(err)
	}
	return hub.Actor{
		User: user, Name: user.Name, Environment: environment,
		Permissions: hub.Effective(byID, grants, environment), Fresh: true, Door: "rest",
	}
}

func (d *desk) lastEvent() hub.Event {
	d.Helper()
	events, err := d.store.Events(d.Context(), store.EventFilter{}, store.EventMark{}, 1)
	if err != nil || len(events) == 0 {
		d.Fatal(err)
	}
	return events[0]
}

func stale(actor hub.Actor) hub.Actor {
	actor.Fresh = false
	return actor
}

func (d *desk) expect(name string, err error, want fault.Kind) {
	d.Helper()
	if want == fault.Internal && err != nil || want != fault.Internal && !fault.Is(err, want) {
		d.Errorf("%s: got %v, want %s", name, err, want)
	}
}

const fine = fault.Internal

func TestFirstStartMakesWhatMustBeThereOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		d := newDesk(t, database)
		other := database.Open(t)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if err := directory.Bootstrap(context.Background(), other); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		ctx := t.Context()
		guest, err := d.store.User(ctx, hub.GuestID)
		if err != nil || !guest.Banned || guest.Kind != hub.Guest {
			t.Errorf("%+v %v", guest, err)
		}
		if group, err := d.store.Group(ctx, hub.AllUsersGroupID); err != nil || group.Name != "All Users" {
			t.Errorf("%+v %v", group, err)
		}
		if roles, err := d.store.Roles(ctx); err != nil || len(roles) != 3 {
			t.Errorf("%v %v", roles, err)
		}
		for _, environment := range hub.Environments() {
			if service, err := d.store.ServiceByName(ctx, environment, "Hub"); err != nil || service.ID != hub.HubServiceID ||
				len(service.Permissions) != len(hub.HubPermissions()) {
				t.Errorf("%+v %v", service, err)
			}
		}
		if some, err := directory.HasAdministrator(ctx, d.store.Reader); some || err != nil {
			t.Error("there is an administrator already")
		}
	})
}

func TestCommandLineMakesAdministrators(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	ctx := t.Context()
	for _, password := range []string{"short", strings.Repeat("x", 1025)} {
		_, err := d.directory.CreateAdministrator(ctx, system, "root", password)
		d.expect("password", err, fault.Invalid)
	}
	_, err := d.directory.CreateAdministrator(ctx, system, "a b", "")
	d.expect("login", err, fault.Invalid)
	_, err = d.directory.CreateAdministrator(ctx, system, "guest", "")
	d.expect("guest", err, fault.Conflict)
	root, err := d.directory.CreateAdministrator(ctx, system, "root", "correct horse")
	if err != nil || !d.as(root, hub.Production).Permissions.Everything() || !d.as(root, hub.Test).Permissions.Everything() {
		t.Fatal(err)
	}
	if password, err := d.store.Password(ctx, root.ID); err != nil {
		t.Error(err)
	} else if match, _ := secret.CheckPassword(password.Hash, "correct horse"); !match {
		t.Error("the password does not fit")
	}
	if e := d.lastEvent(); e.Action != "administrator.create" || e.TargetID != root.ID {
		t.Errorf("%+v", e)
	}
	again, err := d.directory.CreateAdministrator(ctx, system, "ROOT", "")
	if err != nil || again.ID != root.ID {
		t.Errorf("%+v %v", again, err)
	}
}

func TestWhoMayChangeWhatOfAUser(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	ctx := t.Context()
	root := d.user("root", "", hub.AllPermissions)
	ada := d.user("ada", "", "hub:self-update")
	clerk := d.user("clerk", "", "hub:user-update", "hub:user-create", "hub:user-delete", "hub:self-update")
	tester := d.user("tester", hub.Test, hub.AllPermissions)
	nobody := d.user("nobody", "")
	rename := func(u *hub.User) { u.Name += "x" }
	address := func(u *hub.User) { u.Email = u.Login + hub.NewID() + "@example.test" }
	ban := func(u *hub.User) { u.Banned = !u.Banned }
	for _, c := range []struct {
		name  string
		actor hub.Actor
		of    hub.User
		edit  func(*hub.User)
		want  fault.Kind
	}{
		{"own name", d.as(ada, hub.Production), ada, rename, fine},
		{"own name without self-update", d.as(nobody, hub.Production), nobody, rename, fault.Forbidden},
		{"own name after a while", stale(d.as(ada, hub.Production)), ada, rename, fine},
		{"own address", d.as(ada, hub.Production), ada, address, fine},
		{"own address after a while", stale(d.as(ada, hub.Production)), ada, address, fault.StepUp},
		{"own address as verified", d.as(ada, hub.Production), ada, func(u *hub.User) { u.EmailVerified = true }, fault.Forbidden},
		{"own ban", d.as(ada, hub.Production), ada, ban, fault.Forbidden},
		{"own kind", d.as(ada, hub.Production), ada, func(u *hub.User) { u.Kind = hub.Bot }, fault.Forbidden},
		{"another's name", d.as(ada, hub.Production), nobody, rename, fault.Forbidden},
		{"another's name by a clerk", d.as(clerk, hub.Production), nobody, rename, fine},
		{"ban by a clerk", d.as(clerk, hub.Production), ada, ban, fine},
		{"ban lifted by a clerk", d.as(clerk, hub.Production), ada, ban, fine},
		{"address of who holds more", d.as(clerk, hub.Production), root, address, fault.Forbidden},
		{"ban of who holds more", d.as(clerk, hub.Production), root, ban, fault.Forbidden},
		{"ban of who holds more in the other environment", d.as(clerk, hub.Production), tester, ban, fault.Forbidden},
		{"address by who may all in test only", d.as(tester, hub.Test), nobody, address, fault.Forbidden},
		{"name by who may all in test only", d.as(tester, hub.Production), nobody, rename, fault.Forbidden},
		{"name from test by who may all", d.as(root, hub.Test), nobody, rename, fine},
		{"by a reader", func() hub.Actor { a := d.as(root, hub.Production); a.ReadOnly = true; return a }(), nobody, rename, fault.Forbidden},
		{"login that is taken", d.as(root, hub.Production), nobody, func(u *hub.User) { u.Login = "ADA" }, fault.Conflict},
		{"login that is none", d.as(root, hub.Production), nobody, func(u *hub.User) { u.Login = "a b" }, fault.Invalid},
		{"guest becomes a person", d.as(root, hub.Production), hub.GuestUser(), func(u *hub.User) { u.Kind = hub.Person }, fault.Invalid},
		{"nobody there", d.as(root, hub.Production), hub.User{ID: "x"}, rename, fault.NotFound},
		{"nothing", d.as(nobody, hub.Production), root, func(*hub.User) {}, fine},
		{"id", d.as(root, hub.Production), nobody, func(u *hub.User) { u.ID = "other"; u.Name = "same" }, fine},
	} {
		_, err := d.directory.UpdateUser(ctx, c.actor, c.of.ID, c.edit)
		d.expect(c.name, err, c.want)
	}
	if user, err := d.store.User(ctx, nobody.ID); err != nil || user.Name != "same" {
		t.Errorf("%+v %v", user, err)
	}
	_, err := d.directory.CreateUser(ctx, d.as(ada, hub.Production), hub.User{Login: "new"})
	d.expect("create without permission", err, fault.Forbidden)
	made, err := d.directory.CreateUser(ctx, d.as(clerk, hub.Production),
		hub.User{ID: "mine", Login: "new", EmailVerified: true, Banned: true, Email: "new@example.test"})
	if err != nil || made.ID == "mine" || made.EmailVerified || made.Banned || made.Name != "new" || made.Kind != hub.Person {
		t.Errorf("%+v %v", made, err)
	}
	_, err = d.directory.CreateUser(ctx, d.as(clerk, hub.Production), hub.User{Login: "other", Email: "NEW@example.test"})
	d.expect("create with an address that is taken", err, fault.Conflict)
	d.expect("delete who holds more", d.directory.DeleteUser(ctx, d.as(clerk, hub.Production), root.ID), fault.Forbidden)
	d.expect("delete the guest", d.directory.DeleteUser(ctx, d.as(root, hub.Production), hub.GuestID), fault.Conflict)
	d.expect("delete", d.directory.DeleteUser(ctx, d.as(clerk, hub.Production), made.ID), fine)
	if e := d.lastEvent(); e.Action != "user.delete" || e.TargetName != "new" || e.AuthorID != clerk.ID {
		t.Errorf("%+v", e)
	}
}

// cutOff expects that what the sign-ins of a user gave to services has ended for good.
func (d *desk) cutOff(userID string) {
	d.Helper()
	revoked, err := d.store.RevokedTokens(d.Context(), d.store.Now())
	found := 0
	for _, row := range revoked {
		if cut, is := hub.ParseCutOff(row.TokenID); is && cut.UserID == userID && cut.ClientID == "" {
			found++
		}
	}
	if err != nil || found == 0 {
		d.Errorf("it has not ended; %v", err)
	}
}

func TestBanEndsSessionsAndWhatTheyOpened(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	ctx := t.Context()
	ada := d.user("ada", "")
	now := hub.Now()
	err := d.store.Tx(ctx, func(tx *store.Tx) error {
		return tx.InsertSession(ctx, hub.Session{
			ID: "s", Digest: []byte("d"), UserID: ada.ID, SignedInAt: now,
			CreatedAt: now, LastSeenAt: now, ExpiresAt: now.AddDate(0, 0, 1),
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.directory.UpdateUser(ctx, system, ada.ID, func(u *hub.User) { u.Banned, u.BanReason = true, "left" }); err != nil {
		t.Fatal(err)
	}
	if sessions, err := d.store.SessionsOfUser(ctx, ada.ID); err != nil || len(sessions) != 0 {
		t.Error(sessions, err)
	}
	d.cutOff(ada.ID)
	if e := d.lastEvent(); e.Details != `{"changed":["banned","banReason"]}` {
		t.Errorf("%+v", e)
	}
	bob := d.user("bob", "")
	d.expect("delete", d.directory.DeleteUser(ctx, system, bob.ID), fine)
	d.cutOff(bob.ID) // or it would be good again where somebody is declared under that id
}

func TestWhatWasMailedBeforeOpensNothingAfterAnotherAddressOrPassword(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	ctx := t.Context()
	ada, now := d.user("ada", ""), hub.Now()
	if _, err := d.directory.UpdateUser(ctx, system, ada.ID, func(u *hub.User) { u.Email = "ada@example.test" }); err != nil {
		t.Fatal(err)
	}
	told := map[string]string{}
	d.directory.Tell = func(_ context.Context, _ *store.Tx, notice directory.Notice) error {
		told[notice.Kind] = notice.To.Login
		if notice.Kind == directory.NoticeAddress && notice.To.Email != "ada@example.test" {
			t.Errorf("told at %s", notice.To.Email)
		}
		return nil
	}
	for name, does := range map[string]func() error{
		"another address": func() error {
			_, err := d.directory.UpdateUser(ctx, system, ada.ID, func(u *hub.User) { u.Email = "other@example.test" })
			return err
		},
		"another password": func() error { return d.directory.SetPassword(ctx, system, ada.ID, "hash", false) },
		"another password from the command line": func() error {
			_, err := d.directory.CreateAdministrator(ctx, system, "ada", "a new horse battery")
			return err
		},
	} {
		digest := []byte(name)
		err := d.store.Tx(ctx, func(tx *store.Tx) error {
			session := hub.Session{
				ID: name, Digest: digest, UserID: ada.ID, SignedInAt: now,
				CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(time.Hour),
			}
			return errors.Join(tx.InsertSession(ctx, session), tx.InsertResetCode(ctx, store.ResetCode{
				Digest: digest, UserID: ada.ID, CreatedAt: now, ExpiresAt: now.Add(time.Hour),
			}))
		})
		if err == nil {
			err = does()
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.store.UserOfResetCode(ctx, digest, now); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: the link of before is good: %v", name, err)
		}
		if sessions, err := d.store.SessionsOfUser(ctx, ada.ID); err != nil || strings.Contains(name, "password") && len(sessions) > 0 {
			t.Errorf("%s: %d sessions of before, %v", name, len(sessions), err)
		}
	}
	if len(told) != 2 {
		t.Errorf("whoever has the account is told of %v only", told)
	}
}

func TestNobodyGrantsWhatTheyDoNotHold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		d := newDesk(t, database)
		ctx := t.Context()
		root := d.user("root", "", hub.AllPermissions)
		boss := d.user("boss", "", "hub:role-manage", "hub:group-update", "payments:read")
		tester := d.user("tester", hub.Test, hub.AllPermissions)
		ada := d.user("ada", "")
		role := func(key string, permissions ...string) hub.Role {
			made, err := d.directory.CreateRole(ctx, system, hub.Role{Key: key, Name: key, Permissions: permissions})
			if err != nil {
				t.Fatal(err)
			}
			return made
		}
		reader, writer := role("reader", "payments:read"), role("writer", "payments:create")
		organisation, err := d.directory.CreateOrganisation(ctx, system, hub.Organisation{Name: "Demo Ltd"})
		if err != nil || organisation.Key != "demo-ltd" {
			t.Fatal(organisation, err)
		}
		to := func(r hub.Role, environment hub.Environment) hub.Grant {
			return hub.Grant{RoleID: r.ID, HolderKind: hub.HolderUser, HolderID: ada.ID, Environment: environment}
		}
		for _, c := range []struct {
			name  string
			actor hub.Actor
			grant hub.Grant
			want  fault.Kind
		}{
			{"what one holds", d.as(boss, hub.Production), to(reader, hub.Production), fine},
			{"the same again", d.as(boss, hub.Production), to(reader, hub.Production), fault.Conflict},
			{"in both environments", d.as(boss, hub.Production), to(reader, ""), fine},
			{"after a while", stale(d.as(boss, hub.Production)), to(reader, hub.Test), fault.StepUp},
			{"what one lacks", d.as(boss, hub.Production), to(writer, hub.Production), fault.Forbidden},
			{"what nobody but administrators holds", d.as(boss, hub.Production), hub.Grant{
				RoleID: hub.SystemAdmin, HolderKind: hub.HolderUser, HolderID: boss.ID,
			}, fault.Forbidden},
			{"without role-manage", d.as(ada, hub.Production), to(reader, hub.Test), fault.Forbidden},
			{"production by who may all in test", d.as(tester, hub.Test), to(reader, hub.Production), fault.Forbidden},
			{"everywhere by who may all in test", d.as(tester, hub.Test), hub.Grant{
				RoleID: hub.SystemAdmin, HolderKind: hub.HolderUser, HolderID: tester.ID,
			}, fault.Forbidden},
			{"in an organisation", d.as(root, hub.Production), hub.Grant{
				RoleID: writer.ID, HolderKind: hub.HolderUser, HolderID: ada.ID, Organisation: organisation.ID,
			}, fine},
			{"in no organisation", d.as(root, hub.Production), hub.Grant{
				RoleID: writer.ID, HolderKind: hub.HolderUser, HolderID: ada.ID, Organisation: "x",
			}, fault.NotFound},
			{"to nobody", d.as(root, hub.Production), hub.Grant{RoleID: writer.ID, HolderKind: hub.HolderUser, HolderID: "x"}, fault.NotFound},
			{"no role", d.as(root, hub.Production), hub.Grant{RoleID: "x", HolderKind: hub.HolderUser, HolderID: ada.ID}, fault.NotFound},
			{"no kind", d.as(root, hub.Production), hub.Grant{RoleID: writer.ID, HolderKind: "cat", HolderID: ada.ID}, fault.Invalid},
			{"no environment", d.as(root, hub.Production), to(writer, "staging"), fault.Invalid},
			{"to a service of no environment", d.as(root, hub.Production), hub.Grant{
				RoleID: writer.ID, HolderKind: hub.HolderService, HolderID: hub.HubServiceID,
			}, fault.Invalid},
			{"to a group", d.as(root, hub.Production), hub.Grant{
				RoleID: writer.ID, HolderKind: hub.HolderGroup, HolderID: hub.AllUsersGroupID, Environment: hub.Test,
			}, fine},
		} {
			_, err := d.directory.Grant(ctx, c.actor, c.grant)
			d.expect(c.name, err, c.want)
		}
		group, err := d.directory.CreateGroup(ctx, system, hub.Group{Name: "writers"})
		if err == nil {
			_, err = d.directory.Grant(ctx, system, hub.Grant{RoleID: writer.ID, HolderKind: hub.HolderGroup, HolderID: group.ID})
		}
		if err != nil {
			t.Fatal(err)
		}
		d.expect("into a group that holds more", d.directory.AddMember(ctx, d.as(boss, hub.Production), group.ID, boss.ID), fault.Forbidden)
		d.expect("into a group after a while", d.directory.AddMember(ctx, stale(d.as(root, hub.Production)), group.ID, ada.ID), fault.StepUp)
		d.expect("into a group", d.directory.AddMember(ctx, d.as(root, hub.Production), group.ID, ada.ID), fine)
		if e := d.lastEvent(); e.Action != "group.add-member" || e.TargetID != ada.ID || e.Details != `{"group":"writers"}` {
			t.Errorf("%+v", e)
		}
		d.expect("out of a group", d.directory.RemoveMember(ctx, d.as(boss, hub.Production), group.ID, ada.ID), fine)
		// Out of a group whose members, by itself or by one that holds it, need a second factor: it changes how they sign in.
		strict, err := d.directory.CreateGroup(ctx, system, hub.Group{Name: "strict", RequireTwoFactor: true})
		if err == nil {
			err = errors.Join(d.directory.AddSubgroup(ctx, system, strict.ID, group.ID), d.directory.AddMember(ctx, system, group.ID, ada.ID))
		}
		if err != nil {
			t.Fatal(err)
		}
		d.expect("out of a strict group after a while",
			d.directory.RemoveMember(ctx, stale(d.as(root, hub.Production)), group.ID, ada.ID), fault.StepUp)
		d.expect("a group out of it after a while",
			d.directory.RemoveSubgroup(ctx, stale(d.as(root, hub.Production)), strict.ID, group.ID), fault.StepUp)
		d.expect("a strict group gone after a while", d.directory.DeleteGroup(ctx, stale(d.as(root, hub.Production)), strict.ID), fault.StepUp)
		d.expect("a strict group gone", d.directory.DeleteGroup(ctx, d.as(root, hub.Production), strict.ID), fine)
		d.expect("out of what is not strict any more", d.directory.RemoveMember(ctx, stale(d.as(root, hub.Production)), group.ID, ada.ID), fine)
		d.expect("out of a group again", d.directory.RemoveMember(ctx, d.as(boss, hub.Production), group.ID, ada.ID), fault.NotFound)
		d.expect("into everyone", d.directory.AddMember(ctx, d.as(root, hub.Production), hub.AllUsersGroupID, ada.ID), fault.Conflict)

		_, err = d.directory.UpdateRole(ctx, d.as(boss, hub.Production), reader.ID, func(r *hub.Role) {
			r.Permissions = append(r.Permissions, "payments:create")
		})
		d.expect("more into a role", err, fault.Forbidden)
		_, err = d.directory.UpdateRole(ctx, d.as(boss, hub.Production), writer.ID, func(r *hub.Role) {
			r.Permissions = append(r.Permissions, "payments:read")
		})
		d.expect("what one holds into a role of more", err, fine)
		_, err = d.directory.UpdateRole(ctx, stale(d.as(boss, hub.Production)), writer.ID, func(r *hub.Role) { r.Name = "W" })
		d.expect("role after a while", err, fault.StepUp)
		_, err = d.directory.UpdateRole(ctx, d.as(root, hub.Production), hub.SystemAdmin, func(r *hub.Role) { r.Permissions = nil })
		d.expect("System Admin", err, fault.Invalid)
		_, err = d.directory.CreateRole(ctx, d.as(root, hub.Production), hub.Role{Key: "READER", Name: "x"})
		d.expect("key that is taken", err, fault.Conflict)
		_, err = d.directory.CreateRole(ctx, d.as(tester, hub.Test), hub.Role{Key: "t", Name: "t", Permissions: []string{"payments:read"}})
		d.expect("role by who may all in test", err, fault.Forbidden)
		d.expect("delete System Admin", d.directory.DeleteRole(ctx, d.as(root, hub.Production), hub.SystemAdmin), fault.Conflict)
		d.expect("delete a role", d.directory.DeleteRole(ctx, d.as(root, hub.Production), reader.ID), fine)
		if held := d.as(ada, hub.Production).Permissions; !held.Covers(hub.NewPermissions(organisation.ID+"/payments:create")) ||
			held.Has("payments:read") {
			t.Error(held.Encode())
		}
	})
}

func TestTheLastAdministratorStays(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	ctx := t.Context()
	root, err := d.directory.CreateAdministrator(ctx, system, "root", "")
	if err != nil {
		t.Fatal(err)
	}
	grants, err := d.store.GrantsOf(ctx, hub.HolderUser, root.ID)
	if err != nil {
		t.Fatal(err)
	}
	last := func() {
		_, err := d.directory.UpdateUser(ctx, system, root.ID, func(u *hub.User) { u.Banned = true })
		d.expect("ban", err, fault.Conflict)
		d.expect("delete", d.directory.DeleteUser(ctx, system, root.ID), fault.Conflict)
		d.expect("revoke", d.directory.Revoke(ctx, system, grants[0].ID), fault.Conflict)
		if some, err := directory.HasAdministrator(ctx, d.store.Reader); !some || err != nil {
			t.Fatal("the last administrator is gone", err)
		}
	}
	last()
	group, err := d.directory.CreateGroup(ctx, system, hub.Group{Name: "admins"})
	if err == nil {
		_, err = d.directory.Grant(ctx, system, hub.Grant{RoleID: hub.SystemAdmin, HolderKind: hub.HolderGroup, HolderID: group.ID})
	}
	if err != nil {
		t.Fatal(err)
	}
	last() // a group of nobody is nobody
	second := d.user("second", "")
	if err := d.directory.AddMember(ctx, system, group.ID, second.ID); err != nil {
		t.Fatal(err)
	}
	d.expect("revoke with another there", d.directory.Revoke(ctx, system, grants[0].ID), fine)
	d.expect("the other leaves the group", d.directory.RemoveMember(ctx, system, group.ID, second.ID), fault.Conflict)
	d.expect("the group goes", d.directory.DeleteGroup(ctx, system, group.ID), fault.Conflict)
}

func TestGroupsAndOrganisationsAreKeptByWhoMay(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	ctx := t.Context()
	root, nobody := d.user("root", "", hub.AllPermissions), d.user("nobody", "")
	_, err := d.directory.CreateGroup(ctx, d.as(nobody, hub.Production), hub.Group{Name: "a"})
	d.expect("group without permission", err, fault.Forbidden)
	group, err := d.directory.CreateGroup(ctx, d.as(root, hub.Production), hub.Group{Name: "a"})
	d.expect("group", err, fine)
	_, err = d.directory.CreateGroup(ctx, d.as(root, hub.Production), hub.Group{Name: "A"})
	d.expect("name that is taken", err, fault.Conflict)
	_, err = d.directory.CreateGroup(ctx, d.as(root, hub.Production), hub.Group{})
	d.expect("no name", err, fault.Invalid)
	_, err = d.directory.UpdateGroup(ctx, stale(d.as(root, hub.Production)), group.ID, func(g *hub.Group) { g.Description = "x" })
	d.expect("description", err, fine)
	_, err = d.directory.UpdateGroup(ctx, stale(d.as(root, hub.Production)), group.ID, func(g *hub.Group) { g.RequireTwoFactor = true })
	d.expect("second factor after a while", err, fault.StepUp)
	_, err = d.directory.UpdateGroup(ctx, d.as(root, hub.Production), group.ID, func(g *hub.Group) { g.Name = "all users" })
	d.expect("rename to a name that is taken", err, fault.Conflict)
	d.expect("delete everyone", d.directory.DeleteGroup(ctx, d.as(root, hub.Production), hub.AllUsersGroupID), fault.Conflict)
	d.expect("delete a group", d.directory.DeleteGroup(ctx, d.as(root, hub.Production), group.ID), fine)
	d.expect("delete it again", d.directory.DeleteGroup(ctx, d.as(root, hub.Production), group.ID), fault.NotFound)

	one, err := d.directory.CreateOrganisation(ctx, d.as(root, hub.Production), hub.Organisation{Key: "one", Name: "One"})
	d.expect("organisation", err, fine)
	_, err = d.directory.CreateOrganisation(ctx, d.as(root, hub.Production), hub.Organisation{Key: "ONE", Name: "Two"})
	d.expect("key that is taken", err, fault.Conflict)
	_, err = d.directory.CreateOrganisation(ctx, d.as(nobody, hub.Production), hub.Organisation{Key: "two", Name: "Two"})
	d.expect("organisation without permission", err, fault.Forbidden)
	_, err = d.directory.UpdateOrganisation(ctx, d.as(root, hub.Production), one.ID, func(o *hub.Organisation) { o.Name = "1" })
	d.expect("rename", err, fine)
	_, err = d.directory.AddRetiredKey(ctx, d.as(root, hub.Production), one.ID, "old", "legacy")
	d.expect("retired key", err, fine)
	_, err = d.directory.AddRetiredKey(ctx, d.as(root, hub.Production), one.ID, "old", "legacy")
	d.expect("retired key again", err, fault.Conflict)
	_, err = d.directory.AddRetiredKey(ctx, d.as(root, hub.Production), one.ID, "old", "")
	d.expect("no key", err, fault.Invalid)
	member, err := d.directory.UpdateUser(ctx, d.as(root, hub.Production), nobody.ID, func(u *hub.User) { u.Organisation = one.ID })
	d.expect("member", err, fine)
	d.expect("delete with a member", d.directory.DeleteOrganisation(ctx, d.as(root, hub.Production), one.ID), fault.Conflict)
	// Whoever manages the people of one organisation manages those, and no others.
	clerk := d.as(d.user("clerk", ""), hub.Production)
	clerk.Permissions = hub.NewPermissions(one.ID + "/hub:user-update")
	_, err = d.directory.UpdateUser(ctx, clerk, member.ID, func(u *hub.User) { u.Name = "N" })
	d.expect("user of the organisation", err, fine)
	_, err = d.directory.UpdateUser(ctx, clerk, member.ID, func(u *hub.User) { u.Organisation = "" })
	d.expect("user out of the organisation", err, fault.Forbidden)
	_, err = d.directory.UpdateUser(ctx, clerk, clerk.User.ID, func(u *hub.User) { u.Organisation = one.ID })
	d.expect("user into the organisation", err, fault.Forbidden)
}
