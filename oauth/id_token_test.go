package oauth_test

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"

	"example.org/hub/oauth"
	"example.org/hub/oauth/jose"
	"example.org/hub/oauth/oauthtest"
)

// idClaims reads an ID token after checking its signature against the published keys.
func (c *counter) idClaims(t testing.TB, token string, algorithm jose.Algorithm) map[string]any {
	t.Helper()
	keys, err := c.Keys.Published(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	payload, kid, err := keys.Verify(token, "JWT")
	if err != nil {
		t.Fatalf("%v in %q", err, token)
	}
	if key, _ := keys.Find(kid); key.Algorithm != algorithm {
		t.Errorf("signed with %s, want %s", key.Algorithm, algorithm)
	}
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func left256(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

func TestAnIDTokenSaysWhoSignedInWhenAndHow(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	response := c.redeem(t, granted(t, c.ask(t)))
	claims := c.idClaims(t, response.IDToken, jose.RS256)
	for name, want := range map[string]any{
		"iss": issuer, "sub": c.userID, "aud": c.id, "azp": c.id, "nonce": "the nonce", "acr": "1", "sid": "session-1",
		"auth_time": float64(c.session.AuthTime.Unix()), "at_hash": left256(response.AccessToken),
	} {
		if claims[name] != want {
			t.Errorf("%s is %v, want %v", name, claims[name], want)
		}
	}
	if amr, _ := claims["amr"].([]any); len(amr) != 1 || amr[0] != "pwd" {
		t.Errorf("amr is %v", claims["amr"])
	}
	if claims["exp"].(float64)-claims["iat"].(float64) != 3600 {
		t.Errorf("it lives from %v to %v", claims["iat"], claims["exp"])
	}
	want := []string{"acr", "amr", "at_hash", "aud", "auth_time", "azp", "exp", "iat", "iss", "nonce", "sid", "sub"}
	if got := slices.Sorted(maps.Keys(claims)); !slices.Equal(got, want) {
		t.Errorf("claims %v, want %v", got, want)
	}
	plain := newCounter(t, oauthtest.Service{})
	if response := plain.redeem(t, granted(t, plain.ask(t, "scope", "shop"))); response.IDToken != "" {
		t.Error("an ID token came without openid")
	}
}

func TestAnIDTokenOfTheFrontChannelIsBoundToCodeAndToken(t *testing.T) {
	for algorithm, hash := range map[jose.Algorithm]func(string) string{
		jose.ES256: left256,
		jose.EdDSA: func(text string) string {
			sum := sha512.Sum512([]byte(text))
			return base64.RawURLEncoding.EncodeToString(sum[:32])
		},
	} {
		c := newCounter(t, oauthtest.Service{})
		c.memory.Change(c.id, func(client *oauth.Client) { client.IDTokenAlg = algorithm })
		redirect := granted(t, c.ask(t, "response_type", "code id_token token"))
		claims := c.idClaims(t, find(redirect, "id_token"), algorithm)
		if claims["c_hash"] != hash(find(redirect, "code")) || claims["at_hash"] != hash(find(redirect, "access_token")) {
			t.Errorf("%s: c_hash %v, at_hash %v", algorithm, claims["c_hash"], claims["at_hash"])
		}
		if _, there := claims["email"]; there {
			t.Error("it tells what userinfo is for")
		}
		claims = c.idClaims(t, find(granted(t, c.ask(t, "response_type", "id_token", "scope", "openid email")), "id_token"), algorithm)
		if claims["email"] != "ada@example.test" || claims["at_hash"] != nil || claims["c_hash"] != nil ||
			claims["name"] != nil || claims["sub"] != c.userID {
			t.Errorf("alone it tells %v", claims)
		}
	}
}

func TestClaimsWishedForByNameStandInTheIDToken(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	c.memory.Change(c.id, func(client *oauth.Client) { client.IDTokenAlg = jose.EdDSA })
	response := c.redeem(t, granted(t, c.ask(t,
		"claims", `{"id_token":{"email":{"essential":true},"iss":{"value":"https://evil.example"},"nobody_knows":null}}`)))
	claims := c.idClaims(t, response.IDToken, jose.EdDSA)
	if claims["email"] != "ada@example.test" || claims["iss"] != issuer || claims["name"] != nil || claims["nobody_knows"] != nil {
		t.Errorf("got %v", claims)
	}
}

func TestARefreshedIDTokenKeepsTheSignInAndDropsTheNonce(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	c.memory.Change(c.id, func(client *oauth.Client) { client.IDTokenAlg = jose.ES256 })
	first := c.redeem(t, granted(t, c.ask(t, "access_type", "offline")))
	c.Now = func() time.Time { return time.Now().Add(time.Hour) }
	next, err := c.Token(t.Context(), &oauth.TokenRequest{Origin: here, Auth: c.auth(), GrantType: "refresh_token", RefreshToken: first.RefreshToken})
	if err != nil {
		t.Fatal(err)
	}
	old, claims := c.idClaims(t, first.IDToken, jose.ES256), c.idClaims(t, next.IDToken, jose.ES256)
	for _, name := range []string{"iss", "sub", "aud", "auth_time", "sid"} {
		if claims[name] != old[name] {
			t.Errorf("%s was %v and is %v", name, old[name], claims[name])
		}
	}
	if claims["nonce"] != nil || claims["iat"] == old["iat"] || claims["at_hash"] != left256(next.AccessToken) {
		t.Errorf("got %v", claims)
	}
}

func TestAnIDTokenIsNoBearerAndAnAccessTokenNoHint(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	c.memory.Change(c.id, func(client *oauth.Client) { client.IDTokenAlg = jose.ES256 })
	response := c.redeem(t, granted(t, c.ask(t)))
	if _, err := c.Verify(t.Context(), response.IDToken, here.Address); code(err) != oauth.InvalidToken {
		t.Errorf("an ID token as bearer: %v", err)
	}
	told(t, c, c.ask(t, "id_token_hint", response.AccessToken, "prompt", "none"), oauth.LoginRequired)
	told(t, c, c.ask(t, "id_token_hint", "x", "prompt", "none"), oauth.LoginRequired)
	granted(t, c.ask(t, "id_token_hint", response.IDToken, "prompt", "none"))
	granted(t, c.ask(t, "id_token_hint", "x"))
	other := c.memory.NewUser(oauthtest.User{Login: "grace"})
	c.session.UserID = other
	told(t, c, c.ask(t, "id_token_hint", response.IDToken, "prompt", "none"), oauth.LoginRequired)
	stepped(t, c.ask(t, "id_token_hint", response.IDToken), oauth.StepLogin)
	stepped(t, c.ask(t, "claims", `{"id_token":{"sub":{"value":"`+c.userID+`"}}}`), oauth.StepLogin)
}
