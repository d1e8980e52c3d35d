package store

import (
	"context"
	"time"
)

// ResetCode lets whoever reads a user's mail choose a new password, once. Without UserID it opens nothing.
type ResetCode struct {
	Digest    []byte
	UserID    string // empty: somebody asked for a name that nobody has
	CreatedAt time.Time
	ExpiresAt time.Time
}

var (
	insertResetCode       = prepared(`INSERT INTO reset_codes (digest, user_id, created_at, expires_at, used_at) VALUES ($1, $2, $3, $4, 0)`)
	selectResetCode       = prepared(`SELECT COALESCE(user_id, '') FROM reset_codes WHERE digest = $1 AND expires_at > $2 AND used_at = 0 AND user_id IS NOT NULL`)
	useResetCode          = prepared(`UPDATE reset_codes SET used_at = $1 WHERE digest = $2 AND expires_at > $1 AND used_at = 0 AND user_id IS NOT NULL RETURNING user_id`)
	deleteUserResetCodes  = prepared(`DELETE FROM reset_codes WHERE user_id = $1`)
	deleteEndedResetCodes = prepared(`DELETE FROM reset_codes WHERE expires_at < $1`)
)

// UserOfResetCode gives the id of the user whose password a live code may change, and leaves the code unused.
func (r *Reader) UserOfResetCode(ctx context.Context, digest []byte, now time.Time) (string, error) {
	return one(ctx, r, selectResetCode, value[string], blob(digest), millis(now))
}

// InsertResetCode adds a code and takes away those that have ended.
func (tx *Tx) InsertResetCode(ctx context.Context, code ResetCode) error {
	if _, err := tx.exec(ctx, deleteEndedResetCodes, millis(code.CreatedAt)); err != nil {
		return err
	}
	_, err := tx.exec(ctx, insertResetCode, blob(code.Digest), orNull(code.UserID), millis(code.CreatedAt), millis(code.ExpiresAt))
	return err
}

// UseResetCode uses a live code and gives its user's id; fault.NotFound if there is none. Of many at once, one gets it.
func (tx *Tx) UseResetCode(ctx context.Context, digest []byte, now time.Time) (string, error) {
	return one(ctx, &tx.Reader, useResetCode, value[string], millis(now), blob(digest))
}

// DeleteResetCodesOfUser takes away every code of a user.
func (tx *Tx) DeleteResetCodesOfUser(ctx context.Context, userID string) error {
	_, err := tx.exec(ctx, deleteUserResetCodes, userID)
	return err
}
