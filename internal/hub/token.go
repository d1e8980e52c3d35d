package hub

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// RevokedToken is the id of a JWT access token which ends before its time. It is kept until the token's own end.
type RevokedToken struct {
	Environment Environment
	TokenID     string // jti
	ExpiresAt   time.Time
}

// RevokedFor is how long a revocation of unknown end is remembered: longer than any access token lives.
const RevokedFor = 2 * time.Hour

// CutOff says that whatever came of what a user allowed a client has ended, if it was issued before a time. It stands among
// the revoked tokens, so that it is told and swept away as they are.
type CutOff struct {
	UserID   string
	ClientID string // empty: every client, in every environment
	Before   time.Time
}

// cutOffMark begins the id of a cut-off; no token's id has a slash.
const cutOffMark = "before/"

// TokenID is the id under which a cut-off stands among the revoked tokens.
func (c CutOff) TokenID() string {
	return cutOffMark + strconv.FormatInt(c.Before.UnixMilli(), 10) + "/" + url.PathEscape(c.UserID) + "/" + url.PathEscape(c.ClientID)
}

// ParseCutOff reads the id of a revoked token that is a cut-off.
func ParseCutOff(tokenID string) (CutOff, bool) {
	rest, marked := strings.CutPrefix(tokenID, cutOffMark)
	parts := strings.Split(rest, "/")
	if !marked || len(parts) != 3 {
		return CutOff{}, false
	}
	millis, errTime := strconv.ParseInt(parts[0], 10, 64)
	user, errUser := url.PathUnescape(parts[1])
	client, errClient := url.PathUnescape(parts[2])
	return CutOff{UserID: user, ClientID: client, Before: time.UnixMilli(millis).UTC()}, errTime == nil && errUser == nil && errClient == nil
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
