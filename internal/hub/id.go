package hub

import (
	"time"

	"github.com/google/uuid"
)

// NewID makes an id for a row: a UUID of version 7, which sorts by the time it was made.
func NewID() string {
	id, err := uuid.NewV7()
	if err != nil {
		panic(err) // only without a source of randomness, see crypto/rand
	}
	return id.String()
}

// NewRandomID makes an id that does not tell when it was made: a UUID of version 4, for what strangers get to see.
func NewRandomID() string { return uuid.NewString() }

// Now is the present as the store keeps it: UTC, truncated to milliseconds.
func Now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
