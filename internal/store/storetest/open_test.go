package storetest_test

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/ncruces/go-sqlite3/driver"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

func TestEveryStatementIsUnderstoodByBothDatabases(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		if err := database.Open(t).PrepareAll(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestADatabaseOpensAgainWithWhatWasWritten(t *testing.T) {
	storetest.Bare(t, func(t *testing.T, database storetest.Database) {
		database.Options.Server = true
		s, err := store.Open(t.Context(), database.Options)
		if err != nil {
			t.Fatal(err)
		}
		set(t, s, "a", "there")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if got := get(t, database.Open(t), "a"); got != "there" {
			t.Errorf("it reads %q", got)
		}
	})
}

func TestASecondHubOnOneSQLiteFileIsRefused(t *testing.T) {
	database := storetest.SQLite(t)
	database.Options.Server = true
	first := database.Open(t)
	_, err := store.Open(t.Context(), database.Options)
	if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "another hub runs on "+database.Options.Dir) {
		t.Errorf("the second one: %v", err)
	}
	database.Options.Server = false
	set(t, database.Open(t), "a", "by a verb beside it")
	if got := get(t, first, "a"); got != "by a verb beside it" {
		t.Errorf("the hub reads %q", got)
	}
}

func TestTwoHubsShareAPostgreSQL(t *testing.T) {
	database := storetest.PostgreSQL(t)
	database.Options.Server = true
	first, second := database.Open(t), database.Open(t)
	set(t, first, "a", "there")
	if got := get(t, second, "a"); got != "there" {
		t.Errorf("the second one reads %q", got)
	}
}

func TestFilesOfTheDatabaseArePrivate(t *testing.T) {
	database := storetest.SQLite(t)
	database.Options.Dir = filepath.Join(database.Options.Dir, "hub-data")
	database.Options.Server = true
	set(t, database.Open(t), "a", "1")
	found, err := filepath.Glob(filepath.Join(database.Options.Dir, "*"))
	if err != nil || len(found) < 3 {
		t.Fatalf("found %v, %v", found, err)
	}
	for _, path := range append(found, database.Options.Dir) {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
	}
}

// refused opens a SQLite database that must be refused by name, and holds that no byte of it changed.
func refused(t *testing.T, options store.Options, words ...string) {
	t.Helper()
	path := filepath.Join(options.Dir, "hub.db")
	before, _ := os.ReadFile(path)
	for _, server := range []bool{true, false} {
		options.Server = server
		s, err := store.Open(t.Context(), options)
		if err == nil {
			s.Close()
			t.Fatal("it was opened")
		}
		for _, word := range append(words, path) {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("the refusal does not say %q: %v", word, err)
			}
		}
		if kind := fault.KindOf(err); kind != fault.Invalid && kind != fault.Conflict {
			t.Errorf("the refusal is of kind %v: %v", kind, err)
		}
		if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
			t.Error("the file changed")
		}
	}
}

// filled makes a SQLite database with something in it, closed again.
func filled(t *testing.T) (store.Options, string) {
	t.Helper()
	database := storetest.SQLite(t)
	s, err := store.Open(t.Context(), database.Options)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a", "b", "c"} {
		set(t, s, key, strings.Repeat(key, 10_000))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return database.Options, filepath.Join(database.Options.Dir, "hub.db")
}

func TestADamagedDatabaseIsRefusedByNameAndUntouched(t *testing.T) {
	damages := map[string]func(content []byte) []byte{
		"not a database": func([]byte) []byte {
			return []byte("these are not the bytes you are looking for, though there are more than a hundred of them in this file")
		},
		"cut off":   func(content []byte) []byte { return content[:len(content)/2] },
		"cut short": func(content []byte) []byte { return content[:50] },
		"overwritten": func(content []byte) []byte {
			return append(content[:8192:8192], bytes.Repeat([]byte{0xa5}, len(content)-8192)...)
		},
		"first page": func(content []byte) []byte {
			return append(content[:100:100], bytes.Repeat([]byte{0xa5}, len(content)-100)...)
		},
	}
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			options, path := filled(t)
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, damage(content), 0o600); err != nil {
				t.Fatal(err)
			}
			refused(t, options, "damaged")
		})
	}
}

func TestAMissingDatabaseIsNotReplacedByAnEmptyOne(t *testing.T) {
	options, path := filled(t)
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	refused(t, options, "is empty although it held data before")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	refused(t, options, "is missing although there was one")
	if _, err := os.Stat(path); err == nil {
		t.Error("it was made")
	}
}

func TestAMissingDatabaseIsBegunAnewForARestore(t *testing.T) {
	options, path := filled(t)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	options.BeginAnew = true
	if got := get(t, storetest.Database{Options: options}.Open(t), "a"); got != "" {
		t.Errorf("it reads %q", got)
	}
}

func TestAVerbThatNeedsADatabaseDoesNotBeginOne(t *testing.T) {
	options := store.Options{Dir: filepath.Join(t.TempDir(), "none"), MustExist: true}
	if _, err := store.Open(t.Context(), options); !fault.Is(err, fault.Invalid) {
		t.Errorf("it was opened: %v", err)
	}
	if _, err := os.Stat(options.Dir); err == nil {
		t.Error("the folder was made")
	}
}

func TestAReadOnlyDatabaseIsRefusedByName(t *testing.T) {
	options, path := filled(t)
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	refused(t, options, "read-only")
}

func TestTheDatabaseOfAnotherProgramIsRefused(t *testing.T) {
	database := storetest.SQLite(t)
	alter(t, "sqlite3", "file:"+filepath.Join(database.Options.Dir, "hub.db"), `CREATE TABLE theirs (id INTEGER)`)
	refused(t, database.Options, "belongs to another program")
}

// alter changes a database behind the back of the store.
func alter(t *testing.T, driver, dsn, text string) {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(text); err != nil {
		t.Fatal(err)
	}
}

func TestADatabaseOfANewerVersionIsRefused(t *testing.T) {
	const newer = `INSERT INTO migrations (version, name, checksum, applied_at) VALUES (900, '0900_future', 'x', 0)`
	options, path := filled(t)
	alter(t, "sqlite3", "file:"+path, newer)
	refused(t, options, "newer version", "0900_future")

	database := storetest.PostgreSQL(t)
	database.Open(t)
	alter(t, "pgx", database.Options.DSN, newer)
	if _, err := store.Open(t.Context(), database.Options); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "newer version") {
		t.Errorf("PostgreSQL: %v", err)
	}
}

func TestAMigrationChangedAfterItWasAppliedIsRefused(t *testing.T) {
	const edited = `UPDATE migrations SET checksum = 'x' WHERE version = 2`
	options, path := filled(t)
	alter(t, "sqlite3", "file:"+path, edited)
	refused(t, options, "was changed after it had been applied")

	database := storetest.PostgreSQL(t)
	database.Open(t)
	alter(t, "pgx", database.Options.DSN, edited)
	if _, err := store.Open(t.Context(), database.Options); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "was changed after") {
		t.Errorf("PostgreSQL: %v", err)
	}
}

func TestManyHubsMigrateOneNewDatabaseAtOnce(t *testing.T) {
	storetest.Bare(t, func(t *testing.T, database storetest.Database) {
		const hubs = 8
		errs := make(chan error, hubs)
		for range hubs {
			go func() {
				s, err := store.Open(t.Context(), database.Options)
				if err == nil {
					err = s.Close()
				}
				errs <- err
			}()
		}
		for range hubs {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
	})
}

func TestADSNThatCannotBeReadIsRefusedWithoutItsPassword(t *testing.T) {
	for _, dsn := range []string{
		"mysql://hub:hunter2@127.0.0.1/hub", "postgres://hub:hunter2@127.0.0.1:99999/hub",
		"postgres://hub:hunter2@127.0.0.1/%zz",
	} {
		_, err := store.Open(t.Context(), store.Options{DSN: dsn})
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "--database") {
			t.Errorf("%s: %v", dsn, err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the refusal shows the password: %v", err)
		}
	}
}

// tableNames lists the tables of a SQLite file that are ours.
func tableNames(t *testing.T, path string) []string {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil || len(names) == 0 {
		t.Fatalf("%v, %v", names, err)
	}
	return names
}

func TestWhatIsWrittenToAFileThatIsElsewhereIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	database := storetest.SQLite(t)
	s := database.Open(t)
	set(t, s, "a", "before")
	file := filepath.Join(database.Options.Dir, "hub.db")
	write := func() error {
		return s.Tx(t.Context(), func(tx *store.Tx) error { return tx.SetMeta(t.Context(), "a", []byte("after")) })
	}
	if err := os.Rename(file, file+".moved"); err != nil {
		t.Fatal(err)
	}
	for _, there := range []string{"nothing", "another file"} {
		if err := write(); !fault.Is(err, fault.Unavailable) || !s.ReadOnly() {
			t.Errorf("with %s in its place: %v", there, err)
		}
		if err := os.WriteFile(file, []byte("another"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Rename(file+".moved", file); err != nil {
		t.Fatal(err)
	}
	if got := get(t, s, "a"); got != "before" {
		t.Errorf("what was refused is there: %q", got)
	}
	storetest.Eventually(t, "it writes again, where it was", func() bool { return write() == nil && !s.ReadOnly() })
}
