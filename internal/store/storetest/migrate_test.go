package storetest_test

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"example.org/hub/internal/store/storetest"
)

// older fills an empty database with the schema as it was at one migration, and with somebody who used the hub then. It gives
// how many migrations there are by now.
func older(t *testing.T, database storetest.Database, through int) int {
	t.Helper()
	driver, dsn := "sqlite3", "file:"+filepath.Join(database.Options.Dir, "hub.db")
	if database.Engine == "postgres" {
		driver, dsn = "pgx", database.Options.DSN
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	run := func(text string, args ...any) {
		t.Helper()
		if _, err := db.Exec(text, args...); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	if database.Engine == "sqlite" {
		run(`PRAGMA application_id = 1215652401`)
	}
	run(`CREATE TABLE migrations (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)`)
	files, err := filepath.Glob("../migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	last := 0
	for _, file := range files {
		name, engine, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".sql"), ".")
		if engine != "" && engine != database.Engine {
			continue
		}
		number, _, _ := strings.Cut(name, "_")
		if last, err = strconv.Atoi(number); err != nil {
			t.Fatal(err)
		}
		if last > through {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		run(string(text))
		run(`INSERT INTO migrations VALUES ($1, $2, $3, 0)`, last, name, hex.EncodeToString(sum[:]))
	}
	run(`INSERT INTO users (id, login, login_folded, name, email, email_verified, kind, banned, ban_reason, created_at, updated_at)
		VALUES ('u1', 'Ada', 'ada', 'Ada Demo', 'ada@example.test', TRUE, 'person', FALSE, '', 1, 1)`)
	run(`INSERT INTO user_aliases (alias, user_id) VALUES ('ada', 'u1'), ('u1', 'u1')`)
	return last
}

// A hub of any age has its data in this one, and says meanwhile what it is about.
func TestADatabaseOfAnOlderVersionIsBroughtUpToDate(t *testing.T) {
	storetest.Bare(t, func(t *testing.T, database storetest.Database) {
		var log bytes.Buffer
		database.Options.Log = slog.New(slog.NewTextHandler(&log, nil))
		const through = 10
		last := older(t, database, through)
		s := database.Open(t)
		if user, err := s.UserByAlias(t.Context(), "ada"); err != nil || user.Name != "Ada Demo" {
			t.Errorf("%+v, %v", user, err)
		}
		if said := log.String(); !strings.Contains(said, fmt.Sprintf("steps=%d", last-through)) || strings.Count(said, "took=") != last-through {
			t.Errorf("the log says:\n%s", said)
		}
		if database.Engine == "sqlite" {
			kept := filepath.Join(database.Options.Dir, "hub.db.before-0011")
			if _, err := os.Stat(kept); err != nil || !strings.Contains(log.String(), kept) {
				t.Errorf("the database as it was is not kept, or not named: %v\n%s", err, log.String())
			}
		}
	})
}
