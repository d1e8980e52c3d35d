package provider

import (
	"context"
	"errors"
	"slices"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/oauth"
)

// codes says under which code of the protocol a kind of refusal is told.
var codes = map[fault.Kind]oauth.Code{
	fault.Internal:        oauth.ServerError,
	fault.Invalid:         oauth.InvalidRequest,
	fault.Unauthenticated: oauth.InvalidToken,
	fault.Forbidden:       oauth.InsufficientScope,
	fault.StepUp:          oauth.InsufficientScope,
	fault.NotFound:        oauth.InvalidRequest,
	fault.Conflict:        oauth.InvalidRequest,
	fault.Limited:         oauth.TooManyRequests,
	fault.Unavailable:     oauth.TemporarilyUnavailable,
}

// ToOAuth gives an error of any room in the terms of the protocol, whose observer counts and explains all refusals alike. One that
// is in those terms already stays as it is; one that nobody expected shows nothing of itself.
func ToOAuth(err error) *oauth.Error {
	var refusal *oauth.Error
	if errors.As(err, &refusal) {
		return refusal
	}
	var known *fault.Error
	if !errors.As(err, &known) || known.Kind == fault.Internal {
		return oauth.Internal(err)
	}
	return &oauth.Error{Code: codes[known.Kind], Description: known.Message, RetryAfter: known.RetryAfter, Cause: err}
}

// Refused keeps a refusal that was no business of oauth: a page's, for one.
func (p *Provider) Refused(refusal hub.Refusal) {
	p.Metrics.Refusals.Of(refusal.Code).Inc()
	p.ledger.refused(refusal)
}

// RecentRefusal gives a refusal that was not written yet.
func (p *Provider) RecentRefusal(errorID string) (hub.Refusal, bool) {
	p.ledger.lock.Lock()
	defer p.ledger.lock.Unlock()
	at := slices.IndexFunc(p.ledger.refusals, func(r hub.Refusal) bool { return r.ErrorID == errorID })
	if at < 0 {
		return hub.Refusal{}, false
	}
	return p.ledger.refusals[at], true
}

// Refusal gives a refusal of an environment by its error id, also before it was written. Errors: oauth.ErrNotFound.
func (p *Provider) Refusal(ctx context.Context, environment hub.Environment, errorID string) (hub.Refusal, error) {
	refusal, recent := p.RecentRefusal(errorID)
	if !recent {
		var err error
		if refusal, err = p.Store.Refusal(ctx, errorID); err != nil {
			return hub.Refusal{}, fromStore(err)
		}
	}
	if refusal.Environment != environment {
		return hub.Refusal{}, oauth.ErrNotFound
	}
	return refusal, nil
}

// MayMend reports whether a user may see and change the settings of a client that is a service: then every refusal can be
// explained in full.
func (p *Provider) MayMend(ctx context.Context, environment hub.Environment, userID, clientID string) (bool, error) {
	who, err := p.person(ctx, userID)
	if errors.Is(err, oauth.ErrNotFound) || err == nil && !who.subject.Active {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	service, err := p.ServiceOf(ctx, environment, clientID)
	if err != nil && !errors.Is(err, oauth.ErrNotFound) {
		return false, err
	}
	return who.permissions[environment].HasIn(service.Organisation, hub.HubServiceKey+":service-update"), nil
}
