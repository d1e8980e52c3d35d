package store

import (
	"context"
	"encoding/json"
	"time"

	"example.org/hub/internal/hub"
)

// The columns of an event as it is told, and with its place in the chain.
const (
	toldColumns = `id, at, environment, author_id, author_name, action, target_type, target_id, target_name, door, address, credential, result,
	reason, error_id, details`
	eventColumns = toldColumns + `, COALESCE(position, 0), previous, hash`
)

// The filter is the same for all three lists; which one is used decides which index finds the rows.
const eventFilter = ` AND (at, id) < ($1, $2) AND at >= $3 AND ($4 = '' OR action = $4) AND ($5 = '' OR door = $5) AND ($6 = '' OR result = $6)
	AND ($7 = '' OR environment = $7)`

const newestFirst = ` ORDER BY at DESC, id DESC LIMIT `

var (
	insertEvent = prepared(`INSERT INTO events (id, at, environment, author_id, author_name, action, target_type, target_id, target_name, door, address,
		credential, result, reason, error_id, details, owner_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`)
	selectEvents         = prepared(`SELECT ` + eventColumns + ` FROM events WHERE TRUE` + eventFilter + newestFirst + `$8`)
	selectEventsByTarget = prepared(`SELECT ` + eventColumns + ` FROM events WHERE TRUE` + eventFilter +
		` AND target_id = $8 AND ($9 = '' OR author_id = $9)` + newestFirst + `$10`)
	selectEventsByAuthor = prepared(`SELECT ` + eventColumns + ` FROM events WHERE TRUE` + eventFilter + ` AND author_id = $8` + newestFirst + `$9`)
	selectChained        = prepared(`SELECT ` + eventColumns + ` FROM events WHERE position > $1 ORDER BY position LIMIT $2`)
	selectUnchained      = prepared(`SELECT ` + eventColumns + ` FROM events WHERE position IS NULL ORDER BY id LIMIT $1`)
	chainEvent           = prepared(`UPDATE events SET position = $1, previous = $2, hash = $3 WHERE id = $4`)
	lockChain            = prepared(`UPDATE event_chain SET position = position WHERE id = 1 RETURNING position, hash`)
	selectChainHead      = prepared(`SELECT position, hash FROM event_chain WHERE id = 1`)
	moveChain            = prepared(`UPDATE event_chain SET position = $1, hash = $2 WHERE id = 1`)
	deleteEvents         = prepared(`DELETE FROM events WHERE position <= $1`)
)

func scanEvent(row scanner, e *hub.Event) error {
	return row.Scan(append(toldFields(e), &e.Chain.Position, &e.Chain.Previous, &e.Chain.Hash)...)
}

func scanTold(row scanner, e *hub.Event) error { return row.Scan(toldFields(e)...) }

func toldFields(e *hub.Event) []any {
	return []any{&e.ID, moment{&e.At}, &e.Environment, &e.AuthorID, &e.AuthorName, &e.Action, &e.TargetType, &e.TargetID, &e.TargetName, &e.Door,
		&e.Address, &e.Credential, &e.Result, &e.Reason, &e.ErrorID, &e.Details}
}

// Record writes an event, in the transaction of the change it tells of. It enters the chain afterwards, by ChainEvents.
func (tx *Tx) Record(ctx context.Context, e hub.Event) error {
	_, err := tx.exec(ctx, insertEvent, e.ID, millis(e.At), e.Environment, e.AuthorID, e.AuthorName, e.Action, e.TargetType, e.TargetID, e.TargetName,
		e.Door, e.Address, e.Credential, e.Result, e.Reason, e.ErrorID, e.Details, ownerIn(e.Details))
	return err
}

// ownerIn gives the user whose credential an event is about, as its details tell who was not the author; empty if they do not.
func ownerIn(details string) string {
	var told struct {
		User string `json:"user"`
	}
	if details == "" || json.Unmarshal([]byte(details), &told) != nil {
		return ""
	}
	return told.User
}

// EventFilter chooses events; what is empty does not matter.
type EventFilter struct {
	Author, Target       string // ids
	Action, Door, Result string
	Environment          hub.Environment
	After, Before        time.Time // from After on, and earlier than Before
}

// EventMark is where a page of events ended: the last event shown. The zero value is before the newest.
type EventMark struct {
	At time.Time
	ID string
}

// Events lists events, newest first, from after mark.
func (r *Reader) Events(ctx context.Context, f EventFilter, mark EventMark, limit int) ([]hub.Event, error) {
	before, id := millis(mark.At), mark.ID
	if mark.At.IsZero() {
		before, id = 1<<62, ""
	}
	if !f.Before.IsZero() && millis(f.Before) <= before {
		before, id = millis(f.Before), "" // no id is smaller than the empty one, so At is excluded
	}
	args := []any{before, id, millis(f.After), f.Action, f.Door, f.Result, string(f.Environment)}
	switch {
	case f.Target != "":
		return list(ctx, r, selectEventsByTarget, scanEvent, append(args, f.Target, f.Author, limit)...)
	case f.Author != "":
		return list(ctx, r, selectEventsByAuthor, scanEvent, append(args, f.Author, limit)...)
	}
	return list(ctx, r, selectEvents, scanEvent, append(args, limit)...)
}

// ChainedEvents gives events in the order of the chain, from after position.
func (r *Reader) ChainedEvents(ctx context.Context, position int64, limit int) ([]hub.Event, error) {
	return list(ctx, r, selectChained, scanEvent, position, limit)
}

// DeleteEvents deletes the beginning of the chain through a position, and gives how many events that were.
func (tx *Tx) DeleteEvents(ctx context.Context, through int64) (int64, error) {
	return tx.exec(ctx, deleteEvents, through)
}

func scanLink(row scanner, l *hub.Link) error {
	err := row.Scan(&l.Position, &l.Hash)
	if len(l.Hash) == 0 {
		l.Hash = nil
	}
	return err
}

// ChainHead is the end of the chain: position and hash of the last event in it.
func (r *Reader) ChainHead(ctx context.Context) (hub.Link, error) {
	return one(ctx, r, selectChainHead, scanLink)
}

// chainAtOnce is how many events one transaction chains: so few that a database far away is done with them in time.
const chainAtOnce = 100

// ChainEvents gives the events that have no place in the chain yet their place, position and hash, and returns how many they
// were, at most 100; 0 means that none is left. The sign-ins among them are added to their hours. Any number of nodes may call
// it at once: they take turns. hash gives the hash of an event that follows the one with hash previous (nil for the first); the
// event carries its position.
func (s *Store) ChainEvents(ctx context.Context, hash func(previous []byte, e hub.Event) []byte) (int, error) {
	chained := 0
	waiting, err := list(ctx, &s.Reader, selectUnchained, scanEvent, 1)
	if err != nil || len(waiting) == 0 {
		return 0, err
	}
	err = s.tx(ctx, readCommitted, func(tx *Tx) error {
		head, err := one(ctx, &tx.Reader, lockChain, scanLink)
		if err != nil {
			return err
		}
		events, err := list(ctx, &tx.Reader, selectUnchained, scanEvent, chainAtOnce)
		if err != nil {
			return err
		}
		for _, e := range events {
			link := hub.Link{Position: head.Position + 1, Previous: head.Hash}
			e.Chain = link
			link.Hash = hash(head.Hash, e)
			if err := tx.execOne(ctx, chainEvent, link.Position, blob(link.Previous), link.Hash, e.ID); err != nil {
				return err
			}
			head = link
		}
		chained = len(events)
		if err := tx.addSignIns(ctx, events, s.Now()); err != nil {
			return err
		}
		return tx.execOne(ctx, moveChain, head.Position, blob(head.Hash))
	})
	return chained, err
}
