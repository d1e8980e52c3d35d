package oauth

import (
	"context"
	"net/netip"
	"time"

	"example.org/hub/oauth/jose"
)

// Ports return ErrNotFound for what does not exist. Any other error is a fault: it is answered as trouble of ours, never
// as a verdict. Values that ports return are shared and must not be changed.

// Clients knows the registered clients.
type Clients interface {
	// Client finds a client by its exact id.
	Client(ctx context.Context, id string) (*Client, error)
	// Plausible reports, by its look alone, whether secret could be one here; false refuses it before any look-up.
	Plausible(secret string) bool
	// MatchSecret reports whether secret is a live secret of client, and the id of that secret. It compares in constant time.
	MatchSecret(client *Client, secret string, now time.Time) (id string, match bool)
	// Misplaced says of a text that is no live secret of client what it is instead, for the owner of the client: one that was
	// rotated away, or another client's, whose it does not say. Empty: it is known nowhere.
	Misplaced(ctx context.Context, client *Client, text string) (reason string, err error)
	// ClientKeys gives the keys with which a client signs assertions; fresh asks for a new fetch of keys kept elsewhere.
	ClientKeys(ctx context.Context, client *Client, fresh bool) (*jose.KeySet, error)
	// Retired reports whether text is a credential of a kind that no longer exists, and what to use instead.
	Retired(ctx context.Context, text string) (advice string, retired bool, err error)
}

// Subjects knows the users tokens stand for.
type Subjects interface {
	// Subject finds a user by id.
	Subject(ctx context.Context, id string) (*Subject, error)
	// MayUse reports whether a subject may have tokens for a resource server.
	MayUse(ctx context.Context, subject *Subject, resource *Resource) (bool, error)
	// Reach lists what a token is for whose request names no scope: every resource server that the subject holds a
	// permission in, at most limit+1 of them.
	Reach(ctx context.Context, subject *Subject, limit int) ([]*Resource, error)
	// Permissions lists what a token allows at some resource servers of its audience, by their ids, after every cap; sorted.
	Permissions(ctx context.Context, token *AccessToken, audience []string) ([]string, error)
}

// Resources knows the resource servers.
type Resources interface {
	// Resource finds a resource server by id, key or name.
	Resource(ctx context.Context, name string) (*Resource, error)
	// Named finds all resource servers that are meant by some names, under those names; what nothing is known by is left out. A
	// request may name a hundred things that do not exist, so many names must cost about as much as one.
	Named(ctx context.Context, names []string) (map[string]*Resource, error)
}

// Tokens keeps what must be remembered of tokens. A JWT costs no write until it is revoked.
type Tokens interface {
	// Save keeps an opaque access token with the claims a JWT would hold, and gives the text to hand out.
	Save(ctx context.Context, token *AccessToken, claims []byte) (text string, err error)
	// Find gives the token behind a text that is no JWT: an opaque access token or a permanent token.
	Find(ctx context.Context, text string) (*AccessToken, error)
	// Revoke ends an access token at once, on every node. It is told from where that was asked, for the event.
	Revoke(ctx context.Context, origin Origin, token *AccessToken) error
	// Revoked reports whether an access token was revoked, or its family ended. It is asked for every token checked and must
	// be quick.
	Revoked(ctx context.Context, token *AccessToken) (bool, error)
}

// Keys holds the signing keys of the issuer.
type Keys interface {
	// AccessSigner gives the key that signs access tokens now.
	AccessSigner(ctx context.Context) (*jose.Signer, error)
	// Published gives every key that a live token may be signed with, and those that will sign soon.
	Published(ctx context.Context) (*jose.KeySet, error)
}

// Replay remembers what is good once.
type Replay interface {
	// UseAssertion reports whether this is the first use of a client's assertion. One atomic statement decides, on any
	// number of nodes.
	UseAssertion(ctx context.Context, clientID, tokenID string, ends time.Time) (first bool, err error)
}

// Throttle counts failures and requests. Nothing it says tells whether an account exists.
type Throttle interface {
	// Blocked is how long a source must wait after too many failures, alone or with this name; zero if it need not.
	Blocked(source netip.Addr, name string) time.Duration
	// Failed counts a wrong credential.
	Failed(source netip.Addr, name string)
	// Admit is how long a client must wait for its next request under its rate limit; zero if it need not.
	Admit(clientID string) time.Duration
}

// Observer is told what happened, for counting, for "last used" and for explaining. It must not block.
type Observer interface {
	// Issued tells of a token given out; secretID names the secret that was used, if any.
	Issued(ctx context.Context, origin Origin, client *Client, secretID string)
	// SignedIn tells that a browser went back to a client with what it had asked for; session is the id of the browser's session.
	SignedIn(ctx context.Context, origin Origin, client *Client, session string)
	// Used tells of a token accepted.
	Used(ctx context.Context, origin Origin, token *AccessToken)
	// Inactive tells that introspection was asked about what is no live token, or none of the caller's business.
	Inactive(ctx context.Context, origin Origin)
	// Refused tells of a refusal.
	Refused(ctx context.Context, refusal Refusal)
}

// Refusal is a refused request as the observer is told of it.
type Refusal struct {
	Error    *Error
	Origin   Origin
	ClientID string // as it was sent; may be anything
	At       time.Time
}
