package fault_test

import (
	"sync"
)

// step is how far something that was asked for has come, as its client knows.
type step uint8

const (
	never        step = iota
	sent              // and no answer yet: what became of it is unknown
	acknowledged      // the answer said that it is done
)

// entry is one credential. What it says is written before a request is sent and again after its answer came.
type entry struct {
	name   string // of a permanent token
	kind   kind
	text   string // once issued
	issue  step
	revoke step
}

// kind is what kind of credential an entry is.
type kind string

const (
	opaque    kind = "opaque access token"
	signed    kind = "JWT"
	permanent kind = "permanent token"
)

// ledger is what the clients of a hub know. It lives in the process of the test, which outlives the hub.
type ledger struct {
	lock    sync.Mutex
	entries []*entry
}

// begin notes that a credential is about to be asked for.
func (l *ledger) begin(kind kind, name string) *entry {
	l.lock.Lock()
	defer l.lock.Unlock()
	e := &entry{kind: kind, name: name, issue: sent}
	l.entries = append(l.entries, e)
	return e
}

// issued notes that a credential was answered with.
func (l *ledger) issued(e *entry, text string) {
	l.lock.Lock()
	defer l.lock.Unlock()
	e.text, e.issue = text, acknowledged
}

// revoking notes how far the end of a credential has come.
func (l *ledger) revoking(e *entry, how step) {
	l.lock.Lock()
	defer l.lock.Unlock()
	e.revoke = how
}

// since copies the entries from a number on.
func (l *ledger) since(number int) []entry {
	l.lock.Lock()
	defer l.lock.Unlock()
	copied := make([]entry, 0, len(l.entries)-number)
	for _, e := range l.entries[number:] {
		copied = append(copied, *e)
	}
	return copied
}

func (l *ledger) length() int {
	l.lock.Lock()
	defer l.lock.Unlock()
	return len(l.entries)
}
