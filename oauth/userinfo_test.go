package oauth_test

import (
	"maps"
	"slices"
	"testing"

	"example.org/hub/oauth"
	"example.org/hub/oauth/jose"
	"example.org/hub/oauth/oauthtest"
)

// quick is a counter whose ID tokens are quick to sign.
func quick(t testing.TB, service oauthtest.Service) *counter {
	t.Helper()
	c := newCounter(t, service)
	c.memory.Change(c.id, func(client *oauth.Client) { client.IDTokenAlg = jose.ES256 })
	return c
}

func (c *counter) info(t testing.TB, token string) map[string]any {
	t.Helper()
	claims, err := c.UserInfo(t.Context(), here, token)
	if err != nil {
		t.Fatal(err)
	}
	return claims
}

func TestUserInfoTellsWhatTheScopeAsksFor(t *testing.T) {
	for scope, want := range map[string][]string{
		"openid":                      {"sub"},
		"openid profile":              {"name", "preferred_username", "sub"},
		"openid email":                {"email", "email_verified", "sub"},
		"openid groups":               {"groups", "sub"},
		"openid email profile groups": {"email", "email_verified", "groups", "name", "preferred_username", "sub"},
	} {
		c := quick(t, oauthtest.Service{})
		claims := c.info(t, c.redeem(t, granted(t, c.ask(t, "scope", scope))).AccessToken)
		if got := slices.Sorted(maps.Keys(claims)); !slices.Equal(got, want) || claims["sub"] != c.userID {
			t.Errorf("%s: got %v, want %v", scope, claims, want)
		}
	}
}

func TestUserInfoTellsWhatWasWishedForByName(t *testing.T) {
	wish := []string{"scope", "openid", "claims", `{"userinfo":{"email":null},"id_token":{"name":null}}`}
	c := quick(t, oauthtest.Service{})
	first := c.redeem(t, granted(t, c.ask(t, append(wish, "access_type", "offline")...)))
	next, err := c.Token(t.Context(), &oauth.TokenRequest{Origin: here, Auth: c.auth(), GrantType: "refresh_token", RefreshToken: first.RefreshToken})
	if err != nil {
		t.Fatal(err)
	}
	front := find(granted(t, c.ask(t, append(wish, "response_type", "id_token token")...)), "access_token")
	for _, token := range []string{first.AccessToken, next.AccessToken, front} {
		if claims := c.info(t, token); claims["email"] != "ada@example.test" || len(claims) != 2 {
			t.Errorf("got %v", claims)
		}
	}
}

func TestUserInfoIsForLiveTokensOfOpenIDOnly(t *testing.T) {
	c := quick(t, oauthtest.Service{})
	c.memory.NewService(oauthtest.Service{Key: "other"})
	plain := c.redeem(t, granted(t, c.ask(t, "scope", "shop"))).AccessToken
	machine := c.token(t)
	good := c.redeem(t, granted(t, c.ask(t))).AccessToken
	for name, want := range map[string]struct {
		token string
		code  oauth.Code
	}{
		"no openid":      {plain, oauth.InsufficientScope},
		"a machine":      {machine, oauth.InsufficientScope},
		"garbage":        {"garbage", oauth.InvalidToken},
		"an altered one": {good + "x", oauth.InvalidToken},
		"nothing":        {"", oauth.InvalidToken},
		"one of a permanent": {c.memory.NewPermanentToken(oauthtest.PermanentToken{
			UserID: c.userID, Scope: []string{"shop"},
		}), oauth.InsufficientScope},
		"one without sign-in": {c.redeem(t, granted(t, c.ask(t, "scope", "other"))).AccessToken, oauth.InsufficientScope},
	} {
		_, err := c.UserInfo(t.Context(), here, want.token)
		if code(err) != want.code || err.(*oauth.Error).ID == "" {
			t.Errorf("%s: got %v, want %s", name, err, want.code)
		}
	}
	c.memory.Ban(c.userID)
	if _, err := c.UserInfo(t.Context(), here, good); code(err) != oauth.InvalidToken {
		t.Errorf("the token of a banned user: %v", err)
	}
}
