package audit

import (
	"crypto/sha256"
	"encoding/binary"

	"example.org/hub/internal/hub"
)

// form begins every canonical form, so that a hash of another form, or of something else altogether, never stands for an
// event's. A change of the form needs another name here and a way to tell the two apart.
const form = "hub event 1"

// Hash is the hash that chains an event to the one before: SHA-256 over the name of the form, the previous event's hash
// (empty for the first), and position and fields of the event. Every part is written behind its length, so that no two
// events have the same form. The event's own hash and its Previous do not count.
func Hash(previous []byte, e hub.Event) []byte {
	text := make([]byte, 0, 512)
	text = part(text, form)
	text = part(text, string(previous))
	text = number(text, e.Chain.Position)
	text = part(text, e.ID)
	text = number(text, e.At.UnixMilli())
	for _, field := range []string{
		string(e.Environment), e.AuthorID, e.AuthorName, e.Action, e.TargetType, e.TargetID, e.TargetName,
		e.Door, e.Address, e.Credential, e.Result, e.Reason, e.ErrorID, e.Details,
	} {
		text = part(text, field)
	}
	sum := sha256.Sum256(text)
	return sum[:]
}

func part(to []byte, field string) []byte {
	return append(number(to, int64(len(field))), field...)
}

func number(to []byte, n int64) []byte { return binary.BigEndian.AppendUint64(to, uint64(n)) }
