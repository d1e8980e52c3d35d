package provider_test

import (
	"net/netip"
	"testing"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

func TestAnAPIClientMayWhatNeedsAFreshSignInAndAnAppMayNot(t *testing.T) {
	d := newHub(t, storetest.SQLite(t))
	server := d.server(d.node, hub.Production, issuer)
	userID := d.newUser(oauthtest.User{Login: "ada"})
	here := netip.MustParseAddr("192.0.2.7")
	for _, credential := range []oauthtest.Credential{
		{UserID: userID},
		{UserID: userID, Addressed: true, Addresses: []netip.Prefix{netip.PrefixFrom(here, 32)}},
	} {
		id, text := d.newCredential(credential)
		response, err := server.Token(t.Context(), &oauth.TokenRequest{
			Origin: oauth.Origin{Door: "token", Address: here}, GrantType: "client_credentials", Scope: "Hub",
			Auth: oauth.ClientAuth{ID: id, Secret: text},
		})
		if err != nil {
			t.Fatal(err)
		}
		live, err := server.Verify(t.Context(), response.AccessToken, here)
		if err != nil {
			t.Fatal(err)
		}
		actor, err := d.node.Actor(t.Context(), hub.Production, live, "rest", here)
		if err != nil || actor.User.ID != userID || actor.Program || actor.Fresh == credential.Addressed {
			t.Errorf("an app %v: %+v, %v", credential.Addressed, actor, err)
		}
	}
}
