package upkeep

import (
	"context"
	"time"

	"example.org/hub/internal/audit"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/keyring"
	"example.org/hub/internal/provider"
	"example.org/hub/internal/store"
)

// signingKeyAge is how long a signing key signs before another takes over by itself.
const signingKeyAge = 90 * 24 * time.Hour

// expiredAtOnce bounds one transaction of the sweep.
const expiredAtOnce = 1000

// Jobs lists what a hub does by itself.
func Jobs(db *store.Store, ring *keyring.Ring, p *provider.Provider) []Job {
	return []Job{
		{Name: "chain-events", Every: 500 * time.Millisecond, Last: true, Do: func(ctx context.Context) error { _, err := audit.Chain(ctx, db); return err }},
		{Name: "write-refusals", Every: time.Second, Last: true, Do: p.FlushRefusals},
		{Name: "write-last-used", Every: time.Minute, Last: true, Do: p.FlushUses},
		{Name: "rotate-signing-keys", Every: time.Hour, Do: func(ctx context.Context) error {
			if err := ring.RotateAged(ctx, hub.System("upkeep"), signingKeyAge); err != nil {
				return err
			}
			return ring.Sweep(ctx)
		}},
		{Name: "delete-expired", Every: 5 * time.Minute, Do: func(ctx context.Context) error { return deleteExpired(ctx, db) }},
	}
}

func deleteExpired(ctx context.Context, db *store.Store) error {
	for {
		var deleted int64
		err := db.Tx(ctx, func(tx *store.Tx) (err error) {
			deleted, err = tx.DeleteExpired(ctx, time.Now(), expiredAtOnce)
			return err
		})
		if err != nil || deleted < expiredAtOnce {
			return err
		}
	}
}
