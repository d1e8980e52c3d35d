package store

import (
	"context"

	"example.org/hub/internal/hub"
)

const applicationPasswordColumns = `id, user_id, author_id, name, digest, hint, suspended, created_at, last_used_at, last_used_from, last_agent, last_service`

var (
	selectApplicationPassword         = prepared(`SELECT ` + applicationPasswordColumns + ` FROM application_passwords WHERE id = $1`)
	selectApplicationPasswordByDigest = prepared(`SELECT ` + applicationPasswordColumns +
		` FROM application_passwords WHERE user_id = $1 AND digest = $2`)
	selectUserApplicationPasswords = prepared(`SELECT ` + applicationPasswordColumns +
		` FROM application_passwords WHERE user_id = $1 ORDER BY created_at, id`)
	selectApplicationPasswords = prepared(`SELECT ` + applicationPasswordColumns +
		` FROM application_passwords WHERE id > $1 ORDER BY id LIMIT $2`)
	insertApplicationPassword = prepared(`INSERT INTO application_passwords (` + applicationPasswordColumns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`)
	updateApplicationPassword = prepared(`UPDATE application_passwords SET name = $1, suspended = $2 WHERE id = $3`)
	deleteApplicationPassword = prepared(`DELETE FROM application_passwords WHERE id = $1 RETURNING '', user_id`)
)

func scanApplicationPassword(row scanner, p *hub.ApplicationPassword) error {
	return row.Scan(&p.ID, &p.UserID, &p.AuthorID, &p.Name, &p.Digest, &p.Hint, &p.Suspended,
		moment{&p.CreatedAt}, moment{&p.LastUsedAt}, &p.LastUsedFrom, &p.LastAgent, &p.LastService)
}

// ApplicationPassword gives one by id.
func (r *Reader) ApplicationPassword(ctx context.Context, id string) (hub.ApplicationPassword, error) {
	return one(ctx, r, selectApplicationPassword, scanApplicationPassword, id)
}

// ApplicationPasswordByDigest gives the one of a user whose secret has this digest. Two users may have brought along the
// same one.
func (r *Reader) ApplicationPasswordByDigest(ctx context.Context, userID string, digest []byte) (hub.ApplicationPassword, error) {
	return one(ctx, r, selectApplicationPasswordByDigest, scanApplicationPassword, userID, blob(digest))
}

// ApplicationPasswordsOfUser lists a user's, oldest first.
func (r *Reader) ApplicationPasswordsOfUser(ctx context.Context, userID string) ([]hub.ApplicationPassword, error) {
	return list(ctx, r, selectUserApplicationPasswords, scanApplicationPassword, userID)
}

// ApplicationPasswords lists all by id, from after the id given ("": from the first).
func (r *Reader) ApplicationPasswords(ctx context.Context, after string, limit int) ([]hub.ApplicationPassword, error) {
	return list(ctx, r, selectApplicationPasswords, scanApplicationPassword, after, limit)
}

// InsertApplicationPassword adds one. Errors: fault.Conflict if the user has it already.
func (tx *Tx) InsertApplicationPassword(ctx context.Context, p hub.ApplicationPassword) error {
	tx.Changed(ApplicationPasswordChanged, "", p.UserID)
	_, err := tx.exec(ctx, insertApplicationPassword, p.ID, p.UserID, p.AuthorID, p.Name, blob(p.Digest), p.Hint, p.Suspended,
		millis(p.CreatedAt), millis(p.LastUsedAt), p.LastUsedFrom, p.LastAgent, p.LastService)
	return err
}

// UpdateApplicationPassword sets name and Suspended.
func (tx *Tx) UpdateApplicationPassword(ctx context.Context, p hub.ApplicationPassword) error {
	tx.Changed(ApplicationPasswordChanged, "", p.UserID)
	return tx.execOne(ctx, updateApplicationPassword, p.Name, p.Suspended, p.ID)
}

// DeleteApplicationPassword deletes one.
func (tx *Tx) DeleteApplicationPassword(ctx context.Context, id string) error {
	owner, err := one(ctx, &tx.Reader, deleteApplicationPassword, scanNamed, id)
	if err == nil {
		tx.Changed(ApplicationPasswordChanged, "", owner.ID)
	}
	return err
}
