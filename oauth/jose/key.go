package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// rsaBits is the size of RSA keys we make: what RFC 7518 section 3.3 asks for at least, and what OpenID clients expect.
const rsaBits = 2048

// PrivateKey signs tokens of our own with one algorithm. It prints as a mask in every form; MarshalPKCS8 is the one way
// to its secret, meant for sealing.
type PrivateKey struct {
	signer crypto.Signer
	public PublicKey
}

// Generate makes a key for one of OwnAlgorithms: P-256 for ES256, Ed25519 for EdDSA, 2048 bits of RSA for RS256 (which
// takes about a tenth of a second). Its id is its RFC 7638 thumbprint.
func Generate(alg Algorithm) (*PrivateKey, error) {
	var signer crypto.Signer
	var err error
	switch alg {
	case ES256:
		signer, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case RS256:
		signer, err = rsa.GenerateKey(rand.Reader, rsaBits)
	case EdDSA:
		_, signer, err = ed25519.GenerateKey(rand.Reader)
	default:
		return nil, fmt.Errorf("jose: no key can be made for algorithm %q, expected one of %v", alg, OwnAlgorithms())
	}
	if err != nil {
		return nil, fmt.Errorf("jose: make a key for %s: %w", alg, err)
	}
	return newPrivateKey(alg, signer)
}

// ParsePKCS8 reads a key back that MarshalPKCS8 wrote, and refuses one that does not fit the algorithm.
func ParsePKCS8(alg Algorithm, der []byte) (*PrivateKey, error) {
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, errors.New("jose: the private key is not readable as PKCS#8")
	}
	signer, ok := parsed.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("jose: a key of type %T cannot sign", parsed)
	}
	return newPrivateKey(alg, signer)
}

func newPrivateKey(alg Algorithm, signer crypto.Signer) (*PrivateKey, error) {
	public := PublicKey{Algorithm: alg, Key: signer.Public()}
	if !alg.own() || !alg.fits(public.Key) {
		return nil, fmt.Errorf("jose: a key of type %T does not fit algorithm %q", public.Key, alg)
	}
	if err := public.check(); err != nil {
		return nil, err
	}
	public.ID = public.Thumbprint()
	return &PrivateKey{signer: signer, public: public}, nil
}

// ID is the kid: the RFC 7638 thumbprint with SHA-256, 43 characters of base64url.
func (k *PrivateKey) ID() string { return k.public.ID }

// Algorithm is what the key signs with.
func (k *PrivateKey) Algorithm() Algorithm { return k.public.Algorithm }

// Public gives what others check its signatures with.
func (k *PrivateKey) Public() PublicKey { return k.public }

// MarshalPKCS8 gives the secret itself, as DER (RFC 5958). Seal it before it is stored anywhere.
func (k *PrivateKey) MarshalPKCS8() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k.signer)
	if err != nil {
		return nil, fmt.Errorf("jose: write key %s as PKCS#8: %w", k.ID(), err)
	}
	return der, nil
}

// String is a mask: algorithm and id.
func (k *PrivateKey) String() string {
	if k == nil {
		return "private key (none)"
	}
	return fmt.Sprintf("private key (%s %s)", k.public.Algorithm, k.public.ID)
}

// Format prints the mask for every verb; %+v and %#v would reach the secret otherwise.
func (k *PrivateKey) Format(out fmt.State, _ rune) { _, _ = io.WriteString(out, k.String()) }

// LogValue is the mask.
func (k *PrivateKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalText is the mask, so that JSON shows nothing else.
func (k *PrivateKey) MarshalText() ([]byte, error) { return []byte(k.String()), nil }
