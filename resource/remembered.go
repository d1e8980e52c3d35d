package resource

import "sync"

// remembered is a bounded memory by SHA-256, in two generations: when the young one is half the limit, it becomes the old
// one, and what was old and not used since is forgotten.
type remembered[V any] struct {
	limit int

	mu         sync.Mutex
	young, old map[[32]byte]V
}

func (m *remembered[V]) get(key [32]byte) (V, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if value, found := m.young[key]; found {
		return value, true
	}
	value, found := m.old[key]
	if found {
		m.add(key, value)
	}
	return value, found
}

func (m *remembered[V]) put(key [32]byte, value V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.add(key, value)
}

func (m *remembered[V]) add(key [32]byte, value V) {
	if m.young == nil || len(m.young) >= m.limit/2 {
		m.young, m.old = make(map[[32]byte]V), m.young
	}
	m.young[key] = value
}
