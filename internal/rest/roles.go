package rest

import (
	"context"
	"slices"

	"example.org/hub/internal/hub"
)

func (a *API) roleRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/roles", Need: Bearer, Handle: a.listRoles},
		{Method: "POST", Path: "/roles", Need: Bearer, Creates: true, Handle: with(a.createRole)},
		{Method: "GET", Path: "/roles/{role}", Need: Bearer, Handle: a.getRole},
		{Method: "POST", Path: "/roles/{role}", Need: Bearer, Versioned: true, Handle: with(a.updateRole)},
		{Method: "DELETE", Path: "/roles/{role}", Need: Bearer, Versioned: true, Handle: a.deleteRole},
		{Method: "POST", Path: "/roles/merge", Need: Bearer, Handle: a.mergeRoles},
		{Method: "POST", Path: "/roles/{role}/reset", Need: Bearer, Handle: a.resetRole},
		{Method: "GET", Path: "/roles/{role}/permissions", Need: Bearer, Handle: a.rolePermissions},
		{Method: "POST", Path: "/roles/{role}/permissions", Need: Bearer, Versioned: true, Handle: with(a.addRolePermission)},
		{Method: "DELETE", Path: "/roles/{role}/permissions/{permission}", Need: Bearer, Versioned: true, Handle: a.removeRolePermission},
	}
}

// roleJSON is a role as known clients read it.
type roleJSON struct {
	Type         string       `json:"type"`
	ID           string       `json:"id"`
	Key          string       `json:"key"`
	Name         string       `json:"name"`
	Description  string       `json:"description,omitempty"`
	Immutable    bool         `json:"immutable"`
	Permissions  []permission `json:"permissions"`
	CreationTime int64        `json:"creationTime"`
	UpdateTime   int64        `json:"updateTime"`
}

func roleView(role hub.Role) roleJSON {
	view := roleJSON{Type: "role", ID: role.ID, Key: role.Key, Name: role.Name, Description: role.Description, Immutable: role.BuiltIn(),
		Permissions: []permission{}, CreationTime: role.CreatedAt.UnixMilli(), UpdateTime: role.UpdatedAt.UnixMilli()}
	for _, key := range role.Permissions {
		view.Permissions = append(view.Permissions, heldPermission(key))
	}
	return view
}

// heldPermission is a permission as it stands in a role: its key says all, also where its service is of the other
// environment.
func heldPermission(key string) permission { return permission{Type: "permission", ID: key, Key: key} }

// readRole is what a body says of a role. Permissions are keys, or objects with a key or an id.
func readRole(in object, role *hub.Role) {
	in.text("key", &role.Key)
	in.text("name", &role.Name)
	in.text("description", &role.Description)
	in.ids("permissions", &role.Permissions, "key")
}

func (a *API) listRoles(c *call) (any, error) {
	asked, err := c.asked()
	if err != nil {
		return nil, err
	}
	found, err := a.Directory.Roles(c.Context(), c.actor, asked)
	if err != nil {
		return nil, err
	}
	return paged(a, c, "roles", asked, found, roleView)
}

// seenRole is the {role} of the path, by id or key.
func (a *API) seenRole(c *call) (hub.Role, error) {
	return a.Directory.Role(c.Context(), c.actor, c.place("role"))
}

func (a *API) createRole(c *call, in object) (any, error) {
	var role hub.Role
	readRole(in, &role)
	if err := in.wrong(); err != nil {
		return nil, err
	}
	made, err := a.Directory.CreateRole(c.Context(), c.actor, role)
	if err != nil {
		return nil, err
	}
	c.tag(made.UpdatedAt)
	return roleView(made), nil
}

func (a *API) getRole(c *call) (any, error) {
	role, err := a.seenRole(c)
	if err != nil {
		return nil, err
	}
	c.tag(role.UpdatedAt)
	return roleView(role), nil
}

func (a *API) updateRole(c *call, in object) (any, error) {
	edit, err := checked(in, func(r *hub.Role) { readRole(in, r) })
	if err != nil {
		return nil, err
	}
	if c.URL.Query().Get("failOnPermissionReduce") == "true" {
		return a.editRole(c, a.Directory.WidenRole, edit)
	}
	return a.editRole(c, a.Directory.UpdateRole, edit)
}

func (a *API) editRole(
	c *call, update func(context.Context, hub.Actor, string, func(*hub.Role)) (hub.Role, error), edit func(*hub.Role),
) (any, error) {
	seen, err := a.seenRole(c)
	if err != nil {
		return nil, err
	}
	role, err := update(c.Context(), c.actor, seen.ID, func(r *hub.Role) {
		if c.current(r.UpdatedAt) {
			edit(r)
		}
	})
	if err != nil {
		return nil, err
	}
	c.tag(role.UpdatedAt)
	return roleView(role), nil
}

// mergeRoles makes one role of those whom the body lists: the first, with what the URL says of it.
func (a *API) mergeRoles(c *call) (any, error) {
	list, err := c.list()
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i, one := range list {
		one.reference(&ids[i], []string{"key"})
		if err := one.wrong(); err != nil {
			return nil, err
		}
		role, err := a.Directory.Role(c.Context(), c.actor, ids[i])
		if err != nil {
			return nil, err
		}
		ids[i] = role.ID
	}
	values := c.URL.Query()
	merged, err := a.Directory.MergeRoles(c.Context(), c.actor, ids, func(role *hub.Role) {
		for name, into := range map[string]*string{"key": &role.Key, "name": &role.Name, "description": &role.Description} {
			if values.Has(name) {
				*into = values.Get(name)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	c.tag(merged.UpdatedAt)
	return roleView(merged), nil
}

// resetRole makes a role that exists from the start what it was then.
func (a *API) resetRole(c *call) (any, error) {
	seen, err := a.seenRole(c)
	if err != nil {
		return nil, err
	}
	role, err := a.Directory.ResetRole(c.Context(), c.actor, seen.ID)
	if err != nil {
		return nil, err
	}
	c.tag(role.UpdatedAt)
	return roleView(role), nil
}

func (a *API) deleteRole(c *call) (any, error) {
	role, err := a.seenRole(c)
	if err != nil {
		return nil, err
	}
	if !c.current(role.UpdatedAt) {
		return nil, errStale
	}
	return nothing{}, a.Directory.DeleteRole(c.Context(), c.actor, role.ID)
}

func (a *API) rolePermissions(c *call) (any, error) {
	role, err := a.seenRole(c)
	if err != nil {
		return nil, err
	}
	return whole(a, c, "permissions", role.Permissions, heldPermission)
}

// addRolePermission puts a permission into a role: {id} or {key}.
func (a *API) addRolePermission(c *call, in object) (any, error) {
	var key string
	in.reference(&key, []string{"key"})
	if err := in.wrong(); err != nil {
		return nil, err
	}
	return a.editRole(c, a.Directory.UpdateRole, func(r *hub.Role) { r.Permissions = append(slices.Clone(r.Permissions), key) })
}

func (a *API) removeRolePermission(c *call) (any, error) {
	key := c.place("permission")
	return a.editRole(c, a.Directory.UpdateRole, func(r *hub.Role) {
		r.Permissions = slices.DeleteFunc(slices.Clone(r.Permissions), func(held string) bool { return held == key })
	})
}
