package audit

import (
	"context"
	"fmt"
	"io"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
	"example.org/hub/internal/store"
)

// Log is the audit log, for whoever asks it.
type Log struct {
	Store *store.Store

	// Recent gives refusals that have not reached the database yet, by error id; nil: there are none.
	Recent func(errorID string) (hub.Refusal, bool)
}

// mayReadAll is the permission to see what others did.
const mayReadAll = "admin-read"

// Events lists what an actor may see of the events, newest first: with hub:admin-read all of the actor's environment and those
// that concern every environment; without it, what concerns the actor. Errors: fault.Invalid for a
// query that makes no sense.
func (l *Log) Events(ctx context.Context, actor hub.Actor, asked query.List) (query.Page[hub.Event], error) {
	seen := query.Nothing()
	switch {
	case actor.Require(mayReadAll, "") == nil:
		seen = query.Node{}
		if actor.Environment != "" {
			seen = query.Any(query.Is("environment", string(actor.Environment)), query.Is("environment", ""))
		}
	case actor.ID() != "":
		seen = Concerning(actor.ID())
	}
	asked.Where = query.All(seen, asked.Where)
	return l.Store.ListEvents(ctx, asked)
}

// Concerning is what a user, or a service, did, what was done to it, and what others did with its credentials.
func Concerning(id string) query.Node {
	return query.Any(query.ByID("author", id), query.ByID("target", id), query.ByID("owner", id))
}

// refusedShown is how many refusals of one span are told to the user whose name was used.
const refusedShown = 200

// Refused lists what was refused from one time on and before another to whoever used the actor's name, newest first; of very many
// only the latest. Since strangers can make any number of them they are no events.
func (l *Log) Refused(ctx context.Context, actor hub.Actor, from, before time.Time) ([]hub.Refusal, error) {
	if actor.ID() == "" {
		return nil, nil
	}
	return l.Store.RefusalsOfUser(ctx, actor.ID(), from, before, refusedShown)
}

// Event gives one event that the actor may see, fault.NotFound otherwise.
func (l *Log) Event(ctx context.Context, actor hub.Actor, id string) (hub.Event, error) {
	found, err := l.Events(ctx, actor, query.List{Where: query.Is("id", id), Limit: 1})
	if err != nil {
		return hub.Event{}, err
	}
	if len(found.Items) == 0 {
		return hub.Event{}, fault.New(fault.NotFound, "there is no event %s that you may see", id)
	}
	return found.Items[0], nil
}

// Taken notes that an actor takes events along as a file, which leaves the hub as what Export writes does: it needs hub:admin-read and
// a fresh sign-in, too. query is what they were chosen by.
func (l *Log) Taken(ctx context.Context, actor hub.Actor, query string) error {
	if err := actor.Require(mayReadAll, ""); err != nil {
		return err
	}
	if err := actor.StepUp(); err != nil {
		return err
	}
	return l.Store.Tx(ctx, func(tx *store.Tx) error {
		return tx.Record(ctx, actor.Did("audit.export", "audit", "", "", hub.Details(map[string]string{"query": query})))
	})
}

// Export gives what writes the whole chain as JSON lines. The chain is one for all environments and can only be checked whole,
// so it is given whole. It needs hub:admin-read and a fresh sign-in, and is an event itself.
func (l *Log) Export(ctx context.Context, actor hub.Actor) (func(io.Writer) error, error) {
	if err := actor.Require(mayReadAll, ""); err != nil {
		return nil, err
	}
	if err := actor.StepUp(); err != nil {
		return nil, err
	}
	if _, err := Chain(ctx, l.Store); err != nil {
		return nil, err
	}
	head, err := l.Store.ChainHead(ctx)
	if err != nil {
		return nil, err
	}
	err = l.Store.Tx(ctx, func(tx *store.Tx) error {
		return tx.Record(ctx, actor.Did("audit.export", "audit", "", "", fmt.Sprintf(`{"head":%d}`, head.Position)))
	})
	if err != nil {
		return nil, err
	}
	return func(to io.Writer) error { return Export(to, Events(ctx, l.Store)) }, nil
}
