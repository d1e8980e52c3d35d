package credential_test

import (
	"testing"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store/storetest"
)

func TestSwitchingOnAgainIsLikeMaking(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	ctx := t.Context()
	stale := with(d.as("bob"), func(a *hub.Actor) { a.Fresh = false })
	client, _, err := d.CreateAPIClient(ctx, d.as("bob"),
		credential.NewAPIClient{UserID: d.users["bob"].ID, Environment: hub.Production, Label: "x", Limited: true})
	if err != nil {
		t.Fatal(err)
	}
	app, _, err := d.CreateApp(ctx, d.as("bob"), credential.NewApp{UserID: d.users["bob"].ID, Environment: hub.Production, Label: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.UpdateAPIClient(ctx, stale, hub.Production, d.users["bob"].ID, client.ID, func(c *hub.APIClient) {
		c.Disabled, c.Label, c.UserID = true, "y", "other"
	}); err != nil {
		t.Error(err)
	}
	if there, err := d.store.APIClient(ctx, hub.Production, client.ID); err != nil || !there.Disabled ||
		there.Label != "y" || there.UserID != d.users["bob"].ID {
		t.Errorf("%+v %v", there, err)
	}
	if _, err := d.UpdateAPIClient(ctx, stale, hub.Production, d.users["bob"].ID, client.ID, func(c *hub.APIClient) {
		c.Disabled = false
	}); !fault.Is(err, fault.StepUp) {
		t.Error(err)
	}
	if _, err := d.UpdateAPIClient(ctx, stale, hub.Production, d.users["bob"].ID, client.ID, func(c *hub.APIClient) {
		c.Limited = false
	}); !fault.Is(err, fault.StepUp) {
		t.Error(err)
	}
	if _, err := d.UpdateAPIClient(ctx, d.as("bob"), hub.Production, d.users["bob"].ID, client.ID, func(c *hub.APIClient) {
		c.Limited, c.Disabled = false, false
	}); err != nil {
		t.Error(err)
	}
	if _, err := d.UpdateApp(ctx, stale, hub.Production, d.users["bob"].ID, app.ID, func(a *hub.App) { a.Disabled = true }); err != nil {
		t.Error(err)
	}
	if _, err := d.UpdateApp(ctx, stale, hub.Production, d.users["bob"].ID, app.ID, func(a *hub.App) {
		a.Disabled = false
	}); !fault.Is(err, fault.StepUp) {
		t.Error(err)
	}
	if err := d.DeleteApp(ctx, stale, hub.Production, d.users["bob"].ID, app.ID); err != nil {
		t.Error(err)
	}
	if err := d.DeleteAPIClient(ctx, d.as("carl"), hub.Production, d.users["bob"].ID, client.ID); err != nil {
		t.Errorf("ending what others hold needs no more than user-update: %v", err)
	}
}
