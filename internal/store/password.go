package store

import (
	"context"
	"time"

	"example.org/hub/internal/hub"
)

var (
	selectPassword = prepared(`SELECT user_id, hash, changed_at, must_change FROM passwords WHERE user_id = $1`)
	upsertPassword = prepared(`INSERT INTO passwords (user_id, hash, changed_at, must_change) VALUES ($1, $2, $3, $4)
		ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at, must_change = excluded.must_change`)
	deletePassword = prepared(`DELETE FROM passwords WHERE user_id = $1`)
)

func scanPassword(row scanner, p *hub.Password) error {
	return row.Scan(&p.UserID, &p.Hash, moment{&p.ChangedAt}, &p.MustChange)
}

// Password gives a user's password hash.
func (r *Reader) Password(ctx context.Context, userID string) (hub.Password, error) {
	return one(ctx, r, selectPassword, scanPassword, userID)
}

// SetPassword sets or replaces it.
func (tx *Tx) SetPassword(ctx context.Context, p hub.Password) error {
	tx.Changed(UserChanged, "", p.UserID)
	_, err := tx.exec(ctx, upsertPassword, p.UserID, p.Hash, millis(p.ChangedAt), p.MustChange)
	return err
}

// EndSignIns ends what the sign-ins of a user opened before now, as every change of a password and every ban does: the sessions
// but for one to keep ("": none), what they gave to services, and the links that were mailed to choose a password.
func (tx *Tx) EndSignIns(ctx context.Context, userID, keep string, now time.Time) error {
	if err := tx.DeleteSessionsBut(ctx, userID, keep); err != nil {
		return err
	}
	if err := tx.DeleteResetCodesOfUser(ctx, userID); err != nil {
		return err
	}
	_, err := tx.EndFamiliesOfUser(ctx, userID, now, now.Add(hub.RevokedFor))
	return err
}

// DeletePassword removes it, if there is one.
func (tx *Tx) DeletePassword(ctx context.Context, userID string) error {
	tx.Changed(UserChanged, "", userID)
	_, err := tx.exec(ctx, deletePassword, userID)
	return err
}
