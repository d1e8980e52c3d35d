package provider

import (
	"context"
	"errors"
	"slices"

	"example.org/hub/internal/hub"
	"example.org/hub/oauth"
)

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

// ServiceOf gives a service of an environment by its id. Errors: oauth.ErrNotFound.
func (p *Provider) ServiceOf(ctx context.Context, environment hub.Environment, id string) (hub.Service, error) {
	found, err := view{p, environment}.client(ctx, id)
	if err != nil {
		return hub.Service{}, err
	}
	if found.service.ID == "" {
		return hub.Service{}, oauth.ErrNotFound
	}
	return found.service, nil
}

// shownServices bounds the list of services that a person is shown.
const shownServices = 200

// Services lists the services, switched on, that a user may use: what the scope of a permanent token may hold.
func (p *Provider) Services(ctx context.Context, environment hub.Environment, userID string) ([]hub.Service, error) {
	who, err := p.person(ctx, userID)
	if err != nil {
		return nil, err
	}
	all, err := p.Store.Services(ctx, environment, "", shownServices)
	if err != nil {
		return nil, fromStore(err)
	}
	return slices.DeleteFunc(all, func(s hub.Service) bool {
		return s.Disabled || !hub.MayUse(s, who.groups, who.permissions[environment])
	}), nil
}
