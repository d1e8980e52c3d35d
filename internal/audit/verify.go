package audit

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"time"

	"example.org/hub/internal/hub"
)

// Break is one place where a chain does not hold.
type Break struct {
	Position int64  // of the event at fault, or of the first one missing
	EventID  string // empty for missing events
	Problem  string // in words

	last     int64  // of a gap: the last event missing; 0: this is none
	previous []byte // of a gap: what the event after it says of the hash before
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
	LetGo  int64    // how many are missing because they were let go after Kept, as an event in the chain tells
	Head   hub.Link // position and hash of the last one
	Broken int64    // how many places do not hold
	Breaks []Break  // the first hundred of them

	letGo letGo // as far as events were let go
}

// Holds reports whether the chain is whole.
func (r Report) Holds() bool { return r.Broken == 0 }

// String says it in one line.
func (r Report) String() string {
	if r.Holds() {
		earlier := ""
		if r.LetGo > 0 {
			earlier = fmt.Sprintf(" (%d earlier ones were let go after %d days)", r.LetGo, Kept/(24*time.Hour))
		}
		return fmt.Sprintf("%d events, the chain holds; its head is position %d, hash %s%s", r.Events, r.Head.Position,
			hex.EncodeToString(r.Head.Hash), earlier)
	}
	return fmt.Sprintf("%d events, the chain is broken in %d places", r.Events, r.Broken)
}

// Verify walks along events, which come in the order in which they are kept, and checks that they begin at position 1, that
// none is missing (but those that were let go), altered or out of order. Each fault is named where it is: after an altered
// event the walk goes on with the hash that the event carries, so that one change is one break. The error is the one that
// events yields, if any.
func Verify(events iter.Seq2[hub.Event, error]) (Report, error) {
	var report Report
	for e, err := range events {
		if err != nil {
			return report, err
		}
		report.add(e)
	}
	report.excuse()
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
		r.note(Break{
			Position: last.Position + 1, Problem: missing(last.Position+1, link.Position-1),
			last: link.Position - 1, previous: link.Previous,
		})
	}
	switch {
	case !bytes.Equal(Hash(link.Previous, e), link.Hash):
		r.broken(link.Position, e.ID, "was altered: its content does not have the hash it carries")
	case fresh && !bytes.Equal(link.Previous, last.Hash):
		r.broken(link.Position, e.ID, "does not follow the event before it: one of the two was replaced")
	}
	r.Events++
	r.Head = hub.Link{Position: link.Position, Previous: link.Previous, Hash: link.Hash}
	if e.Action == letGoAction {
		var told letGo
		if json.Unmarshal([]byte(e.Details), &told) == nil && told.Through > r.letGo.Through && told.Through < link.Position {
			r.letGo = told
		}
	}
}

// excuse takes back the gaps that an event in the chain tells of. Events may go while they are being read, so there can be a gap
// that is not at the beginning.
func (r *Report) excuse() {
	r.Breaks = slices.DeleteFunc(r.Breaks, func(b Break) bool {
		told := b.last > 0 && (b.last < r.letGo.Through || b.last == r.letGo.Through && bytes.Equal(b.previous, r.letGo.Hash))
		if told {
			r.Broken--
			r.LetGo += b.last - b.Position + 1
		}
		return told
	})
}

func (r *Report) broken(position int64, id, problem string) {
	r.note(Break{Position: position, EventID: id, Problem: problem})
}

func (r *Report) note(b Break) {
	r.Broken++
	if len(r.Breaks) < maxBreaks {
		r.Breaks = append(r.Breaks, b)
	}
}

func missing(first, last int64) string {
	if first == last {
		return "the event is missing"
	}
	return fmt.Sprintf("%d events are missing, up to position %d", last-first+1, last)
}
