package oauth

import "sync"

// memory remembers tokens whose signature was found good, by the hash of their text, so that the second check of a token
// costs no signature. It is bounded: when the younger half is full the older half is forgotten. What it remembers never
// changes; whether a token is still live is checked each time.
type memory struct {
	lock           sync.RWMutex
	younger, older map[[32]byte]proven
}

// proven is a token and the key whose signature it bears. Once the key is no longer published the token is worth nothing,
// however good the signature was.
type proven struct {
	token *AccessToken
	keyID string
}

// halfMemory is how many tokens each half holds, some 2 MB.
const halfMemory = 4096

func (m *memory) get(sum [32]byte) (proven, bool) {
	m.lock.RLock()
	token, found := m.younger[sum]
	if found {
		m.lock.RUnlock()
		return token, true
	}
	token, found = m.older[sum]
	m.lock.RUnlock()
	if found {
		m.put(sum, token)
	}
	return token, found
}

func (m *memory) put(sum [32]byte, token proven) {
	m.lock.Lock()
	defer m.lock.Unlock()
	if m.younger == nil || len(m.younger) >= halfMemory {
		m.older, m.younger = m.younger, make(map[[32]byte]proven)
	}
	m.younger[sum] = token
}
