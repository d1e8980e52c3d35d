package store

import (
	"context"
	"database/sql"
	"time"
)

// patience is how long one operation may wait for a database in trouble; below the 5 s that a request may take.
const patience = 4500 * time.Millisecond

// session is one connection, or one transaction, on which statements run.
type session interface {
	query(ctx context.Context, s *statement, args []any) (*sql.Rows, error)
	exec(ctx context.Context, s *statement, args []any) (sql.Result, error)
}

// engine is what differs between the two databases: how a connection is got, how a transaction becomes durable, how
// one hears of changes made elsewhere. Nothing above it knows which database it is.
type engine interface {
	// open makes the database usable: checks it and brings its schema up to date. It is called again after it failed.
	open(ctx context.Context) error
	// read runs do on some connection, each statement for itself. do may run again after connection trouble.
	read(ctx context.Context, do func(session) error) error
	// view runs do in one transaction that sees one state of the database and writes nothing.
	view(ctx context.Context, do func(session) error) error
	// write runs do in one transaction and returns when it is durable or not there at all. do may run more than once.
	write(ctx context.Context, how isolation, do func(session) error) error
	// announce tells other nodes, as part of the transaction, that there are changes.
	announce(ctx context.Context, in session) error
	// holdUser keeps transactions that end what a user allowed (alone) apart from those that keep it, until this one is over. Where there
	// is one writer it has nothing to do.
	holdUser(ctx context.Context, in session, userID string, alone bool) error
	// listen calls wake whenever another node announced changes, until ctx ends. It may do nothing: the feed polls too.
	listen(ctx context.Context, wake func())
	// time is the present by the database server's clock; known is false where that is the clock of this machine.
	time(ctx context.Context) (now time.Time, known bool, err error)
	// prepare checks a text without running it.
	prepare(ctx context.Context, text string) error
	// backup writes a consistent copy into an empty file.
	backup(ctx context.Context, file string) error
	close() error
}

// isolation is how a transaction of PostgreSQL sees others; on SQLite there is one writer and every transaction is
// serializable.
type isolation uint8

const (
	// serializable is the rule: as if transactions ran one after the other. A conflict is run again.
	serializable isolation = iota
	// readCommitted is for the few that take a row lock first and rely on nothing else: they need not fail for others.
	readCommitted
	// endless is serializable without a deadline of its own: restore.
	endless
)
