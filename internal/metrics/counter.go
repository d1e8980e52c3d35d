package metrics

import (
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Counter only grows. Adding to it is one atomic operation.
type Counter struct{ counter prometheus.Counter }

// Inc counts one.
func (c Counter) Inc() { c.counter.Inc() }

// Gauge is a value that goes up and down.
type Gauge struct{ gauge prometheus.Gauge }

// Set gives the gauge a value.
func (g Gauge) Set(value float64) { g.gauge.Set(value) }

// Flag sets the gauge to 1 for true and 0 for false.
func (g Gauge) Flag(on bool) {
	if on {
		g.gauge.Set(1)
	} else {
		g.gauge.Set(0)
	}
}

// Timer collects how long something took.
type Timer struct{ histogram prometheus.Observer }

// Took adds one duration.
func (t Timer) Took(d time.Duration) { t.histogram.Observe(d.Seconds()) }

// mostValues is how many values one open label may have before the rest is counted as `other`: an outcome or a cause is
// a word of ours, but should a stranger's word ever get there, it cannot grow the memory or the answer to a scrape.
const mostValues = 64

// Counters is one metric whose last label is open: outcome codes, causes, verdicts. Counting a value seen before is a
// map look-up and one atomic addition, without allocation or lock.
type Counters struct {
	vec   *prometheus.CounterVec // every label but the last is already given
	lock  sync.Mutex
	known atomic.Pointer[map[string]Counter]
}

func counters(vec *prometheus.CounterVec) *Counters {
	c := &Counters{vec: vec}
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
		return Counter{c.vec.WithLabelValues("other")}
	}
	counter := Counter{c.vec.WithLabelValues(toLabel(value))}
	more := maps.Clone(known)
	more[value] = counter
	c.known.Store(&more)
	return counter
}
