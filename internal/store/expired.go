package store

import (
	"context"
	"time"
)

const (
	// familyLag is how long a family that has ended is kept: the last access token of it may live longer than it did.
	familyLag = time.Hour
	// refusalLag is how long what says no is kept beyond its end, for a database that is moved to a machine whose clock is behind.
	refusalLag = 24 * time.Hour
)

var deleteEndedSessions = prepared(`DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < $1 LIMIT $2)`)

// DeleteExpired removes up to limit each of revocations, opaque tokens, assertions, sessions, families, refresh tokens, pushed
// requests, device grants, kept answers and kept forms that ended before now, and gives how many went. Revocations and used
// assertions go by surely: see Surely.
func (tx *Tx) DeleteExpired(ctx context.Context, now, surely time.Time, limit int) (int64, error) {
	var gone int64
	for _, over := range []struct {
		rows *statement
		at   time.Time
		lag  time.Duration
	}{{deleteEndedRevocations, surely, refusalLag}, {deleteEndedOpaqueTokens, now, 0}, {deleteEndedAssertions, surely, refusalLag},
		{deleteEndedSessions, now, 0}, {deleteEndedFamilies, now, familyLag}, {deleteEndedRefreshTokens, now, 0},
		{deleteEndedPushedRequests, now, 0}, {deleteEndedDevices, now, familyLag}, {deleteOldAnswers, now, keptAnswerLife},
		{deleteEndedKeptForms, now, 0}} {
		rows, err := tx.exec(ctx, over.rows, millis(over.at.Add(-over.lag)), limit)
		if err != nil {
			return 0, err
		}
		gone += rows
	}
	return gone, nil
}
