package storetest

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
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

// Each runs test as two subtests, each with a database of its own. To make the tables takes longer than most tests do in them, so
// that databases begin as copies of an empty one. Bare is for tests that make them.
func Each(t *testing.T, test func(t *testing.T, database Database)) {
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, PostgreSQL(t)) })
}

// SQLite gives a database in a temporary folder.
func SQLite(t testing.TB) Database {
	t.Helper()
	return Database{Engine: "sqlite", Options: store.Options{Dir: t.TempDir(), Log: quiet()}}
}

// PostgreSQL gives a database on the server that all tests of the process share. The tables are in it already.
func PostgreSQL(t testing.TB) Database {
	t.Helper()
	like, err := tables()
	if err != nil {
		t.Fatalf("make the tables: %v", err)
	}
	dsn, err := postgres.Make(like)
	if err != nil {
		t.Fatal(err)
	}
	return Database{Engine: "postgres", Options: store.Options{DSN: dsn, Log: quiet()}}
}

// tables is the DSN of a database in which nothing but the tables was made.
var tables = sync.OnceValues(func() (string, error) {
	dsn, err := postgres.Make("")
	if err != nil {
		return "", err
	}
	s, err := store.Open(context.Background(), store.Options{DSN: dsn, Log: quiet()})
	if err != nil {
		return "", err
	}
	return dsn, s.Close()
})

// Bare runs test as Each does, on databases in which there is nothing at all.
func Bare(t *testing.T, test func(t *testing.T, database Database)) {
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) {
		test(t, Database{Engine: "postgres", Options: store.Options{DSN: postgres.Start(t), Log: quiet()}})
	})
}

// Open opens a store that is closed with the test. A SQLite database that is not there yet begins as a copy of an empty one.
func (d Database) Open(t testing.TB) *store.Store {
	t.Helper()
	if d.Engine == "sqlite" {
		if err := begin(d.Options.Dir); err != nil {
			t.Fatalf("begin a database: %v", err)
		}
	}
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

// empty is the file of a database in which nothing but the tables was made.
var empty = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "hub-empty-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	s, err := store.Open(context.Background(), store.Options{Dir: folder, Log: quiet()})
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil { // which brings everything into the one file
		return nil, err
	}
	return os.ReadFile(filepath.Join(folder, "hub.db"))
})

// begin puts an empty database into a folder that has none. A folder that is not there is for the store to make, with all in it.
func begin(folder string) error {
	path := filepath.Join(folder, "hub.db")
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	content, err := empty()
	if err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o600)
}

// Eventually waits until done says so. The time it takes is no part of any test; the deadline only ends a hang.
func Eventually(t testing.TB, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
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
