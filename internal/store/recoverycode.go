package store

import (
	"context"
	"time"
)

var (
	insertRecoveryCode  = prepared(`INSERT INTO recovery_codes (user_id, digest, used_at) VALUES ($1, $2, 0)`)
	useRecoveryCode     = prepared(`UPDATE recovery_codes SET used_at = $1 WHERE user_id = $2 AND digest = $3 AND used_at = 0`)
	selectRecoveryCodes = prepared(`SELECT digest FROM recovery_codes WHERE user_id = $1 AND used_at = 0 ORDER BY digest`)
	countRecoveryCodes  = prepared(`SELECT count(*) FROM recovery_codes WHERE user_id = $1 AND used_at = 0`)
	deleteRecoveryCodes = prepared(`DELETE FROM recovery_codes WHERE user_id = $1`)
)

// RecoveryCodesLeft counts the recovery codes that a user has not used.
func (r *Reader) RecoveryCodesLeft(ctx context.Context, userID string) (int64, error) {
	return one(ctx, r, countRecoveryCodes, value[int64], userID)
}

// RecoveryCodes lists the digests of the recovery codes that a user has not used.
func (r *Reader) RecoveryCodes(ctx context.Context, userID string) ([][]byte, error) {
	return list(ctx, r, selectRecoveryCodes, value[[]byte], userID)
}

// SetRecoveryCodes gives a user new recovery codes, by their digests, instead of all earlier ones; none takes them away.
func (tx *Tx) SetRecoveryCodes(ctx context.Context, userID string, digests [][]byte) error {
	tx.Changed(UserChanged, "", userID)
	if _, err := tx.exec(ctx, deleteRecoveryCodes, userID); err != nil {
		return err
	}
	for _, digest := range digests {
		if _, err := tx.exec(ctx, insertRecoveryCode, userID, blob(digest)); err != nil {
			return err
		}
	}
	return nil
}

// UseRecoveryCode notes that a code was presented, and reports whether the user has it and this is its first use. Of many
// at once, one is told true.
func (tx *Tx) UseRecoveryCode(ctx context.Context, userID string, digest []byte, now time.Time) (bool, error) {
	rows, err := tx.exec(ctx, useRecoveryCode, millis(now), userID, blob(digest))
	return rows > 0, err
}
