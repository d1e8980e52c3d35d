package rest

import (
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

func (a *API) organizationRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/organizations", Need: Bearer, Handle: a.listOrganizations},
		{Method: "POST", Path: "/organizations", Need: Bearer, Creates: true, Handle: with(a.createOrganization)},
		{Method: "GET", Path: "/organizations/{organization}", Need: Bearer, Handle: a.getOrganization},
		{Method: "POST", Path: "/organizations/{organization}", Need: Bearer, Versioned: true, Handle: with(a.updateOrganization)},
		{Method: "DELETE", Path: "/organizations/{organization}", Need: Bearer, Versioned: true, Handle: a.deleteOrganization},
		{Method: "GET", Path: "/organizations/{organization}/users", Need: Bearer, Handle: a.organizationUsers},
		{Method: "GET", Path: "/organizations/{organization}/services", Need: Bearer, Handle: a.organizationServices},
		{Method: "GET", Path: "/organizations/{organization}/retiredkeys", Need: Bearer, Handle: a.retiredKeys},
		{Method: "POST", Path: "/organizations/{organization}/retiredkeys", Need: Bearer, Creates: true, Handle: with(a.addRetiredKey)},
		{Method: "DELETE", Path: "/organizations/{organization}/retiredkeys/{retired}", Need: Bearer, Handle: a.deleteRetiredKey},
	}
}

// organizationJSON is an organisation.
type organizationJSON struct {
	Type         string `json:"type"`
	ID           string `json:"id"`
	Key          string `json:"key"`
	Name         string `json:"name"`
	CreationTime int64  `json:"creationTime"`
	UpdateTime   int64  `json:"updateTime"`
}

func organizationView(o hub.Organisation) organizationJSON {
	return organizationJSON{
		Type: "organization", ID: o.ID, Key: o.Key, Name: o.Name,
		CreationTime: o.CreatedAt.UnixMilli(), UpdateTime: o.UpdatedAt.UnixMilli(),
	}
}

// retiredKeyJSON is an API key of old, which is always refused. It cannot be read again.
type retiredKeyJSON struct {
	ID           string `json:"id"`
	Label        string `json:"label"`
	CreationTime int64  `json:"creationTime"`
}

func retiredKeyView(key hub.RetiredKey) retiredKeyJSON {
	return retiredKeyJSON{ID: key.ID, Label: key.Label, CreationTime: key.CreatedAt.UnixMilli()}
}

func readOrganization(in object, o *hub.Organisation) {
	in.text("key", &o.Key)
	in.text("name", &o.Name)
}

func (a *API) listOrganizations(c *call) (any, error) {
	asked, err := c.asked()
	if err != nil {
		return nil, err
	}
	found, err := a.Directory.Organisations(c.Context(), c.actor, asked)
	if err != nil {
		return nil, err
	}
	return paged(a, c, "organizations", asked, found, organizationView)
}

// seenOrganization is the {organization} of the path, by id or key.
func (a *API) seenOrganization(c *call) (hub.Organisation, error) {
	return a.Directory.Organisation(c.Context(), c.actor, c.place("organization"))
}

func (a *API) createOrganization(c *call, in object) (any, error) {
	var organisation hub.Organisation
	readOrganization(in, &organisation)
	if err := in.wrong(); err != nil {
		return nil, err
	}
	made, err := a.Directory.CreateOrganisation(c.Context(), c.actor, organisation)
	if err != nil {
		return nil, err
	}
	c.tag(made.UpdatedAt)
	return organizationView(made), nil
}

func (a *API) getOrganization(c *call) (any, error) {
	organisation, err := a.seenOrganization(c)
	if err != nil {
		return nil, err
	}
	c.tag(organisation.UpdatedAt)
	return organizationView(organisation), nil
}

func (a *API) updateOrganization(c *call, in object) (any, error) {
	edit, err := checked(in, func(o *hub.Organisation) { readOrganization(in, o) })
	if err != nil {
		return nil, err
	}
	seen, err := a.seenOrganization(c)
	if err != nil {
		return nil, err
	}
	organisation, err := a.Directory.UpdateOrganisation(c.Context(), c.actor, seen.ID, func(o *hub.Organisation) {
		if c.current(o.UpdatedAt) {
			edit(o)
		}
	})
	if err != nil {
		return nil, err
	}
	c.tag(organisation.UpdatedAt)
	return organizationView(organisation), nil
}

func (a *API) deleteOrganization(c *call) (any, error) {
	organisation, err := a.seenOrganization(c)
	if err != nil {
		return nil, err
	}
	if !c.current(organisation.UpdatedAt) {
		return nil, errStale
	}
	return nothing{}, a.Directory.DeleteOrganisation(c.Context(), c.actor, organisation.ID)
}

// within is what is asked of a list, confined to the {organization} of the path.
func (a *API) within(c *call) (query.List, error) {
	organisation, err := a.seenOrganization(c)
	if err != nil {
		return query.List{}, err
	}
	asked, err := c.asked()
	asked.Where = query.All(query.ByID("organisation", organisation.ID), asked.Where)
	return asked, err
}

func (a *API) organizationUsers(c *call) (any, error) {
	asked, err := a.within(c)
	if err != nil {
		return nil, err
	}
	found, err := a.Directory.Users(c.Context(), c.actor, asked)
	if err != nil {
		return nil, err
	}
	return a.userPage(c, asked, found)
}

func (a *API) organizationServices(c *call) (any, error) {
	asked, err := a.within(c)
	if err != nil {
		return nil, err
	}
	found, err := a.Directory.Services(c.Context(), c.actor, a.Environment, asked)
	if err != nil {
		return nil, err
	}
	return a.servicePage(c, asked, found)
}

func (a *API) retiredKeys(c *call) (any, error) {
	organisation, err := a.seenOrganization(c)
	if err != nil {
		return nil, err
	}
	keys, err := a.Directory.RetiredKeys(c.Context(), c.actor, organisation.ID)
	if err != nil {
		return nil, err
	}
	return whole(a, c, "retiredkeys", keys, retiredKeyView)
}

// addRetiredKey lists a key of old: {label, value}. It is kept as a hash alone.
func (a *API) addRetiredKey(c *call, in object) (any, error) {
	var label, value string
	in.text("label", &label)
	in.text("value", &value)
	if err := in.wrong(); err != nil {
		return nil, err
	}
	organisation, err := a.seenOrganization(c)
	if err != nil {
		return nil, err
	}
	key, err := a.Directory.AddRetiredKey(c.Context(), c.actor, organisation.ID, label, value)
	if err != nil {
		return nil, err
	}
	return retiredKeyView(key), nil
}

func (a *API) deleteRetiredKey(c *call) (any, error) {
	organisation, err := a.seenOrganization(c)
	if err != nil {
		return nil, err
	}
	return nothing{}, a.Directory.DeleteRetiredKey(c.Context(), c.actor, organisation.ID, c.place("retired"))
}
