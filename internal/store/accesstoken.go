package store

import (
	"context"
	"time"

	"example.org/hub/internal/hub"
)

const opaqueTokenColumns = `digest, environment, id, client_id, subject, claims, expires_at`

var (
	selectRevokedTokens = prepared(`SELECT environment, id, expires_at FROM revoked_tokens WHERE expires_at > $1`)
	insertRevokedToken  = prepared(`INSERT INTO revoked_tokens (environment, id, expires_at) VALUES ($1, $2, $3) ON CONFLICT (environment, id) DO NOTHING`)

	selectOpaqueTokenByDigest = prepared(`SELECT ` + opaqueTokenColumns + ` FROM opaque_tokens WHERE digest = $1`)
	insertOpaqueToken         = prepared(`INSERT INTO opaque_tokens (` + opaqueTokenColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7)`)
	deleteOpaqueToken         = prepared(`DELETE FROM opaque_tokens WHERE digest = $1 RETURNING environment, id`)

	deleteEndedRevocations  = prepared(`DELETE FROM revoked_tokens WHERE (environment, id) IN (SELECT environment, id FROM revoked_tokens WHERE expires_at < $1 LIMIT $2)`)
	deleteEndedOpaqueTokens = prepared(`DELETE FROM opaque_tokens WHERE digest IN (SELECT digest FROM opaque_tokens WHERE expires_at < $1 LIMIT $2)`)
)

func scanRevokedToken(row scanner, t *hub.RevokedToken) error {
	return row.Scan(&t.Environment, &t.TokenID, moment{&t.ExpiresAt})
}

// RevokedTokens lists the revoked access tokens that would still be good at now.
func (r *Reader) RevokedTokens(ctx context.Context, now time.Time) ([]hub.RevokedToken, error) {
	return list(ctx, r, selectRevokedTokens, scanRevokedToken, millis(now))
}

// RevokeToken ends an access token before its time; again is no error.
func (tx *Tx) RevokeToken(ctx context.Context, t hub.RevokedToken) error {
	_, err := tx.RevokeTokenOnce(ctx, t)
	return err
}

// RevokeTokenOnce is RevokeToken, and reports whether it was this call that ended the token: of many at once, one is told so.
func (tx *Tx) RevokeTokenOnce(ctx context.Context, t hub.RevokedToken) (bool, error) {
	tx.Changed(TokenRevoked, t.Environment, t.TokenID)
	rows, err := tx.exec(ctx, insertRevokedToken, t.Environment, t.TokenID, millis(t.ExpiresAt))
	return rows > 0, err
}

func scanOpaqueToken(row scanner, t *hub.OpaqueToken) error {
	return row.Scan(&t.Digest, &t.Environment, &t.TokenID, &t.ClientID, &t.Subject, &t.Claims, moment{&t.ExpiresAt})
}

// OpaqueTokenByDigest gives the token with this digest, also one that has ended.
func (r *Reader) OpaqueTokenByDigest(ctx context.Context, digest []byte) (hub.OpaqueToken, error) {
	return one(ctx, r, selectOpaqueTokenByDigest, scanOpaqueToken, blob(digest))
}

// InsertOpaqueToken keeps a token that was issued. It is told to nobody, since nobody can have it in a cache.
func (tx *Tx) InsertOpaqueToken(ctx context.Context, t hub.OpaqueToken) error {
	_, err := tx.exec(ctx, insertOpaqueToken, blob(t.Digest), t.Environment, t.TokenID, t.ClientID, t.Subject, blob(t.Claims), millis(t.ExpiresAt))
	return err
}

// DeleteOpaqueToken revokes a token.
func (tx *Tx) DeleteOpaqueToken(ctx context.Context, digest []byte) error {
	token, err := one(ctx, &tx.Reader, deleteOpaqueToken, scanNamed, blob(digest))
	if err == nil {
		tx.Changed(TokenRevoked, token.Environment, token.ID)
	}
	return err
}
