package passkey

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"math/big"
)

// The algorithms that Hub asks for, by their COSE numbers (RFC 9053 section 2, RFC 8812 section 2), the preferred one first.
const (
	ES256 = -7
	EdDSA = -8
	RS256 = -257
)

// Algorithms lists them in the order of preference.
func Algorithms() []int { return []int{ES256, EdDSA, RS256} }

// The labels and values of a COSE key (RFC 9052 section 7, RFC 9053 section 7, RFC 8230 section 4).
const (
	labelType, labelAlgorithm = int64(1), int64(3)
	labelCurve                = int64(-1)
	labelX, labelY            = int64(-2), int64(-3)
	labelN, labelE            = int64(-1), int64(-2)

	typeOKP, typeEC2, typeRSA = int64(1), int64(2), int64(3)
	curveP256, curveEd25519   = int64(1), int64(6)
)

const (
	coordinate                = 32
	leastModulus, mostModulus = 2048 / 8, 4096 / 8
)

var errKey = errors.New("it is no public key of one of the algorithms that were asked for")

// key is a public key, and the algorithm it may be used with.
type key struct {
	algorithm int64
	public    crypto.PublicKey
}

// readKey reads a COSE key, which must have what its algorithm needs and nothing else (Web Authentication section 5.8.5).
func readKey(data []byte) (key, error) {
	item, err := readItem(data)
	if err != nil {
		return key{}, err
	}
	return keyOf(item)
}

func keyOf(item any) (key, error) {
	pairs, _ := item.(map[any]any)
	switch kind, algorithm := pairs[labelType], pairs[labelAlgorithm]; {
	case kind == typeEC2 && algorithm == int64(ES256) && pairs[labelCurve] == curveP256 && len(pairs) == 5:
		x, _ := pairs[labelX].([]byte)
		y, _ := pairs[labelY].([]byte)
		if len(x) != coordinate || len(y) != coordinate {
			return key{}, errKey
		}
		point := append(append([]byte{4}, x...), y...) // 4: uncompressed
		public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
		if err != nil {
			return key{}, errKey // not on the curve
		}
		return key{ES256, public}, nil
	case kind == typeOKP && algorithm == int64(EdDSA) && pairs[labelCurve] == curveEd25519 && len(pairs) == 4:
		x, _ := pairs[labelX].([]byte)
		if len(x) != ed25519.PublicKeySize {
			return key{}, errKey
		}
		return key{EdDSA, ed25519.PublicKey(x)}, nil
	case kind == typeRSA && algorithm == int64(RS256) && len(pairs) == 4:
		n, _ := pairs[labelN].([]byte)
		e, _ := pairs[labelE].([]byte)
		if len(n) < leastModulus || len(n) > mostModulus || n[0] == 0 || len(e) == 0 || len(e) > 3 {
			return key{}, errKey
		}
		public := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
		if public.E < 3 || public.E%2 == 0 || public.N.Bit(0) == 0 || public.N.BitLen() < 8*leastModulus {
			return key{}, errKey
		}
		return key{RS256, public}, nil
	}
	return key{}, errKey
}

// signed reports whether a signature over a message is that of the key.
func (k key) signed(message, signature []byte) bool {
	digest := sha256.Sum256(message)
	switch public := k.public.(type) {
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(public, digest[:], signature)
	case ed25519.PublicKey:
		return ed25519.Verify(public, message, signature)
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(public, crypto.SHA256, digest[:], signature) == nil
	}
	return false
}
