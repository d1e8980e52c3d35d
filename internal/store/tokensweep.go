package store

import (
	"context"
	"strings"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// SweptToken is a permanent token as far as a sweep over all of them looks at it, with whose it is.
type SweptToken struct {
	ID, Name, UserID, Login, UserName string
	Environment                       hub.Environment
	Banned                            bool     // whose it is
	Services                          []string // none if it is for one alone
	Suspended                         bool
	CreatedAt, ExpiresAt, LastUsedAt  time.Time
	LastUsedFrom                      string
}

// TokenSweep says which permanent tokens are looked at.
type TokenSweep int

// The sweeps. Whatever a name promises is true of each token that is given; tokens of users who may not act are those of banned ones.
const (
	OddTokens    TokenSweep = iota // for any of the reasons below
	UnusedTokens                   // for long
	NeverUsedTokens
	EndingTokens // soon
	TokensOfMany // whose scope has more than one service
	TokensOfBanned
	SuspendedTokens
)

// SweepTimes say what long and soon mean in a sweep.
type SweepTimes struct{ Unused, Now, Soon time.Time }

// walkedAtOnce is how many tokens are walked over that no index tells from the rest.
const walkedAtOnce = 500

// The sweep goes along the ids of tokens and finds each token's user, whatever the planner of a database thinks of it.
const sweptFrom = `t.id, t.environment, t.user_id, t.name, t.services, t.suspended, t.created_at, t.expires_at, t.last_used_at, t.last_used_from, u.login, u.name, u.banned
	FROM permanent_tokens t CROSS JOIN users u WHERE u.id = t.user_id AND t.id > $1`

const sweptOrder = ` ORDER BY t.id LIMIT `

var (
	sweepOdd = prepared(`SELECT ` + sweptFrom +
		` AND t.id <= $2 AND (t.expires_at = 0 OR t.expires_at > $3) AND (t.last_used_at < $4 OR t.expires_at > 0 AND t.expires_at < $5
		OR t.services LIKE '%,%' OR u.banned = TRUE OR t.suspended = TRUE)` + sweptOrder + `$6`)
	sweepUnused = prepared(`SELECT ` + sweptFrom + ` AND t.id <= $2 AND (t.expires_at = 0 OR t.expires_at > $3) AND t.last_used_at < $4
		AND (t.last_used_at > 0 OR t.created_at < $4)` + sweptOrder + `$5`)
	sweepNeverUsed = prepared(`SELECT ` + sweptFrom + ` AND t.last_used_at = 0` + sweptOrder + `$2`)
	sweepEnding    = prepared(`SELECT ` + sweptFrom +
		` AND t.id IN (SELECT e.id FROM permanent_tokens e WHERE e.expires_at > 0 AND e.expires_at > $2 AND e.expires_at < $3)` +
		sweptOrder + `$4`)
	sweepOfMany   = prepared(`SELECT ` + sweptFrom + ` AND t.services LIKE '%,%'` + sweptOrder + `$2`)
	sweepOfBanned = prepared(`SELECT ` + sweptFrom +
		` AND t.id IN (SELECT p.id FROM users b CROSS JOIN permanent_tokens p WHERE p.user_id = b.id AND b.banned = TRUE)` +
		sweptOrder + `$2`)
	sweepSuspended = prepared(`SELECT ` + sweptFrom + ` AND t.suspended = TRUE` + sweptOrder + `$2`)
	selectTokenFar = prepared(`SELECT id FROM permanent_tokens WHERE id > $1 ORDER BY id LIMIT 1 OFFSET $2`)
	selectLastOne  = prepared(`SELECT COALESCE(MAX(id), '') FROM permanent_tokens`)
)

// SweepTokens gives permanent tokens of all users by id, from behind an id on; about how many were looked at for that; and the id
// behind which the sweep goes on, empty at the end.
func (r *Reader) SweepTokens(ctx context.Context, which TokenSweep, times SweepTimes,
	after string, limit int) (found []SweptToken, looked int, next string, err error) {
	statements := map[TokenSweep]*statement{
		OddTokens: sweepOdd, UnusedTokens: sweepUnused, NeverUsedTokens: sweepNeverUsed, EndingTokens: sweepEnding,
		TokensOfMany: sweepOfMany, TokensOfBanned: sweepOfBanned, SuspendedTokens: sweepSuspended,
	}
	args, far, more := []any{after}, "", false
	switch which {
	case OddTokens, UnusedTokens:
		if far, more, err = r.tokenFar(ctx, after); err != nil {
			return nil, 0, "", err
		}
		args = append(args, far, millis(times.Now), millis(times.Unused))
		if which == OddTokens {
			args = append(args, millis(times.Soon))
		}
		looked = walkedAtOnce
	case EndingTokens:
		args = append(args, millis(times.Now), millis(times.Soon))
	}
	found, err = list(ctx, r, statements[which], scanSwept, append(args, limit)...)
	switch {
	case err != nil:
		return nil, 0, "", err
	case len(found) == limit:
		return found, limit, found[limit-1].ID, nil
	case more:
		next = far
	}
	return found, max(looked, len(found)), next, nil
}

// tokenFar gives the id to which a walk from behind another goes, and whether there are more behind it.
func (r *Reader) tokenFar(ctx context.Context, after string) (far string, more bool, err error) {
	far, err = one(ctx, r, selectTokenFar, value[string], after, walkedAtOnce-1)
	if fault.Is(err, fault.NotFound) {
		far, err = one(ctx, r, selectLastOne, value[string])
		return far, false, err
	}
	return far, err == nil, err
}

func scanSwept(row scanner, t *SweptToken) error {
	var services string
	if err := row.Scan(&t.ID, &t.Environment, &t.UserID, &t.Name, &services, &t.Suspended,
		moment{&t.CreatedAt}, moment{&t.ExpiresAt}, moment{&t.LastUsedAt}, &t.LastUsedFrom,
		&t.Login, &t.UserName, &t.Banned); err != nil {
		return err
	}
	if !strings.Contains(services, ",") {
		return nil // at one service no token is wide
	}
	return document{&t.Services}.Scan(services)
}
