package provider

import (
	"context"
	"slices"

	"example.org/hub/internal/hub"
	"example.org/hub/oauth"
)

// ServiceOf gives a service of an environment by its id. Errors: oauth.ErrNotFound.
func (p *Provider) ServiceOf(ctx context.Context, environment hub.Environment, id string) (hub.Service, error) {
	found, err := view{p.node, environment}.client(ctx, id)
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
