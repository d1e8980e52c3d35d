package store

import (
	"context"
	"time"

	"example.org/hub/internal/hub"
)

// keptRefusals is how many refusals are kept; strangers can make any number of them.
const keptRefusals = 100_000

const refusalColumns = `error_id, at, environment, door, client_id, user_id, address, code, reason, expected, received, setting, count`

var (
	insertRefusal = prepared(`INSERT INTO refusals (` + refusalColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		ON CONFLICT (error_id) DO UPDATE SET count = excluded.count, at = excluded.at`)
	selectRefusal        = prepared(`SELECT ` + refusalColumns + ` FROM refusals WHERE error_id = $1`)
	selectClientRefusals = prepared(`SELECT ` + refusalColumns +
		` FROM refusals WHERE environment = $1 AND client_id = $2 ORDER BY at DESC, error_id DESC LIMIT $3`)
	selectUserRefusals = prepared(`SELECT ` + refusalColumns + ` FROM refusals
		WHERE user_id = $1 AND user_id <> '' AND at >= $2 AND at < $3 ORDER BY at DESC, error_id DESC LIMIT $4`)
	deleteSurplusRefusals = prepared(`DELETE FROM refusals WHERE error_id IN (SELECT error_id FROM refusals ORDER BY at DESC, error_id DESC LIMIT $1 OFFSET $2)`)
)

func scanRefusal(row scanner, r *hub.Refusal) error {
	return row.Scan(&r.ErrorID, moment{&r.At}, &r.Environment, &r.Door, &r.ClientID, &r.UserID, &r.Address,
		&r.Code, &r.Reason, &r.Expected, &r.Received, &r.Setting, &r.Count)
}

// InsertRefusals keeps a batch of refusals, outside the chain of events; one that is there already gets a new count and
// time. The oldest beyond 100,000 go.
func (s *Store) InsertRefusals(ctx context.Context, refusals []hub.Refusal) error {
	if len(refusals) == 0 {
		return nil
	}
	return s.tx(ctx, readCommitted, func(tx *Tx) error {
		for _, r := range refusals {
			_, err := tx.exec(ctx, insertRefusal, r.ErrorID, millis(r.At), r.Environment, r.Door, r.ClientID, r.UserID, r.Address, r.Code, r.Reason,
				r.Expected, r.Received, r.Setting, r.Count)
			if err != nil {
				return err
			}
		}
		_, err := tx.exec(ctx, deleteSurplusRefusals, len(refusals)+1000, keptRefusals)
		return err
	})
}

// Refusal gives one refusal, fault.NotFound if it was never kept or is gone.
func (r *Reader) Refusal(ctx context.Context, errorID string) (hub.Refusal, error) {
	return one(ctx, r, selectRefusal, scanRefusal, errorID)
}

// RefusalsOfClient lists the refusals of a client, newest first.
func (r *Reader) RefusalsOfClient(ctx context.Context, environment hub.Environment, clientID string, limit int) ([]hub.Refusal, error) {
	return list(ctx, r, selectClientRefusals, scanRefusal, environment, clientID, limit)
}

// RefusalsOfUser lists what was refused from one time on and before another to whoever used a user's name, newest first.
func (r *Reader) RefusalsOfUser(ctx context.Context, userID string, from, before time.Time, limit int) ([]hub.Refusal, error) {
	return list(ctx, r, selectUserRefusals, scanRefusal, userID, millis(from), millis(before), limit)
}
