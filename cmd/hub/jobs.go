package main

import (
	"context"
	"time"

	"example.org/hub/internal/audit"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/upkeep"
)

// signingKeyAge is how long a signing key signs before another takes over by itself.
const signingKeyAge = 90 * 24 * time.Hour

// expiredAtOnce bounds one transaction of the sweep.
const expiredAtOnce = 1000

// jobs lists what a hub does by itself.
func (p *program) jobs() []upkeep.Job {
	return []upkeep.Job{
		{
			Name: "chain-events", Every: 500 * time.Millisecond, Last: true,
			Do: func(ctx context.Context) error { _, err := audit.Chain(ctx, p.store); return err },
		},
		{Name: "write-refusals", Every: time.Second, Last: true, Do: p.provider.FlushRefusals},
		{Name: "write-last-used", Every: time.Minute, Last: true, Do: p.provider.FlushUses},
		{Name: "rotate-signing-keys", Every: time.Hour, Do: func(ctx context.Context) error {
			if err := p.ring.RotateAged(ctx, hub.System("upkeep"), signingKeyAge); err != nil {
				return err
			}
			return p.ring.Sweep(ctx)
		}},
		{Name: "measure-database", Every: time.Second, Do: func(context.Context) error {
			p.metrics.ReadOnly.Flag(p.store.ReadOnly())
			p.metrics.FeedRead(time.Now().Add(-p.store.FeedAge()))
			return nil
		}},
		{Name: "make-id-token-keys", Every: time.Hour, Do: p.provider.EnsureIDKeys},
		{Name: "end-leaked-secrets", Every: time.Second, Do: p.credentials.EndLeaked},
		{Name: "keep-history", Every: time.Minute, Last: true, Do: (&history{program: p}).keep},
		{Name: "deliver-mail", Every: 5 * time.Second, Do: p.outbox.Deliver},
		{Name: "let-go-events", Every: 24 * time.Hour, Do: func(ctx context.Context) error {
			_, err := audit.LetGo(ctx, p.store, hub.System("upkeep"), p.store.Now())
			return err
		}},
		{Name: "delete-expired", Every: 5 * time.Minute, Do: func(ctx context.Context) error { return deleteExpired(ctx, p.store) }},
	}
}

func deleteExpired(ctx context.Context, db *store.Store) error {
	for {
		var deleted int64
		err := db.Tx(ctx, func(tx *store.Tx) (err error) {
			deleted, err = tx.DeleteExpired(ctx, db.Now(), db.Surely(), expiredAtOnce)
			return err
		})
		if err != nil || deleted < expiredAtOnce {
			return err
		}
	}
}
