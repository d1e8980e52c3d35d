package oauth

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Family is what one person allowed one client at one time, and the root of all that came of it: a code, refresh tokens,
// access tokens. When it ends they all end. Ports keep it whole, as JSON, beside the columns they look it up by.
type Family struct {
	ID       string `json:"id"`
	ClientID string `json:"clientId"`
	Subject  string `json:"subject"` // user id
	// Scope is the items that were granted, as the client wrote them.
	Scope    []string  `json:"scope,omitempty"`
	AuthTime time.Time `json:"authTime,omitzero"`
	Methods  []string  `json:"methods,omitempty"` // RFC 8176
	Level    string    `json:"level,omitempty"`   // "acr"
	Session  string    `json:"session,omitempty"`
	// Offline says that refresh tokens come of it; they end at EndsAt at the latest.
	Offline bool      `json:"offline,omitempty"`
	EndsAt  time.Time `json:"endsAt,omitzero"`
	// From where, and with which program, the person allowed it.
	Address string `json:"address,omitempty"`
	Agent   string `json:"agent,omitempty"`

	// What a code is bound to, and what the ID token that comes of it answers.
	RedirectURI string `json:"redirectUri,omitempty"`
	// RedirectSent says that the request named the redirect URI, so that redemption must name it too.
	RedirectSent bool   `json:"redirectSent,omitempty"`
	Challenge    string `json:"challenge,omitempty"` // code_challenge of RFC 7636, always S256
	Nonce        string `json:"nonce,omitempty"`
	Claims       string `json:"claims,omitempty"` // the claims parameter (OpenID Connect Core 1.0 section 5.5)

	// Proof is what the port that proved the person gave for the one that keeps the family: that port keeps nothing whose proof
	// has ended meanwhile.
	Proof any `json:"-"`
}

// Family is the id of the family an access token came of; empty if it came of none. It stands in front of the token's own
// id, so that a family can be ended without a record of its tokens.
func (t *AccessToken) Family() string {
	family, _, found := strings.Cut(t.ID, ".")
	if !found {
		return ""
	}
	return family
}

// AllowedAt is when the person allowed what a token came of, to the millisecond, whenever the token itself was issued; exact is
// false for a token that came of nothing, or whose family does not tell.
func (t *AccessToken) AllowedAt() (at time.Time, exact bool) {
	made, _, found := strings.Cut(t.Family(), "~")
	ms, err := strconv.ParseInt(made, 36, 64)
	if !found || err != nil {
		return time.Time{}, false
	}
	return time.UnixMilli(ms).UTC(), true
}

// newFamilyID makes an id that tells when it was made, so that what was allowed before a password was changed can be told from
// what was allowed in the same second after it.
func (s *Server) newFamilyID() string {
	return strconv.FormatInt(s.now().UnixMilli(), 36) + "~" + newTokenID()
}

// newFamily begins a family for what a person allowed a client.
func (s *Server) newFamily(origin Origin, client *Client, subject *Subject, items []string) *Family {
	family := &Family{ID: s.newFamilyID(), ClientID: client.ID, Subject: subject.ID, Scope: items,
		Agent: plain(origin.Agent[:min(len(origin.Agent), maxAgent)])}
	if origin.Address.IsValid() {
		family.Address = origin.Address.Unmap().String()
	}
	return family
}

// methodMultiple says that a person has proven more than one factor (RFC 8176 section 2).
const methodMultiple = "mfa"

// lacksFactor reports whether a family opens nothing any more since its user must prove a second factor by now, and did not when
// it was allowed. What an application password allowed was no sign-in of a person, and is left alone.
func (f *Family) lacksFactor(subject *Subject, now time.Time) bool {
	from := subject.TwoFactorFrom
	return !f.AuthTime.IsZero() && !from.IsZero() && !now.Before(from) && !slices.Contains(f.Methods, methodMultiple)
}

// maxAgent is how many bytes are kept of what a program calls itself.
const maxAgent = 256

// keepOffline lets refresh tokens come of a family.
func (s *Server) keepOffline(family *Family) {
	family.Offline, family.EndsAt = true, s.now().Add(s.Policy.refreshLife())
}
