package store

import (
	"context"
	"slices"
	"time"

	"example.org/hub/internal/hub"
)

// historyKept is how long hours are kept: what the dashboard shows at most, and as much before to compare it with.
const historyKept = 181 * 24 * time.Hour

// Who is no person who may sign in, and who has a second factor.
const (
	apart   = `WHERE (kind <> 'person' OR banned = TRUE)`
	secured = `SELECT user_id FROM totp WHERE confirmed_at > 0 UNION SELECT user_id FROM passkeys`
)

var (
	addHistory = prepared(`INSERT INTO history (environment, measure, at, label, count) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (environment, measure, at, label) DO UPDATE SET count = history.count + excluded.count`)
	selectHistory = prepared(`SELECT environment, measure, at, label, count FROM history WHERE (environment = $1 OR environment = '') AND at >= $2 AND measure <> 'service' ORDER BY at, measure, label`)
	selectBusiest = prepared(`SELECT label, CAST(SUM(count) AS BIGINT) FROM history WHERE environment = $1 AND measure = 'service' AND at >= $2 GROUP BY label ORDER BY 2 DESC, 1 LIMIT $3`)
	deleteHistory = prepared(`DELETE FROM history WHERE at < $1`)
	// Each hour is a range of the index: grouping by what is computed of the time would sort all of them.
	selectSignIns = prepared(`WITH RECURSIVE hours (at) AS (SELECT CAST($1 AS BIGINT) UNION ALL SELECT at + 3600000 FROM hours WHERE at + 3600000 <= $2)
		SELECT h.at, (SELECT COUNT(*) FROM events e WHERE e.action = 'user.sign-in' AND e.at >= h.at AND e.at < h.at + 3600000 AND (e.environment = $3 OR e.environment = ''))
		FROM hours h ORDER BY h.at`)
	// Nearly all users are people who may sign in: the few that are not are counted, and taken from the tally.
	countPeople = prepared(`SELECT (SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM tallies WHERE what = 'users') - (SELECT COUNT(*) FROM users ` + apart + `),
		(SELECT COUNT(*) FROM (` + secured + `) AS f) - (SELECT COUNT(*) FROM users ` + apart + ` AND id IN (` + secured + `))`)
)

// AddHistory adds what was counted to its hours, and forgets hours that are older than half a year.
func (s *Store) AddHistory(ctx context.Context, counted []hub.Measured) error {
	return s.tx(ctx, readCommitted, func(tx *Tx) error {
		for _, m := range counted {
			if _, err := tx.exec(ctx, addHistory, m.Environment, m.Measure, millis(m.At.Truncate(time.Hour)), m.Label, m.Count); err != nil {
				return err
			}
		}
		_, err := tx.exec(ctx, deleteHistory, millis(time.Now().Add(-historyKept)))
		return err
	})
}

// History lists what was measured in an environment, and outside of any, in the hours since a time, oldest first; sign-ins as the
// audit log has them. What was measured by service is in Busiest alone.
func (r Reader) History(ctx context.Context, environment hub.Environment, since time.Time) ([]hub.Measured, error) {
	measured, err := list(ctx, r, selectHistory, func(row scanner, m *hub.Measured) error {
		return row.Scan(&m.Environment, &m.Measure, moment{&m.At}, &m.Label, &m.Count)
	}, environment, millis(since))
	if err != nil {
		return nil, err
	}
	signIns, err := list(ctx, r, selectSignIns, func(row scanner, m *hub.Measured) error {
		m.Environment, m.Measure = environment, hub.MeasuredSignIns
		return row.Scan(moment{&m.At}, &m.Count)
	}, millis(since.Truncate(time.Hour)), millis(time.Now().Add(time.Hour)), environment)
	signIns = slices.DeleteFunc(signIns, func(m hub.Measured) bool { return m.Count == 0 })
	return append(measured, signIns...), err
}

// Busiest gives the services that got most tokens since a time, with how many, the busiest first.
func (r Reader) Busiest(ctx context.Context, environment hub.Environment, since time.Time, most int) ([]hub.Measured, error) {
	return list(ctx, r, selectBusiest, func(row scanner, m *hub.Measured) error {
		m.Environment, m.Measure = environment, hub.MeasuredServices
		return row.Scan(&m.Label, &m.Count)
	}, environment, millis(since), most)
}

// People counts the people who may sign in, and those of them who have a second factor: codes of an app, or a passkey.
func (r Reader) People(ctx context.Context) (all, secured int64, err error) {
	counted, err := one(ctx, r, countPeople, func(row scanner, c *[2]int64) error { return row.Scan(&c[0], &c[1]) })
	return counted[0], counted[1], err
}
