package provider_test

import (
	"net/netip"
	"testing"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

// BenchmarkToken is a token by client credentials without the wire: the checks, the claims and one signature.
func BenchmarkToken(b *testing.B) {
	d := newHub(b, storetest.SQLite(b))
	server := d.node.Server(hub.Production, "https://hub.example.test")
	server.Grants = []oauth.Grant{oauth.ClientCredentials{}}
	id, secret := d.newService(oauthtest.Service{Key: "payments"})
	request := &oauth.TokenRequest{Origin: oauth.Origin{Door: "token", Address: netip.MustParseAddr("127.0.0.1")},
		Auth: oauth.ClientAuth{Basic: true, BasicID: id, BasicSecret: secret}, GrantType: "client_credentials", Scope: "payments"}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := server.Token(b.Context(), request); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkIntrospect is the check of a live token that was seen before.
func BenchmarkIntrospect(b *testing.B) {
	d := newHub(b, storetest.SQLite(b))
	server := d.node.Server(hub.Production, "https://hub.example.test")
	server.Grants = []oauth.Grant{oauth.ClientCredentials{}}
	id, secret := d.newService(oauthtest.Service{Key: "payments"})
	auth := oauth.ClientAuth{Basic: true, BasicID: id, BasicSecret: secret}
	origin := oauth.Origin{Door: "token", Address: netip.MustParseAddr("127.0.0.1")}
	token, err := server.Token(b.Context(), &oauth.TokenRequest{Origin: origin, Auth: auth, GrantType: "client_credentials", Scope: "payments"})
	if err != nil {
		b.Fatal(err)
	}
	request := &oauth.IntrospectionRequest{Origin: origin, Auth: auth, Token: token.AccessToken}
	b.ReportAllocs()
	for b.Loop() {
		if answer, err := server.Introspect(b.Context(), request); err != nil || !answer.Active {
			b.Fatal(answer, err)
		}
	}
}

// BenchmarkIntrospectPermanent is the check of a permanent token.
func BenchmarkIntrospectPermanent(b *testing.B) {
	d := newHub(b, storetest.SQLite(b))
	server := d.node.Server(hub.Production, "https://hub.example.test")
	id, secret := d.newService(oauthtest.Service{Key: "payments", Permissions: []string{"create", "read"}})
	user := d.newUser(oauthtest.User{Login: "ada", Holds: []string{"payments:create"}})
	request := &oauth.IntrospectionRequest{
		Origin: oauth.Origin{Door: "introspect", Address: netip.MustParseAddr("127.0.0.1")},
		Auth:   oauth.ClientAuth{Basic: true, BasicID: id, BasicSecret: secret},
		Token:  d.newPermanentToken(oauthtest.PermanentToken{UserID: user, Scope: []string{"payments"}}),
	}
	b.ReportAllocs()
	for b.Loop() {
		if answer, err := server.Introspect(b.Context(), request); err != nil || !answer.Active {
			b.Fatal(answer, err)
		}
	}
}
