package directory

import (
	"context"
	"slices"
	"strings"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// CreateRole adds a role, by hub:role-manage and a fresh sign-in. Nobody puts into a role what they do not hold in every
// environment, since it may be granted in any. Errors: fault.Invalid by field, fault.Forbidden, fault.StepUp,
// fault.Conflict for a key that is taken.
func (d *Directory) CreateRole(ctx context.Context, actor hub.Actor, role hub.Role) (hub.Role, error) {
	role.ID = hub.NewID()
	role.Permissions = sorted(role.Permissions)
	if role.Key == "" {
		role.Key = hub.KeyFromName(role.Name)
	}
	if err := fault.Fields("the role cannot be created:", role.Check()...); err != nil {
		return hub.Role{}, err
	}
	err := d.do(ctx, actor, func(c *change) error {
		if err := c.mayManageRole(role.Permissions); err != nil {
			return err
		}
		if err := c.roleKeyFree(role); err != nil {
			return err
		}
		role.CreatedAt = hub.Now()
		role.UpdatedAt = role.CreatedAt
		if err := c.InsertRole(ctx, role); err != nil {
			return err
		}
		return c.told("", "role.create", "role", role.ID, role.Key)
	})
	return role, err
}

func sorted(permissions []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(permissions)))
}

// mayManageRole is the rule who may make a role hold these permissions.
func (c *change) mayManageRole(permissions []string) error {
	if err := c.require("role-manage", ""); err != nil {
		return err
	}
	if err := c.actor.StepUp(); err != nil {
		return err
	}
	held := hub.NewPermissions(permissions...)
	return c.cover("put this into a role", map[hub.Environment]hub.Permissions{hub.Production: held, hub.Test: held})
}

func (c *change) roleKeyFree(role hub.Role) error {
	other, err := c.RoleByKey(c.ctx, role.Key)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil
	case err == nil && other.ID != role.ID:
		return taken("key", "role", role.Key)
	}
	return err
}

// UpdateRole changes a role for everyone who holds it, as CreateRole. Permissions that it has already need not be held.
// Errors: as CreateRole, and fault.NotFound.
func (d *Directory) UpdateRole(ctx context.Context, actor hub.Actor, id string, edit func(*hub.Role)) (hub.Role, error) {
	var role hub.Role
	err := d.do(ctx, actor, func(c *change) (err error) {
		role, err = c.updateRole(id, edit, false)
		return err
	})
	return role, err
}

// WidenRole is UpdateRole that takes nothing from anybody. Errors: as UpdateRole; fault.Conflict if the role is granted and
// would lose a permission.
func (d *Directory) WidenRole(ctx context.Context, actor hub.Actor, id string, edit func(*hub.Role)) (hub.Role, error) {
	var role hub.Role
	err := d.do(ctx, actor, func(c *change) (err error) {
		role, err = c.updateRole(id, edit, true)
		return err
	})
	return role, err
}

// updateRole changes a role; widen refuses what would take a permission from who holds the role.
func (c *change) updateRole(id string, edit func(*hub.Role), widen bool) (hub.Role, error) {
	before, err := c.Role(c.ctx, id)
	if err != nil {
		return hub.Role{}, fault.Missing(err, "role", id)
	}
	role := before
	role.Permissions = slices.Clone(before.Permissions)
	edit(&role)
	role.ID, role.CreatedAt, role.Permissions = before.ID, before.CreatedAt, sorted(role.Permissions)
	var changed []string
	note(&changed, "key", before.Key != role.Key)
	note(&changed, "name", before.Name != role.Name)
	note(&changed, "description", before.Description != role.Description)
	note(&changed, "permissions", !slices.Equal(before.Permissions, role.Permissions))
	if len(changed) == 0 {
		return role, nil
	}
	if err := fault.Fields("the role cannot be changed so:", append(role.Check(), before.CheckChange(role)...)...); err != nil {
		return role, err
	}
	if err := c.mayManageRole(without(role.Permissions, before.Permissions)); err != nil {
		return role, err
	}
	if widen {
		if err := c.takesNothing(before, role); err != nil {
			return role, err
		}
	}
	if err := c.roleKeyFree(role); err != nil {
		return role, err
	}
	role.UpdatedAt = later(before.UpdatedAt)
	return role, c.keeping(func() error {
		if err := c.UpdateRole(c.ctx, role); err != nil {
			return err
		}
		return c.told("", "role.update", "role", role.ID, role.Key, changed...)
	})
}

// without gives those permissions that are not among others.
func without(permissions, others []string) []string {
	return slices.DeleteFunc(slices.Clone(permissions), func(key string) bool { return slices.Contains(others, key) })
}

// takesNothing refuses a change of a role by which somebody would lose a permission.
func (c *change) takesNothing(before, after hub.Role) error {
	lost := without(before.Permissions, after.Permissions)
	if len(lost) == 0 || slices.Contains(after.Permissions, hub.AllPermissions) {
		return nil
	}
	grants, err := c.Grants(c.ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(grants, func(grant hub.Grant) bool { return grant.RoleID == before.ID }) {
		return fault.New(fault.Conflict, "the role %s is granted, and would lose %s: leave failOnPermissionReduce out if that is meant", before.Name,
			strings.Join(lost, ", "))
	}
	return nil
}

// DeleteRole deletes a role and every grant of it, by hub:role-manage. Errors: fault.NotFound, fault.Conflict for a role that
// exists from the start and cannot be deleted.
func (d *Directory) DeleteRole(ctx context.Context, actor hub.Actor, id string) error {
	return d.do(ctx, actor, func(c *change) error {
		role, err := c.Role(ctx, id)
		if err != nil {
			return fault.Missing(err, "role", id)
		}
		if err := c.mayManageRole(nil); err != nil {
			return err
		}
		if role.BuiltIn() {
			return builtIn("the role " + role.Name)
		}
		return c.keeping(func() error {
			if err := c.DeleteRole(ctx, id); err != nil {
				return err
			}
			return c.told("", "role.delete", "role", role.ID, role.Key)
		})
	})
}

// Grant gives a role to a user, group or service, by hub:role-manage (in the organisation, for a grant confined to one) and a
// fresh sign-in. Nobody grants what they do not hold. A service holds roles in its own environment, which therefore must
// be named. Errors: fault.Invalid, fault.NotFound, fault.Forbidden, fault.StepUp, fault.Conflict if it is granted already.
func (d *Directory) Grant(ctx context.Context, actor hub.Actor, grant hub.Grant) (hub.Grant, error) {
	grant.ID = hub.NewID()
	err := d.do(ctx, actor, func(c *change) error {
		if err := c.mayGrant(grant, true); err != nil {
			return err
		}
		there, err := c.GrantsOf(ctx, grant.HolderKind, grant.HolderID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(there, grant.SameAs) {
			return fault.New(fault.Conflict, "this role is granted so already")
		}
		grant.CreatedAt, grant.AuthorID, grant.AuthorName = hub.Now(), actor.ID(), actor.Name
		if err := c.InsertGrant(ctx, grant); err != nil {
			return err
		}
		return c.toldGrant("grant.create", grant)
	})
	return grant, err
}

// GrantNamed is Grant for a role and an organisation that may be named by their keys.
func (d *Directory) GrantNamed(ctx context.Context, actor hub.Actor, grant hub.Grant) (hub.Grant, error) {
	role, err := d.Store.RoleByKey(ctx, grant.RoleID)
	switch {
	case err == nil:
		grant.RoleID = role.ID
	case !fault.Is(err, fault.NotFound):
		return hub.Grant{}, err
	}
	organisation, err := d.Store.OrganisationByKey(ctx, grant.Organisation)
	switch {
	case err == nil:
		grant.Organisation = organisation.ID
	case !fault.Is(err, fault.NotFound):
		return hub.Grant{}, err
	}
	return d.Grant(ctx, actor, grant)
}

// RevokeOf is Revoke for a grant to this holder. Errors: fault.NotFound also for a grant to another.
func (d *Directory) RevokeOf(ctx context.Context, actor hub.Actor, kind hub.HolderKind, holderID, id string) error {
	grant, err := d.Store.Grant(ctx, id)
	if err == nil && (grant.HolderKind != kind || grant.HolderID != holderID) {
		err = fault.New(fault.NotFound, "")
	}
	if err != nil {
		return fault.Missing(err, "grant", id)
	}
	return d.Revoke(ctx, actor, id)
}

// Revoke takes a grant back, by the permission that giving it needs; what it allows need not be held. Errors:
// fault.NotFound, fault.Forbidden, fault.StepUp; fault.Conflict for the last administrator.
func (d *Directory) Revoke(ctx context.Context, actor hub.Actor, id string) error {
	return d.do(ctx, actor, func(c *change) error {
		grant, err := c.Reader.Grant(ctx, id)
		if err != nil {
			return fault.Missing(err, "grant", id)
		}
		if err := c.mayGrant(grant, false); err != nil {
			return err
		}
		return c.keeping(func() error {
			if err := c.DeleteGrant(ctx, id); err != nil {
				return err
			}
			return c.toldGrant("grant.delete", grant)
		})
	})
}

// mayGrant is the rule who may give, or take back, what.
func (c *change) mayGrant(grant hub.Grant, give bool) error {
	if grant.Environment != "" && !grant.Environment.Valid() {
		return fault.Fields("the role cannot be granted:", fault.Field{Name: "environment",
			Reason: "must be production or test, or empty for both"})
	}
	if err := c.require("role-manage", grant.Organisation); err != nil {
		return err
	}
	if err := c.actor.StepUp(); err != nil || !give {
		return err
	}
	if _, err := c.holder(grant); err != nil {
		return err
	}
	if grant.Organisation != "" {
		if _, err := c.Organisation(c.ctx, grant.Organisation); err != nil {
			return fault.Missing(err, "organisation", grant.Organisation)
		}
	}
	if _, err := c.Role(c.ctx, grant.RoleID); err != nil {
		return fault.Missing(err, "role", grant.RoleID)
	}
	reach, err := c.GivenBy(c.ctx, []hub.Grant{grant})
	if err != nil {
		return err
	}
	return c.cover("grant this role", reach)
}

// holder gives the name of whom a grant is for.
func (c *change) holder(grant hub.Grant) (string, error) {
	switch grant.HolderKind {
	case hub.HolderUser:
		user, err := c.User(c.ctx, grant.HolderID)
		return user.Login, fault.Missing(err, "user", grant.HolderID)
	case hub.HolderGroup:
		group, err := c.Group(c.ctx, grant.HolderID)
		return group.Name, fault.Missing(err, "group", grant.HolderID)
	case hub.HolderService:
		if grant.Environment == "" {
			return "", fault.Fields("the role cannot be granted:", fault.Field{Name: "environment",
				Reason: "must be that of the service"})
		}
		service, err := c.Service(c.ctx, grant.Environment, grant.HolderID)
		return service.Key, fault.Missing(err, "service", grant.HolderID)
	}
	return "", fault.Fields("the role cannot be granted:", fault.Field{Name: "holder",
		Reason: "must be a user, a group or a service"})
}

func (c *change) toldGrant(action string, grant hub.Grant) error {
	name, err := c.holder(grant)
	if err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Invalid) {
		return err
	}
	role, err := c.Role(c.ctx, grant.RoleID)
	if err != nil {
		return err
	}
	details := map[string]any{"grant": grant.ID, "role": role.Key}
	if grant.Organisation != "" {
		details["organisation"] = grant.Organisation
	}
	return c.toldMore(grant.Environment, action, string(grant.HolderKind), grant.HolderID, name, details)
}
