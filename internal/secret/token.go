package secret

import (
	"crypto/rand"
	"hash/crc32"
	"strings"
)

// Kind is the prefix of a secret of ours; it says what the secret opens.
type Kind string

// The kinds.
const (
	PermanentToken      Kind = "hubpat"
	ApplicationPassword Kind = "hubapp"
	ClientSecret        Kind = "hubcs"
	AppKey              Kind = "hubkey"
	RefreshToken        Kind = "hubrt"
	AccessToken         Kind = "hubat" // opaque ones; JWTs have no prefix
	Code                Kind = "hubac"
)

// Kinds lists them all.
func Kinds() []Kind {
	return []Kind{PermanentToken, ApplicationPassword, ClientSecret, AppKey, RefreshToken, AccessToken, Code}
}

const (
	alphabet   = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	randomPart = 32 // characters, 190 bits
	sumPart    = 6  // characters, base 62 of a CRC-32
	testMark   = "test_"
)

// New makes a secret of a kind: the kind, "_", "test_" in the test environment, 32 random base62 characters, and the
// CRC-32 (IEEE) of all that stands before it as 6 base62 digits, so that a typing error or a false find of a scanner is
// seen without asking anybody.
func New(kind Kind, test bool) Value {
	head := string(kind) + "_"
	if test {
		head += testMark
	}
	body := head + random(randomPart)
	return Value(body + checksum(body))
}

// Form says what a presented text is by its look alone.
type Form uint8

// The forms.
const (
	Foreign   Form = iota // no prefix of ours: brought along, or something else
	Good                  // a prefix of ours, and the rest is right
	Malformed             // a prefix of ours, but truncated, altered or made up: refuse it without a look-up
)

// Recognise tells the form and, for a good or malformed one of ours, its kind and whether it is of the test environment.
func Recognise(text string) (form Form, kind Kind, test bool) {
	head, rest, found := strings.Cut(text, "_")
	if !found || !isKind(Kind(head)) {
		return Foreign, "", false
	}
	kind = Kind(head)
	rest, test = strings.CutPrefix(rest, testMark)
	if len(rest) != randomPart+sumPart {
		return Malformed, kind, test
	}
	for i := range len(rest) {
		if c := rest[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return Malformed, kind, test
		}
	}
	end := len(text) - sumPart
	if checksum(text[:end]) != text[end:] {
		return Malformed, kind, test
	}
	return Good, kind, test
}

func isKind(kind Kind) bool {
	switch kind {
	case PermanentToken, ApplicationPassword, ClientSecret, AppKey, RefreshToken, AccessToken, Code:
		return true
	}
	return false
}

// checksum is the CRC-32 of text as 6 base62 digits, most significant first.
func checksum(text string) string {
	sum := crc32.ChecksumIEEE([]byte(text))
	var digits [sumPart]byte
	for i := sumPart - 1; i >= 0; i-- {
		digits[i] = alphabet[sum%62]
		sum /= 62
	}
	return string(digits[:])
}

// random gives n characters of the alphabet, each equally likely.
func random(n int) string {
	text := make([]byte, 0, n)
	var buffer [64]byte
	for {
		rand.Read(buffer[:]) // never fails, see crypto/rand
		for _, b := range buffer {
			if b >= 248 { // the largest multiple of 62 below 256: beyond it low characters would be likelier
				continue
			}
			text = append(text, alphabet[b%62])
			if len(text) == n {
				return string(text)
			}
		}
	}
}

// NewID8 makes an app_id: 8 digits of which the first is not 0.
func NewID8() string {
	const digits = "0123456789"
	var buffer [1]byte
	text := make([]byte, 0, 8)
	for len(text) < 8 {
		rand.Read(buffer[:])
		if buffer[0] >= 250 || (len(text) == 0 && buffer[0]%10 == 0) {
			continue
		}
		text = append(text, digits[buffer[0]%10])
	}
	return string(text)
}
