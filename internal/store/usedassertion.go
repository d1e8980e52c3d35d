package store

import (
	"context"

	"example.org/hub/internal/hub"
)

var (
	insertUsedAssertion = prepared(`INSERT INTO used_assertions (environment, client_id, id, expires_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (environment, client_id, id) DO NOTHING`)
	deleteEndedAssertions = prepared(`DELETE FROM used_assertions WHERE (environment, client_id, id) IN
		(SELECT environment, client_id, id FROM used_assertions WHERE expires_at < $1 LIMIT $2)`)
)

// UseAssertion notes that a client assertion was presented, and reports whether that was the first time. Of many at
// once, on any number of nodes, one is told true.
func (tx *Tx) UseAssertion(ctx context.Context, a hub.UsedAssertion) (bool, error) {
	rows, err := tx.exec(ctx, insertUsedAssertion, a.Environment, a.ClientID, a.TokenID, millis(a.ExpiresAt))
	return rows > 0, err
}
