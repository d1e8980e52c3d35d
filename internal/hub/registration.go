package hub

import "time"

// SelfRegistration marks a service that registered itself, with what only such a service says.
type SelfRegistration struct {
	RequestObjectAlg string `json:"requestObjectAlg,omitempty"` // what its request objects are signed with; empty: any, or none
}

// Registration is what is kept of a service that registered itself (RFC 7591), beside the service. Without one, or once an
// administrator trusts the service, it can no longer change itself.
type Registration struct {
	Environment Environment
	ClientID    string
	Digest      []byte // keyed hash of the registration access token
	Document    []byte // the client's metadata, as JSON: also what means nothing to a service
	ByID        string // the user or service that let it; empty: a stranger
	CreatedAt   time.Time
}
