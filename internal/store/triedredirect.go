package store

import (
	"context"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// keptTriedURIs is how many tried redirect URIs are kept per service; strangers can try any number of them.
const keptTriedURIs = 20

var (
	selectTriedURIs = prepared(`SELECT environment, client_id, uri, tried_from, tried_at, attempts FROM tried_redirect_uris WHERE environment = $1 AND client_id = $2
		ORDER BY tried_at DESC, uri`)
	insertTriedURI = prepared(`INSERT INTO tried_redirect_uris (environment, client_id, uri, tried_from, tried_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (environment, client_id, uri) DO UPDATE SET tried_from = excluded.tried_from, tried_at = excluded.tried_at,
		attempts = tried_redirect_uris.attempts + 1`)
	deleteSurplusTriedURIs = prepared(`DELETE FROM tried_redirect_uris WHERE environment = $1 AND client_id = $2 AND uri IN (SELECT uri FROM tried_redirect_uris
		WHERE environment = $1 AND client_id = $2 ORDER BY tried_at DESC, uri LIMIT $3 OFFSET $4)`)
	deleteTriedURI = prepared(`DELETE FROM tried_redirect_uris WHERE environment = $1 AND client_id = $2 AND uri = $3`)
)

func scanTriedURI(row scanner, t *hub.TriedRedirectURI) error {
	return row.Scan(&t.Environment, &t.ClientID, &t.URI, &t.TriedFrom, moment{&t.TriedAt}, &t.Attempts)
}

// TriedRedirectURIs lists the redirect URIs that were tried for a service and are not registered, newest first.
func (r *Reader) TriedRedirectURIs(ctx context.Context, environment hub.Environment, clientID string) ([]hub.TriedRedirectURI, error) {
	return list(ctx, r, selectTriedURIs, scanTriedURI, environment, clientID)
}

// InsertTriedRedirectURIs keeps a batch of attempts, counted by URI; of each service the last 20 URIs. Those of a service that is gone are dropped.
func (s *Store) InsertTriedRedirectURIs(ctx context.Context, tried []hub.TriedRedirectURI) error {
	if len(tried) == 0 {
		return nil
	}
	return s.tx(ctx, readCommitted, func(tx *Tx) error {
		for _, t := range tried {
			if _, err := tx.Service(ctx, t.Environment, t.ClientID); fault.Is(err, fault.NotFound) {
				continue
			} else if err != nil {
				return err
			}
			if _, err := tx.exec(ctx, insertTriedURI, t.Environment, t.ClientID, t.URI, t.TriedFrom, millis(t.TriedAt)); err != nil {
				return err
			}
			if _, err := tx.exec(ctx, deleteSurplusTriedURIs, t.Environment, t.ClientID, len(tried)+1000, keptTriedURIs); err != nil {
				return err
			}
			tx.Changed(TriedURIChanged, "", "")
		}
		return nil
	})
}

// DeleteTriedRedirectURI forgets one, since it was registered or refused for good.
func (tx *Tx) DeleteTriedRedirectURI(ctx context.Context, environment hub.Environment, clientID, uri string) error {
	tx.Changed(TriedURIChanged, "", "")
	return tx.execOne(ctx, deleteTriedURI, environment, clientID, uri)
}
