package store

import (
	"context"
	"time"

	"example.org/hub/internal/hub"
)

// Held is how many credentials a user has.
type Held struct {
	APIClients int
	Others     int // permanent tokens, application passwords, refresh tokens and approved scopes
}

var countHeld = prepared(`SELECT (SELECT count(*) FROM api_clients c WHERE c.user_id = $1 AND c.environment = $2),
	(SELECT count(*) FROM permanent_tokens t WHERE t.user_id = $1 AND t.environment = $2) +
	(SELECT count(*) FROM application_passwords p WHERE p.user_id = $1) +
	(SELECT count(*) FROM grant_families f WHERE f.user_id = $1 AND f.environment = $2 AND ` + refreshable + ` $3) +
	(SELECT count(*) FROM approved_scopes a WHERE a.user_id = $1 AND a.environment = $2)`)

// CountHeld counts the credentials of a user that are good in an environment.
func (r *Reader) CountHeld(ctx context.Context, environment hub.Environment, userID string, now time.Time) (Held, error) {
	return one(ctx, r, countHeld, func(row scanner, h *Held) error { return row.Scan(&h.APIClients, &h.Others) }, userID, environment, millis(now))
}
