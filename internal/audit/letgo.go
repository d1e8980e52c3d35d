package audit

import (
	"context"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

// Kept is how long events are kept.
const Kept = 400 * 24 * time.Hour

const (
	// letGoEvery is how much older the oldest event must be before any goes, so that few events tell of it.
	letGoEvery = 24 * time.Hour
	// letGoAtOnce is how much of the log goes at once: no more is lost to a clock that is wrong for a while.
	letGoAtOnce = 7 * 24 * time.Hour
	// aheadOfUs is from when on an event is of a clock that was wrong: it goes with those that stand behind it.
	aheadOfUs = 24 * time.Hour
)

const letGoAction = "audit.let-go"

// letGo is what an event of letGoAction tells: up to where the chain was let go, and the hash of the last event there.
type letGo struct {
	Through int64  `json:"through"`
	Hash    []byte `json:"hash"`
}

// LetGo deletes events that are older than Kept from the beginning of the chain, and returns how many. It is an event, which is
// in the chain before the first of them goes: so a chain that begins later tells itself why, and a step that was interrupted
// leaves one that holds. Any number of nodes may do it at once.
func LetGo(ctx context.Context, s *store.Store, actor hub.Actor, now time.Time) (int64, error) {
	first, last, err := old(ctx, s, now)
	if err != nil || last.Chain.Position == 0 {
		return 0, err
	}
	details := hub.Details(letGo{last.Chain.Position, last.Chain.Hash})
	err = s.Tx(ctx, func(tx *store.Tx) error {
		return tx.Record(ctx, actor.Did(letGoAction, "audit", "", last.At.UTC().Format(time.DateOnly), details))
	})
	if err != nil {
		return 0, err
	}
	if _, err := Chain(ctx, s); err != nil {
		return 0, err
	}
	var gone int64
	for through := first - 1; through < last.Chain.Position; {
		through = min(through+atOnce, last.Chain.Position)
		err := s.Tx(ctx, func(tx *store.Tx) error {
			n, err := tx.DeleteEvents(ctx, through)
			if err == nil {
				gone += n
			}
			return err
		})
		if err != nil {
			return gone, err
		}
	}
	return gone, nil
}

// old gives the position at which the chain begins, and the last event of those that shall go; one without a position: none
// shall.
func old(ctx context.Context, s *store.Store, now time.Time) (first int64, last hub.Event, err error) {
	var until time.Time
	for e, err := range Events(ctx, s) {
		if err != nil {
			return 0, hub.Event{}, err
		}
		if first == 0 {
			first = e.Chain.Position
		}
		if e.At.After(now.Add(aheadOfUs)) {
			continue
		}
		if until.IsZero() {
			if !e.At.Before(now.Add(-Kept - letGoEvery)) {
				break
			}
			if until = e.At.Add(letGoAtOnce); until.After(now.Add(-Kept)) {
				until = now.Add(-Kept)
			}
		}
		if !e.At.Before(until) {
			break
		}
		last = e
	}
	return first, last, nil
}
