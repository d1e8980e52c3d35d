package store

import (
	"context"
	"net/netip"
	"time"

	"example.org/hub/internal/hub"
)

// UseKind says what kind of credential was used.
type UseKind string

// The credentials whose last use is kept.
const (
	APIClientUsed           UseKind = "api-client"
	SecretUsed              UseKind = "secret" // of a service or API client
	AppUsed                 UseKind = "app"
	PermanentTokenUsed      UseKind = "permanent-token"
	ApplicationPasswordUsed UseKind = "application-password"
)

// LastUse says that a credential was used. Of a secret no more than the time is kept; at which services, of permanent tokens.
type LastUse struct {
	Kind        UseKind
	Environment hub.Environment
	ID          string
	At          time.Time
	Address     string
	Agent       string   // the program, as it calls itself
	Service     string   // id of the service at which it was used last; empty: not known
	Services    []string // ids of all at which it was used since it was noted before
}

// Uses may arrive out of order from several nodes: a later one stays.
var (
	touchAPIClient = prepared(`UPDATE api_clients SET last_used_at = $1, last_used_from = $2, last_agent = $3 WHERE environment = $4 AND id = $5
		AND last_used_at < $1`)
	touchApp = prepared(`UPDATE apps SET last_used_at = $1, last_used_from = $2, last_agent = $3 WHERE environment = $4 AND id = $5
		AND last_used_at < $1`)
	selectAllowed       = prepared(`SELECT id, prefix FROM allowed_addresses WHERE environment = $1 AND app_id = $2 AND last_used_at < $3`)
	touchAllowed        = prepared(`UPDATE allowed_addresses SET last_used_at = $1 WHERE id = $2 AND last_used_at < $1`)
	touchSecret         = prepared(`UPDATE client_secrets SET last_used_at = $1 WHERE id = $2 AND last_used_at < $1`)
	touchPermanentToken = prepared(`UPDATE permanent_tokens SET last_used_at = $1, last_used_from = $2, last_agent = $3, last_service = $4 WHERE id = $5
		AND last_used_at < $1`)
	touchPassword = prepared(`UPDATE application_passwords SET last_used_at = $1, last_used_from = $2, last_agent = $3, last_service = $4
		WHERE id = $5 AND last_used_at < $1`)

	// Which services a token is used at is kept to the day. The token may have been deleted since it was used.
	touchTokenService = prepared(`INSERT INTO token_services (token_id, service_id, last_used_at) SELECT id, $1, CAST($2 AS BIGINT) FROM permanent_tokens
		WHERE id = $3 ON CONFLICT (token_id, service_id) DO UPDATE SET last_used_at = excluded.last_used_at
		WHERE token_services.last_used_at < $4`)
	selectTokenServices = prepared(`SELECT service_id, last_used_at FROM token_services WHERE token_id = $1`)
)

// serviceDay is how exact it is known when a token was last used at one of its services.
const serviceDay = 24 * time.Hour

// Touch notes a batch of uses. It tells no watcher: nothing depends on when a credential was last used.
func (s *Store) Touch(ctx context.Context, uses []LastUse) error {
	if len(uses) == 0 {
		return nil
	}
	return s.tx(ctx, readCommitted, func(tx *Tx) error {
		for _, use := range uses {
			if err := tx.touch(ctx, use); err != nil {
				return err
			}
		}
		return nil
	})
}

func (tx *Tx) touch(ctx context.Context, use LastUse) error {
	at := millis(use.At)
	var err error
	switch use.Kind {
	case APIClientUsed:
		_, err = tx.exec(ctx, touchAPIClient, at, use.Address, use.Agent, use.Environment, use.ID)
	case AppUsed:
		if _, err = tx.exec(ctx, touchApp, at, use.Address, use.Agent, use.Environment, use.ID); err == nil {
			err = tx.touchAllowed(ctx, use)
		}
	case SecretUsed:
		_, err = tx.exec(ctx, touchSecret, at, use.ID)
	case PermanentTokenUsed:
		if _, err = tx.exec(ctx, touchPermanentToken, at, use.Address, use.Agent, use.Service, use.ID); err == nil {
			err = tx.touchServices(ctx, use)
		}
	case ApplicationPasswordUsed:
		_, err = tx.exec(ctx, touchPassword, at, use.Address, use.Agent, use.Service, use.ID)
	}
	return err
}

// touchAllowed notes the use of an app at each entry of its allowlist that holds the address.
func (tx *Tx) touchAllowed(ctx context.Context, use LastUse) error {
	from, err := netip.ParseAddr(use.Address)
	if err != nil {
		return nil // nobody knows from where it was used
	}
	type entry struct{ id, prefix string }
	entries, err := list(ctx, &tx.Reader, selectAllowed, func(row scanner, e *entry) error {
		return row.Scan(&e.id, &e.prefix)
	}, use.Environment, use.ID, millis(use.At))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if prefix, err := netip.ParsePrefix(e.prefix); err != nil || !prefix.Contains(from.Unmap()) {
			continue
		}
		if _, err := tx.exec(ctx, touchAllowed, millis(use.At), e.id); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) touchServices(ctx context.Context, use LastUse) error {
	for _, service := range use.Services {
		if _, err := tx.exec(ctx, touchTokenService, service, millis(use.At), use.ID, millis(use.At.Add(-serviceDay))); err != nil {
			return err
		}
	}
	return nil
}

// TokenServices gives the services at which a permanent token was used, by id, with the day it was last.
func (r *Reader) TokenServices(ctx context.Context, tokenID string) (map[string]time.Time, error) {
	used := map[string]time.Time{}
	err := r.each(ctx, selectTokenServices, []any{tokenID}, func() { clear(used) }, func(row scanner) error {
		var id string
		var at time.Time
		err := row.Scan(&id, moment{&at})
		used[id] = at
		return err
	})
	return used, err
}
