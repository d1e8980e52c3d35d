package provider

import "sync"

// cache is a bounded read-through cache. When its younger half is full the older half is forgotten; what is used moves to
// the younger half. A load that was under way while something was invalidated is not kept, so no stale value survives.
type cache[K comparable, V any] struct {
	half int // entries in each half

	lock           sync.RWMutex
	younger, older map[K]V
	round          uint64 // counts invalidations
}

// get gives the cached value, or loads and keeps it. An error of load is not kept.
func (c *cache[K, V]) get(key K, load func() (V, error)) (V, error) {
	value, found, round := c.peek(key)
	if found {
		return value, nil
	}
	value, err := load()
	if err != nil {
		return value, err
	}
	c.put(key, value, round)
	return value, nil
}

// peek gives the cached value if there is one, and the round for put after a load that begins now.
func (c *cache[K, V]) peek(key K) (value V, found bool, round uint64) {
	c.lock.RLock()
	value, found = c.younger[key]
	round = c.round
	if found {
		c.lock.RUnlock()
		return value, true, round
	}
	value, found = c.older[key]
	c.lock.RUnlock()
	if found {
		c.put(key, value, round)
	}
	return value, found, round
}

func (c *cache[K, V]) put(key K, value V, round uint64) {
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.round != round {
		return
	}
	if c.younger == nil || len(c.younger) >= c.half {
		c.older, c.younger = c.younger, make(map[K]V)
	}
	c.younger[key] = value
}

// forget drops the entries that match, and every load under way.
func (c *cache[K, V]) forget(match func(K, V) bool) {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.round++
	for _, half := range []map[K]V{c.younger, c.older} {
		for key, value := range half {
			if match(key, value) {
				delete(half, key)
			}
		}
	}
}

// drop drops some keys, and every load under way.
func (c *cache[K, V]) drop(keys ...K) {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.round++
	for _, key := range keys {
		delete(c.younger, key)
		delete(c.older, key)
	}
}

// clear drops everything.
func (c *cache[K, V]) clear() {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.round++
	c.younger, c.older = nil, nil
}
