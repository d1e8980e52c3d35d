package credential_test

import (
	"testing"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

func TestSuspendedCredentialWaitsForAnAdministrator(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	ctx := t.Context()
	token, _, err := d.CreatePermanentToken(ctx, d.as("bob"),
		credential.NewPermanentToken{UserID: d.users["bob"].ID, Environment: hub.Production, Name: "n", Scope: []string{"payments"}})
	if err != nil {
		t.Fatal(err)
	}
	token.Suspended = true
	if err := d.store.Tx(ctx, func(tx *store.Tx) error { return tx.UpdatePermanentToken(ctx, token.PermanentToken) }); err != nil {
		t.Fatal(err)
	}
	if err := d.Confirm(ctx, d.as("bob"), credential.KindPermanentToken, "", token.ID); !fault.Is(err, fault.Forbidden) {
		t.Error(err)
	}
	if err := d.Confirm(ctx, d.as("ada"), credential.KindPermanentToken, "", token.ID); err != nil {
		t.Error(err)
	}
	if there, err := d.store.PermanentToken(ctx, token.ID); err != nil || there.Suspended {
		t.Errorf("%+v %v", there, err)
	}
	for _, kind := range []credential.Kind{
		credential.KindApp, credential.KindSecret, credential.KindApplicationPassword, credential.KindPermanentToken,
	} {
		if err := d.Confirm(ctx, d.as("ada"), kind, hub.Production, "nothing"); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", kind, err)
		}
	}
}
