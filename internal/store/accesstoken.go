package store

import (
	"context"
	"time"

	"example.org/hub/internal/hub"
)

const opaqueTokenColumns = `digest, environment, id, client_id, subject, claims, expires_at`

var (
	selectRevokedTokens = prepared(`SELECT environment, id, expires_at FROM revoked_tokens WHERE expires_at > $1`)
	selectRevokedToken  = prepared(`SELECT environment, id, expires_at FROM revoked_tokens WHERE environment = $1 AND id = $2`)
	insertRevokedToken  = prepared(`INSERT INTO revoked_tokens (environment, id, expires_at) VALUES ($1, $2, $3) ON CONFLICT (environment, id) DO NOTHING`)

	selectOpaqueTokenByDigest = prepared(`SELECT ` + opaqueTokenColumns + ` FROM opaque_tokens WHERE digest = $1`)
	insertOpaqueToken         = prepared(`INSERT INTO opaque_tokens (` + opaqueTokenColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7)`)
	deleteOpaqueToken         = prepared(`DELETE FROM opaque_tokens WHERE digest = $1 RETURNING environment, id`)

	insertUsedAssertion = prepared(`INSERT INTO used_assertions (environment, client_id, id, expires_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (environment, client_id, id) DO NOTHING`)

	deleteEndedRevocations  = prepared(`DELETE FROM revoked_tokens WHERE (environment, id) IN (SELECT environment, id FROM revoked_tokens WHERE expires_at < $1 LIMIT $2)`)
	deleteEndedOpaqueTokens = prepared(`DELETE FROM opaque_tokens WHERE digest IN (SELECT digest FROM opaque_tokens WHERE expires_at < $1 LIMIT $2)`)
	deleteEndedAssertions   = prepared(`DELETE FROM used_assertions WHERE (environment, client_id, id) IN
		(SELECT environment, client_id, id FROM used_assertions WHERE expires_at < $1 LIMIT $2)`)
	deleteEndedSessions = prepared(`DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < $1 LIMIT $2)`)
)

func scanRevokedToken(row scanner, t *hub.RevokedToken) error {
	return row.Scan(&t.Environment, &t.TokenID, moment{&t.ExpiresAt})
}

// RevokedTokens lists the revoked access tokens that would still be good at now.
func (r Reader) RevokedTokens(ctx context.Context, now time.Time) ([]hub.RevokedToken, error) {
	return list(ctx, r, selectRevokedTokens, scanRevokedToken, millis(now))
}

// RevokedToken gives the revocation of one access token, fault.NotFound if it is not revoked.
func (r Reader) RevokedToken(ctx context.Context, environment hub.Environment, tokenID string) (hub.RevokedToken, error) {
	return one(ctx, r, selectRevokedToken, scanRevokedToken, environment, tokenID)
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
func (r Reader) OpaqueTokenByDigest(ctx context.Context, digest []byte) (hub.OpaqueToken, error) {
	return one(ctx, r, selectOpaqueTokenByDigest, scanOpaqueToken, blob(digest))
}

// InsertOpaqueToken keeps a token that was issued. It is told to nobody, since nobody can have it in a cache.
func (tx *Tx) InsertOpaqueToken(ctx context.Context, t hub.OpaqueToken) error {
	_, err := tx.exec(ctx, insertOpaqueToken, blob(t.Digest), t.Environment, t.TokenID, t.ClientID, t.Subject, blob(t.Claims), millis(t.ExpiresAt))
	return err
}

// DeleteOpaqueToken revokes a token.
func (tx *Tx) DeleteOpaqueToken(ctx context.Context, digest []byte) error {
	token, err := one(ctx, tx.Reader, deleteOpaqueToken, func(row scanner, c *Change) error { return row.Scan(&c.Environment, &c.ID) }, blob(digest))
	if err == nil {
		tx.Changed(TokenRevoked, token.Environment, token.ID)
	}
	return err
}

// UseAssertion notes that a client assertion was presented, and reports whether that was the first time. Of many at
// once, on any number of nodes, one is told true.
func (tx *Tx) UseAssertion(ctx context.Context, a hub.UsedAssertion) (bool, error) {
	rows, err := tx.exec(ctx, insertUsedAssertion, a.Environment, a.ClientID, a.TokenID, millis(a.ExpiresAt))
	return rows > 0, err
}

const (
	// familyLag is how long a family that has ended is kept: the last access token of it may live longer than it did.
	familyLag = time.Hour
	// refusalLag is how long what says no is kept beyond its end: a clock that was ahead for a while must not bring back what
	// was revoked or used.
	refusalLag = 24 * time.Hour
)

// DeleteExpired removes up to limit each of revocations, opaque tokens, assertions, sessions, families, refresh tokens, pushed
// requests, device grants, kept answers and kept forms that ended before a time, and gives how many went.
func (tx *Tx) DeleteExpired(ctx context.Context, before time.Time, limit int) (int64, error) {
	var gone int64
	for _, over := range []struct {
		rows *statement
		lag  time.Duration
	}{{deleteEndedRevocations, refusalLag}, {deleteEndedOpaqueTokens, 0}, {deleteEndedAssertions, refusalLag}, {deleteEndedSessions, 0},
		{deleteEndedFamilies, familyLag}, {deleteEndedRefreshTokens, 0}, {deleteEndedPushedRequests, 0}, {deleteEndedDevices, familyLag},
		{deleteOldAnswers, keptAnswerLife}, {deleteEndedKeptForms, 0}} {
		rows, err := tx.exec(ctx, over.rows, millis(before.Add(-over.lag)), limit)
		if err != nil {
			return 0, err
		}
		gone += rows
	}
	return gone, nil
}
