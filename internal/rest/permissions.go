package rest

import (
	"slices"
	"strings"

	"example.org/hub/internal/directory"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

func (a *API) permissionRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/permissions", Need: Bearer, Handle: a.listPermissions},
		{Method: "GET", Path: "/permissions/{permission}", Need: Bearer, Handle: a.getPermission},
		{Method: "GET", Path: "/permissions/cache", Need: Bearer, Handle: a.permissionCache},
	}
}

// listPermissions lists what can be done at the services whose settings the caller may see. ?query= finds it by its service, its
// key, its name, and the roles that give it.
func (a *API) listPermissions(c *call) (any, error) {
	asked, err := c.asked()
	if err != nil {
		return nil, err
	}
	service := "" // where nothing else is asked for, the others need not be read
	if asked.Where.Op == query.Field && asked.Where.Name == "service" && !asked.Where.Prefix {
		service = asked.Where.Value
	}
	all, err := a.Directory.Permissions(c.Context(), c.actor, a.Environment, service)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	giving, err := a.rolesAskedAbout(c, asked.Where)
	if err != nil {
		return nil, err
	}
	found, err := shelf{
		name: "permissions", keys: []string{"key", "name", "id", "service", "role", "is"}, size: len(all),
		of: func(i int, key string) []string {
			switch one := &all[i]; key {
			case "key", "id":
				return []string{one.FullKey()}
			case "name":
				return []string{one.Name}
			case "service":
				return []string{one.Service.Key, one.Service.Name, one.Service.ID}
			case "role":
				return giving(one.FullKey())
			}
			return nil // none is global: each can be given in an organisation
		},
	}.chosen(asked)
	if err != nil {
		return nil, err
	}
	return a.cutPage(c, "permissions", len(found), func(i int) any { return permissionView(all[found[i]].Service, all[found[i]].Permission) })
}

// rolesAskedAbout gives what says which roles give a permission, if a query asks for roles.
func (a *API) rolesAskedAbout(c *call, where query.Node) (func(key string) []string, error) {
	asks := false
	where.Rewrite(func(condition query.Node) query.Node {
		asks = asks || condition.Name == "role"
		return condition
	})
	if !asks {
		return func(string) []string { return nil }, nil
	}
	roles, err := a.Directory.Roles(c.Context(), c.actor, query.List{Limit: query.Everything})
	return func(key string) (names []string) {
		for _, role := range roles.Items {
			if hub.NewPermissions(role.Permissions...).Has(key) {
				names = append(names, role.Key, role.Name, role.ID)
			}
		}
		return names
	}, err
}

// getPermission shows one permission, by its whole key.
func (a *API) getPermission(c *call) (any, error) {
	key := ourKey(c.place("permission"))
	service, _, _ := strings.Cut(key, ":")
	of, err := a.Directory.Permissions(c.Context(), c.actor, a.Environment, service)
	at := slices.IndexFunc(of, func(one directory.ServicePermission) bool { return strings.EqualFold(one.FullKey(), key) })
	if fault.Is(err, fault.NotFound) || err == nil && at < 0 {
		return nil, fault.New(fault.NotFound, "there is no permission %s", c.place("permission"))
	}
	if err != nil {
		return nil, err
	}
	return permissionView(of[at].Service, of[at].Permission), nil
}

// cachedPermission is one permission that the caller holds, in the form that known clients keep.
type cachedPermission struct {
	Permission permission  `json:"permission"`
	Global     bool        `json:"global"`
	Projects   []reference `json:"projects"`
}

// permissionCache answers what the caller may do: a bare list, not a page. What may be done at Hub itself stands there under the
// keys of known clients too. ?query= names services: "service: {id} or service: {id}".
func (a *API) permissionCache(c *call) (any, error) {
	where, err := c.query()
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
		cached := cachedPermission{
			Permission: permission{Type: "permission", ID: one.Key, Key: one.Key, Global: one.Everywhere},
			Global:     one.Everywhere, Projects: []reference{},
		}
		for _, organisation := range one.Organisations {
			cached.Projects = append(cached.Projects, reference{Type: "project", ID: organisation})
		}
		list = append(list, cached)
		for _, key := range classicKeys(one.Key) {
			cached.Permission.ID, cached.Permission.Key = key, key
			list = append(list, cached)
		}
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
