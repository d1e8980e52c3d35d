package oauth_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

func TestARefreshTokenComesWithOfflineAccessOnly(t *testing.T) {
	for name, want := range map[string]bool{
		"access_type=offline": true, "scope=openid offline_access shop": true, "access_type=online": false, "access_type=": false,
	} {
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
	if live, err := c.Verify(t.Context(), c.redeem(t, redirect).AccessToken, here.Address); err != nil ||
		!slices.Equal(live.Audience, []string{apiID}) {
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

// asked is a resource port that counts what it is asked.
type asked struct {
	oauth.Resources
	times int
}

func (a *asked) Resource(ctx context.Context, name string) (*oauth.Resource, error) {
	a.times++
	return a.Resources.Resource(ctx, name)
}

func (a *asked) Named(ctx context.Context, names []string) (map[string]*oauth.Resource, error) {
	a.times++
	return a.Resources.Named(ctx, names)
}

func TestAHundredThingsThatNobodyKnowsAreLookedUpAtOnce(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	counted := &asked{Resources: c.Resources}
	c.Resources = counted
	granted(t, c.ask(t, "scope", "shop"+strings.Repeat(" nobody%3Ax:y", 99)))
	if counted.times > 2 {
		t.Errorf("%d look-ups for one request", counted.times)
	}
}

// It would be shown as the whole service, and be worth nothing there.
func TestAServiceWithAColonAndNoPermissionIsNone(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	if got := c.redeem(t, granted(t, c.ask(t, "scope", "shop shop:"))); got.Scope != "shop" {
		t.Errorf("the token is for %q", got.Scope)
	}
}

func TestWithoutScopeTheRequestIsForTheServiceItself(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	if got := c.redeem(t, granted(t, c.ask(t, "scope", "-"))); got.Scope != c.id {
		t.Errorf("scope %q, want %q", got.Scope, c.id)
	}
}
