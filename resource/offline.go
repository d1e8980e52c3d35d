package resource

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/netip"
	"strings"
	"time"

	"example.org/hub/oauth/jose"
)

const (
	accessToken   = "at+jwt" // typ of access tokens (RFC 9068 section 2.1)
	maxRemembered = 10_000
)

// offline checks tokens by their signature. A token once found good is remembered by its hash, so that a caller who uses one
// token for many requests costs one signature check.
type offline struct {
	issuer    *issuer
	addresses []netip.Prefix
	verified  remembered[proven]
}

// proven is a token whose signature was good, and what else must hold each time it is used.
type proven struct {
	token      *Token
	kid        string
	notBefore  time.Time
	restricted bool
}

func newOffline(issuer *issuer, addresses []netip.Prefix) *offline {
	return &offline{issuer: issuer, addresses: addresses, verified: remembered[proven]{limit: maxRemembered}}
}

// check is Check without what both ways have in common: type, key, signature, issuer, nbf and the restriction to addresses.
func (o *offline) check(ctx context.Context, text string, from netip.Addr) (*Token, error) {
	if onlyOnline(text) {
		e := badToken("it is permanent or opaque, and this API checks offline")
		e.Description = "This API checks tokens offline: permanent and opaque tokens need online checking. Please use an access token."
		return nil, e
	}
	keys, err := o.issuer.keys.get(ctx)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(text))
	found, known := o.verified.get(sum)
	if known {
		_, known = keys.Find(found.kid) // a key that was withdrawn takes its tokens with it
	}
	if !known {
		if found, err = o.prove(ctx, keys, text); err != nil {
			return nil, err
		}
		o.verified.put(sum, found)
	}
	if found.notBefore.After(time.Now().Add(leeway)) {
		return nil, badToken("it is not good before " + found.notBefore.Format(time.RFC3339))
	}
	if found.restricted && !contains(o.addresses, from) {
		return nil, badToken("it is restricted to addresses, and " + from.String() + " is not among Options.Addresses")
	}
	return found.token, nil
}

// prove checks the signature, with newer keys if the token names one that is unknown.
func (o *offline) prove(ctx context.Context, keys *jose.KeySet, text string) (proven, error) {
	payload, kid, err := keys.Verify(text, accessToken)
	if errors.Is(err, jose.ErrUnknownKey) {
		// The hub may have begun to sign with a new key. While it cannot be asked there is no verdict.
		if keys, err = o.issuer.keys.renew(ctx, keysAtMost); err != nil {
			return proven{}, err
		}
		payload, kid, err = keys.Verify(text, accessToken)
	}
	if err != nil {
		return proven{}, badToken(err.Error())
	}
	found, err := o.read(payload)
	if err != nil {
		return proven{}, badToken(err.Error())
	}
	found.kid = kid
	return found, nil
}

// read takes the claims (RFC 9068 section 2.2). One that is there must be of its kind, needed or not.
func (o *offline) read(payload []byte) (proven, error) {
	claims, err := jose.ParseObject(payload)
	if err != nil {
		return proven{}, err
	}
	token, err := readToken(claims)
	if err != nil {
		return proven{}, err
	}
	if claims.Has("entitlements") {
		if token.Permissions, err = claims.Strings("entitlements"); err != nil {
			return proven{}, err
		}
	}
	notBefore, err := claims.Time("nbf")
	if err != nil {
		return proven{}, err
	}
	restricted, err := claims.Bool("ip_restricted")
	if err != nil {
		return proven{}, err
	}
	issuer, err := claims.String("iss")
	switch {
	case err != nil:
		return proven{}, err
	case issuer != o.issuer.url:
		return proven{}, errors.New("it is of another issuer, " + issuer)
	case token.Subject == "" || token.Expires.IsZero() || token.IssuedAt.IsZero():
		return proven{}, errors.New("it lacks sub, exp or iat")
	}
	return proven{token: token, notBefore: notBefore, restricted: restricted}, nil
}

// readToken takes what claims and introspection answers have in common.
func readToken(claims jose.Object) (*Token, error) {
	var scope string
	token := &Token{}
	var failed error
	for name, into := range map[string]*string{
		"jti": &token.ID, "sub": &token.Subject, "username": &token.Username, "client_id": &token.ClientID,
		"env": &token.Environment, "scope": &scope,
	} {
		value, err := claims.String(name)
		*into, failed = value, errors.Join(failed, err)
	}
	for name, into := range map[string]*time.Time{"iat": &token.IssuedAt, "exp": &token.Expires} {
		value, err := claims.Time(name)
		*into, failed = value, errors.Join(failed, err)
	}
	audience, err := claims.Strings("aud")
	token.Audience, token.Scope = audience, strings.Fields(scope)
	return token, errors.Join(failed, err)
}
