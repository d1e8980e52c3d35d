package provider_test

import (
	"net/netip"
	"testing"

	"example.org/hub/internal/hub"
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
