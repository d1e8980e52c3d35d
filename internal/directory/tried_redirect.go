package directory

import (
	"context"
	"slices"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// TriedRedirectURIs lists the redirect URIs that were tried for a service and are not registered, newest first, for whoever
// may see the settings of the service.
func (d *Directory) TriedRedirectURIs(ctx context.Context, actor hub.Actor, environment hub.Environment, id string) ([]hub.TriedRedirectURI, error) {
	service, err := d.wholeService(ctx, actor, environment, id)
	if err != nil {
		return nil, err
	}
	return d.Store.TriedRedirectURIs(ctx, environment, service.ID)
}

// RegisterRedirectURI adds a redirect URI that was tried to those of the service, by what UpdateService needs. Errors:
// fault.NotFound if nobody tried it.
func (d *Directory) RegisterRedirectURI(ctx context.Context, actor hub.Actor, environment hub.Environment, id, uri string) (hub.Service, error) {
	return d.updateService(ctx, actor, environment, id, func(s *hub.Service) {
		if !slices.Contains(s.RedirectURIs, uri) {
			s.RedirectURIs = append(s.RedirectURIs, uri)
		}
	}, func(c *change) error {
		return fault.Missing(c.DeleteTriedRedirectURI(ctx, environment, id, uri), "tried redirect URI", uri)
	})
}

// DismissRedirectURI forgets a redirect URI that was tried, by hub:service-update. Errors: fault.NotFound, fault.Forbidden.
func (d *Directory) DismissRedirectURI(ctx context.Context, actor hub.Actor, environment hub.Environment, id, uri string) error {
	return d.do(ctx, actor, func(c *change) error {
		service, err := c.Service(ctx, environment, id)
		if err != nil {
			return fault.Missing(err, "service", id)
		}
		if err := actor.Within(environment); err != nil {
			return err
		}
		if err := actor.Require("service-update", service.Organisation); err != nil {
			return err
		}
		if err := c.DeleteTriedRedirectURI(ctx, environment, id, uri); err != nil {
			return fault.Missing(err, "tried redirect URI", uri)
		}
		return c.toldMore(environment, "service.dismiss-redirect-uri", "service", service.ID, service.Key, map[string]any{"uri": uri})
	})
}
