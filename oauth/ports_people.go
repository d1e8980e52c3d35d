package oauth

import (
	"context"
	"net/netip"
	"time"

	"example.org/hub/oauth/jose"
)

// People knows what may be told about users.
type People interface {
	// Profile gives the claims about a user under their names of OpenID Connect Core 1.0 section 5.1, and "groups", as values
	// that encoding/json writes. Claims it does not know are left out. ErrNotFound if the user is gone.
	Profile(ctx context.Context, subject *Subject) (map[string]any, error)
	// Claims names all that Profile can ever tell, for metadata.
	Claims() []string
}

// IDKeys holds the keys that sign ID tokens. Their public halves stand in Keys.Published too.
type IDKeys interface {
	// IDSigner gives the key that signs ID tokens with an algorithm of jose.OwnAlgorithms now.
	IDSigner(ctx context.Context, algorithm jose.Algorithm) (*jose.Signer, error)
}

// Requests keeps authorization requests that were pushed (RFC 9126), and fetches those that clients keep themselves.
type Requests interface {
	// Push keeps a request and gives its handle, long and random. Who has too many waiting loses the oldest of them, so that
	// nobody who floods keeps anybody else from asking.
	Push(ctx context.Context, request *PushedRequest) (handle string, err error)
	// Open gives a request that was opened before Ends, and from then on until pending has passed, so that the person has time
	// for the pages. ErrNotFound: there is none, it has ended, or it was answered.
	Open(ctx context.Context, handle string, now time.Time, pending time.Duration) (*PushedRequest, error)
	// Use reports whether this is the first answer to a request. One atomic statement decides, on any number of nodes.
	Use(ctx context.Context, handle string, now time.Time) (first bool, err error)
	// Fetch gets the request object at a URI that the client has registered. A *Error is a verdict on what was there.
	Fetch(ctx context.Context, client *Client, uri string) (object string, err error)
}

// PushedRequest is an authorization request that was sent ahead.
type PushedRequest struct {
	ClientID   string
	Parameters Parameters
	From       netip.Addr // where it came from
	Ends       time.Time  // it must be opened before
	// Stashed says that a browser sent it and not the client, so that it is worth no more than a plain request.
	Stashed bool
}
