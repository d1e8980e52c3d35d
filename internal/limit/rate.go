package limit

import "time"

// Rate allows Count events at once and Count events in every Per, spread evenly: after a burst of Count the next one
// fits after Per/Count. The zero Rate allows everything.
type Rate struct {
	Count int
	Per   time.Duration
}

// The state of one key is a single number: the moment, in nanoseconds of Unix time, at which everything counted so far
// has drained away. A state that is not after now is as good as none, so zero is the state of a key never seen.

// Off reports whether the rate allows everything.
func (r Rate) Off() bool { return r.Count <= 0 || r.Per <= 0 }

// interval is what one event costs, span what a full burst costs. Span is a multiple of interval, so that exactly Count
// events fit even when Per is not divisible by Count.
func (r Rate) interval() int64 { return max(int64(r.Per)/int64(r.Count), 1) }
func (r Rate) span() int64     { return r.interval() * int64(r.Count) }

// clamp pulls back a state which lies further ahead than a full burst can reach. That happens when the clock was set
// back: nobody waits longer than the rate itself can make them.
func (r Rate) clamp(state, now int64) int64 { return min(max(state, now), now+r.span()) }

// Wait gives how long from now until one more event fits; zero means it fits now.
func (r Rate) Wait(state, now int64) time.Duration {
	if state <= now || r.Off() {
		return 0
	}
	return time.Duration(max(r.clamp(state, now)+r.interval()-now-r.span(), 0))
}

// Add gives the state after one more event, whether or not it fitted. A full state stays full: however many failures
// a flood heaps up, the wait afterwards is never longer than one interval, so that no one can be locked out for good.
func (r Rate) Add(state, now int64) int64 {
	if r.Off() {
		return state
	}
	return r.clamp(r.clamp(state, now)+r.interval(), now)
}

// Events gives how many events the state holds now, the one that is draining included.
func (r Rate) Events(state, now int64) int {
	if r.Off() || state <= now {
		return 0
	}
	return int((r.clamp(state, now) - now + r.interval() - 1) / r.interval())
}

// Remove gives the state after one event is taken back, never less than nothing.
func (r Rate) Remove(state, now int64) int64 {
	if r.Off() {
		return state
	}
	return max(r.clamp(state, now)-r.interval(), now)
}
