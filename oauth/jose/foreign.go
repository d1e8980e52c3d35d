package jose

import (
	"fmt"
	"slices"

	gojose "github.com/go-jose/go-jose/v4"
)

// maxTries bounds the keys that a token without a kid is held against.
const maxTries = 8

// Foreign is a token somebody else signed, after its signature was found good. Nothing in its claims has been judged.
type Foreign struct {
	Algorithm Algorithm
	KeyID     string // kid of the key that fitted, empty if that key has none
	Type      string // typ as sent, often empty
	Claims    []byte // the payload as it was signed; ParseObject reads it
}

// VerifyForeign checks a token that the owner of this key set signed, such as the assertion of private_key_jwt
// (RFC 7523 section 3). Only the algorithms given are accepted, all of ForeignAlgorithms when none are. A key is found by its
// kid, or, when the token names none, among the few that fit the algorithm; a key that states its own algorithm is used
// for no other.
// Errors wrap ErrMalformed, ErrAlgorithm, ErrUnknownKey or ErrSignature.
func (s *KeySet) VerifyForeign(token string, allowed ...Algorithm) (*Foreign, error) {
	c, err := split(token)
	if err != nil {
		return nil, err
	}
	alg := Algorithm(c.alg)
	if !slices.Contains(ForeignAlgorithms(), alg) || len(allowed) > 0 && !slices.Contains(allowed, alg) {
		return nil, fmt.Errorf("%w: %q is not among those allowed", ErrAlgorithm, c.alg)
	}
	keys, err := s.candidates(c.kid, alg)
	if err != nil {
		return nil, err
	}
	parsed, err := gojose.ParseSignedCompact(token, []gojose.SignatureAlgorithm{gojose.SignatureAlgorithm(alg)})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	for _, key := range keys {
		if claims, err := parsed.Verify(key.Key); err == nil {
			return &Foreign{Algorithm: alg, KeyID: key.ID, Type: c.typ, Claims: claims}, nil
		}
	}
	return nil, ErrSignature
}

// candidates are the keys a token may be held against.
func (s *KeySet) candidates(kid string, alg Algorithm) ([]PublicKey, error) {
	if kid != "" {
		key, found := s.Find(kid)
		if !found {
			return nil, ErrUnknownKey
		}
		if !key.serves(alg) {
			return nil, fmt.Errorf("%w: key %q does not sign with %s", ErrAlgorithm, kid, alg)
		}
		return []PublicKey{key}, nil
	}
	var fitting []PublicKey
	for _, key := range s.keys {
		if key.serves(alg) {
			fitting = append(fitting, key)
		}
	}
	switch {
	case len(fitting) == 0:
		return nil, fmt.Errorf("%w: none of the set signs with %s", ErrUnknownKey, alg)
	case len(fitting) > maxTries:
		return nil, fmt.Errorf("%w: it has no kid, and %d keys of the set fit", ErrUnknownKey, len(fitting))
	}
	return fitting, nil
}

// serves reports whether the key may check this algorithm.
func (k PublicKey) serves(alg Algorithm) bool {
	return alg.fits(k.Key) && (k.Algorithm == "" || k.Algorithm == alg)
}
