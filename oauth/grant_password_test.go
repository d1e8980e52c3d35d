package oauth_test

import (
	"strings"
	"testing"

	"example.org/hub/oauth"
	"example.org/hub/oauth/jose"
	"example.org/hub/oauth/oauthtest"
)

func (c *counter) passwordRequest(name, password, scope string) *oauth.TokenRequest {
	return &oauth.TokenRequest{Origin: here, Auth: c.auth(), GrantType: "password", Username: name, Password: password, Scope: scope}
}

// newTeller is a counter whose client takes passwords, and a person who has one.
func newTeller(t testing.TB) *counter {
	t.Helper()
	c := newCounter(t, oauthtest.Service{Grants: []string{"password", "refresh_token"}})
	c.memory.Change(c.id, func(client *oauth.Client) { client.IDTokenAlg = jose.ES256 })
	c.userID = c.memory.NewUser(oauthtest.User{Login: "grace", Password: "correct horse"})
	return c
}

func TestAPasswordGivesTokensForThePerson(t *testing.T) {
	c := newTeller(t)
	for _, name := range []string{"grace", c.userID} {
		response, err := c.Token(t.Context(), c.passwordRequest(name, "correct horse", "openid shop"))
		if err != nil {
			t.Fatal(err)
		}
		live, err := c.Verify(t.Context(), response.AccessToken, here.Address)
		if err != nil || live.Subject != c.userID || live.AuthTime.IsZero() ||
			response.Scope != "openid shop" || response.RefreshToken != "" || response.IDToken == "" {
			t.Errorf("got %+v with %+v, %v", response, live, err)
		}
	}
	request := c.passwordRequest("grace", "correct horse", "")
	request.AccessType = oauth.Offline
	response, err := c.Token(t.Context(), request)
	if err != nil || response.Scope != c.id || response.RefreshToken == "" {
		t.Fatalf("got %+v, %v", response, err)
	}
	if _, err := c.Token(t.Context(), &oauth.TokenRequest{
		Origin: here, Auth: c.auth(), GrantType: "refresh_token", RefreshToken: response.RefreshToken,
	}); err != nil {
		t.Error(err)
	}
}

func TestWhatIsWrongWithAPasswordCannotBeSeen(t *testing.T) {
	c := newTeller(t)
	banned := c.memory.NewUser(oauthtest.User{Login: "eve", Password: "correct horse"})
	c.memory.Ban(banned)
	for name, request := range map[string]*oauth.TokenRequest{
		"wrong":      c.passwordRequest("grace", "wrong horse", "shop"),
		"unknown":    c.passwordRequest("nobody", "correct horse", "shop"),
		"banned":     c.passwordRequest("eve", "correct horse", "shop"),
		"endless":    c.passwordRequest("grace", strings.Repeat("x", 2000), "shop"),
		"other case": c.passwordRequest("grace", "Correct Horse", "shop"),
	} {
		_, err := c.Token(t.Context(), request)
		if code(err) != oauth.InvalidGrant || err.(*oauth.Error).Description != "the resource owner credentials are invalid" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for _, request := range []*oauth.TokenRequest{c.passwordRequest("", "x", "shop"), c.passwordRequest("grace", "", "shop")} {
		if _, err := c.Token(t.Context(), request); code(err) != oauth.InvalidRequest {
			t.Errorf("got %v, want invalid_request", err)
		}
	}
	if _, err := c.Token(t.Context(), c.passwordRequest("grace", "correct horse", "nothing")); code(err) != oauth.InvalidScope {
		t.Errorf("got %v, want invalid_scope", err)
	}
}

func TestTheRightPasswordWaitsTooAfterTooManyWrongOnes(t *testing.T) {
	c := newTeller(t)
	for range 100 {
		if _, err := c.Token(t.Context(), c.passwordRequest("grace", "wrong horse", "shop")); code(err) == oauth.TooManyRequests {
			break
		}
	}
	if _, err := c.Token(t.Context(), c.passwordRequest("grace", "correct horse", "shop")); code(err) != oauth.TooManyRequests {
		t.Errorf("got %v, want too_many_requests", err)
	}
}

func TestPasswordsAreOffUntilSwitchedOn(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	_, err := c.Token(t.Context(), c.passwordRequest("ada", "x", "shop"))
	if code(err) != oauth.UnauthorizedClient || err.(*oauth.Error).Explanation.Setting == "" {
		t.Errorf("got %v", err)
	}
}
