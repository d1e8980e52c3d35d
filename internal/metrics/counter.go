package metrics

import (
	"maps"
	"math"
	"strconv"
	"sync"
	"sync/atomic"
)

// Counter only grows. Adding to it is one atomic operation.
type Counter struct{ n *atomic.Uint64 }

// Inc counts one.
func (c Counter) Inc() { c.n.Add(1) }

func newCounter() Counter { return Counter{new(atomic.Uint64)} }

func (c Counter) write(out *page, name, labels string) {
	out.line(name, labels, strconv.FormatUint(c.n.Load(), 10))
}

// Gauge is a value that goes up and down.
type Gauge struct{ bits *atomic.Uint64 }

// Set gives the gauge a value.
func (g Gauge) Set(value float64) { g.bits.Store(math.Float64bits(value)) }

// Flag sets the gauge to 1 for true and 0 for false.
func (g Gauge) Flag(on bool) {
	if on {
		g.Set(1)
	} else {
		g.Set(0)
	}
}

func newGauge() Gauge { return Gauge{new(atomic.Uint64)} }

func (g Gauge) write(out *page, name, labels string) {
	out.line(name, labels, number(math.Float64frombits(g.bits.Load())))
}

// computed is a gauge whose value is worked out when somebody asks.
type computed func() float64

func (c computed) write(out *page, name, labels string) { out.line(name, labels, number(c())) }

// mostValues is how many values one open label may have before the rest is counted as `other`: an outcome or a cause is
// a word of ours, but should a stranger's word ever get there, it cannot grow the memory or the answer to a scrape.
const mostValues = 64

// Counters is one metric whose last label is open: outcomes, causes. Counting a value seen before is a
// map look-up and one atomic addition, without allocation or lock.
type Counters struct {
	family *family
	labels []string // the values of every label but the last
	lock   sync.Mutex
	known  atomic.Pointer[map[string]Counter]
}

func newCounters(f *family, labels ...string) *Counters {
	c := &Counters{family: f, labels: labels}
	c.known.Store(&map[string]Counter{})
	return c
}

// Count counts one of this value.
func (c *Counters) Count(value string) { c.Of(value).Inc() }

// Of gives the counter of one value, for callers that want to resolve it beforehand.
func (c *Counters) Of(value string) Counter {
	if counter, ok := (*c.known.Load())[value]; ok {
		return counter
	}
	c.lock.Lock()
	defer c.lock.Unlock()
	known := *c.known.Load()
	if counter, ok := known[value]; ok {
		return counter
	}
	if len(known) >= mostValues {
		return c.resolve("other")
	}
	counter := c.resolve(value)
	more := maps.Clone(known)
	more[value] = counter
	c.known.Store(&more)
	return counter
}

func (c *Counters) resolve(value string) Counter {
	return c.family.of(func() metric { return newCounter() }, append(c.labels[:len(c.labels):len(c.labels)], value)...).(Counter)
}
