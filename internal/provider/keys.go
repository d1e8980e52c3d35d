package provider

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"example.org/hub/internal/fetch"
	"example.org/hub/internal/hub"
	"example.org/hub/oauth"
	"example.org/hub/oauth/jose"
)

// keys is the port oauth.Keys.
type keys struct{ view }

// AccessSigner gives the key that signs access tokens now. Nothing is signed while this node may have missed changes.
func (k keys) AccessSigner(context.Context) (*jose.Signer, error) {
	if err := k.inTouch(); err != nil {
		return nil, err
	}
	signer, err := k.Ring.Signer(k.environment, hub.UseAccess)
	return signer, fromStore(err)
}

// Published gives the key set, with or without a database.
func (k keys) Published(context.Context) (*jose.KeySet, error) {
	set, err := k.Ring.Published(k.environment)
	return set, fromStore(err)
}

// idKeys is the port oauth.IDKeys.
type idKeys struct{ view }

// idUses are the uses of keys that sign ID tokens.
var idUses = map[jose.Algorithm]hub.KeyUse{jose.RS256: hub.UseIDTokenRS256, jose.ES256: hub.UseIDTokenES256, jose.EdDSA: hub.UseIDTokenEdDSA}

// IDSigner gives the key that signs ID tokens now; temporarily_unavailable until EnsureIDKeys has made it.
func (k idKeys) IDSigner(_ context.Context, algorithm jose.Algorithm) (*jose.Signer, error) {
	if err := k.inTouch(); err != nil {
		return nil, err
	}
	signer, err := k.Ring.Signer(k.environment, idUses[algorithm])
	return signer, fromStore(err)
}

// EnsureIDKeys makes the keys that sign ID tokens where they are missing, which takes a while at the very first start since
// one of them is RSA, and reads all keys. Any number of nodes may do it at the same time.
func (p *Provider) EnsureIDKeys(ctx context.Context) error {
	if err := p.Ring.Ensure(ctx, hub.System("upkeep"), hub.Environments(), slices.Collect(maps.Values(idUses))...); err != nil {
		return err
	}
	return p.Ring.Refresh(ctx)
}

// fetchedKeys is a client's key set as it was fetched.
type fetchedKeys struct {
	set *jose.KeySet
	at  time.Time
	age time.Duration
}

// Keys that a client serves itself are kept as long as it says, within bounds; a new fetch because none of them fitted is
// made at most once in refetchAfter.
const (
	minKeyAge    = time.Minute
	maxKeyAge    = time.Hour
	refetchAfter = 5 * time.Second
)

// ClientKeys gives the keys with which a client signs: those registered, or those it serves at its jwks_uri.
func (c clients) ClientKeys(ctx context.Context, of *oauth.Client, fresh bool) (*jose.KeySet, error) {
	if of.JWKS != "" {
		set, err := jose.ParseKeySet([]byte(of.JWKS))
		if err != nil {
			return nil, &oauth.Error{Code: oauth.InvalidClient, Description: "client authentication failed",
				Explanation: oauth.Explanation{Reason: "the registered keys cannot be read: " + err.Error(), Setting: oauth.SettingKeys}}
		}
		return set, nil
	}
	load := func() (fetchedKeys, error) { return c.fetchKeys(ctx, of.JWKSURI) }
	kept, err := c.keySets.get(of.JWKSURI, load)
	if err != nil {
		return nil, err
	}
	age := time.Since(kept.at)
	if age > kept.age || fresh && age > refetchAfter {
		c.keySets.drop(of.JWKSURI)
		if kept, err = c.keySets.get(of.JWKSURI, load); err != nil {
			return nil, err
		}
	}
	return kept.set, nil
}

func (c clients) fetchKeys(ctx context.Context, uri string) (fetchedKeys, error) {
	if err := run(c.errands.keys, uri); err != nil {
		return fetchedKeys{}, err
	}
	response, err := c.Fetch.Get(ctx, uri, jose.MaxKeySet)
	if err != nil {
		return fetchedKeys{}, unfetched(uri, err)
	}
	set, err := jose.ParseKeySet(response.Body)
	if err != nil {
		return fetchedKeys{}, unfetched(uri, err)
	}
	return fetchedKeys{set: set, at: time.Now(), age: min(max(response.MaxAge, minKeyAge), maxKeyAge)}, nil
}

// unfetched says that a client's keys could not be had. When the client's own server is in trouble that is no verdict
// about the client; when its registration is wrong it is.
func unfetched(uri string, err error) error {
	var failed *fetch.Error
	if errors.As(err, &failed) && failed.Passing {
		return oauth.Unavailable(err, 5*time.Second)
	}
	return &oauth.Error{Code: oauth.InvalidClient, Description: "client authentication failed", Cause: err,
		Explanation: oauth.Explanation{Reason: "the client's keys cannot be fetched: " + toOwner(err), Received: uri, Setting: oauth.SettingKeysURI}}
}

// toOwner is what the owner of an address may learn of why nothing could be fetched from it: not what its host is in the
// operator's network.
func toOwner(err error) string {
	var failed *fetch.Error
	if errors.As(err, &failed) {
		return failed.Message
	}
	return err.Error()
}
