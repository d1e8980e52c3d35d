package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"

	gojose "github.com/go-jose/go-jose/v4"
)

const (
	minRSABits = 2048 // RFC 7518 section 3.3
	maxRSABits = 8192 // beyond it one check costs more than a stranger may cause
)

// PublicKey checks signatures. Key is an *ecdsa.PublicKey, *rsa.PublicKey or ed25519.PublicKey. ID and Algorithm may be empty
// in a set that a stranger wrote, never in one of ours.
type PublicKey struct {
	ID        string
	Algorithm Algorithm
	Key       crypto.PublicKey
}

// Thumbprint is the RFC 7638 thumbprint with SHA-256 in base64url; it depends on the key alone. Empty for no known key.
func (k PublicKey) Thumbprint() string {
	members := k.members()
	if members == nil {
		return ""
	}
	// json.Marshal writes a map's names in order and without white space, the form RFC 7638 section 3.3 hashes; the values
	// are base64url and need no escape.
	canonical, err := json.Marshal(members)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(canonical)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// MarshalJSON writes the key as a JWK for signatures (RFC 7517 section 4).
func (k PublicKey) MarshalJSON() ([]byte, error) {
	members := k.members()
	if members == nil {
		return nil, fmt.Errorf("jose: a key of type %T has no JWK form here", k.Key)
	}
	members["use"] = "sig"
	if k.ID != "" {
		members["kid"] = k.ID
	}
	if k.Algorithm != "" {
		members["alg"] = string(k.Algorithm)
	}
	return json.Marshal(members)
}

// members gives the required members of the JWK and no others (RFC 7638 section 3.2); nil for no known key.
func (k PublicKey) members() map[string]string {
	text := base64.RawURLEncoding.EncodeToString
	switch key := k.Key.(type) {
	case *ecdsa.PublicKey:
		point, err := key.Bytes() // 0x04, x, y, both as long as the curve's field (RFC 7518 section 6.2.1.2)
		if err != nil {
			return nil
		}
		half := (len(point) + 1) / 2
		return map[string]string{"kty": "EC", "crv": key.Curve.Params().Name, "x": text(point[1:half]), "y": text(point[half:])}
	case *rsa.PublicKey:
		return map[string]string{"kty": "RSA", "n": text(key.N.Bytes()), "e": text(big.NewInt(int64(key.E)).Bytes())}
	case ed25519.PublicKey:
		return map[string]string{"kty": "OKP", "crv": "Ed25519", "x": text(key)}
	}
	return nil
}

// check refuses keys that are too weak, or so large that checking with them is an attack.
func (k PublicKey) check() error {
	key, isRSA := k.Key.(*rsa.PublicKey)
	if !isRSA {
		return nil
	}
	if bits := key.N.BitLen(); bits < minRSABits || bits > maxRSABits {
		return fmt.Errorf("jose: an RSA key of %d bits, expected %d to %d", bits, minRSABits, maxRSABits)
	}
	if key.E < 3 || key.E%2 == 0 {
		return fmt.Errorf("jose: an RSA key with public exponent %d, expected an odd one from 3", key.E)
	}
	return nil
}

// parsePublicKey reads one JWK of a set. It gives an error for what has no place in any public set (private and symmetric keys,
// repeated names), and an unusable reason for what RFC 7517 section 5 says to pass over.
func parsePublicKey(raw []byte) (key PublicKey, unusable string, err error) {
	jwk, err := ParseObject(raw)
	if err != nil {
		return PublicKey{}, "", err
	}
	for _, secret := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"} {
		if jwk.Has(secret) {
			return PublicKey{}, "", fmt.Errorf("it holds %q, part of a secret key; publish the public half only, and replace the key", secret)
		}
	}
	text := map[string]string{}
	for _, name := range []string{"kty", "crv", "x", "y", "n", "e", "kid", "alg", "use"} {
		if text[name], err = jwk.String(name); err != nil {
			return PublicKey{}, "", err
		}
	}
	if text["kty"] == "oct" {
		return PublicKey{}, "", fmt.Errorf("it is symmetric (kty oct); expected EC, RSA or OKP")
	}
	if text["use"] != "" && text["use"] != "sig" {
		return PublicKey{}, fmt.Sprintf("its use is %q, expected sig", text["use"]), nil
	}
	key, err = decodeKey(text)
	if err != nil {
		return PublicKey{}, err.Error(), nil
	}
	key.ID, key.Algorithm = text["kid"], Algorithm(text["alg"])
	if key.Algorithm != "" && !key.Algorithm.fits(key.Key) {
		return PublicKey{}, fmt.Sprintf("its alg is %q, which does not fit the key or is unknown here", key.Algorithm), nil
	}
	return key, "", nil
}

// decodeKey lets go-jose read the members that make the key, and only those: certificates and addresses in a JWK mean
// nothing to us, so nothing should parse them.
func decodeKey(text map[string]string) (PublicKey, error) {
	bare := map[string]string{}
	for _, name := range []string{"kty", "crv", "x", "y", "n", "e"} {
		if text[name] != "" {
			bare[name] = text[name]
		}
	}
	plain, err := json.Marshal(bare)
	if err != nil {
		return PublicKey{}, err
	}
	var jwk gojose.JSONWebKey
	if err := jwk.UnmarshalJSON(plain); err != nil {
		return PublicKey{}, fmt.Errorf("its members do not make a key: %w", err)
	}
	key := PublicKey{Key: jwk.Key}
	if usual(key.Key) == "" {
		return PublicKey{}, fmt.Errorf("its kty %q with crv %q is unknown here", text["kty"], text["crv"])
	}
	return key, key.check()
}
