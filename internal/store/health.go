package store

import (
	"context"
	"sync/atomic"
	"time"
)

// health knows whether the database takes writes. The state is entered by a write that failed for that reason and left
// by one that did not.
type health struct {
	store    *Store
	alive    context.Context
	readOnly atomic.Bool
}

func newHealth(s *Store, alive context.Context) *health { return &health{store: s, alive: alive} }

// wrote is told how every write ended.
func (h *health) wrote(err error) {
	switch {
	case err == nil:
		if h.readOnly.CompareAndSwap(true, false) {
			h.store.log.Info("the database takes writes again")
		}
	case readOnly(err) && h.readOnly.CompareAndSwap(false, true):
		h.store.log.Error("the database can only be read; trying to write every second", "error", err)
		h.store.running.Go(h.probe)
	}
}

// probeBytes is what must fit on the disk before it counts as writable again: more than a change of one row, so that the
// state does not flutter while a disk is all but full.
const probeBytes = 64 << 10

// probe writes something that means nothing until it succeeds.
func (h *health) probe() {
	for h.readOnly.Load() && wait(h.alive, time.Second) {
		_ = h.store.tx(h.alive, serializable, func(tx *Tx) error {
			_, err := tx.exec(h.alive, upsertMeta, "probe", make([]byte, probeBytes))
			return err
		})
	}
}
