package main

import (
	"context"
	"log/slog"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// roomForGarbage is what the garbage collector may leave lying about between two rounds, in bytes, where less than that is
	// alive; where more is, as much again, as usual. A hub keeps little alive and makes much garbage: at the usual rate it
	// would clean up fifty times a second under load, which is a tenth of the work of a token.
	roomForGarbage = 10 << 20
	// smallestHeap is the heap below which the collector never begins, in bytes.
	smallestHeap = 4 << 20

	lookAtMemory = time.Second
	// A hub that makes less garbage than quiet between two looks, in bytes, and for as many looks as stillness, has nothing to
	// do; if it has made more than busy before that, it has something to give back.
	quiet     = 512 << 10
	busy      = 16 << 20
	stillness = 5
)

// keepSmall lets a busy hub have the memory that makes it fast, and has an idle one give it back, until ctx ends. Whoever
// sets GOGC has chosen the collector's rate themselves.
func keepSmall(ctx context.Context, log *slog.Logger) {
	chosen := os.Getenv("GOGC") != ""
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/heap/allocs:bytes"}}
	look := time.NewTicker(lookAtMemory)
	defer look.Stop()
	percent, still := 0, 0
	last, given := uint64(0), uint64(0)
	for {
		metrics.Read(sample)
		live, made := max(sample[0].Value.Uint64(), smallestHeap), sample[1].Value.Uint64()
		if wanted := int(max(100, 100*roomForGarbage/live)); !chosen && (wanted < percent || wanted > percent+percent/4) {
			debug.SetGCPercent(wanted)
			percent = wanted
		}
		if still++; made-last > quiet {
			still = 0
		}
		if last = made; given == 0 || still >= stillness && made-given > busy {
			if err := giveBack(); err != nil {
				log.Debug("memory that is not needed was not given back", "error", err)
			}
			given = made
		}
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
	}
}
