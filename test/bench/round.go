package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"
)

// contender is a server with one kind of load. Contenders are measured in turn, round after round, so that what else the
// machine does meets all of them alike.
type contender struct {
	name    string
	process *process
	load    load
	results []result
}

// result is what one round found.
type result struct {
	perSecond float64
	processor time.Duration // of the server, per request
}

// effort is how long and with how many connections a round loads a contender.
type effort struct {
	rounds      int
	duration    time.Duration
	connections int
}

// warmUp is sent before a measurement begins, unmeasured.
const warmUp = 300 * time.Millisecond

// measure runs all rounds over all contenders, every other round in reverse.
func (e effort) measure(ctx context.Context, contenders []*contender, progress func(string)) error {
	for round := range e.rounds {
		order := slices.Clone(contenders)
		if round%2 == 1 {
			slices.Reverse(order)
		}
		for i, one := range order {
			progress(fmt.Sprintf("round %d of %d, %d of %d: %s", round+1, e.rounds, i+1, len(order), one.name))
			found, err := e.once(ctx, one)
			if err != nil {
				return fmt.Errorf("%s: %w", one.name, err)
			}
			one.results = append(one.results, found)
		}
	}
	return nil
}

func (e effort) once(ctx context.Context, one *contender) (result, error) {
	if err := ctx.Err(); err != nil {
		return result{}, err
	}
	runtime.GC() // ours, so that it does not fall into the measurement
	lines, err := one.load.connect(ctx, e.connections)
	if err != nil {
		return result{}, err
	}
	defer hangUp(lines)
	if _, err := one.load.send(lines, warmUp); err != nil {
		return result{}, err
	}
	before, err := one.process.processorTime()
	if err != nil {
		return result{}, err
	}
	did, err := one.load.send(lines, e.duration)
	if err != nil {
		return result{}, err
	}
	after, err := one.process.processorTime()
	if err != nil {
		return result{}, err
	}
	if did.answers == 0 {
		return result{}, fmt.Errorf("no answer within %v", e.duration)
	}
	return result{perSecond: did.perSecond(), processor: (after - before) / time.Duration(did.answers)}, nil
}

// ratio gives the medians, over the rounds, of processor time and of requests per second of one contender relative to another.
// Rounds are compared with themselves: what slowed one slowed both.
func ratio(of, to *contender) (processor, perSecond float64) {
	var processors, rates []float64
	for i := range of.results {
		processors = append(processors, float64(of.results[i].processor)/float64(to.results[i].processor))
		rates = append(rates, of.results[i].perSecond/to.results[i].perSecond)
	}
	return median(processors), median(rates)
}

// processorTime gives the median over the rounds.
func (c *contender) processorTime() time.Duration {
	var all []time.Duration
	for _, one := range c.results {
		all = append(all, one.processor)
	}
	return median(all)
}

// perSecond gives the median over the rounds.
func (c *contender) perSecond() float64 {
	var all []float64
	for _, one := range c.results {
		all = append(all, one.perSecond)
	}
	return median(all)
}

// median gives the middle one, the mean of both where there are two, zero where there is none.
func median[T float64 | time.Duration | int64](all []T) T {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
