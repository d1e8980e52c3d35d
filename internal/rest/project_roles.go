package rest

import (
	"example.org/hub/internal/directory"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

// projectRoleRoutes are the same below each kind of holder: users, groups, services.
func (a *API) projectRoleRoutes() []Route {
	routes := []Route{
		{Method: "GET", Path: "/projectroles", Need: Bearer, Handle: a.listProjectRoles},
		{Method: "GET", Path: "/users/{user}/sourcedprojectroles", Need: Bearer, Handle: a.sourcedProjectRoles},
		{Method: "GET", Path: "/users/{user}/permissions", Need: Bearer, Handle: a.userPermissions},
	}
	for _, holder := range []struct {
		path string
		find func(*call) (hub.HolderKind, string, error)
	}{{"/users/{user}", a.userHolder}, {"/usergroups/{group}", a.groupHolder}, {"/services/{service}", a.serviceHolder}} {
		path := holder.path + "/projectroles"
		routes = append(routes,
			Route{Method: "GET", Path: path, Need: Bearer, Handle: func(c *call) (any, error) { return a.holderRoles(c, holder.find) }},
			Route{Method: "POST", Path: path, Need: Bearer, Creates: true, Handle: func(c *call) (any, error) { return a.giveRole(c, holder.find) }},
			Route{Method: "DELETE", Path: path + "/{grant}", Need: Bearer, Handle: func(c *call) (any, error) { return a.takeRole(c, holder.find) }},
		)
	}
	return routes
}

func (a *API) userHolder(c *call) (hub.HolderKind, string, error) {
	seen, err := a.seenUser(c)
	return hub.HolderUser, seen.ID, err
}

func (a *API) groupHolder(c *call) (hub.HolderKind, string, error) {
	group, err := a.seenGroup(c)
	return hub.HolderGroup, group.ID, err
}

func (a *API) serviceHolder(c *call) (hub.HolderKind, string, error) {
	seen, err := a.seenService(c)
	return hub.HolderService, seen.ID, err
}

func (a *API) listProjectRoles(c *call) (any, error) {
	asked, err := c.asked()
	if err != nil {
		return nil, err
	}
	return a.projectRoles(c, asked)
}

// holderRoles lists what was given to one holder by name.
func (a *API) holderRoles(c *call, find func(*call) (hub.HolderKind, string, error)) (any, error) {
	kind, id, err := find(c)
	if err != nil {
		return nil, err
	}
	asked, err := c.asked()
	if err != nil {
		return nil, err
	}
	asked.Where = query.All(query.Is(string(kind), id), asked.Where)
	return a.projectRoles(c, asked)
}

func (a *API) projectRoles(c *call, asked query.List) (any, error) {
	found, err := a.Directory.Grants(c.Context(), c.actor, asked)
	if err != nil {
		return nil, err
	}
	held, err := a.Directory.HeldRoles(c.Context(), found.Items)
	if err != nil {
		return nil, err
	}
	return paged(a, c, "projectroles", asked, query.Page[hub.HeldRole]{Items: held, Total: found.Total, Next: found.Next}, projectRoleView)
}

// rolesOf lists what was given to a holder by name, as far as the caller may see it.
func (a *API) rolesOf(c *call, kind hub.HolderKind, id string) ([]projectRole, error) {
	found, err := a.Directory.Grants(c.Context(), c.actor, query.List{Where: query.Is(string(kind), id), Limit: query.DefaultLimit})
	if err != nil {
		return nil, err
	}
	held, err := a.Directory.HeldRoles(c.Context(), found.Items)
	return projectRoleViews(held), err
}

// giveRole grants a role: {role: {id} or {key}, project: {id}, environment}. The global project, or none, is everywhere.
func (a *API) giveRole(c *call, find func(*call) (hub.HolderKind, string, error)) (any, error) {
	in, err := c.object()
	if err != nil {
		return nil, err
	}
	var grant hub.Grant
	in.id("role", &grant.RoleID, "key")
	in.id("project", &grant.Organisation, "key")
	in.id("organization", &grant.Organisation, "key")
	in.text("environment", (*string)(&grant.Environment))
	if !in.has("role") {
		in.unfit("role", "is missing: say which, as in {\"role\": {\"key\": \"observer\"}}")
	}
	if err := in.wrong(); err != nil {
		return nil, err
	}
	if grant.HolderKind, grant.HolderID, err = find(c); err != nil {
		return nil, err
	}
	if grant.HolderKind == hub.HolderService && grant.Environment == "" {
		grant.Environment = a.Environment
	}
	if isGlobalProject(grant.Organisation) {
		grant.Organisation = ""
	}
	made, err := a.Directory.GrantNamed(c.Context(), c.actor, grant)
	if err != nil {
		return nil, err
	}
	held, err := a.Directory.HeldRoles(c.Context(), []hub.Grant{made})
	if err != nil {
		return nil, err
	}
	return projectRoleView(held[0]), nil
}

func (a *API) takeRole(c *call, find func(*call) (hub.HolderKind, string, error)) (any, error) {
	kind, id, err := find(c)
	if err != nil {
		return nil, err
	}
	return nothing{}, a.Directory.RevokeOf(c.Context(), c.actor, kind, id, c.place("grant"))
}

// sourcedRole is a role that reaches a user, and the groups by which it comes.
type sourcedRole struct {
	projectRole
	Sources []reference `json:"sources"`
}

func sourceView(source directory.Source) sourcedRole {
	return sourcedRole{projectRoleView(source.HeldRole), groupReferences(source.Path)}
}

// sourcedProjectRoles lists every role that reaches a user, with the way it comes; ?query=permission: {...} keeps those that
// give a permission.
func (a *API) sourcedProjectRoles(c *call) (any, error) {
	sources, _, err := a.sources(c)
	if err != nil {
		return nil, err
	}
	return chosenWhole(a, c, "sourcedprojectroles", sources, sourceView)
}

// sources lists the roles that reach the {user} of the path, and gives the permission that ?query= names, if it does: then only
// roles that give it are listed.
func (a *API) sources(c *call) (giving []directory.Source, permission string, err error) {
	where, err := c.query()
	if err != nil {
		return nil, "", err
	}
	if where.Op != query.Every && (where.Op != query.Field || where.Name != "permission" || where.Prefix) {
		return nil, "", badRequest("query may name a permission here: permission: {payments:create}")
	}
	seen, err := a.seenUser(c)
	if err != nil {
		return nil, "", err
	}
	sources, err := a.Directory.Sources(c.Context(), c.actor, a.Environment, seen.User)
	if err != nil || where.Op == query.Every {
		return sources, "", err
	}
	for _, source := range sources {
		if source.Allows(where.Value) {
			giving = append(giving, source)
		}
	}
	return giving, where.Value, nil
}

// reachedPermission is one permission of a user, and every role that gives it.
type reachedPermission struct {
	permission
	Sources []sourcedRole `json:"sources"`
}

// userPermissions answers why a user may do what: each permission with the roles that give it, and the way they come.
// ?query=permission: {...} asks about one.
func (a *API) userPermissions(c *call) (any, error) {
	sources, asked, err := a.sources(c)
	if err != nil {
		return nil, err
	}
	var keys []string
	reached := map[string]*reachedPermission{}
	for _, source := range sources {
		for _, key := range source.Role.Permissions {
			if asked != "" && !hub.NewPermissions(key).Has(asked) {
				continue
			}
			one := reached[key]
			if one == nil {
				one = &reachedPermission{permission: permission{Type: "permission", ID: key, Key: key}}
				reached[key], keys = one, append(keys, key)
			}
			one.Global = one.Global || source.Grant.Organisation == ""
			one.Sources = append(one.Sources, sourceView(source))
		}
	}
	return chosenWhole(a, c, "permissions", keys, func(key string) *reachedPermission { return reached[key] })
}
