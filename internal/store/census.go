package store

import (
	"context"

	"example.org/hub/internal/hub"
)

// Census is how many there are of what the back office lists first.
type Census struct{ People, Bots, Services int64 }

// Bots are few; all others are the rest of the tally.
var selectCensus = prepared(`SELECT (SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM tallies WHERE what = 'users'), (SELECT COUNT(*) FROM users WHERE kind = 'bot'),
	(SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM tallies WHERE what = $1)`)

// Census counts the users, and the services of an environment.
func (r Reader) Census(ctx context.Context, environment hub.Environment) (Census, error) {
	return one(ctx, r, selectCensus, func(row scanner, c *Census) error {
		err := row.Scan(&c.People, &c.Bots, &c.Services)
		c.People -= c.Bots
		return err
	}, talliedServices(environment))
}
