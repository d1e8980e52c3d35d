package signin

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/limit"
)

// gate lets few password hashes run at once, so that a flood of sign-ins leaves the rest of the hub alive. Whoever finds
// it busy waits, in a queue that is bounded, and of which one source gets a part only.
type gate struct {
	places chan struct{}
	lock   sync.Mutex
	queued int                // who waits or hashes
	held   int                // who was refused and is not answered yet
	from   map[netip.Addr]int // the same by source

	passed, refused uint64 // since the program began
}

// Bounds of the queue, and what one hash is taken to last when telling others when to come again.
const (
	queueLength = 64
	queueShare  = 16
	hashTime    = 30 * time.Millisecond

	// Who is refused is answered after a moment, or whoever asks again at once would take from machines what the gate keeps for
	// them. Beyond so many the answer comes at once.
	holdFor  = 200 * time.Millisecond
	mostHeld = 512
)

func newGate(width int) gate {
	return gate{places: make(chan struct{}, width), from: map[netip.Addr]int{}}
}

// enter waits for a place at the gate; leave must be called to give it back.
//
// Errors: fault.Limited if this source has its share of the queue already, fault.Unavailable if the queue is full, both
// with a time after which to try again; the context's if it ended.
func (g *gate) enter(ctx context.Context, source netip.Addr) (leave func(), err error) {
	source = limit.Source(source)
	if err := g.enqueue(source); err != nil {
		g.hold(ctx)
		return nil, err
	}
	select {
	case g.places <- struct{}{}:
		return func() { <-g.places; g.dequeue(source) }, nil
	case <-ctx.Done():
		g.dequeue(source)
		return nil, fault.Wrap(fault.Unavailable, ctx.Err(), "the sign-in took too long to begin; try again")
	}
}

// hold lets a moment pass.
func (g *gate) hold(ctx context.Context) {
	g.lock.Lock()
	free := g.held < mostHeld
	if free {
		g.held++
	}
	g.lock.Unlock()
	if !free {
		return
	}
	moment := time.NewTimer(holdFor)
	defer moment.Stop()
	select {
	case <-moment.C:
	case <-ctx.Done():
	}
	g.lock.Lock()
	g.held--
	g.lock.Unlock()
}

func (g *gate) enqueue(source netip.Addr) error {
	g.lock.Lock()
	defer g.lock.Unlock()
	again := max(time.Duration(g.queued)*hashTime/time.Duration(cap(g.places)), time.Second)
	g.refused++ // unless it comes through
	switch {
	case g.queued >= queueLength+cap(g.places):
		return &fault.Error{
			Kind: fault.Unavailable, Code: CodeBusy,
			Message: "Many people are signing in at this moment. Try again shortly.", RetryAfter: again,
		}
	case g.from[source] >= queueShare:
		return &fault.Error{
			Kind: fault.Limited, Code: CodeBusy,
			Message: "Too many sign-ins come from your address at this moment. Try again shortly.", RetryAfter: again,
		}
	}
	g.refused--
	g.passed++
	g.queued++
	g.from[source]++
	return nil
}

func (g *gate) dequeue(source netip.Addr) {
	g.lock.Lock()
	defer g.lock.Unlock()
	g.queued--
	if g.from[source]--; g.from[source] == 0 {
		delete(g.from, source)
	}
}

// Hashes is how many passwords have passed the gate since the program began, and how many were refused since too many waited.
func (d *Desk) Hashes() (passed, refused uint64) {
	d.gate.lock.Lock()
	defer d.gate.lock.Unlock()
	return d.gate.passed, d.gate.refused
}
