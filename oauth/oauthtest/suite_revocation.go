package oauthtest

import (
	"time"

	"example.org/hub/oauth"
)

func (b *bench) revoke(auth oauth.ClientAuth, token string) error {
	return b.Server.Revoke(b.Context(), &oauth.RevocationRequest{Origin: b.origin(), Auth: auth, Token: token})
}

var revocationRules = []rule{
	{"a revoked token is dead at once, on every node, and stays so", func(b *bench) {
		for _, opaque := range []bool{false, true} {
			p := b.service(Service{Key: "client", Opaque: opaque})
			token, other := b.token(p, "").AccessToken, b.token(p, "").AccessToken
			b.active(p, token)
			for range 2 { // the second time changes nothing and is no error
				if err := b.revoke(p.post(), token); err != nil {
					b.Fatal(err)
				}
			}
			b.inactive(p, token)
			b.active(p, other)
			for _, node := range b.Peers {
				node := node
				b.eventually(func() bool {
					_, err := node.Verify(b.Context(), token, b.address)
					return isCode(err, oauth.InvalidToken)
				}, "a revoked token is still live on another node")
			}
		}
	}},
	{"unknown, forged and ended tokens are no error", func(b *bench) {
		p := b.service(Service{Key: "client"})
		token := b.token(p, "").AccessToken
		for name, text := range b.worthless(token) {
			if text == "" {
				continue
			}
			if err := b.revoke(p.post(), text); err != nil {
				b.Errorf("%s: %v", name, err)
			}
		}
		b.active(p, token)
		b.advance(2 * time.Hour)
		if err := b.revoke(p.post(), token); err != nil {
			b.Error(err)
		}
	}},
	{"a client revokes its own tokens and no others", func(b *bench) {
		p, other := b.service(Service{Key: "client"}), b.service(Service{Key: "other", Trusted: true})
		token := b.token(other, p.key).AccessToken
		b.refused(b.revoke(p.post(), token), oauth.UnauthorizedClient)
		b.active(p, token)
	}},
	{"a permanent token is not ended here", func(b *bench) {
		p := b.service(Service{Key: "client"})
		userID, _ := b.user()
		text := b.NewPermanentToken(PermanentToken{UserID: userID, Scope: []string{p.key}})
		b.refused(b.revoke(p.post(), text), oauth.UnsupportedTokenType)
		b.active(p, text)
	}},
	{"whoever revokes must say who it is and which token it means", func(b *bench) {
		p := b.service(Service{Key: "client"})
		token := b.token(p, "").AccessToken
		b.refused(b.revoke(oauth.ClientAuth{ID: p.id}, token), oauth.InvalidClient)
		b.refused(b.revoke(oauth.ClientAuth{ID: p.id, Secret: "wrong-secret"}, token), oauth.InvalidClient)
		b.refused(b.revoke(p.post(), ""), oauth.InvalidRequest)
		b.active(p, token)
	}},
}

// eventually waits until something is so, up to a generous time after which it fails the rule.
func (b *bench) eventually(so func() bool, otherwise string) {
	b.Helper()
	for end := time.Now().Add(10 * time.Second); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			b.Fatal(otherwise)
		}
	}
}
