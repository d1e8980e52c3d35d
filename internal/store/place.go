package store

import (
	"context"
	"time"
)

// mostPlaces is how many places are known of one user; beyond it those go that became known first.
const mostPlaces = 200

var (
	selectKnownPlaces = prepared(`SELECT trait FROM known_places WHERE user_id = $1 ORDER BY trait`)
	insertKnownPlace  = prepared(`INSERT INTO known_places (user_id, trait, known_at) VALUES ($1, $2, $3) ON CONFLICT (user_id, trait) DO NOTHING`)
	trimKnownPlaces   = prepared(`DELETE FROM known_places WHERE user_id = $1 AND trait IN (SELECT trait FROM known_places WHERE user_id = $1
		ORDER BY known_at DESC, trait LIMIT 1000 OFFSET $2)`)
)

// KnownPlaces lists the traits by which the places of a user are known.
func (r *Reader) KnownPlaces(ctx context.Context, userID string) ([]string, error) {
	return list(ctx, r, selectKnownPlaces, value[string], userID)
}

// KnowPlaces adds traits to those that are known of a user.
func (tx *Tx) KnowPlaces(ctx context.Context, userID string, now time.Time, traits ...string) error {
	for _, trait := range traits {
		if _, err := tx.exec(ctx, insertKnownPlace, userID, trait, millis(now)); err != nil {
			return err
		}
	}
	_, err := tx.exec(ctx, trimKnownPlaces, userID, mostPlaces)
	return err
}
