package secret

import (
	"crypto/rand"
	"errors"
)

// ErrSealed is returned for sealed data that was altered or sealed under another master key or for another purpose.
var ErrSealed = errors.New("sealed data cannot be opened: it was altered, or the master key is another one")

// Seal encrypts and authenticates data under the master key (XChaCha20-Poly1305, random nonce first). purpose is bound
// to it, so that what was sealed as one thing, for one row, cannot stand for another.
func (m *Master) Seal(purpose string, data []byte) []byte {
	nonce := make([]byte, m.seal.NonceSize(), m.seal.NonceSize()+len(data)+m.seal.Overhead())
	rand.Read(nonce)
	return m.seal.Seal(nonce, nonce, data, []byte(purpose))
}

// Open gives back what Seal was given for the same purpose, or ErrSealed.
func (m *Master) Open(purpose string, sealed []byte) ([]byte, error) {
	if len(sealed) < m.seal.NonceSize() {
		return nil, ErrSealed
	}
	nonce, rest := sealed[:m.seal.NonceSize()], sealed[m.seal.NonceSize():]
	data, err := m.seal.Open(nil, nonce, rest, []byte(purpose))
	if err != nil {
		return nil, ErrSealed
	}
	return data, nil
}
