package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
)

// Signer writes tokens of one type with one key: the header is encoded once, each token costs one signature and little
// else. It is safe for many goroutines.
type Signer struct {
	key    *PrivateKey
	prefix string // the encoded header and its dot
}

// NewSigner makes a signer for tokens of this type: "at+jwt" for access tokens (RFC 9068 section 2.1), "JWT" for ID tokens.
func NewSigner(key *PrivateKey, typ string) (*Signer, error) {
	if key == nil || typ == "" {
		return nil, errors.New("jose: a signer needs a key and the type of the tokens it signs")
	}
	header, err := json.Marshal(struct {
		Alg Algorithm `json:"alg"`
		Kid string    `json:"kid"`
		Typ string    `json:"typ"`
	}{key.Algorithm(), key.ID(), typ})
	if err != nil {
		return nil, fmt.Errorf("jose: write the header of %s tokens: %w", typ, err)
	}
	return &Signer{key: key, prefix: base64.RawURLEncoding.EncodeToString(header) + "."}, nil
}

// KeyID is the kid every token of this signer carries.
func (s *Signer) KeyID() string { return s.key.ID() }

// Sign gives the token over these claims, which must be a JSON object; it does not look at them.
func (s *Signer) Sign(claims []byte) (string, error) {
	token := append(make([]byte, 0, s.size(len(claims))), s.prefix...)
	token = base64.RawURLEncoding.AppendEncode(token, claims)
	var raw [64]byte
	signature, err := s.key.sign(raw[:0], token)
	if err != nil {
		return "", fmt.Errorf("jose: sign with key %s: %w", s.key.ID(), err)
	}
	token = append(token, '.')
	return string(base64.RawURLEncoding.AppendEncode(token, signature)), nil
}

// size is the length of a token over so many bytes of claims.
func (s *Signer) size(claims int) int {
	encoded := base64.RawURLEncoding.EncodedLen
	signature := 64
	if key, ok := s.key.public.Key.(*rsa.PublicKey); ok {
		signature = key.Size()
	}
	return len(s.prefix) + encoded(claims) + 1 + encoded(signature)
}

// sign appends the raw signature over message to out.
func (k *PrivateKey) sign(out, message []byte) ([]byte, error) {
	switch key := k.signer.(type) {
	case *ecdsa.PrivateKey:
		// Without a source of randomness the nonce is derived from key and message (RFC 6979): a seventh cheaper, and no
		// token hangs on the quality of random bits.
		digest := sha256.Sum256(message)
		der, err := key.Sign(nil, digest[:], crypto.SHA256)
		if err != nil {
			return nil, err
		}
		return appendRaw(out, der)
	case ed25519.PrivateKey:
		return append(out, ed25519.Sign(key, message)...), nil
	case *rsa.PrivateKey:
		digest := sha256.Sum256(message)
		return rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	}
	return nil, fmt.Errorf("a key of type %T cannot sign", k.signer)
}

// appendRaw turns the ASN.1 form of a P-256 signature into the 64 bytes R, S of RFC 7518 section 3.4. The text comes from our
// own signer, so all lengths fit in one byte.
func appendRaw(out, der []byte) ([]byte, error) {
	errShape := errors.New("the signature is not of the form expected for P-256")
	if len(der) < 2 || der[0] != 0x30 || int(der[1]) != len(der)-2 {
		return nil, errShape
	}
	rest := der[2:]
	for range 2 {
		if len(rest) < 2 || rest[0] != 0x02 || len(rest) < 2+int(rest[1]) {
			return nil, errShape
		}
		number := rest[2 : 2+int(rest[1])]
		rest = rest[2+len(number):]
		for len(number) > 0 && number[0] == 0 {
			number = number[1:]
		}
		if len(number) > 32 {
			return nil, errShape
		}
		var zeros [32]byte
		out = append(out, zeros[:32-len(number)]...)
		out = append(out, number...)
	}
	if len(rest) != 0 {
		return nil, errShape
	}
	return out, nil
}
