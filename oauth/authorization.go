package oauth

import "time"

// Authorization says who allowed what, for which client, proven how. Tokens are minted from it and from nothing else.
type Authorization struct {
	Client   *Client
	Subject  *Subject
	Scope    Scope
	AuthTime time.Time // when the person signed in; zero for machines
	Methods  []string  // how the person signed in (RFC 8176)
	Session  string    // id of the browser session, set by browser flows only
}
