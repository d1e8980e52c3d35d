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

var touchDatabase = prepared(`UPDATE migrations SET applied_at = applied_at`)

// probe writes something that changes nothing until it succeeds.
func (h *health) probe() {
	for h.readOnly.Load() && wait(h.alive, time.Second) {
		_ = h.store.tx(h.alive, serializable, func(tx *Tx) error {
			_, err := tx.exec(h.alive, touchDatabase)
			return err
		})
	}
}
