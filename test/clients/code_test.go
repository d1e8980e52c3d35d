package clients_test

import (
	"errors"
	"net/url"
	"slices"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// signIn takes the person through the code flow with PKCE, and gives the tokens and the ID token that was verified.
func (p *party) signIn(t *testing.T, who *person, options ...oauth2.AuthCodeOption) (*oauth2.Token, *oidc.IDToken) {
	t.Helper()
	verifier, state, nonce := oauth2.GenerateVerifier(), oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	ask := p.config.AuthCodeURL(state, append([]oauth2.AuthCodeOption{oauth2.S256ChallengeOption(verifier), oidc.Nonce(nonce)}, options...)...)
	answer := who.answer(ask, p.config.RedirectURL)
	if answer.Get("code") == "" || answer.Get("state") != state || answer.Get("iss") != p.issuer(t) {
		t.Fatalf("the service was told %v", answer)
	}
	token, err := p.config.Exchange(p.ctx, answer.Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	id := p.verified(t, token)
	if id.Nonce != nonce {
		t.Errorf("the nonce is %q, want %q", id.Nonce, nonce)
	}
	return token, id
}

// issuer is what the discovery document says.
func (p *party) issuer(t *testing.T) string {
	t.Helper()
	var said struct{ Issuer string }
	if err := p.provider.Claims(&said); err != nil {
		t.Fatal(err)
	}
	return said.Issuer
}

// verified checks the ID token that came with others: signature, issuer, audience, end and at_hash.
func (p *party) verified(t *testing.T, token *oauth2.Token) *oidc.IDToken {
	t.Helper()
	text, _ := token.Extra("id_token").(string)
	id, err := p.provider.VerifierContext(p.ctx, &oidc.Config{ClientID: p.config.ClientID}).Verify(p.ctx, text)
	if err != nil {
		t.Fatal(err)
	}
	if err := id.VerifyAccessToken(token.AccessToken); err != nil {
		t.Errorf("at_hash: %v", err)
	}
	return id
}

// refreshed spends a refresh token as the library does when the access token has ended.
func (p *party) refreshed(refresh string) (*oauth2.Token, error) {
	return p.config.TokenSource(p.ctx, &oauth2.Token{RefreshToken: refresh}).Token()
}

// refusal gives the error code of an answer, "" if there was none.
func refusal(err error) string {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		return refused.ErrorCode
	}
	return ""
}

func TestAConfidentialServiceSignsAPersonInAndKeepsItsRefreshToken(t *testing.T) {
	h := serve(t)
	p := newParty(t, h, wiki, wikiSecret, wikiBack, "openid", "profile", "email", "groups", "offline_access", "wiki")
	ada := newPerson(t, h, "ada", seed)
	token, id := p.signIn(t, ada)
	ada.saw("auth/login", "auth/second-factor", "auth/consent")
	if id.Subject != adaID || token.TokenType != "Bearer" || token.ExpiresIn != 3600 {
		t.Errorf("signed in is %s, with a token of type %s for %d s", id.Subject, token.TokenType, token.ExpiresIn)
	}

	info, err := p.provider.UserInfo(p.ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		t.Fatal(err)
	}
	var claims struct {
		Name   string
		Login  string `json:"preferred_username"`
		Groups []string
	}
	if err := info.Claims(&claims); err != nil {
		t.Fatal(err)
	}
	if info.Subject != id.Subject || info.Email != "ada@example.test" ||
		claims.Name != "Ada Demo" || claims.Login != "ada" || !slices.Contains(claims.Groups, "writers") {
		t.Errorf("userinfo says %+v %+v", info, claims)
	}

	for range 3 { // known clients never store a new one
		again, err := p.refreshed(token.RefreshToken)
		if err != nil {
			t.Fatal(err)
		}
		if again.RefreshToken != token.RefreshToken || again.AccessToken == token.AccessToken {
			t.Errorf("a refresh gave another refresh token, or the same access token")
		}
		if id := p.verified(t, again); id.Subject != adaID {
			t.Errorf("after a refresh the subject is %s", id.Subject)
		}
	}

	_, _ = p.signIn(t, ada) // signed in, and allowed before
	ada.saw()
}

func TestAPublicClientGetsAnotherRefreshTokenEachTime(t *testing.T) {
	h := serve(t)
	p := newParty(t, h, phone, "", phoneBackAt("49152"), "openid", "offline_access")
	ben := newPerson(t, h, "ben", "")
	token, _ := p.signIn(t, ben)
	ben.saw("auth/login", "auth/consent")

	next, err := p.refreshed(token.RefreshToken)
	if err != nil {
		t.Fatal(err)
	}
	if next.RefreshToken == token.RefreshToken || next.RefreshToken == "" {
		t.Error("the refresh token was not rotated")
	}
	lost, err := p.refreshed(token.RefreshToken) // as if the answer had been lost
	if err != nil {
		t.Fatal(err)
	}
	if lost.RefreshToken != next.RefreshToken {
		t.Error("within the grace there is another successor")
	}
	if _, err := p.refreshed(next.RefreshToken); err != nil {
		t.Error(err)
	}
}

func TestACodeIsGoodForOneClientAndOneVerifierAndOnce(t *testing.T) {
	h := serve(t)
	p := newParty(t, h, wiki, wikiSecret, wikiBack, "openid")
	p.config.Endpoint.AuthStyle = oauth2.AuthStyleInHeader
	ben := newPerson(t, h, "ben", "")
	verifier := oauth2.GenerateVerifier()
	code := func() string {
		return ben.answer(p.config.AuthCodeURL("s", oauth2.S256ChallengeOption(verifier)), wikiBack).Get("code")
	}
	if _, err := p.config.Exchange(p.ctx, code(), oauth2.VerifierOption(oauth2.GenerateVerifier())); refusal(err) != "invalid_grant" {
		t.Errorf("with another verifier: %v", err)
	}
	other := newParty(t, h, modern, modernSecret, wikiBack)
	if _, err := other.config.Exchange(p.ctx, code(), oauth2.VerifierOption(verifier)); refusal(err) != "invalid_grant" {
		t.Errorf("at another client: %v", err)
	}
	once := code()
	token, err := p.config.Exchange(p.ctx, once, oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.config.Exchange(p.ctx, once, oauth2.VerifierOption(verifier)); refusal(err) != "invalid_grant" {
		t.Errorf("the second time: %v", err)
	}
	if _, err := p.provider.UserInfo(p.ctx, oauth2.StaticTokenSource(token)); err == nil {
		t.Error("the token of a code that came twice is still good")
	}
}

func TestWhoSaysNoIsBroughtBackWithoutACode(t *testing.T) {
	h := serve(t)
	p := newParty(t, h, wiki, wikiSecret, wikiBack, "openid")
	ben := newPerson(t, h, "ben", "")
	ben.decision = "deny"
	answer := ben.answer(p.config.AuthCodeURL("s"), wikiBack)
	if answer.Get("error") != "access_denied" || answer.Get("state") != "s" || answer.Get("iss") != h.URL || answer.Has("code") {
		t.Errorf("the service was told %v", answer)
	}
}

func TestAServiceSignsAPersonOut(t *testing.T) {
	h := serve(t)
	p := newParty(t, h, wiki, wikiSecret, wikiBack, "openid")
	var more struct {
		EndSession string `json:"end_session_endpoint"`
	}
	if err := p.provider.Claims(&more); err != nil {
		t.Fatal(err)
	}
	ben := newPerson(t, h, "ben", "")
	token, _ := p.signIn(t, ben)
	logout := more.EndSession + "?" + url.Values{
		"id_token_hint": {token.Extra("id_token").(string)}, "post_logout_redirect_uri": {wikiBye}, "state": {"s t"},
	}.Encode()
	if at := ben.goTo(logout).URL.String(); at != wikiBye+"?state=s%20t" {
		t.Errorf("signed out, the browser is at %s", at)
	}
	ben.saw()
	answer := ben.answer(p.config.AuthCodeURL("s", oauth2.SetAuthURLParam("prompt", "none")), wikiBack)
	if answer.Get("error") != "login_required" {
		t.Errorf("after signing out: %v", answer)
	}
}

func TestAnAppSignsAPersonInInTheTestEnvironment(t *testing.T) {
	h := serve(t)
	p := newPartyAt(t, h, h.URL+"/test", trial, "", trialBack, "openid", "offline_access")
	ben := newPerson(t, h, "ben", "")
	token, _ := p.signIn(t, ben)
	if _, err := p.refreshed(token.RefreshToken); err != nil {
		t.Error(err)
	}
	production := newParty(t, h, trial, "", trialBack)
	if _, err := production.refreshed(token.RefreshToken); refusal(err) != "invalid_client" {
		t.Errorf("in production: %v", err)
	}
	if _, err := production.provider.UserInfo(p.ctx, oauth2.StaticTokenSource(token)); err == nil {
		t.Error("a token of the test environment is good in production")
	}
}

func TestACodeChallengeIsKeptToTheEnd(t *testing.T) {
	h := serve(t)
	ben := newPerson(t, h, "ben", "")
	p := newParty(t, h, wiki, wikiSecret, wikiBack, "openid")
	p.config.Endpoint.AuthStyle = oauth2.AuthStyleInHeader
	without := func() string { return ben.answer(p.config.AuthCodeURL("s"), wikiBack).Get("code") }
	if _, err := p.config.Exchange(p.ctx, without()); err != nil {
		t.Errorf("a confidential client without a challenge: %v", err)
	}
	if _, err := p.config.Exchange(p.ctx, without(), oauth2.VerifierOption(oauth2.GenerateVerifier())); refusal(err) != "invalid_grant" {
		t.Errorf("a verifier without a challenge: %v", err)
	}
	verifier := oauth2.GenerateVerifier()
	with := ben.answer(p.config.AuthCodeURL("s", oauth2.S256ChallengeOption(verifier)), wikiBack).Get("code")
	if _, err := p.config.Exchange(p.ctx, with); refusal(err) != "invalid_grant" {
		t.Errorf("a challenge without a verifier: %v", err)
	}
	app := newParty(t, h, phone, "", phoneBackAt("49152"), "openid")
	if answer := ben.answer(app.config.AuthCodeURL("s"), app.config.RedirectURL); answer.Get("error") != "invalid_request" ||
		answer.Get("state") != "s" {
		t.Errorf("a public client without a challenge was told %v", answer)
	}
}

func TestAServiceSaysHowAPersonHasToSignIn(t *testing.T) {
	h := serve(t)
	ben := newPerson(t, h, "ben", "")
	p := newParty(t, h, wiki, wikiSecret, wikiBack, "openid")
	param := oauth2.SetAuthURLParam
	if answer := ben.answer(p.config.AuthCodeURL("s", param("prompt", "none")), wikiBack); answer.Get("error") != "login_required" {
		t.Errorf("before anybody signed in, prompt=none: %v", answer)
	}
	_, first := p.signIn(t, ben, param("login_hint", "ben"))
	ben.saw("auth/login", "auth/consent")
	for _, test := range []struct {
		options []oauth2.AuthCodeOption
		pages   []string
	}{
		{[]oauth2.AuthCodeOption{param("prompt", "none")}, nil},
		{[]oauth2.AuthCodeOption{param("max_age", "3600")}, nil},
		{[]oauth2.AuthCodeOption{param("prompt", "login")}, []string{"auth/login"}},
		{[]oauth2.AuthCodeOption{param("prompt", "consent")}, []string{"auth/consent"}},
		{[]oauth2.AuthCodeOption{param("prompt", "login consent")}, []string{"auth/login", "auth/consent"}},
		{[]oauth2.AuthCodeOption{param("scope", "openid email")}, []string{"auth/consent"}},
		{[]oauth2.AuthCodeOption{param("prompt", "none"), param("scope", "openid email")}, nil},
	} {
		_, id := p.signIn(t, ben, test.options...)
		ben.saw(test.pages...)
		if id.Subject != first.Subject {
			t.Errorf("another person: %s", id.Subject)
		}
	}
	if answer := ben.answer(p.config.AuthCodeURL("s", param("prompt", "none"), param("scope", "openid groups")),
		wikiBack); answer.Get("error") != "consent_required" {
		t.Errorf("for more than was allowed, prompt=none: %v", answer)
	}
	if answer := ben.answer(p.config.AuthCodeURL("s", param("prompt", "none login")), wikiBack); answer.Get("error") != "invalid_request" {
		t.Errorf("prompt=none login: %v", answer)
	}
}
