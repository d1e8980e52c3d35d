package provider_test

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

func TestWithASecondFactorOnlyAnApplicationPasswordWillDoForAProgram(t *testing.T) {
	d := newHub(t, storetest.SQLite(t))
	server := d.server(d.node, hub.Production, issuer)
	const own = "a password of ada's"
	userID := d.newUser(oauthtest.User{Login: "ada", Password: own})
	text := secret.New(secret.ApplicationPassword, false).Reveal()
	d.tx(func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(
			tx.SetTOTP(ctx, hub.TOTP{UserID: userID, Sealed: d.master.Seal(hub.TOTPPurpose(userID), []byte("seed")), ConfirmedAt: hub.Now()}),
			tx.InsertApplicationPassword(ctx, hub.ApplicationPassword{
				ID: "mail", UserID: userID, AuthorID: userID, Name: "mail", Digest: d.master.Digest(text), CreatedAt: hub.Now(),
			}))
	})
	serviceID, _ := d.newService(oauthtest.Service{Key: "reader", Grants: []string{"password"}})
	client, err := server.Clients.Client(t.Context(), serviceID)
	if err != nil {
		t.Fatal(err)
	}
	from := oauth.Origin{Door: "token", Address: netip.MustParseAddr("192.0.2.7")}
	if _, err := server.Passwords.SignIn(t.Context(), from, client, "ada", own); !errors.Is(err, oauth.ErrNotFound) {
		t.Errorf("the own password: got %v, want ErrNotFound", err)
	}
	proven, err := server.Passwords.SignIn(t.Context(), from, client, "ADA", text)
	if err != nil || proven.Subject.ID != userID || !proven.AuthTime.IsZero() || len(proven.Methods) > 0 || proven.Level != "" {
		t.Errorf("an application password: %+v, %v; want ada, without a sign-in", proven, err)
	}
	if err := errors.Join(d.node.FlushUses(t.Context()), d.node.FlushRefusals(t.Context())); err != nil {
		t.Fatal(err)
	}
	if used, err := d.store.ApplicationPasswordsOfUser(t.Context(), userID); err != nil || len(used) != 1 ||
		used[0].LastUsedAt.IsZero() || used[0].LastUsedFrom != "192.0.2.7" {
		t.Errorf("its last use: %+v, %v", used, err)
	}
	if told, err := d.store.RefusalsOfClient(t.Context(), hub.Production, serviceID, 10); err != nil || len(told) > 0 {
		t.Errorf("the service is told what was wrong with somebody's password: %+v, %v", told, err)
	}
}

func TestNothingIsKeptOfAPasswordThatBecameAnotherAtTheSameMoment(t *testing.T) {
	d := newHub(t, storetest.SQLite(t))
	server := d.server(d.node, hub.Production, issuer)
	const own = "a password of ada's"
	userID := d.newUser(oauthtest.User{Login: "ada", Password: own})
	text := secret.New(secret.ApplicationPassword, false).Reveal()
	d.tx(func(ctx context.Context, tx *store.Tx) error {
		return tx.InsertApplicationPassword(ctx, hub.ApplicationPassword{
			ID: "mail", UserID: userID, AuthorID: userID, Name: "mail", Digest: d.master.Digest(text), CreatedAt: hub.Now(),
		})
	})
	serviceID, _ := d.newService(oauthtest.Service{Key: "reader", Grants: []string{"password"}})
	client, err := server.Clients.Client(t.Context(), serviceID)
	if err != nil {
		t.Fatal(err)
	}
	from := oauth.Origin{Door: "token", Address: netip.MustParseAddr("192.0.2.7")}
	proven, err := server.Passwords.SignIn(t.Context(), from, client, "ada", text)
	if err != nil {
		t.Fatal(err)
	}
	family := func(proof any) *oauth.Family {
		return &oauth.Family{ID: "f", ClientID: serviceID, Subject: userID, Offline: true, EndsAt: hub.Now().Add(time.Hour), Proof: proof}
	}
	if _, err := server.Families.SaveRefresh(t.Context(), family(proven.Proof)); err != nil {
		t.Errorf("what came of it: %v", err)
	}
	whole, err := server.Passwords.SignIn(t.Context(), from, client, "ada", own)
	if err != nil {
		t.Fatal(err)
	}
	d.tx(func(ctx context.Context, tx *store.Tx) error {
		password, err := tx.Password(ctx, userID)
		password.ChangedAt = hub.Now()
		return errors.Join(err, tx.SetPassword(ctx, password), tx.DeleteApplicationPassword(ctx, "mail"))
	})
	for name, ended := range map[string]any{"application password": proven.Proof, "own password": whole.Proof} {
		if _, err := server.Families.SaveRefresh(t.Context(), family(ended)); !errors.Is(err, oauth.ErrEnded) {
			t.Errorf("what came of another %s at the same moment: %v", name, err)
		}
		if err := server.Families.Holds(t.Context(), family(ended)); !errors.Is(err, oauth.ErrEnded) {
			t.Errorf("what comes of another %s at the same moment and is not kept: %v", name, err)
		}
	}
}
