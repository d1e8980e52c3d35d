package store

import (
	"context"
	"strings"
	"time"

	"example.org/hub/internal/hub"
)

// SweptToken is a permanent token as far as a sweep over all of them looks at it, with whose it is. Of what it may do only the
// services are there.
type SweptToken struct {
	hub.PermanentToken
	Owner hub.User
}

// TokenSweep says which permanent tokens are looked at.
type TokenSweep int

// The sweeps. Whatever a name promises is true of each token that is given; tokens of users who may not act are those of banned ones.
const (
	AllTokens TokenSweep = iota
	NeverUsedTokens
	EndingTokens // between two times
	TokensOfMany // whose scope has more than one service
	TokensOfBanned
	SuspendedTokens
)

// The sweep goes along the ids of tokens and finds each token's user, whatever the planner of a database thinks of it.
const sweptFrom = `t.id, t.environment, t.user_id, t.name, t.services, t.suspended, t.created_at, t.expires_at, t.last_used_at, t.last_used_from, ` + userColumns + `
	FROM permanent_tokens t CROSS JOIN users u WHERE u.id = t.user_id AND t.id > $1`

const sweptOrder = ` ORDER BY t.id LIMIT `

var (
	sweepAll       = prepared(`SELECT ` + sweptFrom + sweptOrder + `$2`)
	sweepNeverUsed = prepared(`SELECT ` + sweptFrom + ` AND t.last_used_at = 0` + sweptOrder + `$2`)
	sweepEnding    = prepared(`SELECT ` + sweptFrom + ` AND t.id IN (SELECT e.id FROM permanent_tokens e WHERE e.expires_at > 0 AND e.expires_at > $2 AND e.expires_at < $3)` + sweptOrder + `$4`)
	sweepOfMany    = prepared(`SELECT ` + sweptFrom + ` AND t.services LIKE '%,%'` + sweptOrder + `$2`)
	sweepOfBanned  = prepared(`SELECT ` + sweptFrom + ` AND t.id IN (SELECT p.id FROM users b CROSS JOIN permanent_tokens p WHERE p.user_id = b.id AND b.banned = TRUE)` + sweptOrder + `$2`)
	sweepSuspended = prepared(`SELECT ` + sweptFrom + ` AND t.suspended = TRUE` + sweptOrder + `$2`)
)

// SweepTokens gives permanent tokens of all users by id, from behind an id on. Of EndingTokens they end between the two times.
func (r Reader) SweepTokens(ctx context.Context, which TokenSweep, from, to time.Time, after string, limit int) ([]SweptToken, error) {
	statements := map[TokenSweep]*statement{AllTokens: sweepAll, NeverUsedTokens: sweepNeverUsed, EndingTokens: sweepEnding, TokensOfMany: sweepOfMany,
		TokensOfBanned: sweepOfBanned, SuspendedTokens: sweepSuspended}
	args := []any{after}
	if which == EndingTokens {
		args = append(args, millis(from), millis(to))
	}
	return list(ctx, r, statements[which], scanSwept, append(args, limit)...)
}

func scanSwept(row scanner, t *SweptToken) error {
	var services string
	columns := []any{&t.ID, &t.Environment, &t.UserID, &t.Name, &services, &t.Suspended, moment{&t.CreatedAt}, moment{&t.ExpiresAt}, moment{&t.LastUsedAt}, &t.LastUsedFrom}
	if err := row.Scan(append(columns, userFields(&t.Owner)...)...); err != nil {
		return err
	}
	if !strings.Contains(services, ",") {
		return nil // at one service no token is wide
	}
	return document{&t.Services}.Scan(services)
}
