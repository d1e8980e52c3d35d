package resource

import (
	"context"
	"sync"
	"time"
)

const (
	fetchTimeout = 5 * time.Second // for one fetch, with all its requests
	retryAfter   = 5 * time.Second // between fetches that fail
)

// cached holds the last good answer to one question about the hub. One fetch runs at a time, whoever waits for it; it does
// not end with the request that began it. An answer that has grown old stays in use while a newer one cannot be had.
type cached[T any] struct {
	fetch func(context.Context) (T, error)
	fresh time.Duration // how long before the answer is asked for again, behind the back of whoever uses it

	mu      sync.Mutex
	value   T
	known   bool
	at      time.Time     // when value was asked for
	err     error         // of the last fetch
	failed  time.Time     // when err happened
	renewed time.Time     // when renew last began a fetch that did not fail
	flight  chan struct{} // closed when the running fetch ends; nil when none runs
}

// get gives the answer, waiting only when there has never been one.
func (c *cached[T]) get(ctx context.Context) (T, error) {
	c.mu.Lock()
	resting := c.err != nil && time.Since(c.failed) < retryAfter
	if c.known {
		if c.flight == nil && !resting && time.Since(c.at) >= c.fresh {
			c.begin()
		}
		defer c.mu.Unlock()
		return c.value, nil
	}
	if c.flight == nil {
		if resting {
			defer c.mu.Unlock()
			return c.value, c.err
		}
		c.begin()
	}
	flight := c.flight
	c.mu.Unlock()
	if err := landed(ctx, flight); err != nil {
		var none T
		return none, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.known {
		return c.value, c.err
	}
	return c.value, nil
}

// renew gives an answer newer than the present one if it may: it fetches at most once in the given time, and gives the
// present answer otherwise. An error says that a newer answer could not be had.
func (c *cached[T]) renew(ctx context.Context, atMostEvery time.Duration) (T, error) {
	var none T
	for {
		c.mu.Lock()
		if c.flight == nil {
			break
		}
		// That fetch may have been answered before whatever made the caller ask; wait, then look again.
		flight := c.flight
		c.mu.Unlock()
		if err := landed(ctx, flight); err != nil {
			return none, err
		}
	}
	if c.err != nil && time.Since(c.failed) < retryAfter {
		defer c.mu.Unlock()
		return none, c.err
	}
	if !c.renewed.IsZero() && time.Since(c.renewed) < atMostEvery {
		defer c.mu.Unlock()
		return c.value, nil
	}
	c.renewed = time.Now()
	c.begin()
	flight := c.flight
	c.mu.Unlock()
	if err := landed(ctx, flight); err != nil {
		return none, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.value, c.err
}

// begin starts the fetch; the lock is held.
func (c *cached[T]) begin() {
	flight, at := make(chan struct{}), time.Now()
	c.flight = flight
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), fetchTimeout)
		defer cancel()
		value, err := c.fetch(ctx)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.flight, c.err = nil, err
		if err != nil {
			c.failed, c.renewed = time.Now(), time.Time{}
		} else {
			c.value, c.known, c.at = value, true, at
		}
		close(flight)
	}()
}

// landed waits for a fetch to end, or for the caller to lose patience.
func landed(ctx context.Context, flight <-chan struct{}) error {
	select {
	case <-flight:
		return nil
	case <-ctx.Done():
		return unavailable(ctx.Err())
	}
}
