package store

import (
	"context"
	"slices"
	"time"

	"example.org/hub/internal/hub"
)

// LastSeen gives when users were last seen in an environment, in a browser or by a credential of theirs, by their ids. Who never
// was, or not since what was used is gone, is not in it.
func (r *Reader) LastSeen(ctx context.Context, environment hub.Environment, ids []string) (map[string]time.Time, error) {
	found := map[string]time.Time{}
	if len(ids) == 0 {
		return found, nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	b := &builder{}
	here := b.arg(string(environment))
	text := `SELECT u.id,
		COALESCE((SELECT max(s.last_seen_at) FROM sessions s WHERE s.user_id = u.id AND s.signed_in_at > 0), 0),
		COALESCE((SELECT max(t.last_used_at) FROM permanent_tokens t WHERE t.user_id = u.id AND t.environment = ` + here + `), 0),
		COALESCE((SELECT max(p.last_used_at) FROM application_passwords p WHERE p.user_id = u.id), 0),
		COALESCE((SELECT max(c.last_used_at) FROM api_clients c WHERE c.user_id = u.id AND c.environment = ` + here + `), 0),
		COALESCE((SELECT max(a.last_used_at) FROM apps a WHERE a.user_id = u.id AND a.environment = ` + here + `), 0)
		FROM users u WHERE u.id IN (` + among(b, ids) + `)`
	err := r.each(ctx, b.steady(text), b.args, func() { clear(found) }, func(row scanner) error {
		var id string
		var at [5]int64
		err := row.Scan(&id, &at[0], &at[1], &at[2], &at[3], &at[4])
		if latest := slices.Max(at[:]); latest > 0 {
			found[id] = fromMillis(latest)
		}
		return err
	})
	return found, err
}
