package oauth

import "time"

// Authorization says who allowed what, for which client, proven how. Tokens are minted from it and from nothing else.
type Authorization struct {
	Client   *Client
	Subject  *Subject
	Scope    Scope
	AuthTime time.Time // when the person signed in; zero for machines
	Methods  []string  // how the person signed in (RFC 8176)
	Level    string    // "acr": how much that proves, if the hub says
	Session  string    // id of the browser session, set by browser flows only

	Family  *Family // what it came of; nil where no person allowed anything
	Refresh string  // refresh token to hand out, if any
	First   bool    // the first tokens of the family
}
