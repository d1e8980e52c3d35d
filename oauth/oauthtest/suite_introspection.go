package oauthtest

import (
	"slices"
	"time"

	"example.org/hub/oauth"
)

var introspectionRules = []rule{
	{"a resource server learns about tokens for it, and the client about its own", func(b *bench) {
		api := b.service(Service{Key: "api", Permissions: []string{"read"}})
		userID, login := b.user(api.key + ":read")
		p := b.apiClient(userID)
		token := b.token(p, api.key).AccessToken
		for _, caller := range []party{api, p} {
			answer := b.active(caller, token)
			if answer.Username != login || answer.TokenType != "Bearer" ||
				answer.Issuer != b.Server.Issuer || answer.Environment != b.Server.Environment {
				b.Errorf("got %+v", answer)
			}
			if answer.Token.Subject != userID || answer.Token.ClientID != p.id || !slices.Equal(answer.Permissions, []string{api.key + ":read"}) {
				b.Errorf("got %+v with %v", answer.Token, answer.Permissions)
			}
		}
	}},
	{"whoever a token is not for learns nothing", func(b *bench) {
		api, other := b.service(Service{Key: "api"}), b.service(Service{Key: "other", Trusted: true})
		userID, _ := b.user()
		token := b.token(b.apiClient(userID), api.key).AccessToken
		b.inactive(other, token)
		b.inactive(b.apiClient(userID), token)
	}},
	{"a resource server sees its own permissions and no others", func(b *bench) {
		one, two := b.service(Service{Key: "one", Permissions: []string{"read"}}), b.service(Service{Key: "two", Permissions: []string{"write"}})
		userID, _ := b.user(one.key+":read", two.key+":write")
		p := b.apiClient(userID)
		token := b.token(p, one.key+" "+two.key).AccessToken
		for _, c := range []struct {
			caller party
			want   []string
		}{{one, []string{one.key + ":read"}}, {two, []string{two.key + ":write"}}, {p, []string{one.key + ":read", two.key + ":write"}}} {
			if got := b.active(c.caller, token).Permissions; !slices.Equal(got, c.want) {
				b.Errorf("got %v, want %v", got, c.want)
			}
		}
	}},
	{"a permission the scope leaves out is not there", func(b *bench) {
		one, two := b.service(Service{Key: "one", Permissions: []string{"read"}}), b.service(Service{Key: "two", Permissions: []string{"write"}})
		userID, _ := b.user(one.key+":read", two.key+":write")
		p := b.apiClient(userID)
		if got := b.active(p, b.token(p, one.key).AccessToken).Permissions; !slices.Equal(got, []string{one.key + ":read"}) {
			b.Errorf("got %v", got)
		}
	}},
	{"a service on its own behalf has its own permissions", func(b *bench) {
		api := b.service(Service{Key: "api", Permissions: []string{"read"}})
		p := b.service(Service{Key: "client", Trusted: true, Holds: []string{api.key + ":read"}})
		if got := b.active(api, b.token(p, api.key).AccessToken).Permissions; !slices.Equal(got, []string{api.key + ":read"}) {
			b.Errorf("got %v", got)
		}
	}},
	{"texts that are no live token are inactive and nothing else", func(b *bench) {
		p := b.service(Service{Key: "client"})
		token := b.token(p, "").AccessToken
		b.active(p, token)
		for name, text := range b.worthless(token) {
			if text == "" {
				continue
			}
			answer := b.inspect(p, text)
			if answer.Active {
				b.Errorf("%s is active", name)
			}
			b.bare(answer)
		}
	}},
	{"a token ends with its time and not before", func(b *bench) {
		for _, opaque := range []bool{false, true} {
			p := b.service(Service{Key: "client", Opaque: opaque})
			token := b.token(p, "").AccessToken
			b.advance(59 * time.Minute)
			b.active(p, token)
			b.advance(61 * time.Second)
			b.inactive(p, token)
			b.ahead.Store(0)
		}
	}},
	{"a token from another node whose clock is ahead is good", func(b *bench) {
		p := b.service(Service{Key: "client"})
		b.advance(90 * time.Second)
		token := b.token(p, "").AccessToken
		b.ahead.Store(0)
		b.active(p, token)
	}},
	{"a token of a client that was switched off is inactive", func(b *bench) {
		api, p := b.service(Service{Key: "api"}), b.service(Service{Key: "client", Trusted: true})
		token := b.token(p, api.key).AccessToken
		b.active(api, token)
		b.Disable(p.id)
		b.inactive(api, token)
	}},
	{"a token of a user who was banned is inactive", func(b *bench) {
		api := b.service(Service{Key: "api"})
		userID, _ := b.user()
		token := b.token(b.apiClient(userID), api.key).AccessToken
		permanent := b.NewPermanentToken(PermanentToken{UserID: userID, Scope: []string{api.key}})
		b.active(api, token)
		b.active(api, permanent)
		b.Ban(userID)
		b.inactive(api, token)
		b.inactive(api, permanent)
	}},
	{"a token of the other environment is inactive, and so is one of ours there", func(b *bench) {
		p := b.service(Service{Key: "client"})
		token := b.token(p, "").AccessToken
		if _, err := b.Other.Verify(b.Context(), token, b.address); !isCode(err, oauth.InvalidToken) {
			b.Errorf("got %v, want invalid_token", err)
		}
	}},
	{"a permanent token is live for the services it names", func(b *bench) {
		api, other := b.service(Service{Key: "api", Permissions: []string{"read"}}), b.service(Service{Key: "other"})
		userID, login := b.user(api.key + ":read")
		text := b.NewPermanentToken(PermanentToken{UserID: userID, Scope: []string{api.key}})
		answer := b.active(api, text)
		if answer.Username != login || answer.Token.Subject != userID || !answer.Token.Permanent ||
			!slices.Equal(answer.Permissions, []string{api.key + ":read"}) {
			b.Errorf("got %+v with %+v", answer, answer.Token)
		}
		b.inactive(other, text)
		b.inactive(api, text[:len(text)-1])
	}},
	{"a caller must say who it is and which token it means", func(b *bench) {
		p, public := b.service(Service{Key: "client"}), b.service(Service{Key: "public", Public: true})
		for _, c := range []struct {
			auth  oauth.ClientAuth
			token string
			code  oauth.Code
		}{
			{oauth.ClientAuth{}, "x", oauth.InvalidClient},
			{oauth.ClientAuth{ID: p.id, Secret: "wrong-secret"}, "x", oauth.InvalidClient},
			{oauth.ClientAuth{ID: public.id}, "x", oauth.InvalidClient},
			{p.post(), "", oauth.InvalidRequest},
		} {
			_, err := b.Server.Introspect(b.Context(), &oauth.IntrospectionRequest{Origin: b.origin(), Auth: c.auth, Token: c.token})
			b.refused(err, c.code)
		}
	}},
	{"that a token was used is told to the observer", func(b *bench) {
		p := b.service(Service{Key: "client"})
		token := b.token(p, "").AccessToken
		id := b.active(p, token).Token.ID
		if !slices.Contains(b.record.Tokens(), id) {
			b.Error("the observer was not told")
		}
	}},
}
