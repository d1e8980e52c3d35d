package signin

import (
	"context"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

// Where somebody signs in for the first time stands out in the list of sessions until its user says "that was me". The first
// sign-in of an account knows nothing else, so its place is known from the start.

// Places gives what is known of where a user signs in.
func (d *Desk) Places(ctx context.Context, userID string) (hub.Places, error) {
	return places(ctx, d.Store.Reader, userID)
}

func places(ctx context.Context, q store.Reader, userID string) (hub.Places, error) {
	traits, err := q.KnownPlaces(ctx, userID)
	known := make(hub.Places, len(traits))
	for _, trait := range traits {
		known[trait] = true
	}
	return known, err
}

// firstPlace makes the place of a sign-in known if none was before, and with it those where the user is signed in already.
func firstPlace(ctx context.Context, tx *store.Tx, session hub.Session, now time.Time) error {
	known, err := places(ctx, tx.Reader, session.UserID)
	if err != nil || len(known) > 0 {
		return err
	}
	traits := hub.PlaceTraits(session)
	others, err := tx.SessionsOfUser(ctx, session.UserID)
	for _, other := range others {
		if !other.Half() {
			traits = append(traits, hub.PlaceTraits(other)...)
		}
	}
	if err != nil {
		return err
	}
	return tx.KnowPlaces(ctx, session.UserID, now, traits...)
}

// KnowPlace takes the actor's word that a session of the actor is no stranger's: what was new about it is known from now on. A
// session that vouches for itself needs a fresh sign-in. Errors: fault.NotFound, fault.StepUp, fault.Forbidden.
func (d *Desk) KnowPlace(ctx context.Context, actor hub.Actor, sessionID string) (hub.Session, error) {
	var session hub.Session
	if err := actor.Change(); err != nil {
		return session, err
	}
	err := d.Store.Tx(ctx, func(tx *store.Tx) (err error) {
		now := d.Store.Now()
		session, err = tx.Session(ctx, sessionID)
		if fault.Is(err, fault.NotFound) || err == nil && (session.UserID != actor.User.ID || session.Half() || !session.Live(now)) {
			return fault.New(fault.NotFound, "there is no such session; it may have ended")
		}
		if err != nil {
			return err
		}
		if session.ID == actor.Credential {
			if err := actor.StepUp(); err != nil {
				return err
			}
		}
		known, err := places(ctx, tx.Reader, session.UserID)
		if err != nil || known.Knows(session) {
			return err
		}
		if err := tx.KnowPlaces(ctx, session.UserID, now, hub.PlaceTraits(session)...); err != nil {
			return err
		}
		return tx.Record(ctx, actor.Did("session.confirm", "user", actor.User.ID, actor.User.Login,
			hub.Details(map[string]string{"session": session.ID})))
	})
	return session, err
}
