package jose

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

const (
	// MaxKeySet is the length in bytes beyond which a key set is refused unread.
	MaxKeySet = 64 << 10
	// MaxKeys is the number of keys beyond which a set is refused.
	MaxKeys = 32
)

// KeySet is an unchanging set of public keys, safe for many goroutines. The zero value is an empty set.
type KeySet struct {
	keys []PublicKey
	byID map[string]PublicKey
}

// NewKeySet makes a set of our own keys, in this order. Each must have an id of its own and an algorithm that fits it.
func NewKeySet(keys ...PublicKey) (*KeySet, error) {
	for _, key := range keys {
		if key.ID == "" || !key.Algorithm.fits(key.Key) {
			return nil, fmt.Errorf("jose: key %q of type %T needs an id and an algorithm that fits, has %q", key.ID, key.Key, key.Algorithm)
		}
	}
	return newKeySet(keys)
}

func newKeySet(keys []PublicKey) (*KeySet, error) {
	set := &KeySet{keys: slices.Clone(keys), byID: make(map[string]PublicKey, len(keys))}
	for _, key := range keys {
		if key.ID == "" {
			continue
		}
		if _, taken := set.byID[key.ID]; taken {
			return nil, fmt.Errorf("jose: two keys of the set have the kid %q; each needs its own", key.ID)
		}
		set.byID[key.ID] = key
	}
	return set, nil
}

// ParseKeySet reads a JWK set that somebody else wrote (RFC 7517 section 5). Keys for other uses and of unknown kinds are passed
// over; a set in which none is left, a private or symmetric key, a kid that stands twice, or too many keys is an error
// that says which key and why.
func ParseKeySet(data []byte) (*KeySet, error) {
	if len(data) > MaxKeySet {
		return nil, fmt.Errorf("jose: the key set is %d bytes long, at most %d are read", len(data), MaxKeySet)
	}
	document, err := ParseObject(data)
	if err != nil {
		return nil, fmt.Errorf("jose: the key set is %w", err)
	}
	var raw []json.RawMessage
	if !document.Has("keys") || json.Unmarshal(document["keys"], &raw) != nil {
		return nil, errors.New(`jose: the key set has no array "keys"`)
	}
	if len(raw) > MaxKeys {
		return nil, fmt.Errorf("jose: the key set holds %d keys, at most %d are read", len(raw), MaxKeys)
	}
	var keys []PublicKey
	var passed []string
	for i, member := range raw {
		key, unusable, err := parsePublicKey(member)
		switch {
		case err != nil:
			return nil, fmt.Errorf("jose: key %d of the set: %w", i+1, err)
		case unusable != "":
			passed = append(passed, fmt.Sprintf("key %d: %s", i+1, unusable))
		default:
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		passed = append(passed, fmt.Sprintf("%d in all", len(raw)))
		return nil, fmt.Errorf("jose: the key set holds no key for signatures that can be used here (%s)", strings.Join(passed, "; "))
	}
	return newKeySet(keys)
}

// Keys gives the keys in their order.
func (s *KeySet) Keys() []PublicKey { return slices.Clone(s.keys) }

// Find gives the key with this kid.
func (s *KeySet) Find(kid string) (PublicKey, bool) {
	key, found := s.byID[kid]
	return key, found
}

// MarshalJSON writes the set as a JWK set document: {"keys": [...]}.
func (s *KeySet) MarshalJSON() ([]byte, error) {
	keys := s.keys
	if keys == nil {
		keys = []PublicKey{}
	}
	return json.Marshal(map[string][]PublicKey{"keys": keys})
}
