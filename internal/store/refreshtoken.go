package store

import (
	"context"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

const refreshTokenColumns = `digest, environment, family_id, generation, used_at, rotated_at, ends_at`

// familyLives is the condition that the family of a token has neither been ended nor reached its end.
const familyLives = ` AND EXISTS (SELECT 1 FROM grant_families f WHERE f.environment = refresh_tokens.environment AND f.id = refresh_tokens.family_id
	AND f.ended_at = 0 AND f.ends_at > $1)`

var (
	selectRefreshToken = prepared(`SELECT ` + refreshTokenColumns + ` FROM refresh_tokens WHERE digest = $1 AND environment = $2`)
	insertRefreshToken = prepared(`INSERT INTO refresh_tokens (` + refreshTokenColumns +
		`) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (digest) DO NOTHING`)
	rotateRefreshToken = prepared(`UPDATE refresh_tokens SET used_at = $1, rotated_at = $1 WHERE digest = $2 AND environment = $3 AND rotated_at = 0
		AND used_at >= $4` + familyLives + ` RETURNING ` + refreshTokenColumns)
	// The first generation lives as long as its family; a later one has to be remembered for longer when it is used again.
	touchRefreshToken = prepared(`UPDATE refresh_tokens SET used_at = $1, ends_at = CASE WHEN generation = 0 THEN ends_at ELSE $2 END WHERE digest = $3
		AND environment = $4 AND rotated_at = 0 AND used_at >= $5` + familyLives + ` RETURNING ` + refreshTokenColumns)
	deleteEndedRefreshTokens = prepared(`DELETE FROM refresh_tokens WHERE digest IN (SELECT digest FROM refresh_tokens WHERE ends_at < $1 LIMIT $2)`)
)

func scanRefreshToken(row scanner, t *hub.RefreshToken) error {
	return row.Scan(&t.Digest, &t.Environment, &t.FamilyID, &t.Generation, moment{&t.UsedAt}, moment{&t.RotatedAt}, moment{&t.EndsAt})
}

func (tx *Tx) insertRefreshToken(ctx context.Context, t hub.RefreshToken) error {
	_, err := tx.exec(ctx, insertRefreshToken, blob(t.Digest), t.Environment, t.FamilyID, t.Generation,
		millis(t.UsedAt), millis(t.RotatedAt), millis(t.EndsAt))
	return err
}

// RefreshUse is a refresh token that was presented.
type RefreshUse struct {
	Environment hub.Environment
	Digest      []byte
	Now         time.Time
	Rotate      bool          // it is given up for a successor
	Grace       time.Duration // so long after that it gives the same successor again
	Idle        time.Duration // unused for so long, it is no good
	// Next gives the digest of a generation of a family.
	Next func(familyID string, generation int64) []byte
	// Replayed runs, in the same transaction, when the token was rotated longer ago than Grace.
	Replayed func(*Tx, hub.Family) error
}

// UseRefreshToken uses a refresh token and gives the one that is good from now on, by family and generation. One UPDATE
// decides: of many at once, on any number of nodes, one rotates and all others within the grace are told the same successor.
// replayed says that the token was rotated longer ago than the grace, and that Replayed has run.
//
// Errors: fault.NotFound if there is no such token, or it or its family has ended.
func (s *Store) UseRefreshToken(ctx context.Context, use RefreshUse) (good hub.RefreshToken, replayed bool, err error) {
	err = s.tx(ctx, readCommitted, func(tx *Tx) error {
		replayed = false
		if use.Rotate {
			good, err = tx.rotateRefreshToken(ctx, use)
		} else {
			good, err = one(ctx, &tx.Reader, touchRefreshToken, scanRefreshToken, millis(use.Now), millis(use.Now.Add(use.Idle)), blob(use.Digest),
				use.Environment, millis(use.Now.Add(-use.Idle)))
		}
		if fault.Is(err, fault.NotFound) {
			good, replayed, err = tx.usedRefreshToken(ctx, use)
		}
		return err
	})
	return good, replayed, err
}

// rotateRefreshToken gives a token up for its successor; fault.NotFound if it is no good any more.
func (tx *Tx) rotateRefreshToken(ctx context.Context, use RefreshUse) (hub.RefreshToken, error) {
	old, err := one(ctx, &tx.Reader, rotateRefreshToken, scanRefreshToken,
		millis(use.Now), blob(use.Digest), use.Environment, millis(use.Now.Add(-use.Idle)))
	if err != nil {
		return old, err
	}
	next := hub.RefreshToken{
		Environment: old.Environment, FamilyID: old.FamilyID, Generation: old.Generation + 1,
		UsedAt: use.Now, EndsAt: use.Now.Add(use.Idle),
	}
	next.Digest = use.Next(next.FamilyID, next.Generation)
	return next, tx.insertRefreshToken(ctx, next)
}

// usedRefreshToken says what a token is that can be used no more.
func (tx *Tx) usedRefreshToken(ctx context.Context, use RefreshUse) (next hub.RefreshToken, replayed bool, err error) {
	old, err := one(ctx, &tx.Reader, selectRefreshToken, scanRefreshToken, blob(use.Digest), use.Environment)
	if err != nil {
		return old, false, err
	}
	family, err := tx.Family(ctx, old.Environment, old.FamilyID)
	switch {
	case err != nil:
		return old, false, err
	case !family.EndedAt.IsZero(), !use.Now.Before(family.EndsAt), old.RotatedAt.IsZero():
		return old, false, errNotFound
	case use.Now.After(old.RotatedAt.Add(use.Grace)):
		return old, true, use.Replayed(tx, family)
	}
	old.Generation++
	return old, false, nil
}
