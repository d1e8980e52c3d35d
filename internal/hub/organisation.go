package hub

import "time"

// Organisation groups users and services; a role may be granted in one organisation only.
type Organisation struct {
	ID        string
	Key       string
	Name      string
	CreatedAt time.Time
	UpdatedAt time.Time
}

// RetiredKey is an organisation-level API key of old: always refused, with an answer that says to create an API client.
type RetiredKey struct {
	ID           string
	Organisation string // organisation id
	Label        string
	Digest       []byte // keyed hash, see package secret
	CreatedAt    time.Time
}
