package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"example.org/hub/internal/fault"
	"github.com/caddyserver/certmagic"
)

// Shelf is where nodes of one hub share what ACME keeps: the account, certificates with their keys, and answers to
// challenges, so that any node can answer the authority. Keys look like paths. Values hold private keys; whoever
// implements it seals them. It must be safe for concurrent use and heed ctx.
type Shelf interface {
	// Load gives a value and when it was saved. An absent key is fs.ErrNotExist.
	Load(ctx context.Context, key string) (value []byte, saved time.Time, err error)
	Save(ctx context.Context, key string, value []byte) error
	// Delete removes a key; an absent one is no error.
	Delete(ctx context.Context, key string) error
	// Keys gives every key that begins with prefix, in any order.
	Keys(ctx context.Context, prefix string) ([]string, error)
	// Claim takes the named lease for holder, or renews it, if no one else's is running. It ends by itself after the
	// given time, by one clock for all nodes.
	Claim(ctx context.Context, name, holder string, lasts time.Duration) (bool, error)
	// Release ends the holder's lease, if it still is the holder's.
	Release(ctx context.Context, name, holder string) error
}

const (
	leaseLasts = 30 * time.Second
	leaseRetry = 500 * time.Millisecond
)

// shelfStorage is a Shelf in the form that certmagic asks for.
type shelfStorage struct {
	shelf Shelf

	lock sync.Mutex
	held map[string]heldLease
}

type heldLease struct {
	holder string
	stop   context.CancelFunc
}

func (s *shelfStorage) Store(ctx context.Context, key string, value []byte) error {
	return s.shelf.Save(ctx, key, value)
}

func (s *shelfStorage) Load(ctx context.Context, key string) ([]byte, error) {
	value, _, err := s.shelf.Load(ctx, key)
	return value, err
}

// Delete takes away a key and everything below it.
func (s *shelfStorage) Delete(ctx context.Context, key string) error {
	below, err := s.shelf.Keys(ctx, key+"/")
	if err != nil {
		return err
	}
	for _, one := range append(below, key) {
		if err := s.shelf.Delete(ctx, one); err != nil {
			return err
		}
	}
	return nil
}

func (s *shelfStorage) Exists(ctx context.Context, key string) bool {
	_, err := s.Stat(ctx, key)
	return err == nil
}

// List gives what lies below a path: all of it, or one level, where folders are named too.
func (s *shelfStorage) List(ctx context.Context, path string, recursive bool) ([]string, error) {
	prefix := strings.TrimSuffix(path, "/") + "/"
	if path == "" {
		prefix = ""
	}
	keys, err := s.shelf.Keys(ctx, prefix)
	if err != nil {
		return nil, err
	}
	var listed []string
	for _, key := range keys {
		below := strings.TrimPrefix(key, prefix)
		if recursive {
			listed = append(listed, key)
			for i, letter := range below {
				if letter == '/' {
					listed = append(listed, prefix+below[:i])
				}
			}
		} else {
			name, _, _ := strings.Cut(below, "/")
			listed = append(listed, prefix+name)
		}
	}
	slices.Sort(listed)
	return slices.Compact(listed), nil
}

func (s *shelfStorage) Stat(ctx context.Context, key string) (certmagic.KeyInfo, error) {
	value, saved, err := s.shelf.Load(ctx, key)
	if err == nil {
		return certmagic.KeyInfo{Key: key, Modified: saved, Size: int64(len(value)), IsTerminal: true}, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return certmagic.KeyInfo{}, err
	}
	below, err := s.shelf.Keys(ctx, key+"/")
	if err == nil && len(below) == 0 {
		err = fmt.Errorf("%s: %w", key, fs.ErrNotExist)
	}
	return certmagic.KeyInfo{Key: key}, err
}

// Lock waits until the lease is ours, and renews it until Unlock.
func (s *shelfStorage) Lock(ctx context.Context, name string) error {
	holder := fault.NewID()
	for {
		ours, err := s.shelf.Claim(ctx, name, holder, leaseLasts)
		if err != nil {
			return err
		}
		if ours {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(leaseRetry):
		}
	}
	// The lease is kept after ctx has ended too: only Unlock says that the work is over.
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.lock.Lock()
	if s.held == nil {
		s.held = map[string]heldLease{}
	}
	s.held[name] = heldLease{holder: holder, stop: stop}
	s.lock.Unlock()
	go s.renew(running, name, holder)
	return nil
}

func (s *shelfStorage) renew(ctx context.Context, name, holder string) {
	tick := time.NewTicker(leaseLasts / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			_, _ = s.shelf.Claim(ctx, name, holder, leaseLasts) // tried again at the next tick; it lasts for two more
		}
	}
}

func (s *shelfStorage) Unlock(ctx context.Context, name string) error {
	s.lock.Lock()
	lease, ok := s.held[name]
	delete(s.held, name)
	s.lock.Unlock()
	if !ok {
		return fmt.Errorf("the lock %s is not held", name)
	}
	lease.stop()
	return s.shelf.Release(ctx, name, lease.holder)
}
