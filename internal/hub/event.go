package hub

import "time"

// Event is one line of the audit log: who did what, on what, from where, through which door, with which credential, and
// how it ended. It is written in the transaction of the change it tells of.
type Event struct {
	ID          string // UUIDv7
	At          time.Time
	Environment Environment // empty: concerns all
	AuthorID    string      // user or service id; empty: Hub itself or a stranger
	AuthorName  string
	Action      string // "service.create", "token.delete", "signing-key.rotate" ...
	TargetType  string // "user", "service" ...
	TargetID    string
	TargetName  string
	Door        string // "cli", "rest", "token", "create_token", "login", "forward-auth", "page", "upkeep"
	Address     string
	Credential  string // id of the credential used
	Result      string // Success or Refused
	Reason      string // why refused, in words for the owner
	ErrorID     string
	Details     string // JSON with what changed; never a secret
	Chain       Link
}

// Results of an event.
const (
	Success = "success"
	Refused = "refused"
)

// SignedIn is the action of the event that a complete sign-in leaves.
const SignedIn = "user.sign-in"

// Link is an event's place in the hash chain; the zero value means not chained yet. Hash covers Previous and the event.
type Link struct {
	Position int64 // from 1
	Previous []byte
	Hash     []byte
}

// Refusal is one request that was turned away: what the owner of the service needs to set it right. Refusals are kept
// outside the chain, aggregated and capped, since strangers can make any number of them.
type Refusal struct {
	ErrorID     string
	At          time.Time
	Environment Environment
	Door        string
	ClientID    string // as far as it is a known client, else empty
	UserID      string
	Address     string
	Code        string // public error code
	Reason      string // in words for the owner
	Expected    string
	Received    string // never a credential
	Setting     string // where to change it
	Count       int64
}
