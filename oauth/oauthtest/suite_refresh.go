package oauthtest

import (
	"errors"
	"sync"
	"time"

	"example.org/hub/oauth"
)

func (b *bench) askRefresh(p party, refresh, scope string) (*oauth.TokenResponse, error) {
	return b.Server.Token(b.Context(), &oauth.TokenRequest{
		Origin: b.origin(), Auth: p.post(), GrantType: "refresh_token", RefreshToken: refresh, Scope: scope,
	})
}

func (b *bench) refresh(p party, refresh string) *oauth.TokenResponse {
	b.Helper()
	response, err := b.askRefresh(p, refresh, "")
	if err != nil {
		b.Fatalf("the refresh token was refused: %v", err)
	}
	return response
}

func (b *bench) refreshRefused(p party, refresh string, want oauth.Code) {
	b.Helper()
	_, err := b.askRefresh(p, refresh, "")
	b.refused(err, want)
}

// refreshable gives a client, an API and the first tokens of a person.
func (b *bench) refreshable(client party) (allowance, *oauth.TokenResponse) {
	b.Helper()
	a := b.allow(client, bound)
	request := a.redemption(b)
	request.CodeVerifier = verifier
	response, err := b.Server.Token(b.Context(), request)
	if err != nil {
		b.Fatal(err)
	}
	return a, response
}

const day = 24 * time.Hour

var refreshRules = []rule{
	{"a refresh gives a new access token for the same person and scope", func(b *bench) {
		a, first := b.refreshable(b.confidential())
		next := b.refresh(a.client, first.RefreshToken)
		if next.AccessToken == first.AccessToken || next.Scope != first.Scope || next.TokenType != "Bearer" {
			b.Errorf("got %+v", next)
		}
		answer := b.active(a.api, next.AccessToken)
		if answer.Token.Subject != a.userID || !answer.Token.AuthTime.Equal(a.family.AuthTime) || answer.Token.Family() != a.family.ID {
			b.Errorf("got %+v", answer.Token)
		}
		b.active(a.api, first.AccessToken)
	}},
	{"the refresh token of a confidential client stays as it is", func(b *bench) {
		a, first := b.refreshable(b.confidential())
		for range 5 {
			if next := b.refresh(a.client, first.RefreshToken); next.RefreshToken != first.RefreshToken {
				b.Fatalf("got another refresh token")
			}
			b.advance(time.Hour)
		}
	}},
	{"the refresh token of a public client is rotated, and so is that of one which asks for it", func(b *bench) {
		for _, client := range []party{b.public(), b.service(Service{Key: "rotating", Grants: peopleGrants, Rotate: true})} {
			a, response := b.refreshable(client)
			seen := map[string]bool{response.RefreshToken: true}
			for range 5 {
				b.advance(time.Minute)
				response = b.refresh(a.client, response.RefreshToken)
				if seen[response.RefreshToken] {
					b.Fatal("a refresh token came twice")
				}
				seen[response.RefreshToken] = true
			}
		}
	}},
	{"a rotated token gives the same successor for ten seconds", func(b *bench) {
		a, first := b.refreshable(b.public())
		second := b.refresh(a.client, first.RefreshToken)
		b.advance(9 * time.Second)
		if again := b.refresh(a.client, first.RefreshToken); again.RefreshToken != second.RefreshToken {
			b.Error("the successor is another one")
		}
		b.refresh(a.client, second.RefreshToken)
	}},
	{"a rotated token that comes later ends all", func(b *bench) {
		for _, rounds := range []int{1, 3} {
			a, first := b.refreshable(b.public())
			last := first
			for range rounds {
				last = b.refresh(a.client, last.RefreshToken)
				b.advance(11 * time.Second)
			}
			b.active(a.api, last.AccessToken)
			b.refreshRefused(a.client, first.RefreshToken, oauth.InvalidGrant)
			b.refreshRefused(a.client, last.RefreshToken, oauth.InvalidGrant)
			b.inactive(a.api, last.AccessToken)
			b.inactive(a.api, first.AccessToken)
		}
	}},
	{"fifty refreshes at once never give two different successors", func(b *bench) {
		nodes := append([]*oauth.Server{b.Server}, b.Peers...)
		for _, client := range []party{b.public(), b.confidential()} {
			for range 4 {
				a, first := b.refreshable(client)
				var lock sync.Mutex
				successors := map[string]int{}
				var together sync.WaitGroup
				for i := range 50 {
					request := &oauth.TokenRequest{
						Origin: b.origin(), Auth: a.client.post(), GrantType: "refresh_token", RefreshToken: first.RefreshToken,
					}
					together.Go(func() {
						response, err := nodes[i%len(nodes)].Token(b.Context(), request)
						if err != nil {
							b.Errorf("an honest refresh was refused: %v", err)
							return
						}
						lock.Lock()
						defer lock.Unlock()
						successors[response.RefreshToken]++
					})
				}
				together.Wait()
				if len(successors) != 1 {
					b.Errorf("%d different successors", len(successors))
				}
			}
		}
	}},
	{"scope may be narrowed and never widened", func(b *bench) {
		a, first := b.refreshable(b.confidential())
		other := b.service(Service{Key: "other"})
		for _, scope := range []string{other.key, a.api.key + " " + other.key, "openid", a.api.id} {
			_, err := b.askRefresh(a.client, first.RefreshToken, scope)
			b.refused(err, oauth.InvalidScope)
		}
		for _, scope := range []string{a.api.key, a.api.key + ":read"} {
			if response, err := b.askRefresh(a.client, first.RefreshToken, scope); err != nil || response.Scope != scope {
				b.Errorf("scope %q: %+v, %v", scope, response, err)
			}
		}
		if next := b.refresh(a.client, first.RefreshToken); next.Scope != a.api.key {
			b.Errorf("after narrowing the whole is %q", next.Scope)
		}
	}},
	{"another client cannot use a refresh token, nor spoil it", func(b *bench) {
		for _, client := range []party{b.public(), b.confidential()} {
			a, first := b.refreshable(client)
			b.refreshRefused(b.public(), first.RefreshToken, oauth.InvalidGrant)
			b.refreshRefused(b.confidential(), first.RefreshToken, oauth.InvalidGrant)
			b.refresh(a.client, first.RefreshToken)
		}
	}},
	{"a refresh token ends when it was not used for thirty days", func(b *bench) {
		a, first := b.refreshable(b.confidential())
		b.advance(29 * day)
		b.refresh(a.client, first.RefreshToken)
		b.advance(29 * day)
		b.refresh(a.client, first.RefreshToken)
		b.advance(31 * day)
		b.refreshRefused(a.client, first.RefreshToken, oauth.InvalidGrant)
	}},
	{"a refresh token ends after ninety days however much it is used", func(b *bench) {
		for _, client := range []party{b.public(), b.confidential()} {
			a, response := b.refreshable(client)
			for range 4 {
				b.advance(20 * day)
				response = b.refresh(a.client, response.RefreshToken)
			}
			b.advance(11 * day)
			b.refreshRefused(a.client, response.RefreshToken, oauth.InvalidGrant)
			b.ahead.Store(0)
		}
	}},
	{"nothing is refreshed for a user who was banned or a client that was switched off", func(b *bench) {
		a, first := b.refreshable(b.confidential())
		b.Ban(a.userID)
		b.refreshRefused(a.client, first.RefreshToken, oauth.InvalidGrant)
		a, first = b.refreshable(b.confidential())
		b.Disable(a.client.id)
		b.refreshRefused(a.client, first.RefreshToken, oauth.InvalidClient)
	}},
	{"revoking a refresh token ends all that came of it", func(b *bench) {
		for _, client := range []party{b.public(), b.confidential()} {
			a, first := b.refreshable(client)
			_, other := b.refreshable(client)
			b.refused(b.revoke(b.confidential().post(), first.RefreshToken), oauth.UnauthorizedClient)
			b.active(a.api, first.AccessToken)
			for range 2 {
				if err := b.revoke(a.client.post(), first.RefreshToken); err != nil {
					b.Fatal(err)
				}
			}
			b.refreshRefused(a.client, first.RefreshToken, oauth.InvalidGrant)
			b.inactive(a.api, first.AccessToken)
			b.refresh(a.client, other.RefreshToken)
		}
	}},
	{"revoking an access token leaves the refresh token", func(b *bench) {
		a, first := b.refreshable(b.confidential())
		if err := b.revoke(a.client.post(), first.AccessToken); err != nil {
			b.Fatal(err)
		}
		b.inactive(a.api, first.AccessToken)
		b.refresh(a.client, first.RefreshToken)
	}},
	{"kinds of token never stand for each other", func(b *bench) {
		a, first := b.refreshable(b.confidential())
		b.inactive(a.api, first.RefreshToken)
		b.inactive(a.client, first.RefreshToken)
		if _, err := b.Server.Verify(b.Context(), first.RefreshToken, b.address); !isCode(err, oauth.InvalidToken) {
			b.Errorf("a refresh token as bearer: %v", err)
		}
		for _, text := range []string{
			first.AccessToken, a.code, first.RefreshToken + "x",
			first.RefreshToken[:len(first.RefreshToken)-1], swapCase(first.RefreshToken), "x",
		} {
			b.refreshRefused(a.client, text, oauth.InvalidGrant)
		}
		b.refreshRefused(a.client, "", oauth.InvalidRequest)
		b.refresh(a.client, first.RefreshToken)
	}},
	{"a fault while refreshing is trouble of ours", func(b *bench) {
		b.familyFaults(map[string]func(*bench) func() error{
			"a refresh": func(b *bench) func() error {
				a, first := b.refreshable(b.public())
				return func() error { _, err := b.askRefresh(a.client, first.RefreshToken, ""); return err }
			},
			"a refresh too late": func(b *bench) func() error {
				a, first := b.refreshable(b.public())
				b.refresh(a.client, first.RefreshToken)
				b.advance(time.Minute)
				return func() error { _, err := b.askRefresh(a.client, first.RefreshToken, ""); return err }
			},
			"a revocation": func(b *bench) func() error {
				a, first := b.refreshable(b.public())
				return func() error { return b.revoke(a.client.post(), first.RefreshToken) }
			},
		}, "Families.FindRefresh", "Families.RedeemRefresh", "Families.End", "Subjects.Subject")
	}},
}

// familyFaults breaks these methods in turn under each deed.
func (b *bench) familyFaults(deeds map[string]func(*bench) func() error, methods ...string) {
	b.Helper()
	for _, method := range methods {
		hit := 0
		for name, deed := range deeds {
			fault := errors.New("the disk is on fire")
			prepared := deed(b)
			b.breaker.breakOne(method, fault)
			err := prepared()
			hits := b.breaker.mend()
			if hit += hits; hits > 0 {
				b.isTrouble(method+" during "+name, fault, err)
			}
		}
		if hit == 0 {
			b.Errorf("no request used %s", method)
		}
	}
}
