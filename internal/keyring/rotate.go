package keyring

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/oauth/jose"
)

// Ensure makes the keys that are missing in the given environments, for each use; they sign at once. Any number of nodes
// may do it at the same time.
func (r *Ring) Ensure(ctx context.Context, actor hub.Actor, environments []hub.Environment, uses ...hub.KeyUse) error {
	existing, err := r.Store.SigningKeys(ctx)
	if err != nil {
		return err
	}
	for _, environment := range environments {
		for _, use := range uses {
			if has(existing, environment, use) {
				continue
			}
			err := r.add(ctx, actor, environment, use, "signing-key.create", func(now time.Time, current []hub.SigningKey) (time.Time, error) {
				if has(current, environment, use) {
					return time.Time{}, errAlreadyThere
				}
				return now, nil
			})
			if err != nil && err != errAlreadyThere {
				return err
			}
		}
	}
	return nil
}

var errAlreadyThere = fault.New(fault.Conflict, "the key is there already")

func has(keys []hub.SigningKey, environment hub.Environment, use hub.KeyUse) bool {
	return slices.ContainsFunc(keys, func(key hub.SigningKey) bool { return key.Environment == environment && key.Use == use })
}

// Rotate makes a new key for every use that has one, in every environment. It is published at once and signs after
// Settle; with immediately (the old key is lost) it signs at once. While a new key has not settled, another rotation is
// refused as fault.Conflict, unless it is immediate.
func (r *Ring) Rotate(ctx context.Context, actor hub.Actor, immediately bool) error {
	keys, err := r.Store.SigningKeys(ctx)
	if err != nil {
		return err
	}
	for _, at := range slots(keys) {
		if err := r.rotate(ctx, actor, at, immediately); err != nil {
			return err
		}
	}
	return nil
}

// RotateAged rotates every use whose newest key has signed for longer than age.
func (r *Ring) RotateAged(ctx context.Context, actor hub.Actor, age time.Duration) error {
	keys, err := r.Store.SigningKeys(ctx)
	if err != nil {
		return err
	}
	for _, at := range slots(keys) {
		newest := slices.MaxFunc(keysOf(keys, at), func(a, b hub.SigningKey) int { return a.ActiveAt.Compare(b.ActiveAt) })
		if r.Store.Now().Sub(newest.ActiveAt) < age {
			continue
		}
		if err := r.rotate(ctx, actor, at, false); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return nil
}

func (r *Ring) rotate(ctx context.Context, actor hub.Actor, at slot, immediately bool) error {
	return r.add(ctx, actor, at.environment, at.use, "signing-key.rotate", func(now time.Time, current []hub.SigningKey) (time.Time, error) {
		if immediately {
			return now, nil
		}
		for _, key := range keysOf(current, at) {
			if key.ActiveAt.After(now) {
				return time.Time{}, fault.New(fault.Conflict,
					"the new %s key of the %s environment signs only from %s on, when every copy of the key set has it; rotate again after that, or at once with --now",
					at.use, at.environment, key.ActiveAt.UTC().Format(time.RFC3339))
			}
		}
		return now.Add(r.Settle), nil
	})
}

// add makes a key and inserts it, active from the time that when decides inside the transaction; keys it takes over from
// get their end. A key that was to become active later than the new one never signs.
func (r *Ring) add(ctx context.Context, actor hub.Actor, environment hub.Environment, use hub.KeyUse, action string,
	when func(now time.Time, current []hub.SigningKey) (time.Time, error)) error {
	key, err := jose.Generate(algorithms[use].algorithm)
	if err != nil {
		return err
	}
	der, err := key.MarshalPKCS8()
	if err != nil {
		return err
	}
	public, err := json.Marshal(key.Public())
	if err != nil {
		return err
	}
	row := hub.SigningKey{ID: key.ID(), Environment: environment, Use: use, Algorithm: string(key.Algorithm()),
		Sealed: r.Master.Seal(sealPurpose(key.ID()), der), Public: public}
	return r.Store.Tx(ctx, func(tx *store.Tx) error {
		row.CreatedAt = r.Store.Now()
		current, err := tx.SigningKeys(ctx)
		if err != nil {
			return err
		}
		if row.ActiveAt, err = when(row.CreatedAt, current); err != nil {
			return err
		}
		if err := r.endOthers(ctx, tx, row, current); err != nil {
			return err
		}
		if err := tx.InsertSigningKey(ctx, row); err != nil {
			return err
		}
		did := actor
		did.Environment = environment
		return tx.Record(ctx, did.Did(action, "signing-key", row.ID, string(use), ""))
	})
}

// endOthers says of each key that the new one takes over from how long it stays published.
func (r *Ring) endOthers(ctx context.Context, tx *store.Tx, next hub.SigningKey, current []hub.SigningKey) error {
	for _, key := range keysOf(current, slot{next.Environment, next.Use}) {
		if !key.RemoveAt.IsZero() {
			continue
		}
		if key.ActiveAt.After(next.ActiveAt) {
			if err := tx.DeleteSigningKey(ctx, key.Environment, key.ID); err != nil {
				return err
			}
			continue
		}
		if err := tx.SetSigningKeyEnd(ctx, key.Environment, key.ID, next.ActiveAt.Add(r.Linger)); err != nil {
			return err
		}
	}
	return nil
}

// Sweep deletes keys that left the published set.
func (r *Ring) Sweep(ctx context.Context) error {
	keys, err := r.Store.SigningKeys(ctx)
	if err != nil {
		return err
	}
	now := r.Store.Now()
	for _, key := range keys {
		if key.RemoveAt.IsZero() || now.Before(key.RemoveAt) {
			continue
		}
		err := r.Store.Tx(ctx, func(tx *store.Tx) error { return tx.DeleteSigningKey(ctx, key.Environment, key.ID) })
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}

// State is what a key does now.
func State(key hub.SigningKey, all []hub.SigningKey, now time.Time) string {
	if key.ActiveAt.After(now) {
		return "next"
	}
	for _, other := range keysOf(all, slot{key.Environment, key.Use}) {
		if other.ActiveAt.After(key.ActiveAt) && !other.ActiveAt.After(now) {
			return "checks old tokens"
		}
	}
	return "active"
}

func slots(keys []hub.SigningKey) []slot {
	var all []slot
	for _, key := range keys {
		if at := (slot{key.Environment, key.Use}); !slices.Contains(all, at) {
			all = append(all, at)
		}
	}
	return all
}

func keysOf(keys []hub.SigningKey, at slot) []hub.SigningKey {
	return slices.DeleteFunc(slices.Clone(keys), func(key hub.SigningKey) bool { return key.Environment != at.environment || key.Use != at.use })
}
