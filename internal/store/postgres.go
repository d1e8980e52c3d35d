package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"example.org/hub/internal/fault"
)

const (
	defaultPool = 16
	idleInPool  = 5 * time.Minute
	dialTimeout = 3 * time.Second
	// attempts is how often a transaction is run before its conflicts are given up as trouble.
	attempts = 20
	// migrationLock is the number under which nodes queue for migrations; it is ours alone in this database.
	migrationLock = 0x487562
)

// postgres is a server: a pool of connections, transactions that are run again when the server asks for it.
type postgres struct {
	config    *pgx.ConnConfig
	db        *sql.DB
	pool      int
	where     string // host and database, for messages
	mustExist bool
	notify    atomic.Bool // the server has LISTEN and NOTIFY; a hub may be opened before its server tells
	counts    *counts
	log       *slog.Logger
}

func newPostgres(options Options, counts *counts) (*postgres, error) {
	config, err := pgx.ParseConfig(options.DSN)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "--database cannot be read; expected postgres://user:password@host:5432/name")
	}
	if config.ConnectTimeout == 0 || config.ConnectTimeout > dialTimeout {
		config.ConnectTimeout = dialTimeout
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "hub"
	}
	e := &postgres{config: config, pool: options.Pool, where: fmt.Sprintf("%s at %s:%d", config.Database, config.Host, config.Port),
		mustExist: options.MustExist, counts: counts, log: options.Log}
	if e.pool == 0 {
		e.pool = defaultPool
	}
	// A node that hangs in the middle of a transaction must not keep others waiting for its locks.
	e.db = stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `SET idle_in_transaction_session_timeout = '10s'`)
		return err
	}))
	e.db.SetMaxOpenConns(e.pool)
	e.db.SetMaxIdleConns(e.pool)
	e.db.SetConnMaxIdleTime(idleInPool)
	return e, nil
}

// open finds the server and brings the schema up to date. Only the finding has an end: indexes over millions of rows take their
// time, and giving up would begin them again from nothing.
func (e *postgres) open(ctx context.Context) error {
	if whole, err := e.find(ctx); err != nil || whole {
		return err
	}
	return e.transact(ctx, readCommitted, func(in session) error {
		tx := in.(*pgSession)
		script := func(text string) error {
			_, err := tx.on.ExecContext(ctx, text)
			return err
		}
		if err := script(fmt.Sprintf(`SELECT pg_advisory_xact_lock(%d)`, migrationLock)); err != nil {
			return err
		}
		return apply(ctx, in, script, "postgres", e.where, e.log)
	})
}

// find asks the server what it can do, and reports whether there is nothing to bring up to date.
func (e *postgres) find(ctx context.Context) (whole bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	var notify bool
	err = e.db.QueryRowContext(ctx, `SELECT count(*) > 0 FROM pg_catalog.pg_proc WHERE proname = 'pg_notify'`).Scan(&notify)
	e.notify.Store(notify)
	if err != nil {
		return false, unavailable(err, fmt.Sprintf("cannot reach the database %s", e.where))
	}
	return e.upToDate(ctx)
}

// upToDate looks first, so that a hub starts where it may only read: on a replica, or as a user who may not change the schema.
func (e *postgres) upToDate(ctx context.Context) (bool, error) {
	steps, err := stepsFor("postgres")
	if err != nil {
		return false, err
	}
	recorded, err := list(ctx, &Reader{from: held{&pgSession{on: e.db, until: ctx}}}, selectMigrations, scanMigration)
	if missing, is := errors.AsType[*pgconn.PgError](err); is && missing.Code == "42P01" { // no such table: nothing was begun here
		if e.mustExist {
			return false, fault.New(fault.Invalid,
				"there is no hub in the database %s: name the one that has it with --database, or start the hub once with hub serve", e.where)
		}
		return false, nil
	}
	if err != nil {
		return false, err
	}
	missing, err := verify(steps, recorded, e.where)
	return err == nil && len(missing) == 0, err
}

// pgSession runs statements on a pool, a connection or a transaction; pgx keeps them prepared per connection.
type pgSession struct {
	on interface {
		QueryContext(context.Context, string, ...any) (*sql.Rows, error)
		ExecContext(context.Context, string, ...any) (sql.Result, error)
	}
	until context.Context // ends when this session's time is over
}

// query ends with the session's deadline, whatever context the caller has at hand.
func (s *pgSession) query(ctx context.Context, statement *statement, args []any) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if statement.passing && !statement.steady {
		args = append([]any{pgx.QueryExecModeExec}, args...)
	}
	return s.on.QueryContext(s.until, statement.text, args...)
}

func (s *pgSession) exec(ctx context.Context, statement *statement, args []any) (sql.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.on.ExecContext(s.until, statement.text, args...)
}

// read asks the pool. A connection that turns out to be dead (the server was restarted) is replaced and the question
// asked again, once; that the server cannot be reached is an answer at once.
func (e *postgres) read(ctx context.Context, do func(session) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	in := &pgSession{on: e.db, until: ctx}
	err := do(in)
	if err != nil && ctx.Err() == nil && connectionLost(err) {
		e.dropIdle()
		err = do(in)
	}
	return err
}

// dropIdle closes the connections nobody uses: if one was dead, so are they all.
func (e *postgres) dropIdle() {
	e.db.SetMaxIdleConns(0)
	e.db.SetMaxIdleConns(e.pool)
}

func (e *postgres) view(ctx context.Context, do func(session) error) error {
	tx, err := e.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return do(&pgSession{on: tx, until: ctx})
}

func (e *postgres) write(ctx context.Context, how isolation, do func(session) error) error {
	if how != endless {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	return e.transact(ctx, how, do)
}

// transact runs do until it is committed, as often as the server asks for it within the time of ctx.
func (e *postgres) transact(ctx context.Context, how isolation, do func(session) error) error {
	lost := 0
	for attempt := 1; ; attempt++ {
		committing, err := e.attempt(ctx, how, do)
		if readOnly(err) {
			e.dropIdle() // the server that takes writes now may be another one: look for it anew
		}
		switch {
		case err == nil || ctx.Err() != nil || attempt == attempts:
			return err
		case repeatable(err):
		case connectionLost(err) && !committing && lost == 0:
			lost++
			e.dropIdle()
		case committing && connectionLost(err):
			return unavailable(err, "the connection to the database was lost; it is not known whether the change took effect")
		default:
			return err
		}
		// Those who collided must not meet again: a pause of random length that grows.
		most := min(time.Millisecond<<attempt, 250*time.Millisecond)
		if !wait(ctx, rand.N(most)+time.Millisecond) {
			return err
		}
	}
}

// attempt runs do once. committing is true when the error came after the server was asked to commit.
func (e *postgres) attempt(ctx context.Context, how isolation, do func(session) error) (committing bool, err error) {
	level := sql.LevelSerializable
	if how == readCommitted {
		level = sql.LevelReadCommitted
	}
	tx, err := e.db.BeginTx(ctx, &sql.TxOptions{Isolation: level})
	if err != nil {
		return false, err
	}
	defer tx.Rollback()
	if err := do(&pgSession{on: tx, until: ctx}); err != nil {
		return false, err
	}
	e.counts.commits.Add(1)
	return true, tx.Commit()
}

var notifyOthers = only(`SELECT pg_notify('hub_changes', '')`)

func (e *postgres) announce(ctx context.Context, in session) error {
	if !e.notify.Load() {
		return nil
	}
	_, err := in.exec(ctx, notifyOthers, nil)
	return err
}

var (
	shareUser = only(`SELECT 1 FROM users WHERE id = $1 FOR SHARE`)
	claimUser = only(`SELECT 1 FROM users WHERE id = $1 FOR UPDATE`)
)

func (e *postgres) holdUser(ctx context.Context, in session, userID string, alone bool) error {
	hold := shareUser
	if alone {
		hold = claimUser
	}
	_, err := in.exec(ctx, hold, []any{userID})
	return err
}

// listen keeps a connection of its own, outside the pool, which does nothing but listen.
func (e *postgres) listen(ctx context.Context, wake func()) {
	for wait(ctx, time.Second) {
		if e.notify.Load() {
			_ = e.listenOnce(ctx, wake) // the feed polls meanwhile, and says what is wrong if that fails too
		}
	}
}

func (e *postgres) listenOnce(ctx context.Context, wake func()) error {
	dial, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := pgx.ConnectConfig(dial, e.config.Copy())
	if err != nil {
		return err
	}
	defer func() {
		farewell, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		conn.Close(farewell)
	}()
	if _, err := conn.Exec(dial, `LISTEN hub_changes`); err != nil {
		return err
	}
	wake()
	for {
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return err
		}
		wake()
	}
}

func (e *postgres) time(ctx context.Context) (now time.Time, known bool, err error) {
	err = e.db.QueryRowContext(ctx, `SELECT clock_timestamp()`).Scan(&now)
	return now, true, err
}

func (e *postgres) prepare(ctx context.Context, text string) error {
	stmt, err := e.db.PrepareContext(ctx, text)
	if err == nil {
		err = stmt.Close()
	}
	return err
}

func (e *postgres) close() error { return e.db.Close() }
