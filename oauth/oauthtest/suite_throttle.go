package oauthtest

import (
	"errors"

	"example.org/hub/oauth"
)

// manyFailures is more wrong credentials than any sensible limit allows.
const manyFailures = 500

var throttleRules = []rule{
	{"after too many wrong secrets a source must wait, while the right secret still works", func(b *bench) {
		p := b.service(Service{Key: "client"})
		wrong := oauth.ClientAuth{ID: p.id, Secret: "not-the-secret"}
		refusal := b.exhaust(wrong)
		if refusal.RetryAfter <= 0 {
			b.Error("the refusal does not say how long to wait")
		}
		if _, err := b.exchange(p.post(), ""); err != nil {
			b.Errorf("the right secret: %v", err)
		}
		_, err := b.exchange(wrong, "")
		b.refused(err, oauth.TooManyRequests)
	}},
	{"nobody else has to wait", func(b *bench) {
		p := b.service(Service{Key: "client"})
		wrong := oauth.ClientAuth{ID: p.id, Secret: "not-the-secret"}
		b.exhaust(wrong)
		b.address = b.stranger()
		if _, err := b.exchange(p.post(), ""); err != nil {
			b.Errorf("the right secret from elsewhere: %v", err)
		}
		_, err := b.exchange(wrong, "")
		b.refused(err, oauth.InvalidClient)
	}},
	{"having to wait says nothing about the client", func(b *bench) {
		p := b.service(Service{Key: "client"})
		known := b.exhaust(oauth.ClientAuth{ID: p.id, Secret: "not-the-secret"})
		b.address = b.stranger()
		unknown := b.exhaust(oauth.ClientAuth{ID: "98071167-ffff-4ddf-ba37-5d4599fdf319", Secret: "not-the-secret"})
		if known.Description != unknown.Description {
			b.Errorf("known: %s, unknown: %s", known.Description, unknown.Description)
		}
	}},
	{"one counter holds for every endpoint", func(b *bench) {
		p := b.service(Service{Key: "client"})
		wrong := oauth.ClientAuth{ID: p.id, Secret: "not-the-secret"}
		b.exhaust(wrong)
		_, err := b.Server.Introspect(b.Context(), &oauth.IntrospectionRequest{Origin: b.origin(), Auth: wrong, Token: "x"})
		b.refused(err, oauth.TooManyRequests)
		b.refused(b.revoke(wrong, "x"), oauth.TooManyRequests)
	}},
	{"faults and contradictions do not count", func(b *bench) {
		p := b.service(Service{Key: "client"})
		auth := p.basic()
		auth.ID = "another"
		for range manyFailures {
			_, err := b.exchange(auth, "")
			b.refused(err, oauth.InvalidRequest)
		}
		b.breaker.breakOne("Clients.Client", errors.New("the disk is on fire"))
		for range manyFailures {
			_, err := b.exchange(p.post(), "")
			b.refused(err, oauth.ServerError)
		}
		b.breaker.mend()
		_, err := b.exchange(oauth.ClientAuth{ID: p.id, Secret: "not-the-secret"}, "")
		b.refused(err, oauth.InvalidClient)
	}},
}

// exhaust sends a wrong credential until the answer is to wait.
func (b *bench) exhaust(auth oauth.ClientAuth) *oauth.Error {
	b.Helper()
	for range manyFailures {
		if _, err := b.exchange(auth, ""); !isCode(err, oauth.InvalidClient) {
			return b.refused(err, oauth.TooManyRequests)
		}
	}
	b.Fatalf("%d wrong credentials were answered without having to wait", manyFailures)
	return nil
}
