package oauthtest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.org/hub/oauth"
)

const (
	landing  = "https://client.example.test/landing"
	verifier = "a-code-verifier.of_exactly~43-characters-00"
)

func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// peopleGrants are those of a service that people sign in to.
var peopleGrants = []string{"authorization_code", "refresh_token"}

// allowance is what a person allowed a client, and what came of it.
type allowance struct {
	client party
	api    party
	userID string
	family *oauth.Family
	code   string
}

// allow has a person allow a client; change may alter what is kept.
func (b *bench) allow(client party, change func(*oauth.Family)) allowance {
	b.Helper()
	api := b.service(Service{Key: "api", Permissions: []string{"read"}})
	userID, _ := b.user(api.key + ":read")
	return b.allowTo(client, api, userID, change)
}

func (b *bench) allowTo(client, api party, userID string, change func(*oauth.Family)) allowance {
	b.Helper()
	now := b.Server.Now()
	family := &oauth.Family{
		ID: rand.Text(), ClientID: client.id, Subject: userID, Scope: []string{api.key}, AuthTime: now.Truncate(time.Second),
		RedirectURI: landing, RedirectSent: true, Offline: true, EndsAt: now.Add(90 * 24 * time.Hour),
	}
	if change != nil {
		change(family)
	}
	code, err := b.Server.Families.SaveCode(b.Context(), family, now.Add(time.Minute))
	if err != nil {
		b.Fatal(err)
	}
	return allowance{client: client, api: api, userID: userID, family: family, code: code}
}

// redemption is the request that redeems the code.
func (a allowance) redemption(b *bench) *oauth.TokenRequest {
	return &oauth.TokenRequest{Origin: b.origin(), Auth: a.client.post(), GrantType: "authorization_code", Code: a.code, RedirectURI: landing}
}

func (b *bench) redeem(a allowance) *oauth.TokenResponse {
	b.Helper()
	response, err := b.Server.Token(b.Context(), a.redemption(b))
	if err != nil {
		b.Fatalf("the code was refused: %v", err)
	}
	return response
}

// confidential and public register clients that people sign in to.
func (b *bench) confidential() party { return b.service(Service{Key: "app", Grants: peopleGrants}) }
func (b *bench) public() party {
	return b.service(Service{Key: "spa", Grants: peopleGrants, Public: true, AuthMethod: oauth.AuthNone})
}

func bound(f *oauth.Family) { f.Challenge = challenge(verifier) }

var codeRules = []rule{
	{"a code gives a token for the person, to the client it was issued to", func(b *bench) {
		a := b.allow(b.confidential(), nil)
		response := b.redeem(a)
		if response.TokenType != "Bearer" || response.ExpiresIn != time.Hour || response.Scope != a.api.key || response.RefreshToken == "" {
			b.Errorf("got %+v", response)
		}
		answer := b.active(a.api, response.AccessToken)
		if answer.Token.Subject != a.userID || answer.Token.ClientID != a.client.id ||
			!answer.Token.AuthTime.Equal(a.family.AuthTime) || answer.Token.Family() != a.family.ID {
			b.Errorf("got %+v", answer.Token)
		}
	}},
	{"without offline access there is no refresh token, unless the redemption asks for it", func(b *bench) {
		online := func(f *oauth.Family) { f.Offline, f.EndsAt = false, b.Server.Now().Add(time.Hour) }
		if response := b.redeem(b.allow(b.confidential(), online)); response.RefreshToken != "" {
			b.Error("a refresh token was given that nobody asked for")
		}
		a := b.allow(b.confidential(), online)
		request := a.redemption(b)
		request.AccessType = oauth.Offline
		response, err := b.Server.Token(b.Context(), request)
		if err != nil || response.RefreshToken == "" {
			b.Fatalf("got %+v, %v", response, err)
		}
		b.advance(24 * time.Hour)
		b.refresh(a.client, response.RefreshToken)
		a = b.allow(b.service(Service{Key: "app", Grants: []string{"authorization_code"}}), online)
		request = a.redemption(b)
		request.AccessType = oauth.Offline
		if response, err := b.Server.Token(b.Context(), request); err != nil || response.RefreshToken != "" {
			b.Errorf("a client without the refresh flow got %+v, %v", response, err)
		}
	}},
	{"a code is good for a minute", func(b *bench) {
		a := b.allow(b.confidential(), nil)
		b.advance(61 * time.Second)
		_, err := b.Server.Token(b.Context(), a.redemption(b))
		b.refused(err, oauth.InvalidGrant)
	}},
	{"a second redemption is refused and ends all that came of the first", func(b *bench) {
		a := b.allow(b.confidential(), nil)
		other := b.redeem(b.allowTo(a.client, a.api, a.userID, nil))
		response := b.redeem(a)
		b.active(a.api, response.AccessToken)
		_, err := b.Server.Token(b.Context(), a.redemption(b))
		b.refused(err, oauth.InvalidGrant)
		b.inactive(a.api, response.AccessToken)
		b.refreshRefused(a.client, response.RefreshToken, oauth.InvalidGrant)
		b.active(a.api, other.AccessToken)
		b.refresh(a.client, other.RefreshToken)
	}},
	{"of fifty redemptions at once at most one succeeds, and then what it got is ended", func(b *bench) {
		nodes := append([]*oauth.Server{b.Server}, b.Peers...)
		for range 4 {
			a := b.allow(b.public(), bound)
			var wins atomic.Int32
			var together sync.WaitGroup
			for i := range 50 {
				request := a.redemption(b)
				request.CodeVerifier = verifier
				together.Go(func() {
					if _, err := nodes[i%len(nodes)].Token(b.Context(), request); err == nil {
						wins.Add(1)
					} else if !isCode(err, oauth.InvalidGrant) {
						b.Errorf("got %v, want invalid_grant", err)
					}
				})
			}
			together.Wait()
			if wins.Load() > 1 {
				b.Errorf("%d redemptions succeeded", wins.Load())
			}
		}
	}},
	{"another client cannot use a code, nor spoil it", func(b *bench) {
		a, thief := b.allow(b.confidential(), nil), b.confidential()
		request := a.redemption(b)
		request.Auth = thief.post()
		_, err := b.Server.Token(b.Context(), request)
		b.refused(err, oauth.InvalidGrant)
		b.redeem(a)
	}},
	{"a code is bound to the redirect URI of its request", func(b *bench) {
		for _, uri := range []string{"", landing + "/", landing + "?x", "https://client.example.test/LANDING", "https://evil.example"} {
			a := b.allow(b.confidential(), nil)
			request := a.redemption(b)
			request.RedirectURI = uri
			_, err := b.Server.Token(b.Context(), request)
			b.refused(err, oauth.InvalidGrant)
			_, err = b.Server.Token(b.Context(), a.redemption(b)) // there is no second try
			b.refused(err, oauth.InvalidGrant)
		}
		a := b.allow(b.confidential(), func(f *oauth.Family) { f.RedirectSent = false })
		request := a.redemption(b)
		request.RedirectURI = ""
		if _, err := b.Server.Token(b.Context(), request); err != nil {
			b.Errorf("a redirect URI that was not sent need not be sent: %v", err)
		}
	}},
	{"a code is bound to its PKCE challenge", func(b *bench) {
		for name, wrong := range map[string]string{
			"missing": "", "another": strings.Replace(verifier, "a", "b", 1), "the challenge itself": challenge(verifier), "too short": verifier[:42],
			"with a blank": verifier + " ", "endless": strings.Repeat("a", 129),
		} {
			a := b.allow(b.public(), bound)
			request := a.redemption(b)
			request.CodeVerifier = wrong
			if _, err := b.Server.Token(b.Context(), request); !isCode(err, oauth.InvalidGrant) {
				b.Errorf("%s: got %v, want invalid_grant", name, err)
			}
		}
		a := b.allow(b.public(), bound)
		request := a.redemption(b)
		request.CodeVerifier = verifier
		if _, err := b.Server.Token(b.Context(), request); err != nil {
			b.Errorf("the right verifier: %v", err)
		}
	}},
	{"a verifier without a challenge is a downgrade", func(b *bench) {
		a := b.allow(b.confidential(), nil)
		request := a.redemption(b)
		request.CodeVerifier = verifier
		_, err := b.Server.Token(b.Context(), request)
		b.refused(err, oauth.InvalidGrant)
	}},
	{"nothing is issued for a user who was banned", func(b *bench) {
		a := b.allow(b.confidential(), nil)
		b.Ban(a.userID)
		_, err := b.Server.Token(b.Context(), a.redemption(b))
		b.refused(err, oauth.InvalidGrant)
	}},
	{"a service that is gone since is left out, and nothing left is invalid_scope", func(b *bench) {
		more := b.service(Service{Key: "more"})
		a := b.allow(b.confidential(), func(f *oauth.Family) { f.Scope = append(f.Scope, more.key) })
		b.Disable(more.id)
		if response := b.redeem(a); response.Scope != a.api.key {
			b.Errorf("got scope %q", response.Scope)
		}
		a = b.allow(b.confidential(), func(f *oauth.Family) { f.Scope = []string{more.key} })
		_, err := b.Server.Token(b.Context(), a.redemption(b))
		b.refused(err, oauth.InvalidScope)
	}},
	{"texts that are no code are refused alike", func(b *bench) {
		a := b.allow(b.confidential(), nil)
		refresh := b.redeem(b.allow(a.client, nil)).RefreshToken
		for _, text := range []string{"x", a.code + "x", a.code[:len(a.code)-1], swapCase(a.code), refresh, strings.Repeat("x", 10_000), "\x00"} {
			request := a.redemption(b)
			request.Code = text
			_, err := b.Server.Token(b.Context(), request)
			b.refused(err, oauth.InvalidGrant)
		}
		request := a.redemption(b)
		request.Code = ""
		_, err := b.Server.Token(b.Context(), request)
		b.refused(err, oauth.InvalidRequest)
		b.redeem(a)
	}},
	{"a fault while redeeming is trouble of ours", func(b *bench) {
		b.familyFaults(map[string]func(*bench) func() error{
			"a code": func(b *bench) func() error {
				a := b.allow(b.confidential(), nil)
				return func() error { _, err := b.Server.Token(b.Context(), a.redemption(b)); return err }
			},
			"a code with access_type": func(b *bench) func() error {
				a := b.allow(b.confidential(), func(f *oauth.Family) { f.Offline = false })
				request := a.redemption(b)
				request.AccessType = oauth.Offline
				return func() error { _, err := b.Server.Token(b.Context(), request); return err }
			},
			"a code for the second time": func(b *bench) func() error {
				a := b.allow(b.confidential(), nil)
				b.redeem(a)
				return func() error { _, err := b.Server.Token(b.Context(), a.redemption(b)); return err }
			},
		}, "Families.RedeemCode", "Families.SaveRefresh", "Families.End", "Subjects.Subject")
	}},
}
