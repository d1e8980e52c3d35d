package store

import (
	"context"

	"example.org/hub/internal/hub"
)

const passkeyColumns = `id, user_id, credential_id, public_key, site, sign_count, eligible, backed_up, transports, aaguid, name, created_at, last_used_at, last_used_from`

var (
	selectPasskey             = prepared(`SELECT ` + passkeyColumns + ` FROM passkeys WHERE id = $1`)
	selectPasskeyByCredential = prepared(`SELECT ` + passkeyColumns + ` FROM passkeys WHERE credential_id = $1`)
	selectUserPasskeys        = prepared(`SELECT ` + passkeyColumns + ` FROM passkeys WHERE user_id = $1 ORDER BY created_at, id`)
	selectPasskeySites        = prepared(`SELECT site FROM passkeys WHERE user_id = $1`)
	insertPasskey             = prepared(`INSERT INTO passkeys (` + passkeyColumns +
		`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`)
	renamePasskey = prepared(`UPDATE passkeys SET name = $1 WHERE id = $2`)
	usePasskey    = prepared(`UPDATE passkeys SET sign_count = $1, backed_up = $2, last_used_at = $3, last_used_from = $4
		WHERE id = $5 AND (sign_count < $1 OR (sign_count = 0 AND $1 = 0))`)
	deletePasskey = prepared(`DELETE FROM passkeys WHERE id = $1`)
)

func scanPasskey(row scanner, p *hub.Passkey) error {
	return row.Scan(&p.ID, &p.UserID, &p.Credential, &p.PublicKey, &p.Site, &p.Count, &p.Eligible, &p.BackedUp,
		document{&p.Transports}, &p.AAGUID, &p.Name, moment{&p.CreatedAt}, moment{&p.LastUsedAt}, &p.LastUsedFrom)
}

// Passkey gives a passkey by its id.
func (r *Reader) Passkey(ctx context.Context, id string) (hub.Passkey, error) {
	return one(ctx, r, selectPasskey, scanPasskey, id)
}

// PasskeyByCredential gives a passkey by the id that its authenticator gave it.
func (r *Reader) PasskeyByCredential(ctx context.Context, credential []byte) (hub.Passkey, error) {
	return one(ctx, r, selectPasskeyByCredential, scanPasskey, blob(credential))
}

// PasskeysOfUser lists a user's passkeys, oldest first.
func (r *Reader) PasskeysOfUser(ctx context.Context, userID string) ([]hub.Passkey, error) {
	return list(ctx, r, selectUserPasskeys, scanPasskey, userID)
}

// PasskeySites gives the site of each of a user's passkeys.
func (r *Reader) PasskeySites(ctx context.Context, userID string) ([]string, error) {
	return list(ctx, r, selectPasskeySites, value[string], userID)
}

// InsertPasskey adds a passkey. Errors: fault.Conflict if there is one with its credential id.
func (tx *Tx) InsertPasskey(ctx context.Context, p hub.Passkey) error {
	transports, err := asJSON(p.Transports)
	if err != nil {
		return err
	}
	tx.Changed(UserChanged, "", p.UserID)
	_, err = tx.exec(ctx, insertPasskey, p.ID, p.UserID, blob(p.Credential), blob(p.PublicKey), p.Site, int64(p.Count),
		p.Eligible, p.BackedUp, transports, p.AAGUID, p.Name, millis(p.CreatedAt), millis(p.LastUsedAt), p.LastUsedFrom)
	return err
}

// RenamePasskey gives a passkey another name.
func (tx *Tx) RenamePasskey(ctx context.Context, id, name string) error {
	return tx.execOne(ctx, renamePasskey, name, id)
}

// UsePasskey notes a use, with the count of signatures that came with it, and reports whether the count may follow the one that
// stands there. Of many uses with one count, one is told true; authenticators that do not count say 0 always.
func (tx *Tx) UsePasskey(ctx context.Context, p hub.Passkey) (bool, error) {
	rows, err := tx.exec(ctx, usePasskey, int64(p.Count), p.BackedUp, millis(p.LastUsedAt), p.LastUsedFrom, p.ID)
	return rows > 0, err
}

// DeletePasskey deletes a passkey of a user.
func (tx *Tx) DeletePasskey(ctx context.Context, p hub.Passkey) error {
	tx.Changed(UserChanged, "", p.UserID)
	return tx.execOne(ctx, deletePasskey, p.ID)
}
