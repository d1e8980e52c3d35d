package store

import (
	"context"
	"time"
)

const (
	// familyLag is how long a family that has ended is kept: the last access token of it may live longer than it did.
	familyLag = time.Hour
	// refusalLag is how long what says no is kept beyond its end: a clock that was ahead for a while must not bring back what
	// was revoked or used.
	refusalLag = 24 * time.Hour
)

var deleteEndedSessions = prepared(`DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < $1 LIMIT $2)`)

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
