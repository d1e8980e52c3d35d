package storetest_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"example.org/hub/internal/query"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/test/crowd"
)

// BenchmarkLists is what pages of users cost with a thousand and with a million of them.
func BenchmarkLists(b *testing.B) {
	for _, open := range []func(testing.TB) storetest.Database{storetest.SQLite, storetest.PostgreSQL} {
		for _, users := range []int{1000, 1_000_000} {
			database := open(b)
			s := database.Open(b)
			throng(b, database, users)
			for _, list := range lists(users) {
				b.Run(fmt.Sprintf("%s/%d/%s", database.Engine, users, list.name), func(b *testing.B) {
					b.ReportAllocs()
					list.run(b, s)
				})
			}
			b.Run(fmt.Sprintf("%s/%d/step of a walk", database.Engine, users), func(b *testing.B) { stepOfAWalk(b, s) })
		}
	}
}

// throng fills a database and lets it look at what is there, as a server does by itself in time.
func throng(b *testing.B, database storetest.Database, users int) {
	b.Helper()
	driver, dsn, settle := "pgx", database.Options.DSN, "ANALYZE"
	if database.Engine == "sqlite" {
		driver, dsn, settle = "sqlite3", "file:"+filepath.Join(database.Options.Dir, "hub.db"), "PRAGMA wal_checkpoint(TRUNCATE)"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	if err := crowd.Fill(b.Context(), db, 1, users+1); err != nil {
		b.Fatal(err)
	}
	if _, err := db.Exec(settle); err != nil {
		b.Fatal(err)
	}
}

type measuredList struct {
	name string
	list query.List
	rows int
}

func lists(users int) []measuredList {
	middle := crowd.User(users / 2)
	where := func(text string) query.Node {
		node, err := query.Parse(text)
		if err != nil {
			panic(err)
		}
		return node
	}
	return []measuredList{
		{"first page", query.List{Limit: 100}, 100},
		{"first page by name", query.List{Limit: 100, Order: []query.Order{{Key: "name"}}}, 100},
		{"first page, newest", query.List{Limit: 100, Order: []query.Order{{Key: "creationtime", Descending: true}}}, 100},
		{"login", query.List{Limit: 100, Where: where("login: " + middle.Login)}, 1},
		{"email", query.List{Limit: 100, Where: where("email: " + middle.Email)}, 1},
		{"a name or its beginning", query.List{Limit: 20, Where: where(fmt.Sprintf("surname%07d or surname%07d*", users/2, users/2))}, 1},
		{"frequent beginning", query.List{Limit: 20, Where: where("surname*")}, 20},
		{"bots", query.List{Limit: 10, Where: where("kind: bot")}, 10},
		{"bots by name", query.List{Limit: 10, Where: where("kind: bot"), Order: []query.Order{{Key: "name"}}}, 10},
	}
}

func (l measuredList) run(b *testing.B, s *store.Store) {
	for b.Loop() {
		page, err := s.ListUsers(b.Context(), l.list)
		if err != nil || len(page.Items) != l.rows {
			b.Fatalf("%d rows, %v", len(page.Items), err)
		}
	}
}

// stepOfAWalk goes on and on, from the beginning when the end is reached.
func stepOfAWalk(b *testing.B, s *store.Store) {
	b.ReportAllocs()
	l := query.List{Limit: 100}
	for b.Loop() {
		page, err := s.ListUsers(b.Context(), l)
		if err != nil {
			b.Fatal(err)
		}
		l.After = page.Next
	}
}
