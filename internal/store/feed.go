package store

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

const (
	pollEvery  = 200 * time.Millisecond
	pollMost   = 5000             // changes in one poll; beyond it everything may have changed
	openWindow = 20 * time.Second // how long after a number a lower one may still become visible
	keepFor    = time.Hour        // how long changes are kept for others to read
	pruneEvery = 10 * time.Minute
	// longestSleep is after how long without a poll changes may have been removed that this node never read.
	longestSleep = keepFor / 2
	// setBack is by how much a clock must have been set back for what was forgotten as ended to count again.
	setBack = 10 * time.Second
)

// feed tells everyone who watches what changed: for transactions of this process as part of them, for those of others by
// reading the table of changes. Numbers of changes are given when a transaction writes and show when it commits, so on
// PostgreSQL a lower number can appear after a higher one; therefore the numbers of the last seconds are read again each
// time, and those seen are remembered.
type feed struct {
	store    *Store
	alive    context.Context
	server   bool
	begin    sync.Once
	wakeUp   chan struct{}
	mu       sync.Mutex
	watchers map[int]func([]Change)
	next     int
	floor    int64               // all that will ever show up to here has been seen
	seen     map[int64]time.Time // numbers above floor, and when they were seen
	polled   time.Time           // when the last poll that succeeded began, by the clock of this machine
	began    time.Time           // from which inTouch counts: by a clock that nobody sets
	inTouch  atomic.Int64        // when the last poll that succeeded began, nanoseconds after began; 0: nobody watches
	synced   bool
}

func newFeed(s *Store, alive context.Context, server bool) *feed {
	return &feed{
		store: s, began: time.Now(), alive: alive, server: server,
		wakeUp: make(chan struct{}, 1), watchers: map[int]func([]Change){}, seen: map[int64]time.Time{},
	}
}

// Watch calls notify for every change from now on: for a change of this process before its Tx returns, so that the next
// request on this node sees it; for others within a second. A change with kind Everything says that anything may have
// changed; it also comes first, and after every time that the database was out of reach.
//
// notify is called from several goroutines, must be quick, and must not use the store.
func (s *Store) Watch(notify func([]Change)) (stop func()) {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	number := f.next
	f.next++
	f.watchers[number] = notify
	f.begin.Do(func() {
		f.inTouch.Store(int64(time.Since(f.began)))
		s.running.Go(f.run)
		s.running.Go(func() { s.engine.listen(f.alive, f.wake) })
	})
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.watchers, number)
	}
}

// FeedAge is how old this node's knowledge of changes made elsewhere may be: well below a second in good times, and
// growing while the database is out of reach. It is zero when nobody watches.
func (s *Store) FeedAge() time.Duration {
	last := s.feed.inTouch.Load()
	if last == 0 {
		return 0
	}
	return time.Since(s.feed.began) - time.Duration(last)
}

func (f *feed) wake() {
	select {
	case f.wakeUp <- struct{}{}:
	default:
	}
}

func (f *feed) run() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	pruned := time.Now()
	failing := false
	for {
		select {
		case <-f.alive.Done():
			return
		case <-timer.C:
		case <-f.wakeUp:
		}
		err := f.poll()
		if err != nil && !failing && f.alive.Err() == nil {
			f.store.log.Warn("changes made by other nodes cannot be read; trying again", "error", err)
		}
		if err == nil && failing {
			f.store.log.Info("changes made by other nodes are read again")
		}
		failing = err != nil
		if f.server && err == nil && time.Since(pruned) > pruneEvery {
			pruned = time.Now()
			if err := f.store.pruneChanges(f.alive, f.store.Now().Add(-keepFor)); err != nil {
				f.store.log.Warn("old changes cannot be removed", "error", err)
			}
		}
		timer.Reset(pollEvery)
	}
}

// poll reads what is new and tells it.
func (f *feed) poll() error {
	started := time.Now()
	wall := f.store.clock.wall()
	f.mu.Lock()
	if f.lostTrack(wall) {
		f.synced = false
	}
	floor, synced := f.floor, f.synced
	f.mu.Unlock()
	var changes []Change
	var err error
	if synced {
		changes, err = list(f.alive, &f.store.Reader, selectChanges, scanChange, floor, pollMost)
	} else {
		changes, err = f.lastChanges()
	}
	f.mu.Lock()
	if err != nil {
		f.synced = false
		f.mu.Unlock()
		return err
	}
	fresh := f.take(changes, started)
	if !synced || len(changes) == pollMost {
		// The first time, after trouble, or too much to tell one by one.
		fresh = []Change{{Kind: Everything}}
		f.synced = len(changes) < pollMost
	}
	f.polled = wall
	watchers := f.listeners()
	f.mu.Unlock()
	tell(watchers, fresh)
	// Only now, when everybody has heard: who believes what is cached must not do so a moment too early after trouble.
	f.inTouch.Store(int64(started.Sub(f.began)))
	return nil
}

// lostTrack reports whether this node may know too little, and has to read everything anew. It did nothing for so long that
// others may have removed changes it never read: a process that was stopped, a machine that slept; both clocks are asked, since
// one stands still while a machine sleeps and the other can be set. Or its clock was ahead and has been set back: then
// revocations were forgotten that still matter. f.mu is held.
func (f *feed) lostTrack(wall time.Time) bool {
	set := wall.Round(0).Sub(f.polled.Round(0))
	return max(wall.Sub(f.polled), set) > longestSleep || set < -setBack
}

// lastChanges gives the numbers near the end, which are then known as seen; what comes later is news.
func (f *feed) lastChanges() ([]Change, error) {
	last, err := one(f.alive, &f.store.Reader, selectLastChange, value[int64])
	if err != nil {
		return nil, err
	}
	changes, err := list(f.alive, &f.store.Reader, selectChanges, scanChange, last-pollMost/2, pollMost-1)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.floor = last - pollMost/2
	clear(f.seen)
	return changes, nil
}

// take remembers changes as seen and gives those that are new, and moves the floor. f.mu is held.
func (f *feed) take(changes []Change, now time.Time) []Change {
	var fresh []Change
	floor := f.floor
	for _, change := range changes {
		at, seen := f.seen[change.Seq]
		if !seen {
			f.seen[change.Seq] = now
			fresh = append(fresh, change)
		} else if now.Sub(at) > openWindow {
			floor = max(floor, change.Seq)
		}
	}
	if floor > f.floor {
		f.floor = floor
		for seq := range f.seen {
			if seq <= floor {
				delete(f.seen, seq)
			}
		}
	}
	return fresh
}

// publishOwn tells of a transaction of this process that has just been committed.
func (f *feed) publishOwn(changes []Change) {
	if len(changes) == 0 {
		return
	}
	f.mu.Lock()
	for _, change := range changes {
		if f.synced {
			f.seen[change.Seq] = time.Now()
		}
	}
	watchers := f.listeners()
	f.mu.Unlock()
	tell(watchers, changes)
}

// listeners copies the watchers, so that they are called without the lock. f.mu is held.
func (f *feed) listeners() []func([]Change) {
	watchers := make([]func([]Change), 0, len(f.watchers))
	for _, notify := range f.watchers {
		watchers = append(watchers, notify)
	}
	return watchers
}

func tell(watchers []func([]Change), changes []Change) {
	if len(changes) == 0 {
		return
	}
	for _, notify := range watchers {
		notify(changes)
	}
}
