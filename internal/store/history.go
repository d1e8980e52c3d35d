package store

import (
	"context"
	"time"

	"example.org/hub/internal/hub"
)

// historyKept is how long hours are kept: what the dashboard shows at most, and as much before to compare it with.
const historyKept = 181 * 24 * time.Hour

// apart are users who are no people that may sign in.
const apart = `WHERE (kind <> 'person' OR banned = TRUE)`

// hasCodes is that a user has a second factor beside passkeys.
func hasCodes(user string) string {
	return `EXISTS (SELECT 1 FROM totp t WHERE t.user_id = ` + user + ` AND t.confirmed_at > 0)`
}

var (
	addHistory = prepared(`INSERT INTO history (environment, measure, at, label, count) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (environment, measure, at, label) DO UPDATE SET count = history.count + excluded.count`)
	deleteHistory = prepared(`DELETE FROM history WHERE at < $1`)
	// Nearly all users are people who may sign in: the few that are not are counted, and taken from the tally.
	countPeople = prepared(`SELECT (SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM tallies WHERE what = 'users') - (SELECT COUNT(*) FROM users ` + apart + `),
		(SELECT COUNT(*) FROM totp WHERE confirmed_at > 0) + (SELECT COUNT(DISTINCT k.user_id) FROM passkeys k WHERE NOT ` + hasCodes("k.user_id") + `)
			- (SELECT COUNT(*) FROM users u ` + apart + ` AND (` + hasCodes("u.id") + ` OR EXISTS (SELECT 1 FROM passkeys k WHERE k.user_id = u.id)))`)
)

// AddHistory adds what was counted to its hours, and forgets hours that are older than half a year.
func (s *Store) AddHistory(ctx context.Context, counted []hub.Measured) error {
	return s.tx(ctx, readCommitted, func(tx *Tx) error {
		if err := tx.addHistory(ctx, counted); err != nil {
			return err
		}
		tx.Changed(HistoryChanged, "", "")
		_, err := tx.exec(ctx, deleteHistory, millis(time.Now().Add(-historyKept)))
		return err
	})
}

func (tx *Tx) addHistory(ctx context.Context, counted []hub.Measured) error {
	for _, m := range counted {
		if _, err := tx.exec(ctx, addHistory, m.Environment, m.Measure, millis(m.At.Truncate(time.Hour)), m.Label, m.Count); err != nil {
			return err
		}
	}
	return nil
}

// addSignIns counts the sign-ins among events that enter the chain. Each event does so once, whatever nodes there are. Those of an hour
// that is over, or about to be, change what was counted before.
func (tx *Tx) addSignIns(ctx context.Context, events []hub.Event, now time.Time) error {
	var counted []hub.Measured
	atHand := now.Add(time.Minute).Truncate(time.Hour)
	for _, e := range events {
		if e.Action == hub.SignedIn {
			counted = append(counted, hub.Measured{Environment: e.Environment, Measure: hub.MeasuredSignIns, At: e.At, Count: 1})
			if e.At.Before(atHand) {
				tx.Changed(HistoryChanged, "", "")
			}
		}
	}
	return tx.addHistory(ctx, counted)
}

// People are numbers of people who may sign in.
type People struct{ All, Secured int64 } // Secured have a second factor: codes of an app, or a passkey

// People counts the people who may sign in.
func (r *Reader) People(ctx context.Context) (People, error) {
	return one(ctx, r, countPeople, func(row scanner, c *People) error { return row.Scan(&c.All, &c.Secured) })
}
