package crowd

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// TokensEach is how many permanent tokens each user has after Furnish.
const TokensEach = 10

// Furnishing is what Furnish needs to know.
type Furnishing struct {
	Users int       // those with the numbers from 1 to this one have been filled
	Token string    // id of a permanent token by whose example all others are made
	Bytes string    // the type of a column of bytes: BLOB on SQLite, BYTEA on PostgreSQL
	Roles [2]string // keys of roles which each tenth user has one of
	Teams int       // how many groups there are with the names Team 000, Team 001 ...; each user is in two of them
	Now   time.Time
	Big   []string // ids of users who have what the first of the crowd has, and many events
}

// furniture are the statements that give users what a desk of their size holds; {n} stands for how many there are of the
// thing, {i} for its number in seven digits, {now} for the present and {day} for a day in milliseconds.
func (f Furnishing) furniture() []struct {
	each int // rows for each user
	text string
} {
	const owner = "'crowd-' || substr(CAST(10000000 + (i - 1) / {each} + 1 AS TEXT), 2)"
	return []struct {
		each int
		text string
	}{
		{TokensEach, `INSERT INTO permanent_tokens (id, environment, user_id, author_id, author_name, name, scope, services, cap, permissions, read_only, allowlist, digest, hint,
			suspended, created_at, expires_at, last_used_at, last_used_from, last_agent, last_service)
			SELECT 'crowd-token-' || {i}, p.environment, ` + owner + `, ` + owner + `, 'Name', 'Export ' || {i}, p.scope, p.services, p.cap, p.permissions, FALSE, p.allowlist,
			CAST('crowd-token-' || {i} AS {bytes}), p.hint, FALSE, {now} - 200 * {day} + i, CASE WHEN i % 5000 = 0 THEN {now} + 7 * {day} ELSE 0 END,
			CASE WHEN i % 10 = 0 THEN 0 ELSE {now} - i % 100 * {day} END, '192.0.2.1', 'curl/8', '' FROM n JOIN permanent_tokens p ON p.id = '{token}'`},
		{1, `INSERT INTO sessions (id, digest, user_id, signed_in_at, methods, remembered, address, agent, created_at, last_seen_at, expires_at)
			SELECT 'crowd-session-' || {i}, CAST('crowd-session-' || {i} AS {bytes}), ` + owner + `, {now}, '["pwd"]', FALSE, '192.0.2.7',
			'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', {now}, {now}, {now} + 30 * {day} FROM n WHERE i % 5 = 0`},
		{1, `INSERT INTO memberships (group_id, user_id, since) SELECT g.id, ` + owner + `, {now} FROM n JOIN user_groups g
			ON g.name_folded = 'team ' || substr(CAST(1000 + i % ({teams} / 2) AS TEXT), 2)`},
		{1, `INSERT INTO memberships (group_id, user_id, since) SELECT g.id, ` + owner + `, {now} FROM n JOIN user_groups g
			ON g.name_folded = 'team ' || substr(CAST(1000 + {teams} / 2 + i / 7 % ({teams} / 2) AS TEXT), 2)`},
		{1, `INSERT INTO grants (id, role_id, holder_kind, holder_id, organisation, environment, created_at)
			SELECT 'crowd-grant-' || {i}, r.id, 'user', ` + owner + `, NULL, '', {now} FROM n JOIN roles r ON r.key_folded = CASE i / 10 % 2 WHEN 0 THEN '{role0}' ELSE '{role1}' END
			WHERE i % 10 = 0`},
		// Events of so many people are no part of the chain here: chaining them would be another measurement.
		{3, `INSERT INTO events (id, at, environment, author_id, author_name, action, target_type, target_id, target_name, door, address, credential, result, reason,
			error_id, details, position, previous, hash, owner_id)
			SELECT 'crowd-event-' || {i}, {now} - 90 * {day} + i * (90 * {day} / {n}), 'production', ` + owner + `, 'Name', CASE i % 3 WHEN 0 THEN 'user.sign-in' WHEN 1 THEN
			'permanent-token.create' ELSE 'user.update' END, CASE i % 3 WHEN 1 THEN 'permanent-token' ELSE 'user' END, ` + owner + `, 'Name', 'page', '192.0.2.7', '',
			CASE WHEN i % 50 = 0 THEN 'refused' ELSE 'success' END, '', '', '', -i, NULL, NULL, '' FROM n`},
		{1, `INSERT INTO totp (user_id, sealed, last_step, confirmed_at) SELECT ` + owner + `, CAST('none' AS {bytes}), 0, {now} FROM n WHERE i % 2 = 0`},
	}
}

// perStatement is how many rows are added at once.
const perStatement = 100_000

// Furnish gives users who were filled tokens, sessions, groups, roles and a past.
func (f Furnishing) Furnish(ctx context.Context, db *sql.DB) error {
	for _, thing := range f.furniture() {
		all := f.Users * thing.each
		text := strings.NewReplacer("{each}", fmt.Sprint(thing.each), "{bytes}", f.Bytes, "{token}", f.Token,
			"{teams}", fmt.Sprint(f.Teams), "{role0}", f.Roles[0], "{role1}", f.Roles[1],
			"{now}", fmt.Sprint(f.Now.UnixMilli()), "{day}", "CAST(86400000 AS BIGINT)", "{n}", fmt.Sprint(all)).Replace(thing.text)
		for from := 1; from <= all; from += perStatement {
			if _, err := db.ExecContext(ctx, statement(text, from, min(from+perStatement, all+1))); err != nil {
				return fmt.Errorf("%s: %w", text, err)
			}
		}
	}
	if _, err := db.ExecContext(ctx, hourly); err != nil {
		return fmt.Errorf("%s: %w", hourly, err)
	}
	return f.enlarge(ctx, db)
}

// hourly counts the sign-ins by the hour, as hub does when it chains their events.
const hourly = `INSERT INTO history (environment, measure, at, label, count) SELECT environment, 'sign-in', at / 3600000 * 3600000, '', COUNT(*) FROM events
	WHERE action = 'user.sign-in' GROUP BY environment, at / 3600000 * 3600000`

// enlarge gives some users, whom hub knows, what users of the crowd have.
func (f Furnishing) enlarge(ctx context.Context, db *sql.DB) error {
	for _, id := range f.Big {
		for _, text := range []string{
			`INSERT INTO permanent_tokens (id, environment, user_id, author_id, author_name, name, scope, services, cap, permissions, read_only, allowlist, digest, hint,
				suspended, created_at, expires_at, last_used_at, last_used_from, last_agent, last_service)
				SELECT '{id}-' || id, environment, '{id}', '{id}', '', name, scope, services, cap, permissions, read_only, allowlist, CAST('{id}-' || id AS {bytes}), hint,
				suspended, created_at, expires_at, last_used_at, last_used_from, last_agent, last_service FROM permanent_tokens WHERE user_id = 'crowd-0000001'`,
			`INSERT INTO events (id, at, environment, author_id, author_name, action, target_type, target_id, target_name, door, address, credential, result, reason,
				error_id, details, position, previous, hash, owner_id)
				SELECT '{id}-' || id, at, environment, '{id}', 'Name', action, target_type, '{id}', target_name, door, address, credential, result, reason,
				error_id, details, NULL, NULL, NULL, owner_id FROM events WHERE id > 'crowd-event-' AND id < 'crowd-event-0000500'`,
		} {
			if _, err := db.ExecContext(ctx, strings.NewReplacer("{id}", id, "{bytes}", f.Bytes).Replace(text)); err != nil {
				return fmt.Errorf("%s: %w", text, err)
			}
		}
	}
	return nil
}
