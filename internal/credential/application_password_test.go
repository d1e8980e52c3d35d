package credential_test

import (
	"testing"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store/storetest"
)

func TestApplicationPasswordIsForPeopleAndBothEnvironments(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	ctx := t.Context()
	bot, err := d.directory.CreateUser(ctx, system, hub.User{Login: "robot", Kind: hub.Bot})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.CreateApplicationPassword(ctx, d.as("ada"), bot.ID, "Mail"); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	// A role of the test environment alone makes bob more than carl there.
	role, err := d.directory.CreateRole(ctx, system, hub.Role{Key: "tester", Name: "Tester", Permissions: []string{"payments:create"}})
	if err == nil {
		_, err = d.directory.Grant(ctx, system,
			hub.Grant{RoleID: role.ID, HolderKind: hub.HolderUser, HolderID: d.users["bob"].ID, Environment: hub.Test})
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.CreateApplicationPassword(ctx, d.as("carl"), d.users["bob"].ID, "Mail"); !fault.Is(err, fault.Forbidden) {
		t.Error(err)
	}
	password, text, err := d.CreateApplicationPassword(ctx, d.as("ada"), d.users["bob"].ID, "Mail")
	there, readErr := d.store.ApplicationPasswordByDigest(ctx, d.users["bob"].ID, d.master.Digest(text.Reveal()))
	if err != nil || readErr != nil || there.ID != password.ID || there.AuthorID != d.users["ada"].ID {
		t.Errorf("%+v %v %v", there, err, readErr)
	}
	if err := d.DeleteApplicationPassword(ctx, d.as("eve"), d.users["bob"].ID, password.ID); !fault.Is(err, fault.Forbidden) {
		t.Error(err)
	}
	if err := d.DeleteApplicationPassword(ctx, d.as("bob"), d.users["bob"].ID, password.ID); err != nil {
		t.Error(err)
	}
}
