package audit

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"iter"

	"example.org/hub/internal/hub"
)

// Break is one place where a chain does not hold.
type Break struct {
	Position int64  // of the event at fault, or of the first one missing
	EventID  string // empty for missing events
	Problem  string // in words
}

// String names the place and the problem in one line.
func (b Break) String() string {
	if b.EventID == "" {
		return fmt.Sprintf("position %d: %s", b.Position, b.Problem)
	}
	return fmt.Sprintf("position %d, event %s: %s", b.Position, b.EventID, b.Problem)
}

// maxBreaks is how many breaks a report names; beyond that only their number matters.
const maxBreaks = 100

// Report is what a walk along a chain found.
type Report struct {
	Events int64    // how many there are
	Head   hub.Link // position and hash of the last one
	Broken int64    // how many places do not hold
	Breaks []Break  // the first hundred of them
}

// Holds reports whether the chain is whole.
func (r Report) Holds() bool { return r.Broken == 0 }

// String says it in one line.
func (r Report) String() string {
	if r.Holds() {
		return fmt.Sprintf("%d events, the chain holds; its head is position %d, hash %s", r.Events, r.Head.Position,
			hex.EncodeToString(r.Head.Hash))
	}
	return fmt.Sprintf("%d events, the chain is broken in %d places", r.Events, r.Broken)
}

// Verify walks along events, which come in the order in which they are kept, and checks that they begin at position 1, that
// none is missing, altered or out of order. Each fault is named where it is: after an altered event the walk goes on with
// the hash that the event carries, so that one change is one break. The error is the one that events yields, if any.
func Verify(events iter.Seq2[hub.Event, error]) (Report, error) {
	var report Report
	for e, err := range events {
		if err != nil {
			return report, err
		}
		report.add(e)
	}
	return report, nil
}

func (r *Report) add(e hub.Event) {
	link, last := e.Chain, r.Head
	fresh := link.Position == last.Position+1
	switch {
	case link.Position <= last.Position:
		r.broken(link.Position, e.ID, fmt.Sprintf("stands after position %d: it is out of order or there twice", last.Position))
		r.Events++
		return
	case !fresh:
		r.broken(last.Position+1, "", missing(last.Position+1, link.Position-1))
	}
	switch {
	case !bytes.Equal(Hash(link.Previous, e), link.Hash):
		r.broken(link.Position, e.ID, "was altered: its content does not have the hash it carries")
	case fresh && !bytes.Equal(link.Previous, last.Hash):
		r.broken(link.Position, e.ID, "does not follow the event before it: one of the two was replaced")
	}
	r.Events++
	r.Head = hub.Link{Position: link.Position, Previous: link.Previous, Hash: link.Hash}
}

func (r *Report) broken(position int64, id, problem string) {
	r.Broken++
	if len(r.Breaks) < maxBreaks {
		r.Breaks = append(r.Breaks, Break{Position: position, EventID: id, Problem: problem})
	}
}

func missing(first, last int64) string {
	if first == last {
		return "the event is missing"
	}
	return fmt.Sprintf("%d events are missing, up to position %d", last-first+1, last)
}
