package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/ncruces/go-sqlite3/driver"
)

// The least a program can do that notes, durably, that refresh tokens were used: the rows that hub keeps, one statement for
// each use, and commits that many at once share. There is nothing before or behind it. On PostgreSQL sharing is the server's
// own affair; on SQLite one writer takes whatever waits into one transaction.

const (
	tokenTable = `CREATE TABLE IF NOT EXISTS floor_tokens (digest BYTEA NOT NULL PRIMARY KEY, environment TEXT NOT NULL, family_id TEXT NOT NULL,
		generation BIGINT NOT NULL, used_at BIGINT NOT NULL, rotated_at BIGINT NOT NULL, ends_at BIGINT NOT NULL)`
	familyTable = `CREATE TABLE IF NOT EXISTS floor_families (environment TEXT NOT NULL, id TEXT NOT NULL, document TEXT NOT NULL, ends_at BIGINT NOT NULL,
		ended_at BIGINT NOT NULL, PRIMARY KEY (environment, id))`
	addFamily  = `INSERT INTO floor_families (environment, id, document, ends_at, ended_at) VALUES ('production', $1, '{}', $2, 0) ON CONFLICT (environment, id) DO NOTHING`
	tokenIndex = `CREATE INDEX IF NOT EXISTS floor_tokens_of_family ON floor_tokens (environment, family_id)`
	addToken   = `INSERT INTO floor_tokens (digest, environment, family_id, generation, used_at, rotated_at, ends_at) VALUES ($1, 'production', $2, 0, 0, 0, $3)
		ON CONFLICT (digest) DO NOTHING`
	touchToken = `UPDATE floor_tokens SET used_at = $1 WHERE digest = $2 AND rotated_at = 0 AND EXISTS (SELECT 1 FROM floor_families
		WHERE environment = floor_tokens.environment AND id = floor_tokens.family_id AND ended_at = 0 AND ends_at > $1) RETURNING generation`
)

// commits keeps so many connections busy for so long and gives the uses per second.
func commits(ctx context.Context, dsn string, connections int, lasting time.Duration) (float64, error) {
	file, isFile := strings.CutPrefix(dsn, "sqlite:")
	var db *sql.DB
	var err error
	if isFile {
		db, err = driver.Open("file:"+file+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=busy_timeout(5000)", nil)
	} else {
		db, err = sql.Open("pgx", dsn)
	}
	if err != nil {
		return 0, err
	}
	defer db.Close()
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	if isFile {
		db.SetMaxOpenConns(1)
	}
	for _, statement := range []string{tokenTable, tokenIndex, familyTable} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return 0, err
		}
	}
	for i := range connections {
		family, ends := fmt.Sprint("family ", i), time.Now().Add(time.Hour).UnixMilli()
		if _, err := db.ExecContext(ctx, addFamily, family, ends); err != nil {
			return 0, err
		}
		if _, err := db.ExecContext(ctx, addToken, digest(i), family, ends); err != nil {
			return 0, err
		}
	}
	use, stop := useAlone(ctx, db), func() {}
	if isFile {
		use, stop = useTogether(ctx, db, connections)
	}
	defer stop()
	return busy(use, connections, lasting)
}

func digest(i int) []byte { return fmt.Appendf(nil, "%032d", i) }

// busy has each connection use its own token again and again.
func busy(use func(int) error, connections int, lasting time.Duration) (float64, error) {
	var done atomic.Int64
	var all sync.WaitGroup
	failed := make(chan error, connections)
	began := time.Now()
	for i := range connections {
		all.Go(func() {
			for time.Since(began) < lasting {
				if err := use(i); err != nil {
					failed <- err
					return
				}
				done.Add(1)
			}
		})
	}
	all.Wait()
	close(failed)
	return float64(done.Load()) / time.Since(began).Seconds(), <-failed
}

// useAlone lets the server share commits.
func useAlone(ctx context.Context, db *sql.DB) func(int) error {
	return func(i int) error {
		var generation int64
		return db.QueryRowContext(ctx, touchToken, time.Now().UnixMilli(), digest(i)).Scan(&generation)
	}
}

// useTogether has one writer, which takes all that wait into one transaction and answers them when it is durable.
func useTogether(ctx context.Context, db *sql.DB, connections int) (use func(int) error, stop func()) {
	type waiting struct {
		token int
		done  chan error
	}
	queue := make(chan waiting, connections)
	go func() {
		for first := range queue {
			batch := []waiting{first}
			for len(queue) > 0 {
				batch = append(batch, <-queue)
			}
			err := func() error {
				tx, err := db.BeginTx(ctx, nil)
				if err != nil {
					return err
				}
				for _, one := range batch {
					var generation int64
					if err := tx.QueryRowContext(ctx, touchToken, time.Now().UnixMilli(), digest(one.token)).Scan(&generation); err != nil {
						return errors.Join(err, tx.Rollback())
					}
				}
				return tx.Commit()
			}()
			for _, one := range batch {
				one.done <- err
			}
		}
	}()
	use = func(i int) error {
		done := make(chan error, 1)
		queue <- waiting{i, done}
		return <-done
	}
	return use, func() { close(queue) }
}
