package provider

import (
	"context"
	"sync"
	"time"
)

// revocations is the access tokens that were revoked before their end, and the families that were ended, all in memory: their
// number is small, since each is forgotten when its tokens would have ended anyway, and every check of a token asks.
type revocations struct {
	lock   sync.RWMutex
	loaded bool
	round  uint64 // counts changes, so that a load which missed one is not kept
	ends   map[string]time.Time
}

// has reports whether a token was revoked, or its family ended (family is empty if it has none), loading the set when it is
// not there.
func (r *revocations) has(ctx context.Context, id, family string, load func(context.Context) (map[string]time.Time, error)) (bool, error) {
	for {
		r.lock.RLock()
		loaded, round := r.loaded, r.round
		_, revoked := r.ends[id]
		if !revoked && family != "" {
			_, revoked = r.ends[family]
		}
		r.lock.RUnlock()
		if loaded {
			return revoked, nil
		}
		ends, err := load(ctx)
		if err != nil {
			return false, err
		}
		r.lock.Lock()
		if r.round == round && !r.loaded {
			r.ends, r.loaded = ends, true
		}
		r.lock.Unlock()
	}
}

// add notes a revocation. Its end is not known here, so it is kept as long as any token may live.
func (r *revocations) add(id string, ends time.Time) {
	r.lock.Lock()
	defer r.lock.Unlock()
	r.round++
	if r.loaded {
		r.ends[id] = ends
	}
}

// forget makes the next reader load the set.
func (r *revocations) forget() {
	r.lock.Lock()
	defer r.lock.Unlock()
	r.round++
	r.loaded, r.ends = false, nil
}

// sweep drops what has ended.
func (r *revocations) sweep(now time.Time) {
	r.lock.Lock()
	defer r.lock.Unlock()
	for id, ends := range r.ends {
		if !now.Before(ends) {
			delete(r.ends, id)
		}
	}
}
