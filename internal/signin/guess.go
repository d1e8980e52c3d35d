package signin

import (
	"context"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/limit"
	"example.org/hub/internal/store"
)

// factorAllowed holds codes against what failed before: from this source, and for this account from anywhere. It counts
// the guess beforehand, so that many at the same moment are not all tried; factorRight takes it back. Who holds up the
// account from elsewhere does not hold up its owner at a place where the owner is signed in already.
func (d *Desk) factorAllowed(ctx context.Context, userID string, o Origin) error {
	if wait := d.Throttle.Blocked(o.Address, "user:"+userID); wait > 0 {
		return tooMany(wait, userID)
	}
	ok, wait := d.factors.Allow(limit.Key{Name: userID}, time.Now())
	if ok {
		return nil
	}
	return d.unlessHere(ctx, userID, wait, o)
}

// What an account bears of wrong codes on all nodes together, whatever was started anew in between: guessing goes on for weeks
// where it is merely slowed down.
const (
	guessesCount = 50
	guessesIn    = 24 * time.Hour
)

// guessAllowed is factorAllowed for a code that may be guessed. Who guesses knows the password; so another password begins to
// count anew, and lets its owner back in.
func (d *Desk) guessAllowed(ctx context.Context, userID string, o Origin) error {
	now := d.Store.Now()
	since := now.Add(-guessesIn)
	password, err := d.Store.Password(ctx, userID)
	switch {
	case err == nil && password.ChangedAt.After(since):
		since = password.ChangedAt
	case err != nil && !fault.Is(err, fault.NotFound):
		return err
	}
	wrong, err := d.Store.Events(ctx, store.EventFilter{
		Target: userID, Action: "user.second-factor", Result: hub.Refused, After: since,
	}, store.EventMark{}, guessesCount)
	if err != nil {
		return err
	}
	if len(wrong) == guessesCount {
		oldest := wrong[guessesCount-1].At
		if err := d.unlessHere(ctx, userID, max(oldest.Add(guessesIn).Sub(now), time.Second), o); err != nil {
			return err
		}
	}
	return d.factorAllowed(ctx, userID, o)
}

// unlessHere refuses for a while, but not at a place where the user is signed in.
func (d *Desk) unlessHere(ctx context.Context, userID string, wait time.Duration, o Origin) error {
	sessions, err := d.Sessions(ctx, userID)
	if err != nil {
		return err
	}
	for _, session := range sessions {
		if session.Address == o.Address.Unmap().String() {
			return nil
		}
	}
	return tooMany(wait, userID)
}

func (d *Desk) factorFailed(userID string, o Origin) { d.Throttle.Failed(o.Address, "user:"+userID) }

func (d *Desk) factorRight(userID string) { d.factors.Return(limit.Key{Name: userID}, time.Now()) }
