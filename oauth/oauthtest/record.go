package oauthtest

import (
	"context"
	"slices"
	"sync"

	"example.org/hub/oauth"
)

// Record is an observer that remembers what it was told, and passes it on to Next if there is one.
type Record struct {
	Next oauth.Observer

	lock     sync.Mutex
	issued   []string
	signedIn []string
	used     []string
	refusals []oauth.Refusal
}

// Issued remembers the client.
func (r *Record) Issued(ctx context.Context, origin oauth.Origin, client *oauth.Client, secretID string) {
	r.lock.Lock()
	r.issued = append(r.issued, client.ID)
	r.lock.Unlock()
	if r.Next != nil {
		r.Next.Issued(ctx, origin, client, secretID)
	}
}

// SignedIn remembers the client.
func (r *Record) SignedIn(ctx context.Context, origin oauth.Origin, client *oauth.Client, session string) {
	r.lock.Lock()
	r.signedIn = append(r.signedIn, client.ID)
	r.lock.Unlock()
	if r.Next != nil {
		r.Next.SignedIn(ctx, origin, client, session)
	}
}

// Used remembers the token's id.
func (r *Record) Used(ctx context.Context, origin oauth.Origin, token *oauth.AccessToken) {
	r.lock.Lock()
	r.used = append(r.used, token.ID)
	r.lock.Unlock()
	if r.Next != nil {
		r.Next.Used(ctx, origin, token)
	}
}

// Inactive is passed on.
func (r *Record) Inactive(ctx context.Context, origin oauth.Origin) {
	if r.Next != nil {
		r.Next.Inactive(ctx, origin)
	}
}

// Refused remembers the refusal.
func (r *Record) Refused(ctx context.Context, refusal oauth.Refusal) {
	r.lock.Lock()
	r.refusals = append(r.refusals, refusal)
	r.lock.Unlock()
	if r.Next != nil {
		r.Next.Refused(ctx, refusal)
	}
}

// Clients gives the ids of the clients that were given tokens.
func (r *Record) Clients() []string {
	r.lock.Lock()
	defer r.lock.Unlock()
	return slices.Clone(r.issued)
}

// SignIns gives the ids of the clients to which browsers went back with what they had asked for.
func (r *Record) SignIns() []string {
	r.lock.Lock()
	defer r.lock.Unlock()
	return slices.Clone(r.signedIn)
}

// Tokens gives the ids of the tokens that were accepted.
func (r *Record) Tokens() []string {
	r.lock.Lock()
	defer r.lock.Unlock()
	return slices.Clone(r.used)
}

// Refusal finds a refusal by its error id.
func (r *Record) Refusal(id string) (oauth.Refusal, bool) {
	r.lock.Lock()
	defer r.lock.Unlock()
	for _, refusal := range r.refusals {
		if refusal.Error.ID == id {
			return refusal, true
		}
	}
	return oauth.Refusal{}, false
}
