package provider_test

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

func TestTokensAreCountedByTheServiceThatAskedForThem(t *testing.T) {
	d := newHub(t, storetest.SQLite(t))
	server := d.node.Server(hub.Production, "https://hub.example.test")
	server.Grants = []oauth.Grant{oauth.ClientCredentials{}}
	id, secret := d.newService(oauthtest.Service{Key: "payments"})
	ask := func(secret string) error {
		_, err := server.Token(t.Context(), &oauth.TokenRequest{Origin: oauth.Origin{Door: "token", Address: netip.MustParseAddr("127.0.0.1")},
			Auth: oauth.ClientAuth{Basic: true, BasicID: id, BasicSecret: secret}, GrantType: "client_credentials", Scope: "payments"})
		return err
	}
	for range 3 {
		if err := ask(secret); err != nil {
			t.Fatal(err)
		}
	}
	if ask("wrong") == nil {
		t.Error("a wrong secret got a token")
	}
	counted := d.node.ByService()
	if n := counted[hub.Measured{Environment: hub.Production, Measure: hub.MeasuredServices, Label: id}]; n != 3 || len(counted) != 1 {
		t.Errorf("it counts %v, want 3 for %s alone", counted, id)
	}
}

func TestASignInIsCountedByItsServiceAndNotedOfItsSession(t *testing.T) {
	d := newHub(t, storetest.SQLite(t))
	server := d.node.Server(hub.Production, "https://hub.example.test")
	id, _ := d.newService(oauthtest.Service{Key: "wiki"})
	now := hub.Now()
	err := d.node.Store.Tx(t.Context(), func(tx *store.Tx) error {
		if err := tx.InsertUser(t.Context(), hub.User{ID: "eve", Login: "eve", Kind: hub.Person, CreatedAt: now, UpdatedAt: now}); err != nil {
			return err
		}
		return tx.InsertSession(t.Context(), hub.Session{
			ID: "laptop", Digest: []byte("laptop"), UserID: "eve", SignedInAt: now,
			CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(time.Hour),
		})
	})
	client, trouble := server.Clients.Client(t.Context(), id)
	if err != nil || trouble != nil {
		t.Fatal(err, trouble)
	}
	for range 2 {
		server.Observer.SignedIn(t.Context(), oauth.Origin{Door: "authorize"}, client, "laptop")
		if err := d.node.FlushUses(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := d.node.ByService()[hub.Measured{Environment: hub.Production, Measure: hub.MeasuredOpened, Label: id}]; n != 2 {
		t.Errorf("%d sign-ins are counted, want 2", n)
	}
	if opened, err := d.node.Store.OpenedByUser(t.Context(), "eve"); err != nil || len(opened) != 1 ||
		opened[0].ServiceID != id || opened[0].SessionID != "laptop" {
		t.Errorf("%+v %v", opened, err)
	}
}

func TestATokenOfADeletedClientStaysDeadWhenAnotherBearsItsID(t *testing.T) {
	d := newHub(t, storetest.SQLite(t))
	server := d.server(d.node, hub.Production, issuer)
	from := oauth.Origin{Door: "token", Address: netip.MustParseAddr("127.0.0.1")}
	d.newService(oauthtest.Service{Key: "payments"})
	robin := d.newUser(oauthtest.User{Login: "robin"})
	id, secret := d.newCredential(oauthtest.Credential{UserID: robin})
	answer, err := server.Token(t.Context(), &oauth.TokenRequest{
		Origin: from, Auth: oauth.ClientAuth{ID: id, Secret: secret}, GrantType: "client_credentials", Scope: "payments",
	})
	if err != nil {
		t.Fatal(err)
	}
	var client hub.APIClient
	d.tx(func(ctx context.Context, tx *store.Tx) (err error) {
		client, err = tx.APIClient(ctx, hub.Production, id)
		return err
	})
	server.Now = func() time.Time { return d.store.Now().Add(10 * time.Second) }
	for _, made := range []struct {
		after time.Duration
		live  bool
	}{
		{time.Hour, true}, // by a clock that was ahead: it does not say who was first
		{3 * time.Second, false},
	} {
		client.CreatedAt = hub.Now().Add(made.after)
		d.tx(func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(tx.DeleteAPIClient(ctx, hub.Production, id), tx.InsertAPIClient(ctx, client))
		})
		if _, err := server.Verify(t.Context(), answer.AccessToken, from.Address); (err == nil) != made.live {
			t.Errorf("made %v later: of the token of its predecessor is said %v", made.after, err)
		}
	}
}
