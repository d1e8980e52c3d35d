package store

import (
	"context"
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

// LastUse says that a credential was used. For credentials that do not keep the address or the program, those are not
// looked at.
type LastUse struct {
	Kind        UseKind
	Environment hub.Environment
	ID          string
	At          time.Time
	Address     string
	Agent       string
}

// Uses may arrive out of order from several nodes: a later one stays.
var (
	touchAPIClient      = prepared(`UPDATE api_clients SET last_used_at = $1 WHERE environment = $2 AND id = $3 AND last_used_at < $1`)
	touchApp            = prepared(`UPDATE apps SET last_used_at = $1 WHERE environment = $2 AND id = $3 AND last_used_at < $1`)
	touchSecret         = prepared(`UPDATE client_secrets SET last_used_at = $1 WHERE id = $2 AND last_used_at < $1`)
	touchPermanentToken = prepared(`UPDATE permanent_tokens SET last_used_at = $1, last_used_from = $2 WHERE id = $3 AND last_used_at < $1`)
	touchPassword       = prepared(`UPDATE application_passwords SET last_used_at = $1, last_used_from = $2, last_agent = $3 WHERE id = $4 AND last_used_at < $1`)
)

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
		_, err = tx.exec(ctx, touchAPIClient, at, use.Environment, use.ID)
	case AppUsed:
		_, err = tx.exec(ctx, touchApp, at, use.Environment, use.ID)
	case SecretUsed:
		_, err = tx.exec(ctx, touchSecret, at, use.ID)
	case PermanentTokenUsed:
		_, err = tx.exec(ctx, touchPermanentToken, at, use.Address, use.ID)
	case ApplicationPasswordUsed:
		_, err = tx.exec(ctx, touchPassword, at, use.Address, use.Agent, use.ID)
	}
	return err
}
