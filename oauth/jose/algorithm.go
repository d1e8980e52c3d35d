package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"slices"
)

// Algorithm is a signature algorithm by its registered name (RFC 7518 section 3.1, RFC 8037 section 3.1).
type Algorithm string

// ES256, RS256 and EdDSA are the algorithms we sign with; the others are known only in what strangers sign.
// There is no "none" and no HMAC: a key that checks must never be one that signs.
const (
	ES256 Algorithm = "ES256"
	RS256 Algorithm = "RS256"
	EdDSA Algorithm = "EdDSA"

	ES384 Algorithm = "ES384"
	ES512 Algorithm = "ES512"
	RS384 Algorithm = "RS384"
	RS512 Algorithm = "RS512"
	PS256 Algorithm = "PS256"
	PS384 Algorithm = "PS384"
	PS512 Algorithm = "PS512"
)

// OwnAlgorithms lists what a PrivateKey can be made for.
func OwnAlgorithms() []Algorithm { return []Algorithm{ES256, RS256, EdDSA} }

// ForeignAlgorithms lists what VerifyForeign can check, for the metadata documents that publish it.
func ForeignAlgorithms() []Algorithm {
	return []Algorithm{ES256, ES384, ES512, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512}
}

// own reports whether our own tokens may be signed with the algorithm.
func (a Algorithm) own() bool { return a == ES256 || a == RS256 || a == EdDSA }

// fits reports whether the algorithm can be checked with this public key: its family, and for ECDSA its curve
// (RFC 7518 section 3.4 binds each algorithm to one curve).
func (a Algorithm) fits(key crypto.PublicKey) bool {
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		return a == ES256 && k.Curve == elliptic.P256() ||
			a == ES384 && k.Curve == elliptic.P384() ||
			a == ES512 && k.Curve == elliptic.P521()
	case *rsa.PublicKey:
		return slices.Contains([]Algorithm{RS256, RS384, RS512, PS256, PS384, PS512}, a)
	case ed25519.PublicKey:
		return a == EdDSA
	}
	return false
}

// usual is the algorithm a key of this kind is used with when its set does not say: RS256 for RSA, else the only one
// there is. Empty for a kind of key that is unknown here.
func usual(key crypto.PublicKey) Algorithm {
	for _, a := range []Algorithm{ES256, ES384, ES512, EdDSA, RS256} {
		if a.fits(key) {
			return a
		}
	}
	return ""
}
