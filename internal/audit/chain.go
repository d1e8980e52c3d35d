package audit

import (
	"context"
	"iter"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

// atOnce is how many events one read takes, and one transaction that lets some go.
const atOnce = 500

// Chain gives all events that have none yet their place in the chain and returns how many they were. Upkeep runs it about
// once a second on every node; nodes take turns by themselves. It ends early, with what is done done, when ctx ends.
func Chain(ctx context.Context, s *store.Store) (int, error) {
	sum := 0
	for {
		n, err := s.ChainEvents(ctx, Hash)
		sum += n
		if err != nil || n == 0 {
			return sum, err
		}
	}
}

// Events gives the chain from its beginning, in order, without holding more of it than one read's worth. It is for Verify
// and Export.
func Events(ctx context.Context, s *store.Store) iter.Seq2[hub.Event, error] {
	return func(yield func(hub.Event, error) bool) {
		position := int64(0)
		for {
			events, err := s.ChainedEvents(ctx, position, atOnce)
			if err != nil {
				yield(hub.Event{}, err)
				return
			}
			for _, e := range events {
				if !yield(e, nil) {
					return
				}
				position = e.Chain.Position
			}
			if len(events) < atOnce {
				return
			}
		}
	}
}

// VerifyStore checks the chain of a database: every link, and that its end is where the database says.
func VerifyStore(ctx context.Context, s *store.Store) (Report, error) {
	head, err := s.ChainHead(ctx)
	if err != nil {
		return Report{}, err
	}
	report, err := Verify(Events(ctx, s))
	if err != nil {
		return report, err
	}
	// Events chained since the head was read only make the chain longer.
	if report.Head.Position < head.Position {
		report.broken(report.Head.Position+1, "", missing(report.Head.Position+1, head.Position))
	}
	return report, nil
}
