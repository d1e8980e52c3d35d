package storetest

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"example.org/hub/internal/store"
	"example.org/hub/test/postgres"
)

// Database is one empty database of a test, on one of the two engines.
type Database struct {
	Engine  string        // "sqlite" or "postgres"
	Options store.Options // how to open it, once more if need be
}

// Each runs test as two subtests, each with a database of its own.
func Each(t *testing.T, test func(t *testing.T, database Database)) {
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, PostgreSQL(t)) })
}

// SQLite gives a database in a temporary folder.
func SQLite(t testing.TB) Database {
	t.Helper()
	return Database{Engine: "sqlite", Options: store.Options{Dir: t.TempDir(), Log: quiet()}}
}

// PostgreSQL gives a database on the server that all tests of the process share.
func PostgreSQL(t testing.TB) Database {
	t.Helper()
	return Database{Engine: "postgres", Options: store.Options{DSN: postgres.Start(t), Log: quiet()}}
}

// Open opens a store that is closed with the test.
func (d Database) Open(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), d.Options)
	if err != nil {
		t.Fatalf("open the store: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	return s
}

// Eventually waits until done says so. The time it takes is no part of any test; the deadline only ends a hang.
func Eventually(t testing.TB, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for !done() {
		select {
		case <-ctx.Done():
			t.Fatalf("it never happened: %s", what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
