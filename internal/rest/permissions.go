package rest

import (
	"slices"
	"strings"

	"example.org/hub/internal/directory"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/query"
)

func (a *API) permissionRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/permissions", Need: Bearer, Handle: a.listPermissions},
		{Method: "GET", Path: "/permissions/{permission}", Need: Bearer, Handle: a.getPermission},
		{Method: "GET", Path: "/permissions/cache", Need: Bearer, Handle: a.permissionCache},
	}
}

// listPermissions lists what can be done at the services whose settings the caller may see. ?query= names a service or a key:
// "service: payments", "key: payments:create".
func (a *API) listPermissions(c *call) (any, error) {
	where, err := query.Parse(c.URL.Query().Get("query"))
	if err != nil {
		return nil, err
	}
	service, key := "", ""
	switch {
	case where.Op == query.Every:
	case where.Op == query.Field && where.Name == "service":
		service = where.Value
	case where.Op == query.Field && where.Name == "key":
		key = where.Value
	default:
		return nil, badRequest("query may name a service or a key here: service: {payments}, or key: {payments:create}")
	}
	found, err := a.permissionsOf(c, service, key)
	if err != nil {
		return nil, err
	}
	return wholeAnswer(a, c, "permissions", found, func(one directory.ServicePermission) permission { return permissionView(one.Service, one.Permission) })
}

// permissionsOf lists permissions, those with a key if one is named.
func (a *API) permissionsOf(c *call, service, key string) ([]directory.ServicePermission, error) {
	all, err := a.Directory.Permissions(c.Context(), c.actor, a.Environment, service)
	if err != nil || key == "" {
		return all, err
	}
	return slices.DeleteFunc(all, func(one directory.ServicePermission) bool { return !strings.EqualFold(one.FullKey(), key) }), nil
}

func (a *API) getPermission(c *call) (any, error) {
	key := c.place("permission")
	service, _, _ := strings.Cut(key, ":")
	found, err := a.permissionsOf(c, service, key)
	if fault.Is(err, fault.NotFound) || err == nil && len(found) == 0 {
		return nil, fault.New(fault.NotFound, "there is no permission %s", c.place("permission"))
	}
	if err != nil {
		return nil, err
	}
	return permissionView(found[0].Service, found[0].Permission), nil
}

// cachedPermission is one permission that the caller holds, in the form that known clients keep.
type cachedPermission struct {
	Permission permission  `json:"permission"`
	Global     bool        `json:"global"`
	Projects   []reference `json:"projects"`
}

// permissionCache answers what the caller may do: a bare list, not a page. ?query= names services: "service: {id} or
// service: {id}".
func (a *API) permissionCache(c *call) (any, error) {
	where, err := query.Parse(c.URL.Query().Get("query"))
	if err != nil {
		return nil, err
	}
	services, understood := servicesNamed(where)
	if !understood {
		return nil, badRequest("query may name services here: service: {0-0-0-0-0} or service: {payments}")
	}
	held, err := a.Directory.Holds(c.Context(), c.actor, a.Environment, services)
	if err != nil {
		return nil, err
	}
	list := make([]cachedPermission, 0, len(held))
	for _, one := range held {
		cached := cachedPermission{Permission: permission{Type: "permission", ID: one.Key, Key: one.Key, Global: one.Everywhere}, Global: one.Everywhere, Projects: []reference{}}
		for _, organisation := range one.Organisations {
			cached.Projects = append(cached.Projects, reference{Type: "project", ID: organisation})
		}
		list = append(list, cached)
	}
	return list, nil
}

// servicesNamed lists the services that a query names, and reports whether it does nothing else.
func servicesNamed(node query.Node) (names []string, understood bool) {
	switch {
	case node.Op == query.Every:
		return nil, true
	case node.Op == query.Field && node.Name == "service" && !node.Prefix:
		return []string{node.Value}, true
	case node.Op != query.Or:
		return nil, false
	}
	for _, below := range node.Of {
		more, understood := servicesNamed(below)
		if !understood {
			return nil, false
		}
		names = append(names, more...)
	}
	return names, true
}
