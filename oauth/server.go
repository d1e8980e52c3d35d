package oauth

import (
	"context"
	"net/netip"
	"time"
)

// Server is one issuer: an authorization server with its own clients, keys and tokens. Fill the fields and use it; it is
// safe for concurrent use as far as its ports are.
type Server struct {
	Issuer      string // base URL, without a slash at the end; the "iss" of every token
	Environment string // the "env" claim of every token

	Clients   Clients
	Subjects  Subjects
	Resources Resources
	Tokens    Tokens
	Keys      Keys

	// What people need who sign in. Without Families there are neither codes nor refresh tokens, without Interaction, People and
	// IDKeys no authorization endpoint, without Requests no pushed requests, without Passwords and Devices not those grants;
	// metadata names what is there.
	Families    Families
	Interaction Interaction
	People      People
	IDKeys      IDKeys
	Requests    Requests
	Passwords   Passwords
	Devices     Devices
	Registrar   Registrar
	// Registration says who may use the Registrar.
	Registration Registration

	Replay   Replay
	Throttle Throttle
	Observer Observer
	Grants   []Grant

	Policy Policy
	Now    func() time.Time // nil: time.Now

	// Levels are the values of "acr" that Interaction gives, for metadata.
	Levels []string

	// HubServiceID is the service that stands for the hub's own API, whose resource URI is the issuer; empty: none.
	HubServiceID string

	// ErrorPage is the URL of the page that explains error codes, up to the code; empty: there is none. It does not name the
	// refusal, so that answers which must look alike do.
	ErrorPage string

	verified memory // tokens whose signature was found good
}

// Policy holds the numbers an operator may choose. Zero values mean the defaults given with each.
type Policy struct {
	AccessTokenLife time.Duration // 1 h
	RefreshLife     time.Duration // 90 d, from the sign-in
	RefreshIdle     time.Duration // 30 d, from the last use
}

// Leeway is how far the clocks of two machines may differ when times in a token are checked.
const Leeway = 60 * time.Second

// AccessTokenLife is how long an access token is good where Policy does not say otherwise.
const AccessTokenLife = time.Hour

// Where Policy does not say otherwise, refresh tokens end after RefreshLife, or unused after RefreshIdle; one that was rotated gives
// the same successor within refreshGrace, so that two tabs, or an answer that was lost, end nobody's session.
const (
	RefreshLife  = 90 * 24 * time.Hour
	RefreshIdle  = 30 * 24 * time.Hour
	refreshGrace = 10 * time.Second
)

func (p Policy) refreshLife() time.Duration {
	if p.RefreshLife > 0 {
		return p.RefreshLife
	}
	return RefreshLife
}

func (p Policy) refreshIdle() time.Duration {
	if p.RefreshIdle > 0 {
		return p.RefreshIdle
	}
	return RefreshIdle
}

func (p Policy) accessTokenLife() time.Duration {
	if p.AccessTokenLife > 0 {
		return p.AccessTokenLife
	}
	return AccessTokenLife
}

// Origin says where a request came from. Every method that may refuse takes one, so that every refusal can be explained.
type Origin struct {
	Door    string     // which way in: "token", "create_token", "login", "introspect" ...
	Address netip.Addr // of the caller, as found by the one function for it
	Agent   string     // the program of the caller, as it calls itself; "" where it does not matter
	Service string     // id of the service whose API was called with a token, where the door knows
	Looking bool       // nobody sent it: a page looks at what a request would come to, so a refusal of it is no event
}

func (s *Server) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

// Refuse gives err the error id under which it can be explained and tells the observer. Doors call it for what they
// refuse themselves; the methods of Server have called it already. An error that is not an *Error becomes a fault of
// ours: temporarily_unavailable if it says so itself, server_error otherwise, and never a verdict on a credential.
func (s *Server) Refuse(ctx context.Context, origin Origin, clientID string, err error) *Error {
	refusal := asError(err)
	if refusal.ID == "" {
		own := *refusal // a port may hand out one error many times
		refusal = &own
		refusal.ID, refusal.Description = newErrorID(), plain(refusal.Description)
		if s.ErrorPage != "" {
			refusal.URI = s.ErrorPage + string(refusal.Code)
		}
		if clientID == "" {
			clientID = refusal.Explanation.Client
		}
		s.Observer.Refused(ctx, Refusal{Error: refusal, Origin: origin, ClientID: clientID, At: s.now()})
	}
	return refusal
}
