package store

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.org/hub/internal/fault"
)

// Options say which database, and for whom. The zero value is a SQLite file in the current folder for a verb of the
// command line.
type Options struct {
	Dir       string // folder of hub.db and hub.lock; made (0700) when absent
	DSN       string // "postgres://..."; empty: SQLite in Dir
	Server    bool   // a running hub: alone on a SQLite file, and willing to wait for its PostgreSQL
	MustExist bool   // refuse to begin a new database: for verbs that make no sense on an empty one
	BeginAnew bool   // begin a new SQLite file also where one is known to be missing: for hub restore
	Pool      int    // most connections to PostgreSQL, 0: 16; or readers on SQLite, 0: 4
	Log       *slog.Logger
	Clock     func() time.Time // of this machine; nil: time.Now
	// Trouble is told of each question and change that failed because of the database, by kind: TroubleReadOnly or
	// TroubleUnreachable. nil: nobody is.
	Trouble func(kind string)
}

// Store is the database of Hub. Questions are asked on it directly (the embedded Reader), changes are made in Tx.
// It is safe for concurrent use.
type Store struct {
	Reader
	engine  engine
	feed    *feed
	health  *health
	clock   clock
	log     *slog.Logger
	counts  counts
	trouble func(kind string)
	usable  atomic.Bool
	problem atomic.Pointer[error] // why it is not usable yet
	stop    context.CancelFunc
	running sync.WaitGroup
}

// Open opens the database and brings its schema up to date.
//
// Errors name the file or the server and what to do: fault.Conflict when another hub runs on this SQLite file or the
// database is from a newer version; fault.Invalid when it is missing, damaged, not ours, read-only, or the DSN cannot be
// read; fault.Unavailable when PostgreSQL cannot be reached. Nothing that was refused has been touched.
//
// With Server set, a PostgreSQL that cannot be reached is no error: the store is there at once, answers everything
// with fault.Unavailable (see Ready), and opens as soon as the server lets it.
func Open(ctx context.Context, options Options) (*Store, error) {
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	if options.Clock == nil {
		options.Clock = time.Now
	}
	s := &Store{log: options.Log, trouble: options.Trouble, clock: clock{wall: options.Clock}}
	s.Reader = Reader{from: s}
	var err error
	switch {
	case options.DSN == "":
		s.engine, err = newSQLite(options, &s.counts)
	case strings.HasPrefix(options.DSN, "postgres://"), strings.HasPrefix(options.DSN, "postgresql://"):
		s.engine, err = newPostgres(options, &s.counts)
	default:
		err = fault.New(fault.Invalid, "--database must begin with postgres:// (or be empty, for SQLite in --data)")
	}
	if err != nil {
		return nil, err
	}
	background, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.health = newHealth(s, background)
	s.feed = newFeed(s, background, options.Server)
	err = s.engine.open(ctx)
	switch {
	case err == nil:
		s.usable.Store(true)
		s.askTime(ctx)
		s.running.Go(func() { s.followTime(background) })
	case options.Server && fault.Is(translate(err), fault.Unavailable):
		err = translate(err)
		s.problem.Store(&err)
		s.log.Warn("the database cannot be reached; waiting for it", "error", err)
		s.running.Go(func() { s.openLater(background) })
	default:
		stop()
		s.engine.close()
		return nil, translate(err)
	}
	return s, nil
}

// openLater tries until the database lets itself be opened.
func (s *Store) openLater(ctx context.Context) {
	for wait(ctx, 500*time.Millisecond) {
		err := translate(s.engine.open(ctx))
		if err == nil {
			s.askTime(ctx)
			s.usable.Store(true)
			s.problem.Store(nil)
			s.log.Info("the database is there")
			s.followTime(ctx)
			return
		}
		if previous := s.problem.Swap(&err); previous == nil || (*previous).Error() != err.Error() {
			s.log.Warn("the database cannot be opened; trying again", "error", err)
		}
	}
}

// opened is nil once the database could be opened.
func (s *Store) opened() error {
	if s.usable.Load() {
		return nil
	}
	if problem := s.problem.Load(); problem != nil {
		return *problem
	}
	return errClosed
}

var selectOne = prepared(`SELECT 1`)

// Ready asks the database for a sign of life. Errors: fault.Unavailable, or what Open would have said.
func (s *Store) Ready(ctx context.Context) error {
	_, err := one(ctx, &s.Reader, selectOne, value[int])
	return err
}

// Counts is how much the database was asked since the store was opened.
type Counts struct {
	Reads        uint64 // questions and views outside transactions
	Transactions uint64 // that were committed
	Commits      uint64 // on SQLite, transactions that wait at the same time share one
}

type counts struct{ reads, transactions, commits atomic.Uint64 }

// Counts gives the counts so far.
func (s *Store) Counts() Counts {
	return Counts{Reads: s.counts.reads.Load(), Transactions: s.counts.transactions.Load(), Commits: s.counts.commits.Load()}
}

// ReadOnly reports whether the last write failed because the database can be read only (disk full or read-only, server a
// replica). While it is so the store tries by itself, every second, whether it can write again.
func (s *Store) ReadOnly() bool { return s.health.readOnly.Load() }

// PrepareAll prepares every statement of this package without running it, and names the first that this database does
// not understand.
func (s *Store) PrepareAll(ctx context.Context) error {
	if err := s.opened(); err != nil {
		return err
	}
	for _, statement := range statements.all {
		if err := s.engine.prepare(ctx, statement.text); err != nil {
			return fault.Wrap(fault.Internal, err, "cannot prepare %s", statement.text)
		}
	}
	return nil
}

// Close ends everything the store does by itself, waits for running transactions, and gives the file to others.
func (s *Store) Close() error {
	s.usable.Store(false)
	s.stop()
	s.running.Wait()
	return s.engine.close()
}

// wait sleeps and reports whether ctx is still alive.
func wait(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
