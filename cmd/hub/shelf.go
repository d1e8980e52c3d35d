package main

import (
	"context"
	"io/fs"
	"sync"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// shelf is the place in the database where nodes share what they need to get certificates by ACME (server.Shelf). Values
// hold private keys and are sealed with the master key.
type shelf struct {
	store  *store.Store
	master *secret.Master

	lock  sync.Mutex
	heard map[string]heard
}

// heard is the last beat heard of somebody else's lease, and when by our own clock. A lease is over when its beat has stood
// still for as long as it lasts: so the clocks of nodes need not agree.
type heard struct {
	lease store.Lease
	at    time.Time
}

// Load gives a value and when it was saved; an absent key is fs.ErrNotExist.
func (s *shelf) Load(ctx context.Context, key string) ([]byte, time.Time, error) {
	item, err := s.store.ShelfItem(ctx, key)
	if fault.Is(err, fault.NotFound) {
		return nil, time.Time{}, fs.ErrNotExist
	}
	if err != nil {
		return nil, time.Time{}, err
	}
	value, err := s.master.Open(shelfPurpose(key), item.Value)
	return value, item.SavedAt, err
}

func shelfPurpose(key string) string { return "shelf/" + key }

// Save seals a value and keeps it.
func (s *shelf) Save(ctx context.Context, key string, value []byte) error {
	item := store.ShelfItem{Key: key, Value: s.master.Seal(shelfPurpose(key), value), SavedAt: hub.Now()}
	return s.store.Tx(ctx, func(tx *store.Tx) error { return tx.SetShelfItem(ctx, item) })
}

// Delete removes a key; an absent one is no error.
func (s *shelf) Delete(ctx context.Context, key string) error {
	return s.store.Tx(ctx, func(tx *store.Tx) error { return tx.DeleteShelfItem(ctx, key) })
}

// Keys gives every key that begins with prefix.
func (s *shelf) Keys(ctx context.Context, prefix string) ([]string, error) {
	return s.store.ShelfKeys(ctx, prefix)
}

// Claim takes the lease for holder, or renews it, if no one else's is running.
func (s *shelf) Claim(ctx context.Context, name, holder string, lasts time.Duration) (bool, error) {
	var ours bool
	err := s.store.Tx(ctx, func(tx *store.Tx) error {
		lease, err := tx.Lease(ctx, name)
		switch {
		case fault.Is(err, fault.NotFound):
			ours = true
		case err != nil:
			return err
		default:
			ours = lease.Holder == holder || s.silent(name, lease, lasts)
		}
		if !ours {
			return nil
		}
		return tx.SetLease(ctx, name, store.Lease{Holder: holder, Beat: lease.Beat + 1})
	})
	return ours && err == nil, err
}

// silent reports whether nothing was heard of a lease for as long as it lasts.
func (s *shelf) silent(name string, lease store.Lease, lasts time.Duration) bool {
	s.lock.Lock()
	defer s.lock.Unlock()
	last, known := s.heard[name]
	if !known || last.lease != lease {
		if s.heard == nil {
			s.heard = map[string]heard{}
		}
		s.heard[name] = heard{lease, time.Now()}
		return false
	}
	return time.Since(last.at) > lasts
}

// Release ends the holder's lease, if it still is the holder's.
func (s *shelf) Release(ctx context.Context, name, holder string) error {
	return s.store.Tx(ctx, func(tx *store.Tx) error { return tx.EndLease(ctx, name, holder) })
}
