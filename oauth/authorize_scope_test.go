package oauth_test

import (
	"slices"
	"strings"
	"testing"

	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

func TestARefreshTokenComesWithOfflineAccessOnly(t *testing.T) {
	for name, want := range map[string]bool{"access_type=offline": true, "scope=openid offline_access shop": true, "access_type=online": false, "access_type=": false} {
		c := newCounter(t, oauthtest.Service{})
		parameter, value, _ := strings.Cut(name, "=")
		if got := c.redeem(t, granted(t, c.ask(t, parameter, value))).RefreshToken != ""; got != want {
			t.Errorf("%s: refresh token %v, want %v", name, got, want)
		}
	}
	without := newCounter(t, oauthtest.Service{Grants: []string{"authorization_code"}})
	if got := without.redeem(t, granted(t, without.ask(t, "scope", "shop offline_access"))); got.RefreshToken != "" || got.Scope != "shop" {
		t.Errorf("a client without the refresh flow got %+v", got)
	}
}

func TestResourceNamesTheAudience(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	apiID, _ := c.memory.NewService(oauthtest.Service{Key: "api"})
	uri := issuer + "/services/" + apiID
	redirect := granted(t, c.ask(t, "scope", "openid", "resource", uri))
	if live, err := c.Verify(t.Context(), c.redeem(t, redirect).AccessToken, here.Address); err != nil || !slices.Equal(live.Audience, []string{apiID}) {
		t.Errorf("got %+v, %v", live, err)
	}
	request := c.redemption(find(granted(t, c.ask(t, "scope", "shop api")), "code"))
	request.Resource = []string{uri}
	response, err := c.Token(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if live, err := c.Verify(t.Context(), response.AccessToken, here.Address); err != nil || !slices.Equal(live.Audience, []string{apiID}) {
		t.Errorf("got %+v, %v", live, err)
	}
	request = c.redemption(find(granted(t, c.ask(t, "scope", "shop")), "code"))
	request.Resource = []string{uri}
	if _, err := c.Token(t.Context(), request); code(err) != oauth.InvalidTarget {
		t.Errorf("got %v, want invalid_target", err)
	}
}

func TestAnOpenIDTokenAloneIsGoodForTheIssuerOnly(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	response := c.redeem(t, granted(t, c.ask(t, "scope", "openid")))
	if live, err := c.Verify(t.Context(), response.AccessToken, here.Address); err != nil || !slices.Equal(live.Audience, []string{issuer}) {
		t.Errorf("got %+v, %v", live, err)
	}
}

func TestWithoutScopeTheRequestIsForTheServiceItself(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	if got := c.redeem(t, granted(t, c.ask(t, "scope", "-"))); got.Scope != c.id {
		t.Errorf("scope %q, want %q", got.Scope, c.id)
	}
}
