package secret

import (
	"bytes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/crypto/chacha20poly1305"
)

const masterSize = 32

// Master holds the keys derived from the master key. The master key lives outside the database, so that the database or
// a backup alone can neither mint nor sign in nor call. It is safe for concurrent use.
type Master struct {
	digests sync.Pool   // of hash.Hash, keyed for the hashes of secrets: keying one costs more than using it
	derive  []byte      // keys what is computed instead of kept, such as the successor of a refresh token
	seal    cipher.AEAD // seals what must be read again
	check   []byte
}

// NewMaster derives from key, which has 32 bytes.
func NewMaster(key []byte) (*Master, error) {
	if len(key) != masterSize {
		return nil, fmt.Errorf("the master key has %d bytes; it must have %d", len(key), masterSize)
	}
	part := func(purpose string) []byte {
		derived, err := hkdf.Key(sha256.New, key, nil, "hub/1/"+purpose, 32)
		if err != nil {
			panic(err) // only for lengths beyond what HKDF can give
		}
		return derived
	}
	aead, err := chacha20poly1305.NewX(part("seal"))
	if err != nil {
		return nil, err
	}
	digestKey := part("digest")
	m := &Master{derive: part("derive"), seal: aead, check: part("check")}
	m.digests.New = func() any { return hmac.New(sha256.New, digestKey) }
	return m, nil
}

// Check is a value by which hubs that share a database tell whether they share the master key; it opens nothing.
func (m *Master) Check() []byte { return bytes.Clone(m.check) }

// LoadMaster reads the master key from a file: 32 bytes in base64. With create, a missing file is made with a fresh key,
// readable by its owner only. Errors name the file and what to do.
func LoadMaster(file string, create bool) (*Master, error) {
	text, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist) && create:
		text, err = createMaster(file)
		if err != nil {
			return nil, fmt.Errorf("cannot create the master key: %w", err)
		}
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("the master key file %s is missing: bring back the one that belongs to this database (from a backup or another node)", file)
	case err != nil:
		return nil, fmt.Errorf("cannot read the master key: %w", err)
	}
	if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the master key file %s can be read by others (mode %04o): run chmod 600 %s", file, info.Mode().Perm(), file)
	}
	return ParseMaster(string(text), file)
}

// ParseMaster reads the master key from text: 32 bytes in base64. from names its origin in errors.
func ParseMaster(text, from string) (*Master, error) {
	key, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace([]byte(text))))
	if err != nil || len(key) != masterSize {
		return nil, fmt.Errorf("%s does not hold a master key: expected 32 bytes in base64 (44 characters)", from)
	}
	return NewMaster(key)
}

// createMaster writes a fresh key beside its final place first and links it there, so that two first starts at once end
// with one key, and a crash leaves either a whole file or none.
func createMaster(file string) ([]byte, error) {
	key := make([]byte, masterSize)
	rand.Read(key)
	text := []byte(base64.StdEncoding.EncodeToString(key) + "\n")
	temporary, err := os.CreateTemp(filepath.Dir(file), ".master-*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(temporary.Name())
	if _, err = temporary.Write(text); err == nil {
		err = temporary.Sync()
	}
	if closeErr := temporary.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return nil, err
	}
	if err := os.Link(temporary.Name(), file); errors.Is(err, fs.ErrExist) {
		return os.ReadFile(file)
	} else if err != nil {
		return nil, err
	}
	return text, syncDirectory(filepath.Dir(file))
}

func syncDirectory(name string) error {
	directory, err := os.Open(name)
	if err != nil {
		return err
	}
	defer directory.Close()
	return directory.Sync()
}
