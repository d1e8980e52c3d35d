package store

import (
	"context"

	"example.org/hub/internal/hub"
)

var (
	// A session that has ended meanwhile opens nothing.
	upsertOpened = prepared(`INSERT INTO session_services (session_id, environment, service_id, opened_at) SELECT s.id, CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS BIGINT)
		FROM sessions s WHERE s.id = $4 ON CONFLICT (session_id, environment, service_id) DO UPDATE SET opened_at = excluded.opened_at`)
	selectOpened = prepared(`SELECT o.session_id, o.environment, o.service_id, v.name, o.opened_at FROM sessions s JOIN session_services o ON o.session_id = s.id
		JOIN services v ON v.environment = o.environment AND v.id = o.service_id WHERE s.user_id = $1 ORDER BY o.opened_at DESC, o.service_id`)
)

// Opened notes to which services people signed in with their sessions. Names are not kept.
func (s *Store) Opened(ctx context.Context, opened []hub.Opened) error {
	return s.tx(ctx, readCommitted, func(tx *Tx) error {
		for _, one := range opened {
			if _, err := tx.exec(ctx, upsertOpened, one.Environment, one.ServiceID, millis(one.At), one.SessionID); err != nil {
				return err
			}
		}
		return nil
	})
}

// OpenedByUser lists the services to which a user signed in with each session, the latest first. Those that are gone are not there.
func (r *Reader) OpenedByUser(ctx context.Context, userID string) ([]hub.Opened, error) {
	return list(ctx, r, selectOpened, func(row scanner, o *hub.Opened) error {
		return row.Scan(&o.SessionID, &o.Environment, &o.ServiceID, &o.Name, moment{&o.At})
	}, userID)
}
