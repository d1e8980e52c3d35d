package fault

import (
	"crypto/rand"
	"encoding/base32"
)

// ids is lower case without 0, 1, 8 and 9, so that an id survives being read out over the telephone.
var ids = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// NewID makes the id of one refusal: 16 random characters which the sender of the request may quote (header
// Hub-Error-Id, error_id in bodies) and an event or a log line carries too.
func NewID() string {
	var random [10]byte
	rand.Read(random[:]) // never fails: crypto/rand ends the program instead
	return ids.EncodeToString(random[:])
}

// IsID reports whether a text could be such an id, or one that the protocol library gave, which has 26 of the same characters.
func IsID(text string) bool {
	random, err := ids.DecodeString(text)
	return err == nil && (len(random) == 10 || len(random) == 16) && len(text) == ids.EncodedLen(len(random))
}
