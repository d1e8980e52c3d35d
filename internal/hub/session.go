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

// Opened is a service to which somebody signed in with a session, and when last.
type Opened struct {
	SessionID   string
	Environment Environment
	ServiceID   string
	Name        string // of the service
	At          time.Time
}

// SessionIdle is how long a session that is not remembered may stay unused.
const SessionIdle = 4 * time.Hour

// Live reports whether the session has not ended at a time.
func (s Session) Live(now time.Time) bool {
	return now.Before(s.ExpiresAt) && (s.Remembered || now.Sub(s.LastSeenAt) < SessionIdle)
}

// Half reports whether the session only remembers a sign-in that has begun.
func (s Session) Half() bool { return s.SignedInAt.IsZero() }
