package store

import (
	"context"
	"time"

	"example.org/hub/internal/hub"
)

const secretColumns = `id, environment, owner_id, digest, hint, suspended, created_at, expires_at, last_used_at`

// joinedSecret is the secret at the right of a join, where there may be none.
const joinedSecret = `COALESCE(c.id, ''), COALESCE(c.environment, ''), COALESCE(c.owner_id, ''), c.digest, COALESCE(c.hint, ''), COALESCE(c.suspended, FALSE),
	COALESCE(c.created_at, 0), COALESCE(c.expires_at, 0), COALESCE(c.last_used_at, 0)`

var (
	selectSecrets     = prepared(`SELECT ` + secretColumns + ` FROM client_secrets WHERE environment = $1 AND owner_id = $2 ORDER BY created_at, id`)
	selectSecretHeld  = prepared(`SELECT environment FROM client_secrets WHERE digest = $1 UNION ALL SELECT environment FROM apps WHERE digest = $1 LIMIT 1`)
	insertSecret      = prepared(`INSERT INTO client_secrets (` + secretColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`)
	endSecret         = prepared(`UPDATE client_secrets SET expires_at = $1 WHERE id = $2 RETURNING environment, owner_id`)
	confirmSecret     = prepared(`UPDATE client_secrets SET suspended = FALSE WHERE id = $1 RETURNING environment, owner_id`)
	deleteSecret      = prepared(`DELETE FROM client_secrets WHERE id = $1 RETURNING environment, owner_id`)
	deleteSecretsOf   = prepared(`DELETE FROM client_secrets WHERE environment = $1 AND owner_id = $2`)
	selectServiceFull = prepared(`SELECT ` + serviceColumns + `, ` + joinedSecret + ` FROM services s
		LEFT JOIN client_secrets c ON c.environment = s.environment AND c.owner_id = s.id WHERE s.environment = $1 AND s.id = $2 ORDER BY c.created_at, c.id`)
	selectAPIClientFull = prepared(`SELECT ` + apiClientColumns + `, ` + joinedSecret + ` FROM api_clients a
		LEFT JOIN client_secrets c ON c.environment = a.environment AND c.owner_id = a.id WHERE a.environment = $1 AND a.id = $2 ORDER BY c.created_at, c.id`)
)

func secretFields(s *hub.Secret) []any {
	return []any{&s.ID, &s.Environment, &s.Owner, &s.Digest, &s.Hint, &s.Suspended, moment{&s.CreatedAt}, moment{&s.ExpiresAt}, moment{&s.LastUsedAt}}
}

func scanSecret(row scanner, s *hub.Secret) error { return row.Scan(secretFields(s)...) }

// Secrets lists the secrets of a service or API client, oldest first; also those that have ended.
func (r *Reader) Secrets(ctx context.Context, environment hub.Environment, ownerID string) ([]hub.Secret, error) {
	return list(ctx, r, selectSecrets, scanSecret, environment, ownerID)
}

// SecretHeld gives the environment of a client that has, or had, the secret of a digest; fault.NotFound if none has.
func (r *Reader) SecretHeld(ctx context.Context, digest []byte) (hub.Environment, error) {
	return one(ctx, r, selectSecretHeld, value[hub.Environment], blob(digest))
}

// ServiceWithSecrets gives a service and its secrets in one question: what the token endpoint needs to know a client.
func (r *Reader) ServiceWithSecrets(ctx context.Context, environment hub.Environment, id string) (hub.Service, []hub.Secret, error) {
	return withSecrets(ctx, r, selectServiceFull, serviceFields, environment, id)
}

// APIClientWithSecrets gives an API client and its secrets in one question.
func (r *Reader) APIClientWithSecrets(ctx context.Context, environment hub.Environment, id string) (hub.APIClient, []hub.Secret, error) {
	return withSecrets(ctx, r, selectAPIClientFull, apiClientFields, environment, id)
}

func withSecrets[T any](ctx context.Context, r *Reader, s *statement, fields func(*T) []any,
	environment hub.Environment, id string) (T, []hub.Secret, error) {
	var owner T
	var secrets []hub.Secret
	found := false
	start := func() { owner, secrets, found = *new(T), nil, false }
	err := r.each(ctx, s, []any{environment, id}, start, func(row scanner) error {
		var secret hub.Secret
		found, owner = true, *new(T)
		if err := row.Scan(append(fields(&owner), secretFields(&secret)...)...); err != nil {
			return err
		}
		if secret.ID != "" {
			secrets = append(secrets, secret)
		}
		return nil
	})
	if err == nil && !found {
		err = errNotFound
	}
	return owner, secrets, err
}

// InsertSecret adds a secret to a service or API client.
func (tx *Tx) InsertSecret(ctx context.Context, s hub.Secret) error {
	tx.secretChanged(s.Environment, s.Owner)
	_, err := tx.exec(ctx, insertSecret, s.ID, s.Environment, s.Owner, blob(s.Digest), s.Hint, s.Suspended,
		millis(s.CreatedAt), millis(s.ExpiresAt), millis(s.LastUsedAt))
	return err
}

// EndSecret sets when a secret stops to be accepted.
func (tx *Tx) EndSecret(ctx context.Context, id string, at time.Time) error {
	return tx.changeSecret(ctx, endSecret, millis(at), id)
}

// ConfirmSecret makes a secret that a restore suspended good again.
func (tx *Tx) ConfirmSecret(ctx context.Context, id string) error {
	return tx.changeSecret(ctx, confirmSecret, id)
}

// DeleteSecret deletes a secret.
func (tx *Tx) DeleteSecret(ctx context.Context, id string) error {
	return tx.changeSecret(ctx, deleteSecret, id)
}

func (tx *Tx) changeSecret(ctx context.Context, s *statement, args ...any) error {
	owner, err := one(ctx, &tx.Reader, s, scanNamed, args...)
	if err == nil {
		tx.secretChanged(owner.Environment, owner.ID)
	}
	return err
}

// secretChanged tells both kinds of owner, since the id is all that is known here.
func (tx *Tx) secretChanged(environment hub.Environment, ownerID string) {
	tx.Changed(ServiceChanged, environment, ownerID)
	tx.Changed(APIClientChanged, environment, ownerID)
}
