package credential_test

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

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
	*credential.Credentials
	store     *store.Store
	master    *secret.Master
	directory *directory.Directory
	users     map[string]hub.User
}

var system = hub.System("cli")

func newDesk(t *testing.T, database storetest.Database) *desk {
	t.Helper()
	master, err := secret.NewMaster(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{T: t, store: database.Open(t), master: master, users: map[string]hub.User{}}
	d.Credentials = &credential.Credentials{Store: d.store, Master: master, HasAdministrator: directory.HasAdministrator}
	d.directory = &directory.Directory{Store: d.store, Master: master}
	if err := directory.Bootstrap(t.Context(), d.store); err != nil {
		t.Fatal(err)
	}
	for _, environment := range hub.Environments() {
		_, _, err := d.directory.CreateService(t.Context(), system, hub.Service{Environment: environment, Key: "payments", Name: "Payments API",
			ServiceSettings: hub.ServiceSettings{Permissions: []hub.Permission{{Key: "read"}, {Key: "create"}}}}, "")
		if err != nil {
			t.Fatal(err)
		}
	}
	for login, permissions := range map[string][]string{
		"ada": {hub.AllPermissions}, "bob": {"hub:self-update", "payments:read"},
		"carl": {"hub:self-update", "hub:user-update", "payments:read"}, "eve": nil,
	} {
		user, err := d.directory.CreateUser(t.Context(), system, hub.User{Login: login, Name: strings.ToUpper(login)})
		if err != nil {
			t.Fatal(err)
		}
		d.users[login] = user
		if permissions == nil {
			continue
		}
		role, err := d.directory.CreateRole(t.Context(), system, hub.Role{Key: "of-" + login, Name: "Of " + login, Permissions: permissions})
		if err == nil {
			_, err = d.directory.Grant(t.Context(), system, hub.Grant{RoleID: role.ID, HolderKind: hub.HolderUser, HolderID: user.ID})
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

func fieldsOf(err error) []string {
	var names []string
	if known, is := err.(*fault.Error); is {
		for _, field := range known.Fields {
			names = append(names, field.Name)
		}
	}
	return names
}
