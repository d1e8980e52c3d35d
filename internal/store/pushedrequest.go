package store

import (
	"context"
	"time"

	"example.org/hub/internal/hub"
)

var (
	selectPushedRequest = prepared(`SELECT digest, environment, client_id, stashed, document, opened_at, ends_at FROM pushed_requests
		WHERE digest = $1 AND environment = $2 AND ends_at > $3`)
	sumPushedRequests = prepared(`SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM pushed_requests
		WHERE environment = $1 AND client_id = $2 AND stashed = $3 AND ends_at > $4`)
	heaviestPusher = prepared(`SELECT source FROM pushed_requests WHERE environment = $1 AND client_id = $2 AND stashed = $3 AND ends_at > $4
		GROUP BY source ORDER BY SUM(size) DESC, source LIMIT 1`)
	deleteOldestPushed = prepared(`DELETE FROM pushed_requests WHERE digest IN (SELECT o.digest FROM (
		SELECT digest, CAST(SUM(size) OVER (ORDER BY sent_at, digest) AS BIGINT) - size AS older FROM pushed_requests
		WHERE environment = $1 AND client_id = $2 AND stashed = $3 AND ends_at > $4 AND source = $5) AS o WHERE o.older < $6) RETURNING size`)
	sumPushedFrom = prepared(`SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM pushed_requests
		WHERE environment = $1 AND source = $2 AND stashed = $3 AND ends_at > $4`)
	sourceOfPushed         = prepared(`SELECT source FROM pushed_requests WHERE environment = $1 AND source = $2 AND stashed = $3 AND ends_at > $4 LIMIT 1`)
	deleteOldestPushedFrom = prepared(`DELETE FROM pushed_requests WHERE digest IN (SELECT o.digest FROM (
		SELECT digest, CAST(SUM(size) OVER (ORDER BY sent_at, digest) AS BIGINT) - size AS older FROM pushed_requests
		WHERE environment = $1 AND source = $2 AND stashed = $3 AND ends_at > $4 AND source = $5) AS o WHERE o.older < $6) RETURNING size`)
	insertPushedRequest = prepared(`INSERT INTO pushed_requests (digest, environment, client_id, stashed, document, size, source, sent_at, opened_at, ends_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`)
	openPushedRequest         = prepared(`UPDATE pushed_requests SET opened_at = $1, ends_at = $2 WHERE digest = $3 AND environment = $4 AND opened_at = 0 AND ends_at > $1`)
	deletePushedRequest       = prepared(`DELETE FROM pushed_requests WHERE digest = $1 AND environment = $2`)
	deleteEndedPushedRequests = prepared(`DELETE FROM pushed_requests WHERE digest IN (SELECT digest FROM pushed_requests WHERE ends_at < $1 LIMIT $2)`)
)

func scanPushedRequest(row scanner, p *hub.PushedRequest) error {
	return row.Scan(&p.Digest, &p.Environment, &p.ClientID, &p.Stashed, &p.Document, moment{&p.OpenedAt}, moment{&p.EndsAt})
}

// leastPushed is what a request counts for at least, in bytes: a row is more than its document.
const leastPushed = 1 << 10

// InsertPushedRequest keeps a request, sent at now. Strangers can make any number of them, so those of one client, sent by
// itself or by browsers, may hold so many bytes together; the source that holds most of them makes room for more. One source may hold
// as much of a few clients. Many at once may go beyond that by a little. Errors: fault.Limited if no source held enough.
func (s *Store) InsertPushedRequest(ctx context.Context, p hub.PushedRequest, now time.Time, most int64) error {
	size := max(int64(len(p.Document)), leastPushed)
	of := []any{p.Environment, p.ClientID, p.Stashed, millis(now)}
	held, err := one(ctx, &s.Reader, sumPushedRequests, value[int64], of...)
	if err != nil {
		return err
	}
	from := []any{p.Environment, p.Source, p.Stashed, millis(now)}
	ofSource, err := one(ctx, &s.Reader, sumPushedFrom, value[int64], from...)
	if err != nil {
		return err
	}
	return s.tx(ctx, readCommitted, func(tx *Tx) error {
		if err := tx.makeRoom(ctx, held+size-most, most, heaviestPusher, deleteOldestPushed, of); err != nil {
			return err
		}
		if err := tx.makeRoom(ctx, ofSource+size-ofOneSource*most, most, sourceOfPushed, deleteOldestPushedFrom, from); err != nil {
			return err
		}
		_, err := tx.exec(ctx, insertPushedRequest, blob(p.Digest), p.Environment, p.ClientID, p.Stashed, string(p.Document),
			size, p.Source, millis(now), millis(p.OpenedAt), millis(p.EndsAt))
		return err
	})
}

// OpenPushedRequest gives a live request. From the first time it is opened it lives until then.
func (s *Store) OpenPushedRequest(ctx context.Context, environment hub.Environment, digest []byte, now, until time.Time) (hub.PushedRequest, error) {
	p, err := one(ctx, &s.Reader, selectPushedRequest, scanPushedRequest, blob(digest), environment, millis(now))
	if err != nil || !p.OpenedAt.IsZero() {
		return p, err
	}
	return p, s.tx(ctx, readCommitted, func(tx *Tx) error {
		_, err := tx.exec(ctx, openPushedRequest, millis(now), millis(until), blob(digest), environment)
		return err
	})
}

// UsePushedRequest takes a request away and reports whether it was there. Of many at once, one is told true.
func (s *Store) UsePushedRequest(ctx context.Context, environment hub.Environment, digest []byte) (used bool, err error) {
	err = s.tx(ctx, readCommitted, func(tx *Tx) error {
		rows, err := tx.exec(ctx, deletePushedRequest, blob(digest), environment)
		used = rows > 0
		return err
	})
	return used, err
}
