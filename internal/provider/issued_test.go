package provider_test

import (
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
		return tx.InsertSession(t.Context(), hub.Session{ID: "laptop", Digest: []byte("laptop"), UserID: "eve", SignedInAt: now, CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(time.Hour)})
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
	if opened, err := d.node.Store.OpenedByUser(t.Context(), "eve"); err != nil || len(opened) != 1 || opened[0].ServiceID != id || opened[0].SessionID != "laptop" {
		t.Errorf("%+v %v", opened, err)
	}
}
