package store

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// memoLife is how long a Memo believes an answer: time alone makes credentials old.
const memoLife = time.Minute

// Memo keeps answers that cost much to find, by what was asked: until something of the kinds that they hang on changes, on any
// node, and for a minute at most.
type Memo[K comparable, V any] struct {
	find    func(context.Context, K) (V, error)
	changes atomic.Int64
	finding sync.Mutex // those who ask while an answer is sought wait for it
	known   map[K]memo[V]
}

type memo[V any] struct {
	answer  V
	at      time.Time
	changes int64
}

// NewMemo keeps what find answers. find is asked by one caller at a time.
func NewMemo[K comparable, V any](s *Store, find func(context.Context, K) (V, error), kinds ...Kind) *Memo[K, V] {
	m := &Memo[K, V]{find: find, known: map[K]memo[V]{}}
	s.Watch(func(changes []Change) {
		if slices.ContainsFunc(changes, func(c Change) bool { return c.Kind == Everything || slices.Contains(kinds, c.Kind) }) {
			m.changes.Add(1)
		}
	})
	return m
}

// Get gives the answer for key. Errors are those of find, and are not kept.
func (m *Memo[K, V]) Get(ctx context.Context, key K) (V, error) {
	m.finding.Lock()
	defer m.finding.Unlock()
	changes := m.changes.Load() // before the answer is sought: what changes meanwhile makes it old
	if last, known := m.known[key]; known && last.changes == changes && time.Since(last.at) < memoLife {
		return last.answer, nil
	}
	answer, err := m.find(ctx, key)
	if err == nil {
		for asked, old := range m.known {
			if time.Since(old.at) >= memoLife {
				delete(m.known, asked)
			}
		}
		m.known[key] = memo[V]{answer, time.Now(), changes}
	}
	return answer, err
}
