package oauth_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/hub/oauth"
	"example.org/hub/oauth/jose"
	"example.org/hub/oauth/oauthtest"
)

// Clauses that docs/rfc.md lists and that no flow meets on its way: each test is named for what its clause asks.

// RFC 6749 section 3.1: a parameter without a value counts as one that was not sent.
func TestAParameterWithoutAValueCountsAsNotSent(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	for _, name := range []string{
		"state", "nonce", "response_mode", "scope", "prompt", "max_age", "claims", "request", "request_uri",
		"registration", "id_token_hint", "login_hint", "display", "ui_locales", "acr_values", "resource",
		"access_type", "request_credentials", "something_new",
	} {
		answer := c.ask(t, name, "")
		if granted(t, answer); name == "state" && slices.Contains(names(answer.Redirect), "state") {
			t.Error("an empty state is echoed")
		}
	}
	told(t, c, c.ask(t, "response_type", ""), oauth.InvalidRequest)
	shown(t, c, c.ask(t, "redirect_uri", ""), oauth.InvalidRequest)
}

// RFC 7636 section 4.4.1, RFC 9700 section 2.1.1: whatever comes beside it, a code of a public client is bound to a challenge.
func TestEveryCodeOfAPublicClientNeedsAChallenge(t *testing.T) {
	c := newCounter(t, oauthtest.Service{Public: true, AuthMethod: oauth.AuthNone})
	for _, kind := range []string{"code", "code id_token", "code token", "code id_token token"} {
		told(t, c, c.ask(t, "response_type", kind, "code_challenge", "-", "code_challenge_method", "-"), oauth.InvalidRequest)
	}
	granted(t, c.ask(t, "response_type", "token", "code_challenge", "-", "code_challenge_method", "-")) // there is no code to steal
}

// RFC 8707 section 2.2: resource narrows the audience of every grant, and never widens it.
func TestResourceNarrowsTheAudienceOfEveryGrant(t *testing.T) {
	c := quick(t, oauthtest.Service{Trusted: true})
	apiID, _ := c.memory.NewService(oauthtest.Service{Key: "api"})
	otherID, _ := c.memory.NewService(oauthtest.Service{Key: "other"})
	first := c.redeem(t, granted(t, c.ask(t, "scope", "shop api", "access_type", "offline")))
	refresh := &oauth.TokenRequest{Origin: here, Auth: c.auth(), GrantType: "refresh_token", RefreshToken: first.RefreshToken}
	machine := c.request()
	machine.Scope = "shop api"
	bare := c.request()
	for name, request := range map[string]*oauth.TokenRequest{
		"refresh": refresh, "client credentials": machine, "client credentials without scope": bare,
	} {
		request.Resource = []string{issuer + "/services/" + apiID}
		response, err := c.Token(t.Context(), request)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		live, err := c.Verify(t.Context(), response.AccessToken, here.Address)
		if err != nil || !slices.Equal(live.Audience, []string{apiID}) {
			t.Errorf("%s: got %+v, %v", name, live, err)
		} else if live.Scope != "api" && live.Scope != apiID || response.Scope != live.Scope {
			t.Errorf("%s: the scope is %q, and %q in the answer: other services are named", name, live.Scope, response.Scope)
		}
		request.Resource = []string{"https://nobody.example"}
		if _, err := c.Token(t.Context(), request); code(err) != oauth.InvalidTarget {
			t.Errorf("%s for nobody: got %v, want invalid_target", name, err)
		}
		request.Resource = []string{issuer + "/services/" + otherID}
		if _, err := c.Token(t.Context(), request); request != bare && code(err) != oauth.InvalidTarget {
			t.Errorf("%s for more: got %v, want invalid_target", name, err)
		}
	}
}

// RFC 9068 section 2.2.3: what is about the person is not for an API that resource names, and the ID token comes all the same.
func TestANarrowedTokenSaysNothingOfThePerson(t *testing.T) {
	c := quick(t, oauthtest.Service{})
	apiID, _ := c.memory.NewService(oauthtest.Service{Key: "api"})
	c.HubServiceID, _ = c.memory.NewService(oauthtest.Service{Key: "hub"})
	for uri, want := range map[string]string{issuer + "/services/" + apiID: "api", issuer: "openid email hub"} {
		request := c.redemption(find(granted(t, c.ask(t, "scope", "openid email shop api hub")), "code"))
		request.Resource = []string{uri}
		response, err := c.Token(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		if response.Scope != want || response.IDToken == "" {
			t.Errorf("%s: scope %q, want %q; ID token %q", uri, response.Scope, want, response.IDToken)
		}
		if _, err := c.UserInfo(t.Context(), here, response.AccessToken); (err == nil) != (uri == issuer) {
			t.Errorf("%s: userinfo %v", uri, err)
		}
	}
}

// assertion authenticates the client of the counter with its key.
func (c *counter) assertion(t testing.TB, key *jose.PrivateKey, id string, audience any) oauth.ClientAuth {
	t.Helper()
	payload, err := json.Marshal(map[string]any{"iss": c.id, "sub": c.id, "aud": audience, "jti": id, "exp": time.Now().Add(time.Minute).Unix()})
	if err != nil {
		t.Fatal(err)
	}
	signer, err := jose.NewSigner(key, "JWT")
	if err != nil {
		t.Fatal(err)
	}
	text, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	return oauth.ClientAuth{AssertionType: oauth.AssertionType, Assertion: text}
}

// RFC 9126 section 2: an assertion may name the issuer, the token endpoint or the endpoint for pushing.
func TestAnAssertionForPushingMayNameAnyOfThreeAudiences(t *testing.T) {
	c, key := signing(t)
	c.memory.Change(c.id, func(client *oauth.Client) { client.AuthMethod = oauth.AuthJWT })
	for _, audience := range []any{issuer, issuer + oauth.TokenPath, issuer + oauth.PushPath, []string{issuer, "https://elsewhere.example"}} {
		_, err := c.Push(t.Context(), &oauth.PushRequest{
			Origin: here, Auth: c.assertion(t, key, t.Name()+text(audience), audience), Parameters: c.parameters(),
		})
		if err != nil {
			t.Errorf("%v: %v", audience, err)
		}
	}
	_, err := c.Push(t.Context(), &oauth.PushRequest{
		Origin: here, Auth: c.assertion(t, key, "another", "https://elsewhere.example"), Parameters: c.parameters(),
	})
	if code(err) != oauth.InvalidClient {
		t.Errorf("another server: got %v, want invalid_client", err)
	}
}

func text(value any) string {
	written, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(written)
}

// movedKeys are clients that have changed the keys at their jwks_uri since they were fetched.
type movedKeys struct {
	oauth.Clients
	before, now *jose.KeySet
}

func (m movedKeys) ClientKeys(_ context.Context, _ *oauth.Client, fresh bool) (*jose.KeySet, error) {
	if fresh {
		return m.now, nil
	}
	return m.before, nil
}

// OpenID Connect Core 1.0 section 10.1.1: who does not know a key fetches the set once more.
func TestKeysAreFetchedAnewWhenNoneFits(t *testing.T) {
	c, key := signing(t)
	old, err := jose.Generate(jose.ES256)
	if err != nil {
		t.Fatal(err)
	}
	before, errBefore := jose.NewKeySet(old.Public())
	now, errNow := jose.NewKeySet(key.Public())
	if errBefore != nil || errNow != nil {
		t.Fatal(errBefore, errNow)
	}
	c.memory.Change(c.id, func(client *oauth.Client) {
		client.AuthMethod, client.JWKS, client.JWKSURI = oauth.AuthJWT, "", "https://client.example.test/keys"
	})
	c.Clients = movedKeys{c.Clients, before, now}
	request := c.request()
	request.Auth = c.assertion(t, key, "new", issuer)
	if _, err := c.Token(t.Context(), request); err != nil {
		t.Error(err)
	}
	granted(t, c.ask(t, "request", c.object(t, key, "JWT", nil)))
	gone := c.object(t, old, "JWT", nil)
	c.Clients = movedKeys{c.Clients, now, now}
	told(t, c, c.ask(t, "request", gone), oauth.InvalidRequestObject)
}

// RFC 9126 section 3: a request object that is pushed speaks for the request, and is of the client that pushes it.
func TestAPushedRequestObjectSpeaksForTheRequest(t *testing.T) {
	c, key := signing(t)
	uri := c.push(t, "request", c.object(t, key, "JWT", nil), "state", "evil")
	if redirect := granted(t, c.askPushed(t, uri)); find(redirect, "state") != "state within" {
		t.Errorf("got %v", redirect.Parameters)
	}
	foreign := c.parameters("request", c.object(t, key, "JWT", map[string]any{"client_id": "other"}))
	if _, err := c.Push(t.Context(), &oauth.PushRequest{Origin: here, Auth: c.auth(), Parameters: foreign}); code(err) != oauth.InvalidRequestObject {
		t.Errorf("another client's: got %v, want invalid_request_object", err)
	}
}

// RFC 9101 section 5.2, OpenID Connect Core 1.0 section 6.2: what stands at a request_uri is fetched by https only.
func TestARequestObjectIsFetchedByHTTPSOnly(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	plain := "http://client.example.test/request"
	c.memory.Change(c.id, func(client *oauth.Client) { client.RequestURIs = []string{plain} })
	c.memory.Serve(plain, c.object(t, nil, "", nil))
	told(t, c, c.ask(t, "request_uri", plain), oauth.RequestURINotSupported)
}

// OpenID Connect Core 1.0 section 3.3.3.6: both ID tokens of a hybrid request are of one sign-in.
func TestBothIDTokensOfAHybridRequestAreOfOneSignIn(t *testing.T) {
	c := quick(t, oauthtest.Service{})
	redirect := granted(t, c.ask(t, "response_type", "code id_token"))
	response := c.redeem(t, redirect)
	front, back := c.idClaims(t, find(redirect, "id_token"), jose.ES256), c.idClaims(t, response.IDToken, jose.ES256)
	for _, name := range []string{"iss", "sub", "aud", "azp", "nonce", "auth_time", "acr", "sid"} {
		if front[name] == nil || front[name] != back[name] {
			t.Errorf("%s is %v in the browser and %v at the token endpoint", name, front[name], back[name])
		}
	}
	if front["c_hash"] != left256(find(redirect, "code")) || front["at_hash"] != nil || back["at_hash"] != left256(response.AccessToken) {
		t.Errorf("bound by %v and %v", front, back)
	}
}

// OpenID Connect Core 1.0 section 3.2.2.10: without a code too, the token is bound to the ID token beside it.
func TestAnImplicitIDTokenIsBoundToTheTokenBesideIt(t *testing.T) {
	c := quick(t, oauthtest.Service{})
	redirect := granted(t, c.ask(t, "response_type", "id_token token"))
	claims := c.idClaims(t, find(redirect, "id_token"), jose.ES256)
	if claims["at_hash"] != left256(find(redirect, "access_token")) || claims["c_hash"] != nil || claims["nonce"] != "the nonce" {
		t.Errorf("got %v", claims)
	}
}

// OpenID Connect Core 1.0 sections 2 and 10.1: the header names its key, and none that is somewhere else.
func TestTheHeaderOfAnIDTokenNamesAPublishedKeyAndNothingElse(t *testing.T) {
	c := quick(t, oauthtest.Service{})
	head, _, _ := strings.Cut(c.redeem(t, granted(t, c.ask(t))).IDToken, ".")
	raw, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		t.Fatal(err)
	}
	var header map[string]string
	if err := json.Unmarshal(raw, &header); err != nil {
		t.Fatal(err)
	}
	keys, err := c.Keys.Published(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, published := keys.Find(header["kid"]); !published || header["alg"] != "ES256" || header["typ"] != "JWT" || len(header) != 3 {
		t.Errorf("the header is %s", raw)
	}
}

// OpenID Connect Core 1.0 section 3.1.2.1, RP-Initiated Logout 1.0 section 2: an ID token that has ended still hints.
func TestAnIDTokenThatHasEndedStillHints(t *testing.T) {
	c := quick(t, oauthtest.Service{})
	hint := c.redeem(t, granted(t, c.ask(t))).IDToken
	c.Now = func() time.Time { return time.Now().Add(48 * time.Hour) }
	granted(t, c.ask(t, "id_token_hint", hint, "prompt", "none"))
	if answer := c.leave(t, c.userID, "id_token_hint", hint); answer.Problem != nil || answer.Confirm {
		t.Errorf("got %+v", answer)
	}
}

// OpenID Connect Core 1.0 section 11: without a code there is nothing to be offline with.
func TestOfflineAccessGivesNothingWithoutACode(t *testing.T) {
	c := quick(t, oauthtest.Service{})
	for _, kind := range []string{"token", "id_token", "id_token token"} {
		answer := c.ask(t, "response_type", kind, "scope", "openid offline_access shop", "access_type", "offline")
		if redirect := granted(t, answer); answer.Asked.Offline || find(redirect, "refresh_token") != "" ||
			strings.Contains(find(redirect, "scope"), "offline") {
			t.Errorf("%s: %v", kind, redirect.Parameters)
		}
	}
}

// OpenID Connect Core 1.0 section 5.5: what the claims parameter says beyond what is known here changes nothing.
func TestMembersOfClaimsThatNobodyKnowsAreIgnored(t *testing.T) {
	c := quick(t, oauthtest.Service{})
	wish := `{"elsewhere":{"x":1},"id_token":{"email":{"odd":[1]},"nobody_knows":{"essential":true},"birthdate":{"value":7}}}`
	claims := c.idClaims(t, c.redeem(t, granted(t, c.ask(t, "claims", wish))).IDToken, jose.ES256)
	if claims["email"] != "ada@example.test" || claims["nobody_knows"] != nil || claims["birthdate"] != nil || claims["elsewhere"] != nil {
		t.Errorf("got %v", claims)
	}
}

// RFC 8414 section 2, RFC 9207 section 3, RFC 9126 section 5, RFC 8628 section 4, OpenID Connect Discovery 1.0 section 3.
func TestMetadataSaysWhatTheServerDoes(t *testing.T) {
	c := newOffice(t, oauth.RegistrationOpen)
	m := c.Metadata()
	if m.Issuer != issuer || !m.AuthorizationResponseIssParam ||
		!m.RequestParameterSupported || !m.RequestURIParameterSupported || !m.RequireRequestURIRegistered ||
		!m.ClaimsParameterSupported || m.RequirePush ||
		!slices.Equal(m.ChallengeMethods, []string{"S256"}) || !slices.Equal(m.SubjectTypes, []string{"public"}) {
		t.Errorf("got %+v", m)
	}
	for _, endpoint := range []string{
		m.AuthorizationEndpoint, m.TokenEndpoint, m.UserInfoEndpoint, m.JWKSURI, m.EndSessionEndpoint,
		m.RegistrationEndpoint, m.DeviceEndpoint, m.PushEndpoint, m.IntrospectionEndpoint, m.RevocationEndpoint,
	} {
		if !strings.HasPrefix(endpoint, issuer+"/") || strings.ContainsAny(endpoint, "?#") {
			t.Errorf("an endpoint is %q", endpoint)
		}
	}
	for list, wanted := range map[string][]string{
		"response types": m.ResponseTypes, "ID token algorithms": m.IDTokenSigningAlgs,
		"scopes": m.Scopes, "grants": m.GrantTypes, "request object algorithms": m.RequestObjectAlgs,
	} {
		must := map[string][]string{
			"response types": {"code", "id_token", "id_token token"}, "ID token algorithms": {"RS256"},
			"scopes": {"openid"}, "grants": {"authorization_code", "implicit"},
			"request object algorithms": {"none", "RS256"},
		}[list]
		for _, one := range must {
			if !slices.Contains(wanted, one) {
				t.Errorf("%s lack %s: %v", list, one, wanted)
			}
		}
	}
	if slices.Contains(m.IDTokenSigningAlgs, "none") || slices.Contains(m.TokenAuthSigningAlgs, "none") {
		t.Errorf("none is named among %v, %v", m.IDTokenSigningAlgs, m.TokenAuthSigningAlgs)
	}
}

// RFC 7592 section 2.2: an update replaces the whole registration.
func TestWhatAnUpdateLeavesOutIsGone(t *testing.T) {
	c := newOffice(t, oauth.RegistrationOpen)
	mine, err := c.register(t, "", map[string]any{"client_uri": "https://client.example.test", "contacts": []string{"ada@example.test"}})
	if err != nil || mine.Metadata.HomeURI == "" {
		t.Fatal(mine, err)
	}
	changed, err := c.Reregister(t.Context(), &oauth.RegisterRequest{Origin: here, Bearer: mine.AccessToken, ClientID: mine.ClientID,
		Body: document(t, map[string]any{"client_id": mine.ClientID, "contacts": nil})})
	if err != nil || changed.Metadata.HomeURI != "" || changed.Metadata.Contacts != nil {
		t.Errorf("got %+v, %v", changed.Metadata, err)
	}
}
