package hub

import "time"

// Family is what one person allowed one client at one time, and the root of all that came of it: a code, refresh tokens,
// access tokens, which bear its id. When it ends they all end.
type Family struct {
	ID          string
	Environment Environment
	ClientID    string
	UserID      string
	Document    []byte // what package oauth keeps of it: JSON with the scope, how the person signed in, what the code is bound to
	Offline     bool   // refresh tokens come of it
	CodeDigest  []byte // keyed hash of its code; nil: there was none
	CodeEndsAt  time.Time
	CodeUsedAt  time.Time // zero: never
	CreatedAt   time.Time
	LastsUntil  time.Time // its end once the code was redeemed
	EndsAt      time.Time // its end as things are
	EndedAt     time.Time // zero: it was not ended before its time
}

// RefreshToken is one generation of the refresh tokens of a family. The text is derived from family and generation, so only
// its keyed hash is kept.
type RefreshToken struct {
	Digest      []byte
	Environment Environment
	FamilyID    string
	Generation  int64
	UsedAt      time.Time // when it was given out or used last
	RotatedAt   time.Time // when it was used for a successor; zero: it is good
	EndsAt      time.Time // until then it is remembered
}
