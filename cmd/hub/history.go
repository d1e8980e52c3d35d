package main

import (
	"context"
	"maps"
	"slices"
	"sort"
	"time"

	"example.org/hub/internal/hub"
)

// history carries what this node counts into the hours that all nodes share, so that the dashboard outlives a restart.
type history struct {
	*program
	before map[hub.Measured]uint64 // what was carried over already, by what is counted
}

// keep carries over what was counted since the last time. What was not written is tried again with the next.
func (h *history) keep(ctx context.Context) error {
	now, counted := time.Now(), map[hub.Measured]uint64{}
	for _, one := range h.metrics.Tokens() {
		if one.Labels["outcome"] == "ok" {
			counted[hub.Measured{
				Environment: hub.Environment(one.Labels["environment"]), Measure: hub.MeasuredTokens, Label: one.Labels["door"],
			}] += one.N
		}
	}
	for _, one := range h.metrics.Refused() {
		counted[hub.Measured{Measure: hub.MeasuredRefusals, Label: one.Labels["cause"]}] += one.N
	}
	passed, refused := h.desk.Hashes()
	counted[hub.Measured{Measure: hub.MeasuredHashes, Label: "done"}] = passed
	counted[hub.Measured{Measure: hub.MeasuredHashes, Label: "refused"}] = refused
	maps.Copy(counted, h.provider.ByService())
	var fresh []hub.Measured
	for what, n := range counted {
		if added := n - h.before[what]; added > 0 {
			what.At, what.Count = now, int64(added)
			fresh = append(fresh, what)
		}
	}
	fresh = busiest(fresh, hub.MeasuredServices)
	fresh = busiest(fresh, hub.MeasuredOpened)
	if len(fresh) == 0 {
		return nil
	}
	if err := h.store.AddHistory(ctx, fresh); err != nil {
		return err
	}
	h.before = counted
	return nil
}

// mostServices is how many services' tokens, or sign-ins, are kept of what was counted between two runs: enough to tell which
// are the busiest, without a row for each of thousands.
const mostServices = 64

// busiest leaves out the services that had least of a measure.
func busiest(fresh []hub.Measured, measure string) []hub.Measured {
	isService := func(m hub.Measured) bool { return m.Measure == measure }
	sort.Slice(fresh, func(i, j int) bool {
		if isService(fresh[i]) != isService(fresh[j]) {
			return isService(fresh[j])
		}
		return fresh[i].Count > fresh[j].Count
	})
	if at := slices.IndexFunc(fresh, isService); at >= 0 {
		fresh = fresh[:min(len(fresh), at+mostServices)]
	}
	return fresh
}
