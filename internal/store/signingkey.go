package store

import (
	"context"
	"time"

	"example.org/hub/internal/hub"
)

const signingKeyColumns = `environment, id, use, algorithm, sealed, public, created_at, active_at, remove_at`

var (
	selectSigningKeys   = prepared(`SELECT ` + signingKeyColumns + ` FROM signing_keys ORDER BY environment, use, active_at, id`)
	insertSigningKey    = prepared(`INSERT INTO signing_keys (` + signingKeyColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`)
	updateSigningKeyEnd = prepared(`UPDATE signing_keys SET remove_at = $1 WHERE environment = $2 AND id = $3`)
	deleteSigningKey    = prepared(`DELETE FROM signing_keys WHERE environment = $1 AND id = $2`)
)

func scanSigningKey(row scanner, k *hub.SigningKey) error {
	return row.Scan(&k.Environment, &k.ID, &k.Use, &k.Algorithm, &k.Sealed, &k.Public, moment{&k.CreatedAt}, moment{&k.ActiveAt}, moment{&k.RemoveAt})
}

// SigningKeys lists all keys of all environments and uses; within one use, oldest first.
func (r *Reader) SigningKeys(ctx context.Context) ([]hub.SigningKey, error) {
	return list(ctx, r, selectSigningKeys, scanSigningKey)
}

// InsertSigningKey adds a key.
func (tx *Tx) InsertSigningKey(ctx context.Context, k hub.SigningKey) error {
	tx.Changed(SigningKeyChanged, k.Environment, k.ID)
	_, err := tx.exec(ctx, insertSigningKey, k.Environment, k.ID, k.Use, k.Algorithm, blob(k.Sealed), blob(k.Public),
		millis(k.CreatedAt), millis(k.ActiveAt), millis(k.RemoveAt))
	return err
}

// SetSigningKeyEnd sets when a key leaves the published set.
func (tx *Tx) SetSigningKeyEnd(ctx context.Context, environment hub.Environment, id string, removeAt time.Time) error {
	tx.Changed(SigningKeyChanged, environment, id)
	return tx.execOne(ctx, updateSigningKeyEnd, millis(removeAt), environment, id)
}

// DeleteSigningKey deletes a key.
func (tx *Tx) DeleteSigningKey(ctx context.Context, environment hub.Environment, id string) error {
	tx.Changed(SigningKeyChanged, environment, id)
	return tx.execOne(ctx, deleteSigningKey, environment, id)
}
