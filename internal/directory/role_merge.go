package directory

import (
	"context"
	"slices"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// MergeRoles makes one role of several: the first, which edit may change, gets the permissions of the others and is granted to
// all who hold one of them, in the same places. The others are deleted. Since everyone who held one holds all of it then, the
// actor has to hold all of it, too. Errors: those of UpdateRole and DeleteRole; fault.Invalid for fewer than two roles.
func (d *Directory) MergeRoles(ctx context.Context, actor hub.Actor, ids []string, edit func(*hub.Role)) (hub.Role, error) {
	if len(ids) < 2 || len(slices.Compact(slices.Sorted(slices.Values(ids)))) != len(ids) {
		return hub.Role{}, fault.New(fault.Invalid, "to merge roles, name two or more of them, each once")
	}
	var merged hub.Role
	err := d.do(ctx, actor, func(c *change) error {
		into, err := c.Role(ctx, ids[0])
		if err != nil {
			return fault.Missing(err, "role", ids[0])
		}
		held, others := slices.Clone(into.Permissions), make([]hub.Role, 0, len(ids)-1)
		for _, id := range ids[1:] {
			other, err := c.Role(ctx, id)
			if err != nil {
				return fault.Missing(err, "role", id)
			}
			if other.BuiltIn() {
				return builtIn("the role " + other.Name)
			}
			held, others = append(held, other.Permissions...), append(others, other)
		}
		if err := c.mayManageRole(held); err != nil {
			return err
		}
		return c.keeping(func() error {
			for _, other := range others {
				if err := c.mergeRole(into, other); err != nil {
					return err
				}
			}
			merged, err = c.updateRole(into.ID, func(role *hub.Role) {
				edit(role)
				role.Permissions = held
			}, false)
			return err
		})
	})
	return merged, err
}

// mergeRole grants a role wherever another is granted, and deletes the other.
func (c *change) mergeRole(into, other hub.Role) error {
	grants, err := c.Grants(c.ctx)
	if err != nil {
		return err
	}
	for _, grant := range grants {
		if grant.RoleID != other.ID {
			continue
		}
		moved := grant
		moved.ID, moved.RoleID, moved.CreatedAt = hub.NewID(), into.ID, hub.Now()
		if slices.ContainsFunc(grants, moved.SameAs) {
			continue
		}
		if err := c.InsertGrant(c.ctx, moved); err != nil {
			return err
		}
	}
	if err := c.DeleteRole(c.ctx, other.ID); err != nil {
		return err
	}
	if err := c.told("", "role.delete", "role", other.ID, other.Key); err != nil {
		return err
	}
	return c.toldMore("", "role.merge", "role", into.ID, into.Key, map[string]any{"merged": other.Key})
}

// ResetRole makes a role that exists from the start what it was then. Errors: as UpdateRole; fault.Conflict for any other role.
func (d *Directory) ResetRole(ctx context.Context, actor hub.Actor, id string) (hub.Role, error) {
	made := hub.DefaultRoles()
	i := slices.IndexFunc(made, func(role hub.Role) bool { return role.ID == id })
	if i < 0 {
		role, err := d.Store.Role(ctx, id)
		if err != nil {
			return hub.Role{}, fault.Missing(err, "role", id)
		}
		return hub.Role{}, fault.New(fault.Conflict, "the role %s was made by somebody: there is nothing it could become again", role.Name)
	}
	return d.UpdateRole(ctx, actor, id, func(role *hub.Role) {
		role.Key, role.Name, role.Description, role.Permissions = made[i].Key, made[i].Name, made[i].Description, made[i].Permissions
	})
}
