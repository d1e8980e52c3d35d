package oauth

import (
	"net/netip"
	"slices"
	"time"

	"example.org/hub/oauth/jose"
)

// AuthMethod is how a client authenticates (RFC 8414 section 2).
type AuthMethod string

// The methods this server knows.
const (
	AuthBasic AuthMethod = "client_secret_basic"
	AuthPost  AuthMethod = "client_secret_post"
	AuthJWT   AuthMethod = "private_key_jwt"
	AuthNone  AuthMethod = "none"
)

// Client is a party that may ask for tokens.
type Client struct {
	ID         string
	Name       string
	IconURL    string    // shown where people sign in to it
	Unvouched  bool      // registered itself, and no administrator has looked at it since
	ActsAs     string    // id of the user it stands for; empty: acts on its own behalf
	Since      time.Time // when it was made: what bears its id and is older was issued to another of that id, which is gone
	Public     bool      // has no secret (RFC 6749 section 2.1)
	Trusted    bool      // may reach other resource servers on its own behalf, needs no consent
	Disabled   bool
	GrantTypes []string
	AuthMethod AuthMethod // empty: any it can do
	JWKS       string     // its public keys, a JWK set as JSON text
	JWKSURI    string     // where its public keys are
	Opaque     bool       // gets opaque access tokens

	// RedirectURIs are where answers may go, PostLogoutRedirectURIs where people go who signed out, RequestURIs where it keeps
	// request objects; all compared to the byte.
	RedirectURIs           []string
	PostLogoutRedirectURIs []string
	RequestURIs            []string
	RequirePKCE            bool
	RequirePAR             bool
	IDTokenAlg             jose.Algorithm // of its ID tokens; empty: RS256
	// RequestObjectAlg is what its request objects are signed with; empty: any, or none. AssertionAlg is what its assertions are
	// signed with; empty: any.
	RequestObjectAlg string
	AssertionAlg     string
	// DefaultMaxAge and DefaultACRValues hold where a request does not say (OpenID Connect Dynamic Client Registration 1.0
	// section 2); nil: none.
	DefaultMaxAge    *time.Duration
	DefaultACRValues []string
	// RotateRefresh has refresh tokens rotated although the client is confidential.
	RotateRefresh bool
	Addressed     bool // may be used from Addresses only; from nowhere if there are none
	Addresses     []netip.Prefix
	Detail        any // what the owner of the ports wants to find again; the library does not look at it
}

// MayUse reports whether a grant type is switched on for the client.
func (c *Client) MayUse(grantType string) bool { return slices.Contains(c.GrantTypes, grantType) }

// Admits reports whether the client, or a token of it, may be used from an address.
func (c *Client) Admits(address netip.Addr) bool {
	return !c.Addressed || contains(c.Addresses, address)
}

func contains(prefixes []netip.Prefix, address netip.Addr) bool {
	address = address.Unmap().WithZone("")
	return slices.ContainsFunc(prefixes, func(prefix netip.Prefix) bool { return unmapped(prefix).Contains(address) })
}

// unmapped gives the IPv4 prefix that an IPv4-mapped one stands for.
func unmapped(prefix netip.Prefix) netip.Prefix {
	if prefix.Addr().Is4In6() && prefix.Bits() >= 96 {
		return netip.PrefixFrom(prefix.Addr().Unmap(), prefix.Bits()-96)
	}
	return prefix
}

// Subject is whom a token stands for.
type Subject struct {
	ID       string
	Username string
	Active   bool // false: banned
	Service  bool // a service on its own behalf, not a user
	// TwoFactorFrom is from when on what the user allowed without a second factor opens nothing any more; zero: never.
	TwoFactorFrom time.Time
	Detail        any // what the owner of the ports wants to find again
}

// Resource is a resource server: a service whose API tokens can be for.
type Resource struct {
	ID           string
	Key          string
	Name         string
	Disabled     bool
	Entitlements bool // wants the permissions inside the token
	Detail       any  // what the owner of the ports wants to find again
}
