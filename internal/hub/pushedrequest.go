package hub

import "time"

// PushedRequest is an authorization request that was sent ahead of the browser.
type PushedRequest struct {
	Digest      []byte // keyed hash of its handle
	Environment Environment
	ClientID    string
	Stashed     bool   // a browser sent it and not the client
	Document    []byte // its parameters, as JSON
	Source      string // the address or network it came from
	OpenedAt    time.Time
	EndsAt      time.Time
}
