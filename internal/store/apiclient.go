package store

import (
	"context"

	"example.org/hub/internal/hub"
)

const apiClientColumns = `a.environment, a.id, a.user_id, a.author_id, a.label, a.limited, a.disabled, a.created_at, a.last_used_at, a.last_used_from,
	a.last_agent`

var (
	selectAPIClient      = prepared(`SELECT ` + apiClientColumns + ` FROM api_clients a WHERE a.environment = $1 AND a.id = $2`)
	selectUserAPIClients = prepared(`SELECT ` + apiClientColumns +
		` FROM api_clients a WHERE a.environment = $1 AND a.user_id = $2 ORDER BY a.created_at, a.id`)
	selectAPIClients = prepared(`SELECT ` + apiClientColumns +
		` FROM api_clients a WHERE a.environment = $1 AND a.id > $2 ORDER BY a.id LIMIT $3`)
	insertAPIClient = prepared(`INSERT INTO api_clients (environment, id, user_id, author_id, label, limited, disabled, created_at, last_used_at, last_used_from,
		last_agent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`)
	updateAPIClient = prepared(`UPDATE api_clients SET label = $1, limited = $2, disabled = $3 WHERE environment = $4 AND id = $5`)
	deleteAPIClient = prepared(`DELETE FROM api_clients WHERE environment = $1 AND id = $2`)
)

func apiClientFields(a *hub.APIClient) []any {
	return []any{&a.Environment, &a.ID, &a.UserID, &a.AuthorID, &a.Label, &a.Limited, &a.Disabled, moment{&a.CreatedAt}, moment{&a.LastUsedAt},
		&a.LastUsedFrom, &a.LastAgent}
}

func scanAPIClient(row scanner, a *hub.APIClient) error { return row.Scan(apiClientFields(a)...) }

// APIClient gives an API client by its client_id.
func (r *Reader) APIClient(ctx context.Context, environment hub.Environment, id string) (hub.APIClient, error) {
	return one(ctx, r, selectAPIClient, scanAPIClient, environment, id)
}

// APIClientsOfUser lists a user's API clients, oldest first.
func (r *Reader) APIClientsOfUser(ctx context.Context, environment hub.Environment, userID string) ([]hub.APIClient, error) {
	return list(ctx, r, selectUserAPIClients, scanAPIClient, environment, userID)
}

// APIClients lists all API clients of an environment by id, from after the id given ("": from the first).
func (r *Reader) APIClients(ctx context.Context, environment hub.Environment, after string, limit int) ([]hub.APIClient, error) {
	return list(ctx, r, selectAPIClients, scanAPIClient, environment, after, limit)
}

// InsertAPIClient adds an API client.
func (tx *Tx) InsertAPIClient(ctx context.Context, a hub.APIClient) error {
	tx.Changed(APIClientChanged, a.Environment, a.ID)
	tx.tally(talliedAPIClients(a.Environment), 1)
	_, err := tx.exec(ctx, insertAPIClient, a.Environment, a.ID, a.UserID, a.AuthorID, a.Label, a.Limited, a.Disabled,
		millis(a.CreatedAt), millis(a.LastUsedAt), a.LastUsedFrom, a.LastAgent)
	return err
}

// UpdateAPIClient sets label, Limited and Disabled.
func (tx *Tx) UpdateAPIClient(ctx context.Context, a hub.APIClient) error {
	tx.Changed(APIClientChanged, a.Environment, a.ID)
	return tx.execOne(ctx, updateAPIClient, a.Label, a.Limited, a.Disabled, a.Environment, a.ID)
}

// DeleteAPIClient deletes an API client and its secrets.
func (tx *Tx) DeleteAPIClient(ctx context.Context, environment hub.Environment, id string) error {
	tx.Changed(APIClientChanged, environment, id)
	if _, err := tx.exec(ctx, deleteSecretsOf, environment, id); err != nil {
		return err
	}
	tx.tally(talliedAPIClients(environment), -1)
	return tx.execOne(ctx, deleteAPIClient, environment, id)
}
