package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// What the garbage collector may leave lying about between two rounds: as much as is alive, as usual, and at least
// roomForGarbage. A hub keeps little alive and makes much garbage, so at the usual rate it would clean up fifty times a
// second under load, which is a tenth of the work of a token.
const (
	roomForGarbage = 16 << 20 // bytes
	smallestHeap   = 4 << 20  // bytes; below it the collector does not begin
	lookAtHeap     = 10 * time.Second
)

// makeRoom keeps the collector's rate to that until ctx ends, unless whoever runs the hub has chosen one by GOGC.
func makeRoom(ctx context.Context) {
	if os.Getenv("GOGC") != "" {
		return
	}
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	look := time.NewTicker(lookAtHeap)
	defer look.Stop()
	for current := 0; ; {
		metrics.Read(sample)
		live := max(sample[0].Value.Uint64(), smallestHeap)
		if percent := int(max(100, 100*roomForGarbage/live)); percent != current {
			debug.SetGCPercent(percent)
			current = percent
		}
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
	}
}
