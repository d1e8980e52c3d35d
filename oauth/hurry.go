package oauth

import (
	"context"
	"sync"
	"time"
)

// requestTime is how long a request may take from when it was read, however many questions to a database in trouble it needs.
const requestTime = 4800 * time.Millisecond

// hurry bounds the time of a request. Call done when it is answered.
func hurry(ctx context.Context) (hurried context.Context, done context.CancelFunc) {
	h := &hurriedContext{Context: ctx, end: time.Now().Add(requestTime)}
	return h, h.release
}

// hurriedContext is context.WithDeadline for requests that mostly do not wait: its timer, the dearer part of it, is made when
// somebody first asks for the channel, which only a question to the database does.
type hurriedContext struct {
	context.Context
	end time.Time

	mu       sync.Mutex
	timed    context.Context // nil: nobody has asked
	stop     context.CancelFunc
	released bool
}

func (h *hurriedContext) waited() context.Context {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.timed == nil {
		h.timed, h.stop = context.WithDeadline(h.Context, h.end)
		if h.released {
			h.stop()
		}
	}
	return h.timed
}

func (h *hurriedContext) release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.released = true
	if h.stop != nil {
		h.stop()
	}
}

func (h *hurriedContext) Deadline() (time.Time, bool) { return h.waited().Deadline() }
func (h *hurriedContext) Done() <-chan struct{}       { return h.waited().Done() }
func (h *hurriedContext) Err() error                  { return h.waited().Err() }
func (h *hurriedContext) Value(key any) any           { return h.Context.Value(key) }
