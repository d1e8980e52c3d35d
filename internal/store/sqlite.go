package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"

	"example.org/hub/internal/fault"
)

// Settings of every SQLite connection. The cache is small since the file is in the memory of the kernel anyway, and
// small is what a hub must stay.
const (
	busyMilliseconds = 4000 // another process may write (a verb beside a running hub): wait, but end within patience
	readerCacheKiB   = 1024 // the page of a group, whose users lie far from each other, touches that much
	writerCacheKiB   = 2048
	walLimitBytes    = 64 << 20
	defaultReaders   = 4
)

// sqlite is a file: one writer with group commit, and a few readers that each keep their prepared statements.
type sqlite struct {
	path      string
	mustExist bool
	beginAnew bool
	counts    *counts
	log       *slog.Logger
	lock      *lockFile
	file      os.FileInfo // of what was opened
	writer    *writer
	readers   chan *sqliteConn // nil stands for one not opened yet
}

func newSQLite(options Options, counts *counts) (*sqlite, error) {
	dir, err := filepath.Abs(options.Dir)
	if err != nil {
		return nil, err
	}
	if !options.MustExist {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "cannot make the folder %s; see --data", dir)
		}
	}
	e := &sqlite{path: filepath.Join(dir, "hub.db"), mustExist: options.MustExist, beginAnew: options.BeginAnew, counts: counts, log: options.Log}
	if options.Server {
		if e.lock, err = takeLock(dir); err != nil {
			return nil, err
		}
	}
	count := options.Pool
	if count == 0 {
		count = defaultReaders
	}
	e.readers = make(chan *sqliteConn, count)
	for range count {
		e.readers <- nil
	}
	return e, nil
}

// open tries again while other processes open the same new file: changing it to write-ahead logging does not wait.
func (e *sqlite) open(ctx context.Context) error {
	for started := time.Now(); ; {
		err := e.openOnce(ctx)
		if err == nil || !busy(err) || time.Since(started) > patience || !wait(ctx, 20*time.Millisecond) {
			return err
		}
	}
}

// inspect refuses what must not be opened; to begin anew, nothing need be there.
func (e *sqlite) inspect(ctx context.Context) error {
	if info, err := os.Stat(e.path); e.beginAnew && (errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0) {
		return nil
	}
	return inspect(ctx, e.path, e.mustExist)
}

func busy(err error) bool {
	code, _ := errors.AsType[sqlite3.ErrorCode](err)
	return code == sqlite3.BUSY || code == sqlite3.LOCKED || code == sqlite3.PROTOCOL
}

func (e *sqlite) openOnce(ctx context.Context) error {
	if err := e.inspect(ctx); err != nil {
		return err
	}
	if err := makeDatabaseFile(e.path); err != nil {
		return err
	}
	conn, err := e.connect(ctx, writerCacheKiB)
	if err != nil {
		return damaged(e.path, err)
	}
	err = conn.migrate(ctx, e.path, e.log)
	if err == nil {
		err = privateSiblings(e.path)
	}
	if err == nil {
		err = rememberDatabase(filepath.Dir(e.path))
	}
	if err == nil {
		e.file, err = os.Stat(e.path)
	}
	if err != nil {
		conn.close()
		return err
	}
	e.writer = newWriter(conn, e.counts, func() (*sqliteConn, error) { return e.connect(context.Background(), writerCacheKiB) }, e.inPlace)
	return nil
}

// errElsewhere is what is wrong with a database file that somebody moved, removed or replaced while it is open: what is written
// to it would be lost with it, and what lies in its place is another one.
var errElsewhere = errors.New("the database file was moved, removed or replaced while the hub runs on it: put it back, or stop the hub first, " +
	"and put a backup back with hub restore")

func (e *sqlite) inPlace() error {
	if there, err := os.Stat(e.path); err != nil || !os.SameFile(there, e.file) {
		return errors.Join(errElsewhere, err)
	}
	return nil
}

// connect opens a connection with all settings.
func (e *sqlite) connect(ctx context.Context, cacheKiB int) (*sqliteConn, error) {
	if e.file != nil {
		if err := e.inPlace(); err != nil {
			return nil, err
		}
	}
	return openSQLite(ctx, e.path, "rw", fmt.Sprintf(`
		PRAGMA busy_timeout = %d;
		PRAGMA journal_mode = WAL;
		PRAGMA synchronous = FULL;
		PRAGMA foreign_keys = ON;
		PRAGMA trusted_schema = OFF;
		PRAGMA temp_store = MEMORY;
		PRAGMA cache_size = -%d;
		PRAGMA journal_size_limit = %d;`, busyMilliseconds, cacheKiB, walLimitBytes))
}

// sqliteConn is one connection with the statements it has prepared so far. One goroutine uses it at a time.
type sqliteConn struct {
	db     *sql.DB
	conn   *sql.Conn
	cached map[*statement]*sql.Stmt
	passed map[string]*sql.Stmt // of passing statements the latest, by text: the same lists are asked for again and again
}

// mostPassed bounds them; a prepared statement takes some ten kilobytes.
const mostPassed = 32

func openSQLite(ctx context.Context, path, mode, pragmas string) (*sqliteConn, error) {
	name := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: "mode=" + mode}
	db, err := driver.Open(name.String(), func(c *sqlite3.Conn) error {
		// Without it SQLite looks into the value of every LIMIT, and therefore parses and plans the statement anew each time it is run.
		if _, err := c.Config(sqlite3.DBCONFIG_ENABLE_QPSG, true); err != nil {
			return err
		}
		return c.Exec(pragmas)
	})
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err != nil {
		db.Close()
		return nil, err
	}
	return &sqliteConn{db: db, conn: conn, cached: map[*statement]*sql.Stmt{}, passed: map[string]*sql.Stmt{}}, nil
}

func (c *sqliteConn) prepare(s *statement) (*sql.Stmt, error) {
	if stmt := c.cached[s]; stmt != nil {
		return stmt, nil
	}
	stmt, err := c.conn.PrepareContext(context.Background(), s.text)
	if err == nil {
		c.cached[s] = stmt
	}
	return stmt, err
}

// pass prepares a passing statement, or finds it prepared. When there are too many, all are forgotten.
func (c *sqliteConn) pass(text string) (*sql.Stmt, error) {
	if stmt := c.passed[text]; stmt != nil {
		return stmt, nil
	}
	if len(c.passed) >= mostPassed {
		for _, stmt := range c.passed {
			stmt.Close()
		}
		clear(c.passed)
	}
	stmt, err := c.conn.PrepareContext(context.Background(), text)
	if err == nil {
		c.passed[text] = stmt
	}
	return stmt, err
}

// query does not hand ctx down: a local read ends soon, and a context that can end costs a goroutine for each query. A passing
// statement may walk far, so it can be interrupted.
func (c *sqliteConn) query(ctx context.Context, s *statement, args []any) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.passing {
		stmt, err := c.pass(s.text)
		if err != nil {
			return nil, err
		}
		return stmt.QueryContext(ctx, args...)
	}
	stmt, err := c.prepare(s)
	if err != nil {
		return nil, err
	}
	return stmt.Query(args...)
}

func (c *sqliteConn) exec(ctx context.Context, s *statement, args []any) (sql.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	stmt, err := c.prepare(s)
	if err != nil {
		return nil, err
	}
	return stmt.Exec(args...)
}

// run executes a statement without arguments and without looking at a context: the frame of a transaction.
func (c *sqliteConn) run(s *statement) error {
	_, err := c.exec(context.Background(), s, nil)
	return err
}

func (c *sqliteConn) close() error {
	for _, stmt := range c.cached {
		stmt.Close()
	}
	for _, stmt := range c.passed {
		stmt.Close()
	}
	c.conn.Close()
	return c.db.Close()
}

// borrow takes a reader from the pool, opening it if need be.
func (e *sqlite) borrow(ctx context.Context) (*sqliteConn, error) {
	var conn *sqliteConn
	select {
	case conn = <-e.readers:
	default:
		patient, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		select {
		case conn = <-e.readers:
		case <-patient.Done():
			return nil, patient.Err()
		}
	}
	if conn != nil {
		return conn, nil
	}
	conn, err := e.connect(ctx, readerCacheKiB)
	if err != nil {
		e.readers <- nil
	}
	return conn, err
}

// giveBack returns a reader. After an error of the file the connection is not trusted again.
func (e *sqlite) giveBack(conn *sqliteConn, err error) {
	if err == nil || !broken(err) {
		e.readers <- conn
		return
	}
	defer func() { e.readers <- nil }() // also where closing panics, as it may after a panic within SQLite: others wait for the place
	conn.close()
}

func (e *sqlite) read(ctx context.Context, do func(session) error) error {
	conn, err := e.borrow(ctx)
	if err != nil {
		return err
	}
	finished := errAborted
	defer func() { e.giveBack(conn, finished) }()
	finished = do(conn)
	return finished
}

var (
	beginRead  = only(`BEGIN`)
	commitWork = only(`COMMIT`)
	rollBack   = only(`ROLLBACK`)
)

func (e *sqlite) view(ctx context.Context, do func(session) error) error {
	return e.read(ctx, func(in session) error {
		conn := in.(*sqliteConn)
		if err := conn.run(beginRead); err != nil {
			return err
		}
		defer conn.run(rollBack)
		return do(conn)
	})
}

func (e *sqlite) write(ctx context.Context, how isolation, do func(session) error) error {
	if how != endless {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	return e.writer.write(ctx, do)
}

// announce has nothing to do: the row in changes is what others read.
func (e *sqlite) announce(context.Context, session) error { return nil }

func (e *sqlite) holdUser(context.Context, session, string, bool) error { return nil }

// listen has nothing to do: the feed polls.
func (e *sqlite) listen(context.Context, func()) {}

func (e *sqlite) time(context.Context) (now time.Time, known bool, err error) {
	return time.Time{}, false, nil
}

func (e *sqlite) prepare(ctx context.Context, text string) error {
	return e.read(ctx, func(in session) error {
		stmt, err := in.(*sqliteConn).conn.PrepareContext(ctx, text)
		if err == nil {
			err = stmt.Close()
		}
		return err
	})
}

func (e *sqlite) close() error {
	var err error
	for range cap(e.readers) {
		if conn := <-e.readers; conn != nil {
			conn.close()
		}
	}
	if e.writer != nil {
		err = e.writer.close() // the last connection to close folds the write-ahead log into the file
	}
	e.lock.release()
	return err
}
