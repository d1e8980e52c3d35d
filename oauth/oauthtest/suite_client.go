package oauthtest

import (
	"net/url"

	"example.org/hub/oauth"
)

var clientRules = []rule{
	{"a secret in the header is accepted", func(b *bench) { b.accepted(party.basic) }},
	{"a secret in the form is accepted", func(b *bench) { b.accepted(party.post) }},
	{"header and form at once are accepted when they agree", func(b *bench) {
		b.accepted(func(p party) oauth.ClientAuth {
			auth := p.basic()
			auth.ID, auth.Secret = p.id, p.secret
			return auth
		})
	}},
	{"header and client_id are accepted when they agree", func(b *bench) {
		b.accepted(func(p party) oauth.ClientAuth {
			auth := p.basic()
			auth.ID = p.id
			return auth
		})
	}},
	{"header and form that differ contradict each other", func(b *bench) {
		p := b.service(Service{Key: "client"})
		for _, change := range []func(*oauth.ClientAuth){
			func(auth *oauth.ClientAuth) { auth.ID = "another" },
			func(auth *oauth.ClientAuth) { auth.Secret = "another-secret" },
		} {
			auth := p.basic()
			change(&auth)
			_, err := b.exchange(auth, "")
			b.refused(err, oauth.InvalidRequest)
		}
	}},
	{"a header may be form-encoded as the RFC wants or not as clients do it", func(b *bench) {
		secret := b.name("p%2B+ss wörd:&=/")
		p := b.service(Service{Key: "client", Secret: secret})
		for _, spelling := range []string{url.QueryEscape(secret), secret} {
			if _, err := b.exchange(oauth.ClientAuth{Basic: true, BasicID: url.QueryEscape(p.id), BasicSecret: spelling}, ""); err != nil {
				b.Errorf("secret spelled %q: %v", spelling, err)
			}
		}
	}},
	{"a service that names its method is held to it", func(b *bench) {
		for method, auths := range map[oauth.AuthMethod][2]func(party) oauth.ClientAuth{
			oauth.AuthBasic: {party.basic, party.post},
			oauth.AuthPost:  {party.post, party.basic},
		} {
			p := b.service(Service{Key: "client", AuthMethod: method})
			if _, err := b.exchange(auths[0](p), ""); err != nil {
				b.Errorf("%s with its own method: %v", method, err)
			}
			_, err := b.exchange(auths[1](p), "")
			b.refused(err, oauth.InvalidClient)
			both := p.basic()
			both.ID, both.Secret = p.id, p.secret
			if _, err := b.exchange(both, ""); err != nil {
				b.Errorf("%s with both: %v", method, err)
			}
		}
	}},
	{"what is wrong with a credential cannot be seen from the refusal", func(b *bench) {
		good, disabled := b.service(Service{Key: "client"}), b.service(Service{Key: "disabled"})
		b.Disable(disabled.id)
		userID, _ := b.user()
		owned := b.apiClient(userID)
		b.Ban(userID)
		public := b.service(Service{Key: "public", Public: true})
		cut := good.secret[:len(good.secret)-1]
		for name, auth := range map[string]oauth.ClientAuth{
			"wrong secret":                 {ID: good.id, Secret: "not-the-secret-of-anybody"},
			"secret cut off":               {ID: good.id, Secret: cut},
			"secret of another client":     {ID: good.id, Secret: disabled.secret},
			"confidential without secret":  {ID: good.id},
			"unknown client":               {ID: "98071167-ffff-4ddf-ba37-5d4599fdf319", Secret: good.secret},
			"client switched off":          disabled.post(),
			"owner banned":                 owned.post(),
			"public client with a secret":  {ID: public.id, Secret: good.secret},
			"public with header secret":    {Basic: true, BasicID: public.id, BasicSecret: good.secret},
			"id in another case":           {ID: swapCase(good.id), Secret: good.secret},
			"id with a blank behind":       {ID: good.id + " ", Secret: good.secret},
			"secret with a line behind it": {ID: good.id, Secret: good.secret + "\n"},
			"nothing at all":               {},
		} {
			if name == "nothing at all" {
				b.address = b.stranger()
			}
			_, err := b.exchange(auth, "")
			refusal := b.refused(err, oauth.InvalidClient)
			if refusal.Description != "client authentication failed" {
				b.Errorf("%s: the description tells: %s", name, refusal.Description)
			}
			if refusal.Explanation.Reason == "" {
				b.Errorf("%s: nothing explains the refusal to the owner", name)
			}
		}
	}},
	{"a credential of the other environment is unknown", func(b *bench) {
		p := b.service(Service{Key: "client"})
		_, err := b.Other.Token(b.Context(), &oauth.TokenRequest{Origin: b.origin(), Auth: p.post(), GrantType: "client_credentials"})
		if refusal, ok := err.(*oauth.Error); !ok || refusal.Code != oauth.InvalidClient || refusal.ID == "" {
			b.Errorf("got %v, want invalid_client", err)
		}
	}},
	{"a public client has no credentials to ask with", func(b *bench) {
		p := b.service(Service{Key: "public", Public: true})
		_, err := b.exchange(oauth.ClientAuth{ID: p.id}, "")
		b.refused(err, oauth.UnauthorizedClient)
	}},
	{"a header that names a public client and no secret only says who it is", func(b *bench) {
		p := b.service(Service{Key: "public", Public: true})
		_, err := b.exchange(oauth.ClientAuth{Basic: true, BasicID: p.id}, "")
		b.refused(err, oauth.UnauthorizedClient)
	}},
	{"a client may use only the grants switched on for it", func(b *bench) {
		p := b.service(Service{Key: "client", Grants: []string{"authorization_code"}})
		_, err := b.exchange(p.post(), "")
		refusal := b.refused(err, oauth.UnauthorizedClient)
		if refusal.Explanation.Setting == "" {
			b.Error("the refusal does not say which switch is off")
		}
	}},
	{"grant types that are missing or unknown are named as such", func(b *bench) {
		p := b.service(Service{Key: "client"})
		for grant, code := range map[string]oauth.Code{
			"": oauth.InvalidRequest, "magic": oauth.UnsupportedGrantType, "Client_Credentials": oauth.UnsupportedGrantType,
		} {
			_, err := b.Server.Token(b.Context(), &oauth.TokenRequest{Origin: b.origin(), Auth: p.post(), GrantType: grant})
			b.refused(err, code)
		}
	}},
	{"a retired key is refused with what to use instead, wherever it is put", func(b *bench) {
		key := b.name("legacy-key-")
		b.Retire(key)
		p := b.service(Service{Key: "client"})
		for name, auth := range map[string]oauth.ClientAuth{
			"as client_id":                 {ID: key},
			"as client_id with a secret":   {ID: key, Secret: "something-else"},
			"as client_secret":             {Secret: key},
			"as client_secret of a client": {ID: p.id, Secret: key},
			"as the name in the header":    {Basic: true, BasicID: key},
			"as the secret in the header":  {Basic: true, BasicID: p.id, BasicSecret: key},
		} {
			_, err := b.exchange(auth, "")
			refusal := b.refused(err, oauth.InvalidClient)
			if refusal.Description == "client authentication failed" {
				b.Errorf("%s: the description does not say that the key is retired", name)
			}
		}
	}},
	{"who was given a token is told to the observer", func(b *bench) {
		p := b.service(Service{Key: "client"})
		b.token(p, "")
		for _, id := range b.record.Clients() {
			if id == p.id {
				return
			}
		}
		b.Error("the observer was not told")
	}},
}

// accepted checks that a service and a user's client both get a token when they authenticate this way.
func (b *bench) accepted(auth func(party) oauth.ClientAuth) {
	b.Helper()
	api := b.service(Service{Key: "api", Permissions: []string{"read"}})
	userID, _ := b.user(api.key + ":read")
	for _, p := range []party{b.service(Service{Key: "client"}), b.apiClient(userID)} {
		if _, err := b.exchange(auth(p), ""); err != nil {
			b.Errorf("refused: %v", err)
		}
	}
}

// swapCase changes the case of every ASCII letter.
func swapCase(text string) string {
	swapped := []byte(text)
	for i, c := range swapped {
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' {
			swapped[i] = c ^ 0x20
		}
	}
	return string(swapped)
}
