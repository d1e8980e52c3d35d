package resource

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"

	"example.org/hub/oauth/jose"
)

// leeway is how far the clocks of hub and API may differ.
const leeway = 60 * time.Second

// Check tells whether a bearer token is good for this API when used from an address, which may be the zero Addr if it is
// not known. An error is an *Error: 401 for a token that is not good, 503 when that cannot be found out. Middleware calls
// it; call it directly where tokens arrive by another way than HTTP.
func (v *Verifier) Check(ctx context.Context, token string, from netip.Addr) (*Token, error) {
	if token == "" || len(token) > jose.MaxToken {
		return nil, badToken("no token has this length")
	}
	if other := otherCredential(token); other != "" {
		return nil, badToken("it is " + other + ", not a token")
	}
	service, err := v.issuer.service(ctx)
	if err != nil {
		return nil, err
	}
	var found *Token
	if v.online != nil {
		found, err = v.online.check(ctx, token, from.WithZone("").Unmap())
	} else {
		found, err = v.offline.check(ctx, token, from.WithZone("").Unmap())
	}
	if err != nil {
		return nil, err
	}
	if !slices.Contains(found.Audience, service) {
		return nil, badToken("its audience does not hold service " + service)
	}
	if err := found.timely(time.Now()); err != nil {
		return nil, err
	}
	return found, nil
}

// timely holds the token's times against the clock.
func (t *Token) timely(now time.Time) error {
	switch {
	case !t.Expires.IsZero() && !now.Before(t.Expires.Add(leeway)):
		return badToken("it ended at " + t.Expires.Format(time.RFC3339))
	case t.IssuedAt.After(now.Add(leeway)):
		return badToken("it was issued in the future, at " + t.IssuedAt.Format(time.RFC3339) + "; is the clock right?")
	}
	return nil
}

// otherCredential names the kind of a hub credential that is no token and never becomes one, whatever the hub might say of
// it (its prefix says so); empty for everything else.
func otherCredential(text string) string {
	kind, _, found := strings.Cut(text, "_")
	if !found {
		return ""
	}
	switch kind {
	case "hubapp":
		return "an application password"
	case "hubcs":
		return "a client secret"
	case "hubkey":
		return "an app key"
	case "hubrt":
		return "a refresh token"
	case "hubac":
		return "an authorization code"
	}
	return ""
}

// onlyOnline reports whether a text is a token that only the hub can look up: permanent, or opaque.
func onlyOnline(text string) bool {
	return strings.HasPrefix(text, "hubpat_") || strings.HasPrefix(text, "hubat_") || strings.HasPrefix(text, "perm:")
}
