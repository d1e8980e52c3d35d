package metrics

import (
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// Counted is one counter of a metric: how much it has counted since the program began, and its labels.
type Counted struct {
	Labels map[string]string
	N      uint64
}

// Tokens are the counters of token requests, with the labels door, environment and outcome.
func (s *Set) Tokens() []Counted { return s.tokens.counted() }

// Refused are the counters of refused requests, with the label cause.
func (s *Set) Refused() []Counted { return s.Refusals.family.counted() }

func (f *family) counted() []Counted {
	f.lock.Lock()
	members := maps.Clone(f.members)
	f.lock.Unlock()
	var all []Counted
	for _, text := range slices.Sorted(maps.Keys(members)) {
		counter, is := members[text].(Counter)
		if !is {
			continue
		}
		labels := map[string]string{}
		for _, pair := range strings.Split(strings.TrimSuffix(text, `"`), `",`) {
			name, value, _ := strings.Cut(pair, `="`)
			labels[name] = value
		}
		all = append(all, Counted{labels, counter.n.Load()})
	}
	return all
}

// Jobs are the background jobs by name, with when each last finished well; the zero time if it has not.
func (s *Set) Jobs() map[string]time.Time {
	f := s.upkeepRan
	f.lock.Lock()
	defer f.lock.Unlock()
	jobs := map[string]time.Time{}
	for text, member := range f.members {
		name := strings.TrimSuffix(strings.TrimPrefix(text, `job="`), `"`)
		jobs[name] = time.Time{}
		if gauge, is := member.(Gauge); is {
			if seconds := math.Float64frombits(gauge.bits.Load()); seconds > 0 {
				jobs[name] = time.UnixMilli(int64(seconds * 1000))
			}
		}
	}
	return jobs
}
