package store

import (
	"context"
	"time"

	"example.org/hub/internal/hub"
)

const registrationColumns = `environment, client_id, digest, document, by_id, created_at`

var (
	selectRegistration  = prepared(`SELECT ` + registrationColumns + ` FROM registrations WHERE environment = $1 AND client_id = $2`)
	selectRegistrations = prepared(`SELECT ` + registrationColumns + ` FROM registrations WHERE environment = $1 ORDER BY client_id`)
	countStrangers      = prepared(`SELECT count(*) FROM registrations WHERE environment = $1 AND by_id = ''`)
	selectUnused        = prepared(`SELECT s.client_id FROM registrations s WHERE s.environment = $1 AND s.by_id = '' AND s.created_at < $2
		AND NOT EXISTS (SELECT 1 FROM grant_families f WHERE f.environment = s.environment AND f.client_id = s.client_id)
		AND NOT EXISTS (SELECT 1 FROM approved_scopes a WHERE a.environment = s.environment AND a.client_id = s.client_id)
		AND NOT EXISTS (SELECT 1 FROM client_secrets c WHERE c.environment = s.environment AND c.owner_id = s.client_id AND c.last_used_at > 0)
		ORDER BY s.created_at, s.client_id LIMIT $3`)
	insertRegistration = prepared(`INSERT INTO registrations (` + registrationColumns + `) VALUES ($1, $2, $3, $4, $5, $6)`)
	upsertRegistration = prepared(`INSERT INTO registrations (` + registrationColumns + `) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (environment, client_id) DO UPDATE SET digest = excluded.digest, document = excluded.document, by_id = excluded.by_id, created_at = excluded.created_at`)
	updateRegistration = prepared(`UPDATE registrations SET document = $1 WHERE environment = $2 AND client_id = $3`)
)

func scanRegistration(row scanner, r *hub.Registration) error {
	return row.Scan(&r.Environment, &r.ClientID, &r.Digest, &r.Document, &r.ByID, moment{&r.CreatedAt})
}

// Registration gives what is kept of a service that registered itself.
func (r *Reader) Registration(ctx context.Context, environment hub.Environment, clientID string) (hub.Registration, error) {
	return one(ctx, r, selectRegistration, scanRegistration, environment, clientID)
}

// Registrations lists what is kept of all services of an environment that registered themselves, by client id.
func (r *Reader) Registrations(ctx context.Context, environment hub.Environment) ([]hub.Registration, error) {
	return list(ctx, r, selectRegistrations, scanRegistration, environment)
}

// CountStrangers counts the services that strangers registered in an environment.
func (r *Reader) CountStrangers(ctx context.Context, environment hub.Environment) (int64, error) {
	return one(ctx, r, countStrangers, value[int64], environment)
}

// UnusedStrangers lists services that strangers registered before a time and that neither a person nor they themselves have
// used: the oldest, at most limit of them, by id.
func (r *Reader) UnusedStrangers(ctx context.Context, environment hub.Environment, before time.Time, limit int) ([]string, error) {
	return list(ctx, r, selectUnused, value[string], environment, millis(before), limit)
}

// InsertRegistration keeps the registration of a service that is there already.
func (tx *Tx) InsertRegistration(ctx context.Context, r hub.Registration) error {
	_, err := tx.exec(ctx, insertRegistration, r.Environment, r.ClientID, blob(r.Digest), string(r.Document), r.ByID, millis(r.CreatedAt))
	return err
}

// SetRegistration keeps the registration of a service that is there already, instead of the one it may have.
func (tx *Tx) SetRegistration(ctx context.Context, r hub.Registration) error {
	_, err := tx.exec(ctx, upsertRegistration, r.Environment, r.ClientID, blob(r.Digest), string(r.Document), r.ByID, millis(r.CreatedAt))
	return err
}

// SetRegistrationDocument replaces what a client says of itself.
func (tx *Tx) SetRegistrationDocument(ctx context.Context, environment hub.Environment, clientID string, document []byte) error {
	return tx.execOne(ctx, updateRegistration, string(document), environment, clientID)
}
