package store

import (
	"context"

	"example.org/hub/internal/hub"
)

const sessionColumns = `s.id, s.digest, s.user_id, s.signed_in_at, s.methods, s.remembered, s.address, s.agent, s.created_at, s.last_seen_at, s.expires_at`

var (
	selectSession         = prepared(`SELECT ` + sessionColumns + ` FROM sessions s WHERE s.id = $1`)
	selectSessionByDigest = prepared(`SELECT ` + sessionColumns + ` FROM sessions s WHERE s.digest = $1`)
	selectUserSessions    = prepared(`SELECT ` + sessionColumns + ` FROM sessions s WHERE s.user_id = $1 ORDER BY s.created_at, s.id`)
	insertSession         = prepared(`INSERT INTO sessions (id, digest, user_id, signed_in_at, methods, remembered, address, agent, created_at, last_seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`)
	updateSession         = prepared(`UPDATE sessions SET digest = $1, signed_in_at = $2, methods = $3, address = $4, agent = $5, last_seen_at = $6, expires_at = $7 WHERE id = $8`)
	deleteSession         = prepared(`DELETE FROM sessions WHERE id = $1`)
	selectSessionIDs      = prepared(`SELECT '', id FROM sessions WHERE user_id = $1`)
	deleteUserSessions    = prepared(`DELETE FROM sessions WHERE user_id = $1`)
)

func scanSession(row scanner, s *hub.Session) error {
	return row.Scan(sessionFields(s)...)
}

func sessionFields(s *hub.Session) []any {
	return []any{&s.ID, &s.Digest, &s.UserID, moment{&s.SignedInAt}, document{&s.Methods}, &s.Remembered, &s.Address, &s.Agent, moment{&s.CreatedAt},
		moment{&s.LastSeenAt}, moment{&s.ExpiresAt}}
}

// Session gives a session by id, also one that has ended.
func (r *Reader) Session(ctx context.Context, id string) (hub.Session, error) {
	return one(ctx, r, selectSession, scanSession, id)
}

// SessionByDigest gives the session whose cookie has this digest, also one that has ended.
func (r *Reader) SessionByDigest(ctx context.Context, digest []byte) (hub.Session, error) {
	return one(ctx, r, selectSessionByDigest, scanSession, blob(digest))
}

// SessionsOfUser lists a user's sessions, oldest first.
func (r *Reader) SessionsOfUser(ctx context.Context, userID string) ([]hub.Session, error) {
	return list(ctx, r, selectUserSessions, scanSession, userID)
}

// InsertSession adds a session.
func (tx *Tx) InsertSession(ctx context.Context, s hub.Session) error {
	methods, err := asJSON(s.Methods)
	if err != nil {
		return err
	}
	tx.Changed(SessionChanged, "", s.ID)
	_, err = tx.exec(ctx, insertSession, s.ID, blob(s.Digest), s.UserID, millis(s.SignedInAt), methods, s.Remembered,
		s.Address, s.Agent, millis(s.CreatedAt), millis(s.LastSeenAt), millis(s.ExpiresAt))
	return err
}

// UpdateSession sets what may change in a session: cookie, last sign-in, methods, where and when last seen, end.
func (tx *Tx) UpdateSession(ctx context.Context, s hub.Session) error {
	methods, err := asJSON(s.Methods)
	if err != nil {
		return err
	}
	tx.Changed(SessionChanged, "", s.ID)
	return tx.execOne(ctx, updateSession, blob(s.Digest), millis(s.SignedInAt), methods, s.Address, s.Agent,
		millis(s.LastSeenAt), millis(s.ExpiresAt), s.ID)
}

// DeleteSession ends a session.
func (tx *Tx) DeleteSession(ctx context.Context, id string) error {
	tx.Changed(SessionChanged, "", id)
	return tx.execOne(ctx, deleteSession, id)
}

// DeleteSessionsBut ends the sessions of a user but for one to keep ("": none).
func (tx *Tx) DeleteSessionsBut(ctx context.Context, userID, keep string) error {
	if keep == "" {
		if err := tx.changedAll(ctx, SessionChanged, selectSessionIDs, userID); err != nil {
			return err
		}
		_, err := tx.exec(ctx, deleteUserSessions, userID)
		return err
	}
	sessions, err := tx.SessionsOfUser(ctx, userID)
	for _, s := range sessions {
		if err == nil && s.ID != keep {
			err = tx.DeleteSession(ctx, s.ID)
		}
	}
	return err
}
