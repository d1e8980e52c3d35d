package limit

import (
	"hash/maphash"
	"math/bits"
	"sync"
	"time"
)

const (
	ways    = 8  // slots a key may be in; one set of them is two cache lines
	stripes = 64 // locks over the sets
)

// slot is one remembered key: its hash, and its state as rate.go defines it. A free slot has state zero, which is the
// state of a key never seen, so it needs no mark of its own.
type slot struct {
	key   uint64
	state int64
}

// Keeper counts events of many keys under one rate. It is safe for concurrent use.
//
// Its memory is fixed when it is made: keys live as keyed hashes in a table of sets of eight slots. A new key takes
// the slot of its set that drained longest ago; only when all eight still count something does the one nearest to
// recovery give way, so a flood of new keys can make the keeper forget the mildest offenders and nothing else. The
// hash has a random key, so no stranger can choose whom to push out, nor grow anything with long names.
type Keeper struct {
	rate  Rate
	names maphash.Seed
	froms maphash.Seed
	mask  uint64
	sets  [][ways]slot
	locks [stripes]struct {
		sync.Mutex
		_ [56]byte // a cache line each, so that neighbours do not slow each other
	}
}

// NewKeeper makes a keeper for about so many keys, rounded up to a power of two (16 bytes each). With a rate that is
// off it allows everything and keeps nothing.
func NewKeeper(rate Rate, keys int) *Keeper {
	k := &Keeper{rate: rate, names: maphash.MakeSeed(), froms: maphash.MakeSeed()}
	if !rate.Off() {
		sets := 1 << bits.Len(uint(max(keys, 1)-1)/ways)
		k.sets, k.mask = make([][ways]slot, sets), uint64(sets-1)
	}
	return k
}

// Rate gives the rate the keeper was made with.
func (k *Keeper) Rate() Rate { return k.rate }

// Allow counts one event of key if it fits. If it does not, nothing is counted and retryAfter says when one will fit.
func (k *Keeper) Allow(key Key, now time.Time) (ok bool, retryAfter time.Duration) {
	retryAfter = k.visit(key, now, allow)
	return retryAfter == 0, retryAfter
}

// Peek says whether an event of key would fit, and counts nothing. It allocates nothing.
func (k *Keeper) Peek(key Key, now time.Time) (ok bool, retryAfter time.Duration) {
	retryAfter = k.visit(key, now, peek)
	return retryAfter == 0, retryAfter
}

// Hit counts one event of key whether or not it fits: a failure that has happened.
func (k *Keeper) Hit(key Key, now time.Time) { k.visit(key, now, hit) }

// Count gives how many events of key weigh at a time, drained as the rate drains them.
func (k *Keeper) Count(key Key, now time.Time) int {
	if k.sets == nil {
		return 0
	}
	at, hash := now.UnixNano(), k.hash(key)
	set, lock := &k.sets[hash&k.mask], &k.locks[hash&k.mask%stripes]
	lock.Lock()
	defer lock.Unlock()
	for _, one := range set {
		if one.key == hash {
			return k.rate.Events(one.state, at)
		}
	}
	return 0
}

// Return takes back one event that Allow or Hit counted. Allow before a guess and Return after a right one holds the
// rate even against many guesses at the same moment, which Peek before and Hit after cannot.
func (k *Keeper) Return(key Key, now time.Time) { k.visit(key, now, giveBack) }

type act uint8

const (
	peek act = iota
	allow
	hit
	giveBack
)

// visit finds the key's slot under its lock, gives the wait as it was before, and writes the new state if there is one.
func (k *Keeper) visit(key Key, now time.Time, what act) time.Duration {
	if k.rate.Off() {
		return 0
	}
	at, hash := now.UnixNano(), k.hash(key)
	set, lock := &k.sets[hash&k.mask], &k.locks[hash&k.mask%stripes]
	lock.Lock()
	defer lock.Unlock()
	place, state := 0, int64(0)
	for i := range set {
		if set[i].key == hash {
			place, state = i, set[i].state
			break
		}
		if set[i].state < set[place].state {
			place = i
		}
	}
	if full := at + k.rate.span(); state > full { // the clock was set back: kept as it is, it would be as full at each later look
		state = full
		set[place].state = full
	}
	wait := k.rate.Wait(state, at)
	switch {
	case what == hit, what == allow && wait == 0:
		set[place] = slot{key: hash, state: k.rate.Add(state, at)}
	case what == giveBack && state > at:
		set[place].state = k.rate.Remove(state, at)
	}
	return wait
}

func (k *Keeper) hash(key Key) uint64 {
	hash := maphash.String(k.names, key.Name)
	if key.From.IsValid() {
		wide := Source(key.From).As16()
		hash ^= bits.RotateLeft64(maphash.Bytes(k.froms, wide[:]), 32)
	}
	return hash
}
