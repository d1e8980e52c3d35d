package oauth_test

import (
	"testing"

	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

const farewell = "https://client.example.test/bye"

func (c *counter) leave(t testing.TB, signedIn string, pairs ...string) *oauth.LogoutAnswer {
	t.Helper()
	parameters := oauth.Parameters{}
	for i := 0; i < len(pairs); i += 2 {
		parameters[pairs[i]] = append(parameters[pairs[i]], pairs[i+1])
	}
	return c.Logout(t.Context(), &oauth.LogoutRequest{Origin: here, Parameters: parameters, SignedIn: signedIn})
}

func TestOnlyTheIDTokenOfWhoIsSignedInSignsOutUnasked(t *testing.T) {
	c := quick(t, oauthtest.Service{PostLogoutRedirectURIs: []string{farewell, farewell + "?x=1"}})
	hint := c.redeem(t, granted(t, c.ask(t))).IDToken
	for _, leaving := range []struct {
		name     string
		signedIn string
		pairs    []string
		confirm  bool
		redirect string
	}{
		{"with the hint", c.userID, []string{"id_token_hint", hint}, false, ""},
		{"with the hint and an address", c.userID, []string{
			"id_token_hint", hint, "post_logout_redirect_uri", farewell, "state", "a b&c",
		}, false, farewell + "?state=a%20b%26c"},
		{"with an address that has a query", c.userID, []string{
			"id_token_hint", hint, "post_logout_redirect_uri", farewell + "?x=1", "state", "s",
		}, false, farewell + "?x=1&state=s"},
		{"with hint and client_id", c.userID, []string{
			"id_token_hint", hint, "client_id", c.id, "post_logout_redirect_uri", farewell,
		}, false, farewell},
		{"with nothing", c.userID, nil, true, ""},
		{"with a client_id", c.userID, []string{"client_id", c.id, "post_logout_redirect_uri", farewell}, true, farewell},
		{"with somebody else's hint", "somebody else", []string{"id_token_hint", hint}, true, ""},
		{"nobody is signed in", "", []string{"id_token_hint", hint, "post_logout_redirect_uri", farewell}, false, farewell},
		{"nobody is signed in, no hint", "", nil, false, ""},
	} {
		answer := c.leave(t, leaving.signedIn, leaving.pairs...)
		if answer.Problem != nil || answer.Confirm != leaving.confirm || answer.Redirect != leaving.redirect {
			t.Errorf("%s: got %+v, want confirm %v and %q", leaving.name, answer, leaving.confirm, leaving.redirect)
		}
	}
}

func TestNobodyIsSentToAnAddressThatIsNotRegistered(t *testing.T) {
	c := quick(t, oauthtest.Service{PostLogoutRedirectURIs: []string{farewell}})
	other := quick(t, oauthtest.Service{})
	response := c.redeem(t, granted(t, c.ask(t)))
	for name, pairs := range map[string][]string{
		"unregistered":          {"id_token_hint", response.IDToken, "post_logout_redirect_uri", "https://evil.example"},
		"nearly registered":     {"id_token_hint", response.IDToken, "post_logout_redirect_uri", farewell + "/"},
		"a sign-in address":     {"id_token_hint", response.IDToken, "post_logout_redirect_uri", landing},
		"of nobody":             {"post_logout_redirect_uri", farewell},
		"a broken hint":         {"id_token_hint", response.IDToken + "x", "post_logout_redirect_uri", farewell},
		"an access token":       {"id_token_hint", response.AccessToken},
		"another server's hint": {"id_token_hint", other.redeem(t, granted(t, other.ask(t))).IDToken},
		"another client_id":     {"id_token_hint", response.IDToken, "client_id", "other"},
		"an unknown client_id":  {"client_id", "nobody"},
		"repeated":              {"id_token_hint", response.IDToken, "state", "a", "state", "b"},
	} {
		answer := c.leave(t, c.userID, pairs...)
		if answer.Problem == nil || answer.Problem.Code != oauth.InvalidRequest || answer.Problem.ID == "" || answer.Redirect != "" {
			t.Errorf("%s: got %+v", name, answer)
		}
	}
}
