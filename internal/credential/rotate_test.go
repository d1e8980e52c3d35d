package credential_test

import (
	"slices"
	"testing"
	"time"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store/storetest"
)

func TestRotationLeavesAtMostTwoSecrets(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		d := newDesk(t, database)
		ctx := t.Context()
		client, first, err := d.CreateAPIClient(ctx, d.as("bob"),
			credential.NewAPIClient{UserID: d.users["bob"].ID, Environment: hub.Production, Label: "x"})
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
			fresh, err := d.RotateAPIClient(ctx, d.as("bob"), hub.Production, d.users["bob"].ID, client.ID, overlap)
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
			if _, err := d.RotateAPIClient(ctx, d.as("bob"), hub.Production, d.users["bob"].ID, client.ID, overlap); !fault.Is(err, fault.Invalid) {
				t.Errorf("overlap %s: %v", overlap, err)
			}
		}
		if _, err := d.RotateAPIClient(ctx, d.as("eve"), hub.Production, d.users["bob"].ID, client.ID, 0); !fault.Is(err, fault.Forbidden) {
			t.Error(err)
		}
		if _, err := d.RotateAPIClient(ctx, d.as("bob"), hub.Test, d.users["bob"].ID, client.ID, 0); !fault.Is(err, fault.Forbidden) {
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
	if _, err := d.RotateServiceSecret(ctx, smith, hub.Production, service.ID, 0); err != nil {
		t.Error(err)
	}
	admin, err := d.store.RoleByKey(ctx, hub.SystemAdmin)
	if err == nil {
		_, err = d.directory.Grant(ctx, system,
			hub.Grant{RoleID: admin.ID, HolderKind: hub.HolderService, HolderID: service.ID, Environment: hub.Production})
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
		if _, err := d.RotateServiceSecret(ctx, c.actor, hub.Production, service.ID, 0); !fault.Is(err, c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
	fresh, err := d.RotateServiceSecret(ctx, d.as("ada"), hub.Production, service.ID, time.Hour)
	secrets, listErr := d.store.Secrets(ctx, hub.Production, service.ID)
	if err != nil || listErr != nil || len(secrets) != 2 || !secret.Equal(secrets[1].Digest, d.master.Digest(fresh.Reveal())) {
		t.Fatalf("%v %v %v", err, listErr, secrets)
	}
	if err := d.DeleteServiceSecret(ctx, d.as("ada"), hub.Production, service.ID, "nothing"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	if err := d.DeleteServiceSecret(ctx, d.as("ada"), hub.Production, service.ID, secrets[0].ID); err != nil {
		t.Error(err)
	}
	if _, err := d.RotateServiceSecret(ctx, d.as("ada"), hub.Production, hub.HubServiceID, 0); !fault.Is(err, fault.Invalid) {
		t.Errorf("Hub is public: %v", err)
	}
}
