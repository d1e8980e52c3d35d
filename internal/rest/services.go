package rest

import (
	"slices"

	"example.org/hub/internal/directory"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
	"example.org/hub/internal/secret"
)

func (a *API) serviceRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/services", Need: Bearer, Handle: a.listServices},
		{Method: "POST", Path: "/services", Need: Bearer, Creates: true, Handle: with(a.createService)},
		{Method: "GET", Path: "/services/me", Need: OwnToken, Handle: a.servicesMe},
		{Method: "GET", Path: "/services/{service}", Need: Bearer, Handle: a.getService},
		{Method: "POST", Path: "/services/{service}", Need: Bearer, Versioned: true, Handle: with(a.updateService)},
		{Method: "DELETE", Path: "/services/{service}", Need: Bearer, Versioned: true, Handle: a.deleteService},
		{Method: "GET", Path: "/services/{service}/permissions", Need: Bearer, Handle: a.servicePermissions},
		{Method: "GET", Path: "/services/{service}/secrets", Need: Bearer, Handle: a.serviceSecrets},
		{Method: "DELETE", Path: "/services/{service}/secrets/{secret}", Need: Bearer, Handle: a.deleteServiceSecret},
		{Method: "POST", Path: "/services/{service}/secret", Need: Bearer, Creates: true, Handle: with(a.rotateServiceSecret)},
		{Method: "POST", Path: "/services/{service}/rotate", Need: Bearer, Creates: true, Handle: with(a.rotateServiceSecret)},
		{Method: "GET", Path: "/services/{service}/untrustedredirecturis", Need: Bearer, Handle: a.triedRedirects},
		{Method: "POST", Path: "/services/{service}/untrustedredirecturis/{tried}", Need: Bearer, Handle: a.registerTriedRedirect},
		{Method: "DELETE", Path: "/services/{service}/untrustedredirecturis/{tried}", Need: Bearer, Handle: a.dismissTriedRedirect},
	}
}

func (a *API) listServices(c *call) (any, error) {
	asked, err := c.asked()
	if err != nil {
		return nil, err
	}
	found, err := a.Directory.Services(c.Context(), c.actor, a.Environment, asked)
	if err != nil {
		return nil, err
	}
	return a.servicePage(c, asked, found)
}

// servicePage is a page of services, each as far as the caller sees it.
func (a *API) servicePage(c *call, asked query.List, found query.Page[directory.SeenService]) (*page, error) {
	names := a.naming(c)
	page, err := paged(a, c, "services", asked, found, func(seen directory.SeenService) any { return names.service(serviceView(seen)) })
	if err == nil {
		err = names.err
	}
	return page, err
}

// seenService is the {service} of the path, by id, key or name, as far as the caller may see it.
func (a *API) seenService(c *call) (directory.SeenService, error) {
	return a.Directory.Service(c.Context(), c.actor, a.Environment, c.place("service"))
}

// createService registers a service. Its secret is shown this once.
func (a *API) createService(c *call, in object) (any, error) {
	service := hub.Service{Environment: a.Environment}
	if namesFlows(in) { // what is not said is as in a service whose maker says nothing
		settings, err := a.Provider.Settings(c.Context())
		if err != nil {
			return nil, err
		}
		service.Flows = settings.NewServiceFlows()
	}
	readService(in, &service)
	if service.Public && !in.has("clientCredentialsFlowEnabled") {
		service.Flows = slices.DeleteFunc(service.Flows, func(flow hub.Flow) bool { return flow == hub.ClientCredentials })
	}
	var brought string
	in.text("secret", &brought)
	if err := in.wrong(); err != nil {
		return nil, err
	}
	made, shown, err := a.Directory.CreateService(c.Context(), c.actor, service, secret.Value(brought))
	if err != nil {
		return nil, err
	}
	c.tag(made.UpdatedAt)
	view := wholeService(directory.SeenService{Service: made, Whole: true})
	view.Secret = shown.Reveal()
	return view, nil
}

func (a *API) getService(c *call) (any, error) {
	seen, err := a.seenService(c)
	if err != nil {
		return nil, err
	}
	c.tag(seen.UpdatedAt)
	view := serviceView(seen)
	if whole, is := view.(serviceJSON); is {
		names := a.naming(c)
		if names.organisation(whole.Organisation); names.err != nil {
			return nil, names.err
		}
		if c.wanted.has("untrustedRedirectUris") {
			tried, err := a.Directory.TriedRedirectURIs(c.Context(), c.actor, a.Environment, seen.ID)
			if err != nil {
				return nil, err
			}
			for _, one := range tried {
				whole.Tried = append(whole.Tried, triedView(one))
			}
		}
		return whole, a.nameViewers(c, whole.Viewers)
	}
	return view, nil
}

// nameViewers fills in the names of groups.
func (a *API) nameViewers(c *call, viewers []reference) error {
	var ids []string
	for _, viewer := range viewers {
		ids = append(ids, viewer.ID)
	}
	names, err := a.Directory.GroupNames(c.Context(), ids)
	for i := range viewers {
		viewers[i].Name = names[viewers[i].ID]
	}
	return err
}

// servicesMe answers which service the token was issued to.
func (a *API) servicesMe(c *call) (any, error) {
	if c.live != nil && c.live.Client != nil {
		if service, is := a.Provider.Service(c.live.Client); is {
			return serviceView(directory.SeenService{Service: service, Whole: c.actor.ServiceID == service.ID}), nil
		}
	}
	return nil, fault.New(fault.NotFound, "this token was not issued to a service; ask users/me")
}

// updateService changes a service. Known clients send its secret with every change: another than it has becomes its only one.
func (a *API) updateService(c *call, in object) (any, error) {
	var brought string
	in.text("secret", &brought)
	edit, err := checked(in, func(s *hub.Service) { readService(in, s) })
	if err != nil {
		return nil, err
	}
	seen, err := a.seenService(c)
	if err != nil {
		return nil, err
	}
	service, err := a.Directory.UpdateService(c.Context(), c.actor, a.Environment, seen.ID, func(s *hub.Service) {
		if c.current(s.UpdatedAt) {
			edit(s)
		}
	})
	if err != nil {
		return nil, err
	}
	if brought != "" && !c.stale {
		if err := a.Credentials.BringServiceSecret(c.Context(), c.actor, a.Environment, seen.ID, secret.Value(brought)); err != nil {
			return nil, err
		}
	}
	c.tag(service.UpdatedAt)
	seen.Service = service
	return serviceView(seen), nil
}

func (a *API) deleteService(c *call) (any, error) {
	seen, err := a.seenService(c)
	if err != nil {
		return nil, err
	}
	if !c.current(seen.UpdatedAt) {
		return nil, errStale
	}
	return nothing{}, a.Directory.DeleteService(c.Context(), c.actor, a.Environment, seen.ID)
}

// servicePermissions lists what can be done at a service.
func (a *API) servicePermissions(c *call) (any, error) {
	seen, err := a.seenService(c)
	if err != nil {
		return nil, err
	}
	return whole(a, c, "permissions", seen.Permissions, func(one hub.Permission) permission { return permissionView(seen.Service, one) })
}
