package hub

import "time"

// Session is a browser in which somebody is signed in. Sessions are shared between environments, as people are.
type Session struct {
	ID         string
	Digest     []byte // keyed hash of the cookie
	UserID     string
	SignedInAt time.Time // the last full sign-in: what auth_time and step-up count from
	Methods    []string  // RFC 8176 amr values
	Remembered bool
	Address    string
	Agent      string
	CreatedAt  time.Time
	LastSeenAt time.Time
	ExpiresAt  time.Time
}
