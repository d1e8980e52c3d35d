package secret

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
)

// Digest is the keyed hash under which a secret is kept: HMAC-SHA-256, keyed from the master key, over the SHA-256 of the
// secret. The inner hash lets a secret be brought along as "sha256:..." without anybody knowing it; the key makes the
// database alone useless even where a short secret was brought along.
func (m *Master) Digest(text string) []byte {
	inner := sha256.Sum256([]byte(text))
	return m.digestSum(inner[:])
}

func (m *Master) digestSum(inner []byte) []byte {
	mac := m.digests.Get().(hash.Hash)
	defer m.digests.Put(mac)
	mac.Reset()
	mac.Write(inner)
	return mac.Sum(nil)
}

// Equal compares two digests in constant time.
func Equal(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }

// Derive computes a value from the master key and a text, for what is derived instead of kept.
func (m *Master) Derive(text string) []byte {
	mac := hmac.New(sha256.New, m.derive)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

const (
	plainHash = "sha256:"
	keyedHash = "hub-hmac:"
)

// FormatDigest writes a digest as text for `hub export`. It is good on hubs with the same master key.
func FormatDigest(digest []byte) string {
	return keyedHash + base64.StdEncoding.EncodeToString(digest)
}

// ParseHash reads the digest of a secret that is given by its hash: "sha256:" and the SHA-256 in hex or base64, or what
// FormatDigest wrote.
func (m *Master) ParseHash(text string) ([]byte, error) {
	if rest, found := strings.CutPrefix(text, keyedHash); found {
		if digest, err := base64.StdEncoding.DecodeString(rest); err == nil && len(digest) == sha256.Size {
			return digest, nil
		}
	}
	if rest, found := strings.CutPrefix(text, plainHash); found {
		if inner, err := hex.DecodeString(rest); err == nil && len(inner) == sha256.Size {
			return m.digestSum(inner), nil
		}
		for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
			if inner, err := encoding.DecodeString(rest); err == nil && len(inner) == sha256.Size {
				return m.digestSum(inner), nil
			}
		}
	}
	return nil, fmt.Errorf(`not the hash of a secret: expected "sha256:" followed by 64 hex digits or base64, or a "hub-hmac:" value from hub export`)
}
