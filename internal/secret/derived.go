package secret

import (
	"encoding/binary"
	"math/bits"
)

// Derived makes the secret of a kind that belongs to a seed, which has 32 bytes that nobody can guess, as Master.Derive
// gives them. The same seed gives the same secret, so what was handed out can be handed out again without being kept. It has
// the form of those that New makes.
func Derived(kind Kind, test bool, seed []byte) Value {
	head := string(kind) + "_"
	if test {
		head += testMark
	}
	body := head + spelled(seed)
	return Value(body + checksum(body))
}

// spelled writes the low end of a number of 256 bits in base 62. It is so much larger than 62 to the power of 32 that every
// text is as likely as any other.
func spelled(seed []byte) string {
	var number [4]uint64
	for i := range number {
		number[i] = binary.BigEndian.Uint64(seed[8*i:])
	}
	var text [randomPart]byte
	for i := range text {
		var rest uint64
		for at := range number { // long division
			number[at], rest = bits.Div64(rest, number[at], uint64(len(alphabet)))
		}
		text[i] = alphabet[rest]
	}
	return string(text[:])
}
