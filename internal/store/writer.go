package store

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/ncruces/go-sqlite3"
)

// Bounds of a group: how many transactions share one commit, and how long the first may wait for the others.
const (
	groupSize = 256
	groupTime = 20 * time.Millisecond
)

// writer is the one connection that writes to a SQLite file. Transactions that wait at the same time are committed
// together: each runs inside its own savepoint, so one that fails takes back only its own work, and one sync to disk
// makes all of them durable. That is why synchronous=FULL costs nothing under load.
//
// The transactions run on the goroutines of those who asked; the writer's own goroutine only gives each its turn.
type writer struct {
	queue  chan *turn
	quit   chan struct{} // closed: no more turns
	ended  chan struct{} // closed: the goroutine is gone
	counts *counts
	conn   *sqliteConn // nil after trouble with the file: opened anew for the next group
	reopen func() (*sqliteConn, error)
	// inPlace says whether whoever opens the file by its name will find what is committed.
	inPlace func() error
}

// turn is one transaction that waits for its turn.
type turn struct {
	state atomic.Int32
	begin chan session // its turn has come
	ran   chan error   // how its function ended
	done  chan error   // how the group ended for it
}

const (
	waiting int32 = iota
	granted
	abandoned
)

var (
	errAborted = errors.New("the function of a transaction did not return")
	errUnknown = errors.New("the commit takes too long: it is not known whether it will take effect")
)

func newWriter(conn *sqliteConn, counts *counts, reopen func() (*sqliteConn, error), inPlace func() error) *writer {
	w := &writer{
		queue: make(chan *turn, groupSize), quit: make(chan struct{}), ended: make(chan struct{}),
		counts: counts, conn: conn, reopen: reopen, inPlace: inPlace,
	}
	go w.loop()
	return w
}

// write runs do as a transaction and returns when it is durable.
func (w *writer) write(ctx context.Context, do func(session) error) error {
	t := &turn{begin: make(chan session, 1), ran: make(chan error, 1), done: make(chan error, 1)}
	select {
	case w.queue <- t:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.quit:
		return errClosed
	}
	var in session
	select {
	case in = <-t.begin:
	case err := <-t.done: // the group could not begin
		return err
	case <-w.ended:
		return errClosed
	case <-ctx.Done():
		if t.state.CompareAndSwap(waiting, abandoned) {
			return ctx.Err()
		}
		select {
		case in = <-t.begin:
		case err := <-t.done:
			return err
		}
	}
	if err := t.run(in, do); err != nil {
		<-t.done // its savepoint is rolled back
		return err
	}
	if _, limited := ctx.Deadline(); !limited {
		return <-t.done
	}
	hanging := time.NewTimer(patience)
	defer hanging.Stop()
	select {
	case err := <-t.done:
		return err
	case <-hanging.C:
		return unavailable(errUnknown, "the database does not answer; it is not known whether the change took effect")
	}
}

// run gives the turn back whatever do does, panics included.
func (t *turn) run(in session, do func(session) error) (err error) {
	err = errAborted
	defer func() { t.ran <- err }()
	err = do(in)
	return err
}

func (w *writer) loop() {
	defer close(w.ended)
	for {
		select {
		case first := <-w.queue:
			w.group(first)
		case <-w.quit:
			for {
				select {
				case t := <-w.queue:
					w.group(t)
				default:
					return
				}
			}
		}
	}
}

var (
	beginWrite      = only(`BEGIN IMMEDIATE`)
	setSavepoint    = only(`SAVEPOINT turn`)
	releasePoint    = only(`RELEASE turn`)
	rollBackToPoint = only(`ROLLBACK TO turn`)
)

// group runs the turns that are there now, first to last, and commits them at once.
func (w *writer) group(first *turn) {
	var ran []*turn // those whose work is in the open transaction
	err := w.begin()
	started := time.Now()
	for t := first; t != nil; t = w.next(ran, started) {
		if !t.state.CompareAndSwap(waiting, granted) {
			continue // nobody waits for it any more
		}
		if err != nil {
			t.done <- err
			continue
		}
		var failed error
		if failed, err = w.run(t); failed != nil {
			t.done <- failed
			continue
		}
		ran = append(ran, t)
	}
	if err == nil {
		err = w.inPlace()
	}
	if err == nil {
		err = w.conn.run(commitWork)
		w.counts.commits.Add(1)
	}
	for _, t := range ran {
		t.done <- err
	}
	if err != nil {
		w.clear(err)
	}
}

// begin opens the transaction of a group, and before that the connection if the last one was given up.
func (w *writer) begin() error {
	if w.conn == nil {
		conn, err := w.reopen()
		if err != nil {
			return err
		}
		w.conn = conn
	}
	return w.conn.run(beginWrite)
}

// run lets one transaction have its turn. failed is its own matter; broken means that the whole group is lost, as when a
// full disk made SQLite roll back everything.
func (w *writer) run(t *turn) (failed, broken error) {
	if err := w.conn.run(setSavepoint); err != nil {
		return err, err
	}
	t.begin <- w.conn
	failed = <-t.ran
	if failed != nil {
		if err := w.conn.run(rollBackToPoint); err != nil {
			return failed, errors.Join(failed, err)
		}
	}
	if err := w.conn.run(releasePoint); err != nil {
		return err, err
	}
	return failed, nil
}

// next gives the next turn of the group, if one waits and the group is not full.
func (w *writer) next(ran []*turn, started time.Time) *turn {
	if len(ran) >= groupSize || time.Since(started) > groupTime {
		return nil
	}
	select {
	case t := <-w.queue:
		return t
	default:
		return nil
	}
}

// clear brings the connection back to where a transaction can begin; after trouble with the file it is given up.
func (w *writer) clear(err error) {
	if w.conn == nil {
		return
	}
	_ = w.conn.run(rollBack) // fails when there is nothing to roll back, which is as well
	if broken(err) {
		w.conn.close()
		w.conn = nil
	}
}

// broken reports whether a connection to a SQLite file is better opened anew after err.
func broken(err error) bool {
	if errors.Is(err, errAborted) {
		return true
	}
	code, _ := errors.AsType[sqlite3.ErrorCode](err)
	switch code {
	case sqlite3.IOERR, sqlite3.CORRUPT, sqlite3.NOTADB, sqlite3.CANTOPEN, sqlite3.READONLY, sqlite3.FULL, sqlite3.NOMEM, sqlite3.PROTOCOL:
		return true
	}
	return false
}

// close lets the waiting transactions end and closes the connection.
func (w *writer) close() error {
	close(w.quit)
	<-w.ended
	if w.conn == nil {
		return nil
	}
	return w.conn.close()
}
