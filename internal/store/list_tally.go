package store

import (
	"context"

	"example.org/hub/internal/hub"
)

// What is tallied: the lists whose totals are known without counting rows.
const (
	talliedUsers         = "users"
	talliedGroups        = "groups"
	talliedOrganisations = "organisations"
	talliedRoles         = "roles"
)

func talliedServices(environment hub.Environment) string { return "services/" + string(environment) }
func talliedAPIClients(environment hub.Environment) string {
	return "api-clients/" + string(environment)
}

var (
	insertTally   = prepared(`INSERT INTO tallies (id, what, n) VALUES ($1, $2, $3)`)
	selectTally   = prepared(`SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM tallies WHERE what = $1`)
	deleteTallies = prepared(`DELETE FROM tallies RETURNING what, n`)
)

// tally says that there is so much more of something; less where n is negative.
func (tx *Tx) tally(what string, n int64) {
	if tx.tallies == nil {
		tx.tallies = map[string]int64{}
	}
	tx.tallies[what] += n
}

// writeTallies stores what a transaction that is about to be committed made more or less. It is a row of its own: two
// transactions that both changed one number would have to wait for each other.
func (tx *Tx) writeTallies(ctx context.Context) error {
	for what, n := range tx.tallies {
		if n == 0 {
			continue
		}
		if _, err := tx.exec(ctx, insertTally, hub.NewID(), what, n); err != nil {
			return err
		}
	}
	return nil
}

// total is how many there are of something.
func (r *Reader) total(ctx context.Context, what string) (int64, error) {
	return one(ctx, r, selectTally, value[int64], what)
}

// addUpTallies makes one row of each number. Any number of nodes may do it at once: a row is removed by one of them only.
func (tx *Tx) addUpTallies(ctx context.Context) error {
	type row struct {
		what string
		n    int64
	}
	rows, err := list(ctx, &tx.Reader, deleteTallies, func(from scanner, into *row) error { return from.Scan(&into.what, &into.n) })
	for _, one := range rows {
		tx.tally(one.what, one.n)
	}
	return err
}
