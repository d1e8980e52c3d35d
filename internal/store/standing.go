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
	Invited     bool     // a person who has no way to sign in yet
	Credentials int64    // permanent tokens, application passwords, API clients and apps
	SeenAt      time.Time
}

// Standings gives the standing of users in an environment, by their ids. Whatever their number, it asks the database twice, and not
// again who they are: of what is asked beside that, as much as possible stands in indexes.
func (r *Reader) Standings(ctx context.Context, environment hub.Environment, users []hub.User) (map[string]Standing, error) {
	found := make(map[string]Standing, len(users))
	if len(users) == 0 {
		return found, nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	b, of := &builder{}, strings.Builder{}
	ids := make([]string, len(users))
	for i, user := range users {
		ids[i] = user.ID
		of.WriteString(`, (` + b.arg(user.ID) + `)`)
	}
	here := b.arg(string(environment))
	text := `WITH u (id) AS (VALUES ` + of.String()[2:] + `) SELECT u.id, EXISTS (SELECT 1 FROM totp t WHERE t.user_id = u.id AND t.confirmed_at > 0),
		EXISTS (SELECT 1 FROM passkeys k WHERE k.user_id = u.id), EXISTS (SELECT 1 FROM passwords p WHERE p.user_id = u.id),
		(SELECT count(*) FROM application_passwords p WHERE p.user_id = u.id) +
		(SELECT count(*) FROM permanent_tokens p WHERE p.user_id = u.id AND p.environment = ` + here + `) +
		(SELECT count(*) FROM api_clients c WHERE c.user_id = u.id AND c.environment = ` + here + `) +
		(SELECT count(*) FROM apps a WHERE a.user_id = u.id AND a.environment = ` + here + `),
		COALESCE((SELECT max(s.last_seen_at) FROM sessions s WHERE s.user_id = u.id AND s.signed_in_at > 0), 0) FROM u`
	var id string
	var codes, passkeys, password bool
	var held, seen int64
	into := []any{&id, &codes, &passkeys, &password, &held, &seen}
	err := r.each(ctx, b.steady(text), b.args, func() { clear(found) }, func(row scanner) error {
		if err := row.Scan(into...); err != nil {
			return err
		}
		found[id] = Standing{Factor: codes || passkeys, Invited: !password && !passkeys, Credentials: held, SeenAt: fromMillis(seen)}
		return nil
	})
	if err != nil {
		return nil, err
	}
	groups, err := r.groupNamesOf(ctx, ids)
	for _, user := range users {
		one := found[user.ID]
		one.Groups, one.Invited = groups[user.ID], one.Invited && user.Kind == hub.Person
		found[user.ID] = one
	}
	return found, err
}

// groupNamesOf gives the names of the groups into which users were put, by the users' ids.
func (r *Reader) groupNamesOf(ctx context.Context, ids []string) (map[string][]string, error) {
	groups := make(map[string][]string, len(ids))
	b := &builder{}
	text := `SELECT m.user_id, g.name FROM memberships m JOIN user_groups g ON g.id = m.group_id WHERE m.user_id IN (` +
		among(b, ids) + `) ORDER BY m.user_id, g.name_folded`
	var id, name string
	into := []any{&id, &name}
	err := r.each(ctx, b.steady(text), b.args, func() { clear(groups) }, func(row scanner) error {
		err := row.Scan(into...)
		groups[id] = append(groups[id], name)
		return err
	})
	return groups, err
}

// among is values as the arguments of IN.
func among(b *builder, values []string) string {
	args := make([]string, len(values))
	for i, value := range values {
		args[i] = b.arg(value)
	}
	return strings.Join(args, ", ")
}
