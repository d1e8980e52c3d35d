package store

import (
	"context"

	"example.org/hub/internal/hub"
)

const approvedScopeColumns = `id, environment, client_id, user_id, items, created_at, updated_at`

var (
	selectApprovedScope = prepared(`SELECT ` + approvedScopeColumns +
		` FROM approved_scopes WHERE user_id = $1 AND environment = $2 AND client_id = $3`)
	selectApprovedScopeByID  = prepared(`SELECT ` + approvedScopeColumns + ` FROM approved_scopes WHERE id = $1`)
	selectUserApprovedScopes = prepared(`SELECT ` + approvedScopeColumns + ` FROM approved_scopes WHERE user_id = $1 ORDER BY created_at, id`)
	upsertApprovedScope      = prepared(`INSERT INTO approved_scopes (` + approvedScopeColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (user_id, environment, client_id) DO UPDATE SET items = excluded.items, updated_at = excluded.updated_at`)
	deleteApprovedScope = prepared(`DELETE FROM approved_scopes WHERE id = $1`)
)

func scanApprovedScope(row scanner, a *hub.ApprovedScope) error {
	return row.Scan(&a.ID, &a.Environment, &a.ClientID, &a.UserID, document{&a.Items}, moment{&a.CreatedAt}, moment{&a.UpdatedAt})
}

// ApprovedScope gives what a user allowed a client.
func (r *Reader) ApprovedScope(ctx context.Context, userID string, environment hub.Environment, clientID string) (hub.ApprovedScope, error) {
	return one(ctx, r, selectApprovedScope, scanApprovedScope, userID, environment, clientID)
}

// ApprovedScopeByID gives one by its id.
func (r *Reader) ApprovedScopeByID(ctx context.Context, id string) (hub.ApprovedScope, error) {
	return one(ctx, r, selectApprovedScopeByID, scanApprovedScope, id)
}

// ApprovedScopesOfUser lists what a user allowed clients of all environments, oldest first.
func (r *Reader) ApprovedScopesOfUser(ctx context.Context, userID string) ([]hub.ApprovedScope, error) {
	return list(ctx, r, selectUserApprovedScopes, scanApprovedScope, userID)
}

// SetApprovedScope keeps what a user allows a client, instead of what was allowed before.
func (tx *Tx) SetApprovedScope(ctx context.Context, a hub.ApprovedScope) error {
	items, err := asJSON(a.Items)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, upsertApprovedScope, a.ID, a.Environment, a.ClientID, a.UserID, items, millis(a.CreatedAt), millis(a.UpdatedAt))
	return err
}

// DeleteApprovedScope takes back what was allowed. Whoever calls it ends what came of it too.
func (tx *Tx) DeleteApprovedScope(ctx context.Context, id string) error {
	return tx.execOne(ctx, deleteApprovedScope, id)
}
