package store

import (
	"context"
	"strings"
	"time"

	"example.org/hub/internal/hub"
)

// Standing is what a list of users tells of each, beside who it is.
type Standing struct {
	Groups      []string // names of those into which the user was put, by name
	Factor      bool     // there are codes of an app, or a passkey
	Invited     bool     // there is no way to sign in yet
	Credentials int64    // permanent tokens, application passwords, API clients and apps
	SeenAt      time.Time
}

// Standings gives the standing of users in an environment, by their ids. Whatever their number, it asks the database twice.
func (r Reader) Standings(ctx context.Context, environment hub.Environment, ids []string) (map[string]Standing, error) {
	found := map[string]Standing{}
	if len(ids) == 0 {
		return found, nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	b := &builder{}
	text := `SELECT u.id, EXISTS (SELECT 1 FROM totp t WHERE t.user_id = u.id AND t.confirmed_at > 0) OR EXISTS (SELECT 1 FROM passkeys k WHERE k.user_id = u.id),
		` + lacks(b, match{value: lacksPassword}) + `,
		(SELECT count(*) FROM application_passwords p WHERE p.user_id = u.id) +
		(SELECT count(*) FROM permanent_tokens p WHERE p.user_id = u.id AND p.environment = ` + b.arg(string(environment)) + `) +
		(SELECT count(*) FROM api_clients c WHERE c.user_id = u.id AND c.environment = ` + b.arg(string(environment)) + `) +
		(SELECT count(*) FROM apps a WHERE a.user_id = u.id AND a.environment = ` + b.arg(string(environment)) + `),
		COALESCE((SELECT max(s.last_seen_at) FROM sessions s WHERE s.user_id = u.id AND s.signed_in_at > 0), 0)
		FROM users u WHERE u.id IN (` + among(b, ids) + `)`
	err := r.each(ctx, b.statement(text), b.args, func() { clear(found) }, func(row scanner) error {
		var id string
		var one Standing
		var seen int64
		if err := row.Scan(&id, &one.Factor, &one.Invited, &one.Credentials, &seen); err != nil {
			return err
		}
		one.SeenAt = fromMillis(seen)
		found[id] = one
		return nil
	})
	if err != nil {
		return nil, err
	}
	groups := map[string][]string{}
	b = &builder{}
	text = `SELECT m.user_id, g.name FROM memberships m JOIN user_groups g ON g.id = m.group_id WHERE m.user_id IN (` + among(b, ids) + `) ORDER BY m.user_id, g.name_folded`
	err = r.each(ctx, b.statement(text), b.args, func() { clear(groups) }, func(row scanner) error {
		var id, name string
		err := row.Scan(&id, &name)
		groups[id] = append(groups[id], name)
		return err
	})
	for id, names := range groups {
		one := found[id]
		one.Groups = names
		found[id] = one
	}
	return found, err
}

// among is values as the arguments of IN.
func among(b *builder, values []string) string {
	args := make([]string, len(values))
	for i, value := range values {
		args[i] = b.arg(value)
	}
	return strings.Join(args, ", ")
}
