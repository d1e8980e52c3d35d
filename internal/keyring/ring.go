package keyring

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
	"example.org/hub/oauth/jose"
)

// Ring is the signing keys of all environments, as the database last told. Refresh fills it; until then it answers
// fault.Unavailable. What it holds stays good while the database is away.
type Ring struct {
	Store  *store.Store
	Master *secret.Master
	// Settle is how long a new key is published before it signs: twice the time anybody may keep the key set.
	Settle time.Duration
	// Linger is how long a key stays published after it signed last: the longest life of what it signs, and leeway.
	Linger time.Duration

	held atomic.Pointer[held]
}

// held is one state of the ring.
type held struct {
	signers   map[slot][]scheduled
	published map[hub.Environment]*jose.KeySet
}

// slot is a place at which exactly one key signs at a time.
type slot struct {
	environment hub.Environment
	use         hub.KeyUse
}

type scheduled struct {
	from   time.Time
	signer *jose.Signer
}

// algorithms is what each use is signed with, and the type of the tokens.
var algorithms = map[hub.KeyUse]struct {
	algorithm jose.Algorithm
	typ       string
}{
	hub.UseAccess:       {jose.ES256, "at+jwt"},
	hub.UseIDTokenRS256: {jose.RS256, "JWT"},
	hub.UseIDTokenES256: {jose.ES256, "JWT"},
	hub.UseIDTokenEdDSA: {jose.EdDSA, "JWT"},
}

// Refresh reads the keys from the database.
func (r *Ring) Refresh(ctx context.Context) error {
	rows, err := r.Store.SigningKeys(ctx)
	if err != nil {
		return err
	}
	next := &held{signers: map[slot][]scheduled{}, published: map[hub.Environment]*jose.KeySet{}}
	public := map[hub.Environment][]jose.PublicKey{}
	now := r.Store.Now()
	for _, row := range rows {
		if !row.RemoveAt.IsZero() && !now.Before(row.RemoveAt) {
			continue
		}
		key, err := r.unseal(row)
		if err != nil {
			return err
		}
		signer, err := jose.NewSigner(key, algorithms[row.Use].typ)
		if err != nil {
			return err
		}
		at := slot{row.Environment, row.Use}
		next.signers[at] = append(next.signers[at], scheduled{row.ActiveAt, signer})
		public[row.Environment] = append(public[row.Environment], key.Public())
	}
	for environment, keys := range public {
		if next.published[environment], err = jose.NewKeySet(keys...); err != nil {
			return err
		}
	}
	r.keep(next)
	return nil
}

// keep puts next in place. An unchanged key set stays the same value, so that who wrote it down need not write it again.
func (r *Ring) keep(next *held) {
	if before := r.held.Load(); before != nil {
		for environment, set := range next.published {
			if old := before.published[environment]; old != nil && sameKeys(old, set) {
				next.published[environment] = old
			}
		}
	}
	r.held.Store(next)
}

func sameKeys(a, b *jose.KeySet) bool {
	return slices.EqualFunc(a.Keys(), b.Keys(), func(a, b jose.PublicKey) bool { return a.ID == b.ID })
}

func (r *Ring) unseal(row hub.SigningKey) (*jose.PrivateKey, error) {
	der, err := r.Master.Open(sealPurpose(row.ID), row.Sealed)
	if err != nil {
		return nil, fmt.Errorf("signing key %s of the %s environment: %w", row.ID, row.Environment, err)
	}
	return jose.ParsePKCS8(jose.Algorithm(row.Algorithm), der)
}

func sealPurpose(keyID string) string { return "signing-key/" + keyID }

// errNoKeys is what the ring answers until it has been filled.
var errNoKeys = fault.New(fault.Unavailable, "the signing keys have not been read yet")

// Signer gives the key that signs now.
func (r *Ring) Signer(environment hub.Environment, use hub.KeyUse) (*jose.Signer, error) {
	held := r.held.Load()
	if held == nil {
		return nil, errNoKeys
	}
	var latest, first scheduled
	now := r.Store.Now()
	for _, candidate := range held.signers[slot{environment, use}] {
		if !candidate.from.After(now) && !candidate.from.Before(latest.from) {
			latest = candidate
		}
		if first.signer == nil || candidate.from.Before(first.from) {
			first = candidate
		}
	}
	if latest.signer == nil { // the first key of all was made by another node, whose clock is a moment ahead
		latest = first
	}
	if latest.signer == nil {
		return nil, fault.New(fault.Unavailable, "the %s environment has no %s signing key yet", environment, use)
	}
	return latest.signer, nil
}

// Published gives every key that a live token may be signed with, and those that will sign soon.
func (r *Ring) Published(environment hub.Environment) (*jose.KeySet, error) {
	held := r.held.Load()
	if held == nil || held.published[environment] == nil {
		return nil, errNoKeys
	}
	return held.published[environment], nil
}
