package jose

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// MaxToken is the length in bytes beyond which a token is refused unread.
const MaxToken = 16 << 10

// What can be wrong with a token. Every error of KeySet.Verify and KeySet.VerifyForeign wraps one of them.
var (
	ErrMalformed  = errors.New("jose: the token is malformed")
	ErrAlgorithm  = errors.New("jose: the token's algorithm is not the one expected")
	ErrType       = errors.New("jose: the token is of another type")
	ErrUnknownKey = errors.New("jose: the token names a key that is not in the set")
	ErrSignature  = errors.New("jose: the token's signature is wrong")
)

// compact is a token in the JWS compact form (RFC 7515 section 7.1), taken apart and not yet checked.
type compact struct {
	alg, kid, typ string
	signed        string // header and payload as sent, with the dot between: what the signature covers
	payload       []byte
	signature     []byte
}

// split takes a token apart. Its header must be a strict object whose alg, kid and typ are strings. Headers that change what
// is to be done (crit, RFC 7515 section 4.1.11; b64, RFC 7797) or bring a key along (jwk, jku, x5c, x5u) are refused:
// nobody here would follow them, and a token that counts on it means something else than we would read.
func split(token string) (compact, error) {
	if len(token) > MaxToken {
		return compact{}, fmt.Errorf("%w: it is %d bytes long, at most %d are read", ErrMalformed, len(token), MaxToken)
	}
	first := strings.IndexByte(token, '.')
	last := strings.LastIndexByte(token, '.')
	if first < 0 || first == last || strings.Count(token, ".") != 2 {
		return compact{}, fmt.Errorf("%w: expected three parts with dots between", ErrMalformed)
	}
	c := compact{signed: token[:last]}
	head, err := decode(token[:first])
	if err != nil {
		return compact{}, err
	}
	if c.payload, err = decode(token[first+1 : last]); err != nil {
		return compact{}, err
	}
	if c.signature, err = decode(token[last+1:]); err != nil {
		return compact{}, err
	}
	header, err := ParseObject(head)
	if err != nil {
		return compact{}, fmt.Errorf("%w: its header is %w", ErrMalformed, err)
	}
	for _, name := range []string{"crit", "b64", "jwk", "jku", "x5c", "x5u"} {
		if header.Has(name) {
			return compact{}, fmt.Errorf("%w: its header has %q, which is not accepted here", ErrMalformed, name)
		}
	}
	for name, into := range map[string]*string{"alg": &c.alg, "kid": &c.kid, "typ": &c.typ} {
		if *into, err = header.String(name); err != nil {
			return compact{}, fmt.Errorf("%w: its header is %w", ErrMalformed, err)
		}
	}
	return c, nil
}

// isType compares a typ header with the expected media type, in any case and with or without "application/" before it
// (RFC 7515 section 4.1.9, RFC 9068 section 4).
func isType(typ, expected string) bool {
	const prefix = "application/"
	if len(typ) > len(prefix) && strings.EqualFold(typ[:len(prefix)], prefix) {
		typ = typ[len(prefix):]
	}
	return expected != "" && strings.EqualFold(typ, expected)
}

// decode reads base64url without padding, in its one canonical spelling. The standard library's decoder passes over line
// breaks and, unless told otherwise, ignores the spare bits at the end; both would give one token many spellings.
func decode(text string) ([]byte, error) {
	var spare byte
	switch len(text) % 4 {
	case 1:
		return nil, fmt.Errorf("%w: a part has a length that base64url cannot have", ErrMalformed)
	case 2:
		spare = 0x0f
	case 3:
		spare = 0x03
	}
	for i := range len(text) {
		value, ok := sextet(text[i])
		if !ok {
			return nil, fmt.Errorf("%w: a part holds a character that is not base64url", ErrMalformed)
		}
		if i == len(text)-1 && value&spare != 0 {
			return nil, fmt.Errorf("%w: a part is not in the canonical form of base64url", ErrMalformed)
		}
	}
	decoded, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%w: a part is not base64url", ErrMalformed)
	}
	return decoded, nil
}

// sextet gives the six bits a base64url character stands for.
func sextet(c byte) (byte, bool) {
	switch {
	case 'A' <= c && c <= 'Z':
		return c - 'A', true
	case 'a' <= c && c <= 'z':
		return c - 'a' + 26, true
	case '0' <= c && c <= '9':
		return c - '0' + 52, true
	case c == '-':
		return 62, true
	case c == '_':
		return 63, true
	}
	return 0, false
}
