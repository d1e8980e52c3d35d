package crowd

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"example.org/hub/internal/hub"
)

// User is the user with a number, as Fill makes it.
func User(i int) hub.User {
	u := hub.User{ID: fmt.Sprintf("crowd-%07d", i), Login: fmt.Sprintf("crowd%07d", i), Name: fmt.Sprintf("Name%03d Surname%07d", i%1000, i),
		Email: fmt.Sprintf("crowd%07d@example.test", i), Kind: hub.Person}
	if i%100 == 0 {
		u.Kind = hub.Bot
	}
	return u
}

// each are the statements that make all users from one number up to another; {i} stands
// for a number in seven digits, {m} for its last three.
var each = []string{
	`INSERT INTO users (id, login, login_folded, name, name_folded, email, email_folded, email_verified, kind, organisation, banned, ban_reason, created_at, updated_at)
		SELECT 'crowd-' || {i}, 'crowd' || {i}, 'crowd' || {i}, 'Name' || {m} || ' Surname' || {i}, 'name' || {m} || ' surname' || {i},
		'crowd' || {i} || '@example.test', 'crowd' || {i} || '@example.test', FALSE, CASE WHEN i % 100 = 0 THEN 'bot' ELSE 'person' END, NULL, FALSE, '',
		1700000000000 + i, 1700000000000 + i FROM n`,
	`INSERT INTO user_aliases (alias, user_id) SELECT 'crowd-' || {i}, 'crowd-' || {i} FROM n`,
	`INSERT INTO user_aliases (alias, user_id) SELECT 'crowd' || {i}, 'crowd-' || {i} FROM n`,
	`INSERT INTO user_aliases (alias, user_id) SELECT 'crowd' || {i} || '@example.test', 'crowd-' || {i} FROM n`,
	`INSERT INTO user_words (word, user_id) SELECT 'crowd' || {i} || ' ', 'crowd-' || {i} FROM n`,
	`INSERT INTO user_words (word, user_id) SELECT 'name' || {m} || ' surname' || {i} || ' ', 'crowd-' || {i} FROM n`,
	`INSERT INTO user_words (word, user_id) SELECT 'surname' || {i} || ' ', 'crowd-' || {i} FROM n`,
}

// Fill adds the users with the numbers from (included) to to (excluded). The database is one that package store has opened.
func Fill(ctx context.Context, db *sql.DB, from, to int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, text := range each {
		if _, err := tx.ExecContext(ctx, statement(text, from, to)); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	count := fmt.Sprintf(`INSERT INTO tallies (id, what, n) VALUES ('crowd-%d-%d', 'users', %d)`, from, to, to-from)
	if _, err := tx.ExecContext(ctx, count); err != nil {
		return err
	}
	return tx.Commit()
}

// statement puts the numbers into a text: they stand in a table n.
func statement(text string, from, to int) string {
	numbers := fmt.Sprintf(`WITH RECURSIVE n (i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i + 1 < %d) `, from, to)
	text = strings.NewReplacer("{i}", "substr(CAST(10000000 + i AS TEXT), 2)", "{m}", "substr(CAST(1000 + i % 1000 AS TEXT), 2)").Replace(text)
	before, after, _ := strings.Cut(text, "SELECT ")
	return before + numbers + "SELECT " + after
}
