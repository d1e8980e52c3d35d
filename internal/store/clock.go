package store

import (
	"context"
	"sync"
	"time"

	"example.org/hub/internal/hub"
)

// clock tells the time that nodes share: that of the database server, or of this machine where the database is a file on it.
// A node whose own clock is wrong then measures codes, sign-ins and grace as the others do.
//
// It does not go back with a clock that is set back, for as long as what ends soon needs to be swept away: what has ended must
// not live again. After that it follows, since a clock may have been wrong before.
type clock struct {
	wall func() time.Time

	lock sync.Mutex
	// What the database said last, and when by the clock of this process that nobody sets; zero: it was never asked.
	base, asked time.Time
	told, at    time.Time // the last answer, and when it was given
	back        time.Time // since when the clock is behind its last answer; zero: it is not
	leapt       time.Time // when it went ahead by more than leap, or was first asked
}

const (
	// askClock is how often the database is asked for the time.
	askClock = 10 * time.Second
	// holdClock is how long a clock that was set back is not followed.
	holdClock = 20 * time.Minute
	// clockGrain is what two readings of good clocks may differ by.
	clockGrain = 50 * time.Millisecond
	// leap is how far a clock that is kept by a time service never goes ahead at once.
	leap = time.Minute
)

// now gives the time.
func (c *clock) now() time.Time {
	c.lock.Lock()
	defer c.lock.Unlock()
	at := time.Now() // read once: every request asks for the time
	present := c.base.Add(at.Sub(c.asked))
	if c.asked.IsZero() {
		present = c.wall().Round(0) // without the reading that nobody sets, by which it would be compared for ever
	}
	reckoned := c.told.Add(at.Sub(c.at))
	if c.told.IsZero() || present.Sub(reckoned) > leap {
		c.leapt = at
	}
	switch {
	case !present.Before(reckoned) || c.told.IsZero():
		c.back = time.Time{}
	case reckoned.Sub(present) < clockGrain:
		present = reckoned
	case c.back.IsZero():
		c.back, present = at, reckoned
	case at.Sub(c.back) < holdClock:
		present = reckoned
	default:
		c.back = time.Time{}
	}
	c.told, c.at = present, at
	return present.UTC().Truncate(time.Millisecond)
}

// set takes over what the database said, between two readings of the clock that nobody sets.
func (c *clock) set(said, before, after time.Time) {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.base, c.asked = said, before.Add(after.Sub(before)/2)
}

// Now is the present, the same on every node that shares this database: UTC, truncated to milliseconds.
func (s *Store) Now() time.Time { return s.clock.now() }

// Surely is the present if the clock has not leapt ahead for so long that every access token of before has ended, whatever the
// clock said; otherwise zero. What says no is let go by it: a clock that was ahead for a while must not bring back what was
// revoked or used.
func (s *Store) Surely() time.Time {
	now := s.Now()
	s.clock.lock.Lock()
	defer s.clock.lock.Unlock()
	if s.clock.at.Sub(s.clock.leapt) < hub.RevokedFor {
		return time.Time{}
	}
	return now
}

// askTime asks the database for the time. Trouble changes nothing: what was known goes on.
func (s *Store) askTime(ctx context.Context) {
	before := time.Now()
	said, known, err := s.engine.time(ctx)
	if after := time.Now(); err == nil && known && after.Sub(before) < time.Second {
		s.clock.set(said, before, after)
	}
}

// followTime asks again and again.
func (s *Store) followTime(ctx context.Context) {
	for wait(ctx, askClock) {
		s.askTime(ctx)
	}
}
