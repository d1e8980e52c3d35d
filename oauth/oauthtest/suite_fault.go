package oauthtest

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"example.org/hub/oauth"
	"example.org/hub/oauth/jose"
)

// faultRules hold that trouble of ours is never a verdict: whichever port fails, in whichever request.
var faultRules = []rule{
	{"a fault of any port is answered as trouble of ours and never as a verdict", func(b *bench) {
		deeds := b.deeds()
		for _, method := range portMethods {
			hit := 0
			for _, fault := range []error{
				errors.New("the disk is on fire"), oauth.Unavailable(errors.New("the database is gone"), time.Second),
				fmt.Errorf("reading: %w", context.DeadlineExceeded),
			} {
				for name, deed := range deeds {
					b.address = b.stranger()
					prepared := deed(b)
					b.breaker.breakOne(method, fault)
					err := prepared()
					hits := b.breaker.mend()
					hit += hits
					if hits > 0 {
						b.isTrouble(method+" during "+name, fault, err)
					}
				}
			}
			if hit == 0 {
				b.Errorf("no request used %s", method)
			}
		}
	}},
	{"when the fault is over everything works again", func(b *bench) {
		for name, deed := range b.deeds() {
			b.address = b.stranger()
			if err := deed(b)(); err != nil && !isCode(err, oauth.InvalidClient) {
				b.Errorf("%s: %v", name, err)
			}
		}
	}},
}

// isTrouble checks the answer to a request during which a port failed.
func (b *bench) isTrouble(where string, fault, err error) {
	b.Helper()
	if err == nil {
		b.Errorf("%s: it succeeded", where)
		return
	}
	var refusal *oauth.Error
	if !errors.As(err, &refusal) {
		return // Verify gives the fault as it is; it is no verdict
	}
	want := oauth.TemporarilyUnavailable
	if fault.Error() == "the disk is on fire" {
		want = oauth.ServerError
	}
	if refusal.Code != want {
		b.Errorf("%s: answered %v, want %s", where, err, want)
	}
	if want == oauth.TemporarilyUnavailable && refusal.RetryAfter <= 0 {
		b.Errorf("%s: does not say when to try again", where)
	}
}

// errInactive is what a deed gives when a live token was called inactive.
var errInactive = &oauth.Error{Code: oauth.InvalidToken, Description: "the token was called inactive"}

// deeds are requests that together use every port. Each is prepared while all is well, and then done.
func (b *bench) deeds() map[string]func(*bench) func() error {
	api := b.service(Service{Key: "api", Permissions: []string{"read"}, Entitled: true})
	userID, _ := b.user(api.key + ":read")
	owned := b.apiClient(userID)
	jwt, opaque := b.service(Service{Key: "jwt", Trusted: true}), b.service(Service{Key: "opaque", Opaque: true})
	signing := b.keyed(jose.ES256)
	permanent := b.NewPermanentToken(PermanentToken{UserID: userID, Scope: []string{api.key}})

	exchange := func(p party, scope string) func(*bench) func() error {
		return func(b *bench) func() error {
			return func() error { _, err := b.exchange(p.post(), scope); return err }
		}
	}
	inspect := func(caller, holder party, scope string) func(*bench) func() error {
		return func(b *bench) func() error {
			token := permanent
			if holder.id != "" {
				token = b.token(holder, scope).AccessToken
			}
			return func() error {
				answer, err := b.Server.Introspect(b.Context(), &oauth.IntrospectionRequest{Origin: b.origin(), Auth: caller.post(), Token: token})
				if err == nil && !answer.Active {
					return errInactive
				}
				return err
			}
		}
	}
	revoke := func(p party) func(*bench) func() error {
		return func(b *bench) func() error {
			token := b.token(p, "").AccessToken
			return func() error { return b.revoke(p.post(), token) }
		}
	}
	return map[string]func(*bench) func() error{
		"a token for itself":                 exchange(jwt, jwt.key),
		"a token for another":                exchange(jwt, api.key),
		"a token for a user":                 exchange(owned, api.key),
		"a token without scope":              exchange(owned, ""),
		"a token for one of many":            exchange(owned, api.key+" one two three four"),
		"an opaque token":                    exchange(opaque, ""),
		"introspection of a service's token": inspect(api, jwt, api.key),
		"introspection of a user's token":    inspect(api, owned, api.key),
		"introspection of an opaque token":   inspect(opaque, opaque, ""),
		"introspection of a permanent token": inspect(api, party{}, ""),
		"revocation of a token":              revoke(jwt),
		"revocation of an opaque token":      revoke(opaque),
		"a wrong secret":                     exchange(party{id: jwt.id, secret: "wrong-secret"}, ""),
		"a token by assertion": func(b *bench) func() error {
			auth := b.sign(signing.private, "JWT", b.claims(signing.id))
			return func() error { _, err := b.exchange(auth, ""); return err }
		},
		"verifying a token": func(b *bench) func() error {
			token := b.token(owned, api.key).AccessToken
			return func() error {
				_, err := b.Server.Verify(b.Context(), token, netip.Addr{})
				return err
			}
		},
	}
}
