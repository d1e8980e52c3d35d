package hub

import "time"

// TriedRedirectURI is a redirect URI that somebody tried for a service and that is not registered.
type TriedRedirectURI struct {
	Environment Environment
	ClientID    string
	URI         string
	TriedFrom   string // address, of the last attempt
	TriedAt     time.Time
	Attempts    int // set by the store
}
