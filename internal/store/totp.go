package store

import (
	"context"

	"example.org/hub/internal/hub"
)

var (
	selectTOTP = prepared(`SELECT user_id, sealed, last_step, confirmed_at FROM totp WHERE user_id = $1`)
	upsertTOTP = prepared(`INSERT INTO totp (user_id, sealed, last_step, confirmed_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (user_id) DO UPDATE SET sealed = excluded.sealed, last_step = excluded.last_step, confirmed_at = excluded.confirmed_at`)
	useTOTPStep = prepared(`UPDATE totp SET last_step = $1 WHERE user_id = $2 AND last_step < $1`)
	deleteTOTP  = prepared(`DELETE FROM totp WHERE user_id = $1`)
)

func scanTOTP(row scanner, t *hub.TOTP) error {
	return row.Scan(&t.UserID, &t.Sealed, &t.LastStep, moment{&t.ConfirmedAt})
}

// TOTP gives a user's second factor.
func (r *Reader) TOTP(ctx context.Context, userID string) (hub.TOTP, error) {
	return one(ctx, r, selectTOTP, scanTOTP, userID)
}

// SetTOTP sets or replaces it.
func (tx *Tx) SetTOTP(ctx context.Context, t hub.TOTP) error {
	tx.Changed(UserChanged, "", t.UserID)
	_, err := tx.exec(ctx, upsertTOTP, t.UserID, blob(t.Sealed), t.LastStep, millis(t.ConfirmedAt))
	return err
}

// UseTOTPStep notes that a code of this time step was presented, and reports whether it is the first of this step or a
// later one. Of many at once, one is told true.
func (tx *Tx) UseTOTPStep(ctx context.Context, userID string, step int64) (bool, error) {
	rows, err := tx.exec(ctx, useTOTPStep, step, userID)
	return rows > 0, err
}

// DeleteTOTP removes it, if there is one.
func (tx *Tx) DeleteTOTP(ctx context.Context, userID string) error {
	tx.Changed(UserChanged, "", userID)
	_, err := tx.exec(ctx, deleteTOTP, userID)
	return err
}
