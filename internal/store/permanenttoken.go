package store

import (
	"context"

	"example.org/hub/internal/hub"
)

const permanentTokenColumns = `id, environment, user_id, author_id, author_name, name, scope, services, cap, permissions, read_only, allowlist, digest, hint, suspended,
	created_at, expires_at, last_used_at, last_used_from, last_agent, last_service`

var (
	selectPermanentToken         = prepared(`SELECT ` + permanentTokenColumns + ` FROM permanent_tokens WHERE id = $1`)
	selectPermanentTokenByDigest = prepared(`SELECT ` + permanentTokenColumns + ` FROM permanent_tokens WHERE digest = $1`)
	selectUserPermanentTokens    = prepared(`SELECT ` + permanentTokenColumns + ` FROM permanent_tokens WHERE user_id = $1 ORDER BY created_at, id`)
	selectMadeForOthers          = prepared(`SELECT ` + permanentTokenColumns + ` FROM permanent_tokens WHERE author_id = $1 AND user_id <> $1
		ORDER BY created_at, id LIMIT $2`)
	insertPermanentToken = prepared(`INSERT INTO permanent_tokens (` + permanentTokenColumns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`)
	updatePermanentToken = prepared(`UPDATE permanent_tokens SET name = $1, scope = $2, services = $3, cap = $4, permissions = $5, read_only = $6, allowlist = $7,
		digest = $8, hint = $9, suspended = $10, expires_at = $11 WHERE id = $12`)
	deletePermanentToken = prepared(`DELETE FROM permanent_tokens WHERE id = $1 RETURNING environment, id`)
)

func scanPermanentToken(row scanner, t *hub.PermanentToken) error {
	return row.Scan(&t.ID, &t.Environment, &t.UserID, &t.AuthorID, &t.AuthorName, &t.Name,
		document{&t.Scope}, document{&t.Services}, document{&t.Cap}, document{&t.Permissions},
		&t.ReadOnly, document{&t.Allowlist}, &t.Digest, &t.Hint, &t.Suspended, moment{&t.CreatedAt}, moment{&t.ExpiresAt},
		moment{&t.LastUsedAt}, &t.LastUsedFrom, &t.LastAgent, &t.LastService)
}

// PermanentToken gives a token by id.
func (r *Reader) PermanentToken(ctx context.Context, id string) (hub.PermanentToken, error) {
	return one(ctx, r, selectPermanentToken, scanPermanentToken, id)
}

// PermanentTokenByDigest gives the token whose secret has this digest.
func (r *Reader) PermanentTokenByDigest(ctx context.Context, digest []byte) (hub.PermanentToken, error) {
	return one(ctx, r, selectPermanentTokenByDigest, scanPermanentToken, blob(digest))
}

// PermanentTokensOfUser lists a user's tokens of all environments, oldest first.
func (r *Reader) PermanentTokensOfUser(ctx context.Context, userID string) ([]hub.PermanentToken, error) {
	return list(ctx, r, selectUserPermanentTokens, scanPermanentToken, userID)
}

// PermanentTokensMadeForOthers lists the tokens that a user made for other users, oldest first.
func (r *Reader) PermanentTokensMadeForOthers(ctx context.Context, authorID string, limit int) ([]hub.PermanentToken, error) {
	return list(ctx, r, selectMadeForOthers, scanPermanentToken, authorID, limit)
}

// lists are the columns of a token that hold lists.
func lists(t hub.PermanentToken) (texts [5]string, err error) {
	for i, one := range []any{t.Scope, t.Services, t.Cap, t.Permissions, t.Allowlist} {
		if texts[i], err = asJSON(one); err != nil {
			return texts, err
		}
	}
	return texts, nil
}

// InsertPermanentToken adds a token. Errors: fault.Conflict if its secret is known already.
func (tx *Tx) InsertPermanentToken(ctx context.Context, t hub.PermanentToken) error {
	l, err := lists(t)
	if err != nil {
		return err
	}
	tx.Changed(PermanentTokenChanged, t.Environment, t.ID)
	_, err = tx.exec(ctx, insertPermanentToken, t.ID, t.Environment, t.UserID, t.AuthorID, t.AuthorName, t.Name,
		l[0], l[1], l[2], l[3], t.ReadOnly, l[4], blob(t.Digest), t.Hint, t.Suspended,
		millis(t.CreatedAt), millis(t.ExpiresAt), millis(t.LastUsedAt), t.LastUsedFrom, t.LastAgent, t.LastService)
	return err
}

// UpdatePermanentToken sets everything but id, environment, user, author, CreatedAt and last use.
func (tx *Tx) UpdatePermanentToken(ctx context.Context, t hub.PermanentToken) error {
	l, err := lists(t)
	if err != nil {
		return err
	}
	tx.Changed(PermanentTokenChanged, t.Environment, t.ID)
	return tx.execOne(ctx, updatePermanentToken, t.Name, l[0], l[1], l[2], l[3], t.ReadOnly, l[4],
		blob(t.Digest), t.Hint, t.Suspended, millis(t.ExpiresAt), t.ID)
}

// DeletePermanentToken deletes a token.
func (tx *Tx) DeletePermanentToken(ctx context.Context, id string) error {
	token, err := one(ctx, &tx.Reader, deletePermanentToken, scanNamed, id)
	if err == nil {
		tx.Changed(PermanentTokenChanged, token.Environment, token.ID)
	}
	return err
}
