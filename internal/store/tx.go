package store

import (
	"context"
	"database/sql"

	"example.org/hub/internal/fault"
)

// Tx is a transaction: every question of a Reader, and everything that writes. It is good only inside the function
// given to Store.Tx.
type Tx struct {
	Reader
	*writing
	of      *Store
	changes []Change
	named   map[Change]bool
	tallies map[string]int64 // see tally
	after   []func(context.Context) error
}

// writing is the connection that a transaction has to itself, and the source of its Reader. The first statement that fails spoils it.
type writing struct {
	in     session
	failed error
}

// Tx runs do in one transaction. When it returns nil, all that do wrote is durable, and everyone who watches on this
// node has been told; when it returns an error, nothing of it is there.
//
// do may run more than once, since a database may ask for a transaction to be repeated: it sets its outer variables anew
// each time and does nothing else outside. It must not use the Store itself, only tx: a second connection may not come
// free while the first is held. A statement that failed spoils the transaction whatever do returns; what is expected to
// collide is asked for beforehand.
//
// Errors: whatever do returned; fault.Conflict for a broken uniqueness or reference, fault.Unavailable in database
// trouble. After Unavailable it is not known whether the transaction took effect.
func (s *Store) Tx(ctx context.Context, do func(*Tx) error) error {
	return s.tx(ctx, serializable, do)
}

// Bulk is Tx for as much as it takes: it ends when ctx does. While it runs on SQLite nobody else can write.
func (s *Store) Bulk(ctx context.Context, do func(*Tx) error) error {
	return s.tx(ctx, endless, do)
}

func (s *Store) tx(ctx context.Context, how isolation, do func(*Tx) error) error {
	if err := s.opened(); err != nil {
		return err
	}
	var tx *Tx
	err := s.engine.write(ctx, how, func(in session) error {
		w := &writing{in: in}
		tx = &Tx{Reader: Reader{from: w}, writing: w, of: s, named: map[Change]bool{}}
		if err := do(tx); err != nil {
			return err
		}
		if tx.failed != nil {
			return tx.failed
		}
		if err := tx.writeTallies(ctx); err != nil {
			return err
		}
		return s.writeChanges(ctx, tx)
	})
	s.health.wrote(err)
	if err != nil {
		return s.failed(err)
	}
	s.counts.transactions.Add(1)
	s.feed.publishOwn(tx.changes)
	for _, also := range tx.after {
		if err := also(context.WithoutCancel(ctx)); err != nil {
			s.log.Warn("a change was made, and what follows from it was not", "error", err)
		}
	}
	return nil
}

// holdUser is what an engine does to keep those apart who end what a user allowed and who keep it.
func (tx *Tx) holdUser(ctx context.Context, userID string, alone bool) error {
	return tx.use(ctx, func(in session) error { return tx.of.engine.holdUser(ctx, in, userID, alone) })
}

func (w *writing) use(_ context.Context, do func(session) error) error {
	if w.failed != nil {
		return w.failed
	}
	err := translate(do(w.in))
	if err != nil {
		w.failed = err
	}
	return err
}

// exec runs a statement that writes and gives the number of rows it touched.
func (tx *Tx) exec(ctx context.Context, s *statement, args ...any) (int64, error) {
	if err := s.check(args); err != nil {
		return 0, err
	}
	var rows int64
	err := tx.use(ctx, func(in session) error {
		var result sql.Result
		result, err := in.exec(ctx, s, args)
		if err != nil {
			return err
		}
		rows, err = result.RowsAffected()
		return err
	})
	return rows, err
}

// execOne runs a statement that must touch a row, else fault.NotFound.
func (tx *Tx) execOne(ctx context.Context, s *statement, args ...any) error {
	rows, err := tx.exec(ctx, s, args...)
	if err == nil && rows == 0 {
		return errNotFound
	}
	return err
}

// View runs do on one state of the database, whatever is written meanwhile. It is for questions that must agree with
// each other: an export, a snapshot of all roles and grants.
func (s *Store) View(ctx context.Context, do func(Reader) error) error {
	if err := s.opened(); err != nil {
		return err
	}
	s.counts.reads.Add(1)
	return s.failed(s.engine.view(ctx, func(in session) error { return do(Reader{from: held{in}}) }))
}

// held is a source that is one connection.
type held struct{ in session }

func (h held) use(_ context.Context, do func(session) error) error { return translate(do(h.in)) }

// use makes the Store the source of its own Reader: each question takes a connection and gives it back.
func (s *Store) use(ctx context.Context, do func(session) error) error {
	if err := s.opened(); err != nil {
		return err
	}
	s.counts.reads.Add(1)
	return s.failed(s.engine.read(ctx, do))
}

// errClosed answers whoever comes after Close.
var errClosed = fault.New(fault.Unavailable, "the hub is stopping")
