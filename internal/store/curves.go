package store

import (
	"context"
	"time"

	"example.org/hub/internal/hub"
)

var (
	// Sign-ins of the hour at hand are not among them, since they are counted all the time.
	selectCurves = prepared(`SELECT (at - $1) / $2, environment, measure, label, CAST(SUM(count) AS BIGINT) FROM history WHERE at >= $1 AND environment IN ($3, '')
		AND measure IN ('` + hub.MeasuredSignIns + `', '` + hub.MeasuredTokens + `', '` + hub.MeasuredRefusals + `', '` + hub.MeasuredHashes + `')
		AND (at < $4 OR measure <> '` + hub.MeasuredSignIns + `') GROUP BY 1, 2, 3, 4`)
	selectSignIns = prepared(`SELECT COALESCE(CAST(SUM(count) AS BIGINT), 0) FROM history WHERE environment = $1 AND measure = '` +
		hub.MeasuredSignIns + `' AND at >= $2`)
	selectBusiest = prepared(`SELECT label, CAST(SUM(CASE measure WHEN 'service' THEN count ELSE 0 END) AS BIGINT), CAST(SUM(CASE measure WHEN 'opened' THEN count ELSE 0 END) AS BIGINT)
		FROM history WHERE environment = $1 AND measure IN ('service', 'opened') AND at >= $2 GROUP BY label ORDER BY 2 DESC, 3 DESC, 1 LIMIT $3`)
	selectTurnedAway = prepared(`SELECT client_id, COUNT(*), MAX(tried_at) FROM tried_redirect_uris WHERE environment = $1 GROUP BY client_id ORDER BY 3 DESC, 1 LIMIT $2`)
	// Bots are few; all other users are the rest of the tally.
	selectCensus = prepared(`SELECT what, CAST(SUM(n) AS BIGINT), 0 FROM tallies WHERE what IN ('` + talliedUsers + `', $1) GROUP BY what
		UNION ALL SELECT 'bots', COUNT(*), 0 FROM users WHERE kind = 'bot'`)
)

// Census is how many there are of what the back office lists first.
type Census struct{ People, Bots, Services int64 }

// Curves reads the history for drawing, again and again: half a year has a hundred thousand rows, to which little is added once a
// minute. Only the sign-ins of the hour at hand are counted as they come, so they are asked for each time.
type Curves struct {
	store   *Store
	past    *Memo[stretch, []hub.Measured]
	busiest *Memo[stretch, []hub.Busy]
	turned  *Memo[stretch, []hub.Measured]
	census  *Memo[stretch, []hub.Measured]
}

// stretch is what is read at once.
type stretch struct {
	environment hub.Environment
	since, step int64 // milliseconds
	hour        int64 // the one at hand
	most        int
}

// NewCurves reads from a store.
func NewCurves(s *Store) *Curves {
	labelled := func(row scanner, m *hub.Measured) error { return row.Scan(&m.Label, &m.Count, moment{&m.At}) }
	return &Curves{store: s,
		past: NewMemo(s, func(ctx context.Context, of stretch) ([]hub.Measured, error) {
			return list(ctx, &s.Reader, selectCurves, func(row scanner, m *hub.Measured) error {
				var n int64
				err := row.Scan(&n, &m.Environment, &m.Measure, &m.Label, &m.Count)
				m.At = time.UnixMilli(of.since + n*of.step).UTC()
				return err
			}, of.since, of.step, of.environment, of.hour)
		}, HistoryChanged),
		busiest: NewMemo(s, func(ctx context.Context, of stretch) ([]hub.Busy, error) {
			return list(ctx, &s.Reader, selectBusiest, func(row scanner, b *hub.Busy) error {
				return row.Scan(&b.ServiceID, &b.Tokens, &b.SignIns)
			}, of.environment, of.since, of.most)
		}, HistoryChanged),
		turned: NewMemo(s, func(ctx context.Context, of stretch) ([]hub.Measured, error) {
			return list(ctx, &s.Reader, selectTurnedAway, labelled, of.environment, of.most)
		}, TriedURIChanged),
		census: NewMemo(s, func(ctx context.Context, of stretch) ([]hub.Measured, error) {
			return list(ctx, &s.Reader, selectCensus, labelled, talliedServices(of.environment))
		}, UserChanged, ServiceChanged)}
}

// History gives what was measured in an environment, and outside of any, since a time, added up in steps of so long from then on.
// What was measured by service is in Busiest alone.
func (c *Curves) History(ctx context.Context, environment hub.Environment, since time.Time, step time.Duration) ([]hub.Measured, error) {
	hour := c.store.Now().Truncate(time.Hour)
	past, err := c.past.Get(ctx, stretch{environment: environment, since: millis(since), step: step.Milliseconds(), hour: millis(hour)})
	if err != nil {
		return nil, err
	}
	signIns, err := one(ctx, &c.store.Reader, selectSignIns, value[int64], environment, millis(hour))
	if err != nil || signIns == 0 {
		return past, err
	}
	return append(past[:len(past):len(past)], hub.Measured{
		Environment: environment, Measure: hub.MeasuredSignIns, At: since.Add(hour.Sub(since).Truncate(step)), Count: signIns,
	}), nil
}

// Busiest gives the services that got most tokens since a time, the busiest first.
func (c *Curves) Busiest(ctx context.Context, environment hub.Environment, since time.Time, most int) ([]hub.Busy, error) {
	return c.busiest.Get(ctx, stretch{environment: environment, since: millis(since), most: most})
}

// TurnedAway gives the services for which redirect URIs were tried that are not registered, those that last did first: by the id of the
// service, how many, and when the last was.
func (c *Curves) TurnedAway(ctx context.Context, environment hub.Environment) ([]hub.Measured, error) {
	const most = 1000
	return c.turned.Get(ctx, stretch{environment: environment, most: most})
}

// Census counts the users, and the services of an environment.
func (c *Curves) Census(ctx context.Context, environment hub.Environment) (Census, error) {
	counted, err := c.census.Get(ctx, stretch{environment: environment})
	var all Census
	for _, one := range counted {
		switch one.Label {
		case talliedUsers:
			all.People += one.Count
		case "bots":
			all.Bots = one.Count
			all.People -= one.Count
		default:
			all.Services = one.Count
		}
	}
	return all, err
}
