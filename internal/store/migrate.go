package store

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"example.org/hub/internal/fault"
)

// migrations are applied in order of their numbers, each once, all in one transaction. A published one is never changed:
// its checksum is recorded. NNNN_name.sql is for both databases; where that cannot be, there are NNNN_name.sqlite.sql and
// NNNN_name.postgres.sql.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migration is one step of the schema.
type migration struct {
	version  int64
	name     string
	text     string
	checksum string
}

// stepsFor lists the migrations of one database, "sqlite" or "postgres".
func stepsFor(database string) ([]migration, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	var steps []migration
	for _, file := range names {
		name, special, isSpecial := strings.Cut(strings.TrimSuffix(path.Base(file), ".sql"), ".")
		if isSpecial && special != database {
			continue
		}
		text, err := migrations.ReadFile(file)
		if err != nil {
			return nil, err
		}
		number, _, _ := strings.Cut(name, "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil || version != int64(len(steps)+1) {
			return nil, fmt.Errorf("store: migration %s does not follow number %d", file, len(steps))
		}
		sum := sha256.Sum256(text)
		steps = append(steps, migration{version: version, name: name, text: string(text), checksum: hex.EncodeToString(sum[:])})
	}
	return steps, nil
}

const createMigrations = `CREATE TABLE IF NOT EXISTS migrations (
	version    BIGINT NOT NULL PRIMARY KEY,
	name       TEXT   NOT NULL,
	checksum   TEXT   NOT NULL,
	applied_at BIGINT NOT NULL
)`

var (
	selectMigrations = prepared(`SELECT version, name, checksum FROM migrations ORDER BY version`)
	insertMigration  = prepared(`INSERT INTO migrations (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)`)
)

func scanMigration(row scanner, m *migration) error {
	return row.Scan(&m.version, &m.name, &m.checksum)
}

// verify holds what is recorded in a database against what this program has, and gives the steps still to apply. where
// names the database in errors.
func verify(steps, recorded []migration, where string) ([]migration, error) {
	for i, m := range recorded {
		if i >= len(steps) {
			return nil, fault.New(fault.Conflict, "the database %s is from a newer version of hub (it has migration %s, this program ends at %d): run that version, or restore a backup made by this one",
				where, m.name, len(steps))
		}
		if m.version != steps[i].version || m.checksum != steps[i].checksum {
			return nil, fault.New(fault.Conflict,
				"migration %s was changed after it had been applied to the database %s: this program and that database do not belong together",
				m.name, where)
		}
	}
	return steps[len(recorded):], nil
}

// appliedTo reads what is recorded in a SQLite file and verifies it.
func appliedTo(ctx context.Context, r *Reader, where string) ([]migration, error) {
	steps, err := stepsFor("sqlite")
	if err != nil {
		return nil, err
	}
	recorded, err := list(ctx, r, selectMigrations, scanMigration)
	if err != nil {
		return nil, err
	}
	if _, err := verify(steps, recorded, where); err != nil {
		return nil, err
	}
	return recorded, nil
}

// apply runs in a transaction that already holds the lock for migrations. script executes a text of several statements. A database
// with much in it may take minutes, so the log says what is going on; a new one has nothing to tell.
func apply(ctx context.Context, in session, script func(string) error, database, where string, log *slog.Logger) error {
	steps, err := stepsFor(database)
	if err != nil {
		return err
	}
	if err := script(createMigrations); err != nil {
		return err
	}
	recorded, err := list(ctx, &Reader{from: held{in}}, selectMigrations, scanMigration)
	if err != nil {
		return err
	}
	missing, err := verify(steps, recorded, where)
	if err != nil {
		return err
	}
	if len(recorded) == 0 {
		log = slog.New(slog.DiscardHandler)
	}
	if len(missing) > 0 {
		log.Info("the database is from an older version of hub and is brought up to date: nothing is served before that, it may take minutes, and a stop undoes it",
			"database", where, "steps", len(missing))
	}
	for _, m := range missing {
		began := time.Now()
		if err := script(m.text); err != nil {
			return fmt.Errorf("migration %s of the database %s: %w", m.name, where, err)
		}
		if fill := fillings()[m.name]; fill != nil {
			if err := fill(ctx, in); err != nil {
				return fmt.Errorf("migration %s of the database %s: %w", m.name, where, err)
			}
		}
		if _, err := in.exec(ctx, insertMigration, []any{m.version, m.name, m.checksum, time.Now().UnixMilli()}); err != nil {
			return err
		}
		log.Info("a step towards the new version is done", "step", m.name, "took", time.Since(began).Round(time.Millisecond))
	}
	return nil
}

// migrate brings a SQLite file up to date. The file as it was is kept beside it, since there is no way back. One that is up to
// date is not written to, so that a hub starts, and a backup is made, on a disk that is full.
func (c *sqliteConn) migrate(ctx context.Context, file string, log *slog.Logger) error {
	next, err := c.nextMigration(ctx, file)
	if err != nil || next == upToDate {
		return err
	}
	if next > 1 {
		keep, err := c.keepBefore(ctx, file, next)
		if err != nil {
			return err
		}
		log.Info("the database as it was before the new version is kept", "file", keep)
	}
	if err := c.run(beginWrite); err != nil {
		return err
	}
	script := func(text string) error {
		_, err := c.conn.ExecContext(ctx, text)
		return err
	}
	err = script(fmt.Sprintf("PRAGMA application_id = %d", applicationID))
	if err == nil {
		err = apply(ctx, c, script, "sqlite", file, log)
	}
	if err == nil {
		return c.run(commitWork)
	}
	return errors.Join(err, c.run(rollBack))
}

// upToDate is what nextMigration gives when there is none.
const upToDate = 0

// nextMigration gives the number of the first migration that a SQLite file lacks.
func (c *sqliteConn) nextMigration(ctx context.Context, file string) (int64, error) {
	steps, err := stepsFor("sqlite")
	if err != nil {
		return 0, err
	}
	r := &Reader{from: held{c}}
	if tables, err := one(ctx, r, countTables, value[int]); err != nil || tables == 0 {
		return 1, err
	}
	recorded, err := list(ctx, r, selectMigrations, scanMigration)
	if err != nil {
		return 0, err
	}
	missing, err := verify(steps, recorded, file)
	if err != nil || len(missing) == 0 {
		return upToDate, err
	}
	return missing[0].version, nil
}

// keepBefore copies a database that is about to be changed by migrations to hub.db.before-NNNN, and gives that file.
func (c *sqliteConn) keepBefore(ctx context.Context, file string, next int64) (keep string, err error) {
	keep = fmt.Sprintf("%s.before-%04d", file, next)
	if err := os.Remove(keep); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err := makeDatabaseFile(keep); err != nil {
		return "", err
	}
	if err := c.copyTo(ctx, keep); err != nil {
		return "", err
	}
	return keep, settle(keep)
}
