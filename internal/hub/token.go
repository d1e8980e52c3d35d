package hub

import "time"

// RevokedToken is the id of a JWT access token which ends before its time. It is kept until the token's own end.
type RevokedToken struct {
	Environment Environment
	TokenID     string // jti
	ExpiresAt   time.Time
}

// OpaqueToken is an access token whose meaning only Hub knows. Claims is the JSON that a JWT of the same grant would hold.
type OpaqueToken struct {
	Digest      []byte
	Environment Environment
	TokenID     string
	ClientID    string
	Subject     string
	Claims      []byte
	ExpiresAt   time.Time
}

// UsedAssertion is a jti of a client assertion that was presented; it is good once (RFC 7523 section 3).
type UsedAssertion struct {
	Environment Environment
	ClientID    string
	TokenID     string
	ExpiresAt   time.Time
}
