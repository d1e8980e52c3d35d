package rest

import (
	"example.org/hub/internal/query"
)

func (a *API) permissionRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/permissions/cache", Need: Bearer, Handle: a.permissionCache},
	}
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
