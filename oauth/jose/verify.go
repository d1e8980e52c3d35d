package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
)

// Verify checks a token of our own and gives its claims as they were signed, and the kid of the key. typ is the expected type,
// "at+jwt" or "JWT"; it is never optional, so that one kind of token cannot stand for another (RFC 8725 section 3.11).
// The algorithm is that of the key which the kid names; a key that is not for ES256, RS256 or EdDSA checks nothing here.
// Errors wrap ErrMalformed, ErrType, ErrUnknownKey, ErrAlgorithm or ErrSignature. The claims are not looked at.
//
// Every part of a token has one spelling only, but an ECDSA signature has a twin that is as valid, which anybody can compute.
// So a token is identified by its jti, never by its text.
func (s *KeySet) Verify(token, typ string) (claims []byte, kid string, err error) {
	c, err := split(token)
	if err != nil {
		return nil, "", err
	}
	if !isType(c.typ, typ) {
		return nil, "", fmt.Errorf("%w: expected %q", ErrType, typ)
	}
	key, found := s.Find(c.kid)
	if c.kid == "" || !found {
		return nil, "", ErrUnknownKey
	}
	alg := key.Algorithm
	if alg == "" {
		alg = usual(key.Key)
	}
	if !alg.own() || c.alg != string(alg) {
		return nil, "", fmt.Errorf("%w: key %s is for %s", ErrAlgorithm, key.ID, alg)
	}
	if !key.verify(c.signed, c.signature) {
		return nil, "", ErrSignature
	}
	return c.payload, key.ID, nil
}

// verify holds a signature of one of our own algorithms against a message; the kind of key decides which.
func (k PublicKey) verify(message string, signature []byte) bool {
	switch key := k.Key.(type) {
	case *ecdsa.PublicKey:
		if len(signature) != 64 { // RFC 7518 section 3.4
			return false
		}
		digest := sha256.Sum256([]byte(message))
		return ecdsa.VerifyASN1(key, digest[:], asn1(signature))
	case *rsa.PublicKey:
		digest := sha256.Sum256([]byte(message))
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature) == nil
	case ed25519.PublicKey:
		return ed25519.Verify(key, []byte(message), signature)
	}
	return false
}

// asn1 turns the 64 bytes R, S into the form the standard library checks.
func asn1(raw []byte) []byte {
	der := make([]byte, 2, 72)
	for _, number := range [][]byte{raw[:32], raw[32:]} {
		for len(number) > 1 && number[0] == 0 {
			number = number[1:]
		}
		if number[0]&0x80 != 0 {
			der = append(der, 0x02, byte(len(number)+1), 0)
		} else {
			der = append(der, 0x02, byte(len(number)))
		}
		der = append(der, number...)
	}
	der[0], der[1] = 0x30, byte(len(der)-2)
	return der
}
