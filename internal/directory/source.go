package directory

import (
	"context"
	"slices"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// Source is a role that reaches somebody, and the way by which it comes.
type Source struct {
	hub.HeldRole
	Path []hub.Group // from the group into which the user was put to the one that holds the role; empty: given by name
}

// Allows reports whether a permission comes from here.
func (s Source) Allows(permission string) bool {
	return hub.NewPermissions(s.Role.Permissions...).Has(permission)
}

// Sources lists every role that reaches a user in an environment, and why: the answer to "why may this user do this?". People
// see their own; for others it needs hub:role-read, and hub:user-read for the user. Errors: fault.Forbidden.
func (d *Directory) Sources(ctx context.Context, actor hub.Actor, environment hub.Environment, user hub.User) ([]Source, error) {
	if err := d.maySeeRights(ctx, actor, user); err != nil {
		return nil, err
	}
	grants, err := d.Store.GrantsForUser(ctx, user.ID)
	if err != nil {
		return nil, err
	}
	grants = slices.DeleteFunc(grants, func(g hub.Grant) bool { return g.Environment != "" && g.Environment != environment })
	paths, err := d.paths(ctx, user.ID)
	if err != nil {
		return nil, err
	}
	held, err := d.HeldRoles(ctx, grants)
	if err != nil {
		return nil, err
	}
	sources := make([]Source, len(held))
	for i, one := range held {
		sources[i] = Source{HeldRole: one}
		if one.Grant.HolderKind == hub.HolderGroup {
			sources[i].Path = paths[one.Grant.HolderID]
		}
	}
	return sources, nil
}

func (d *Directory) maySeeRights(ctx context.Context, actor hub.Actor, user hub.User) error {
	if actor.User.ID == user.ID {
		return nil
	}
	who, err := d.reads(ctx, actor)
	if err != nil {
		return err
	}
	if !who.may("user-read", user.Organisation) {
		return who.require("user-read")
	}
	return who.require("role-read")
}

// paths gives, for every group in which a user is, a shortest way from one into which the user was put.
func (d *Directory) paths(ctx context.Context, userID string) (map[string][]hub.Group, error) {
	all, err := d.Store.Group(ctx, hub.AllUsersGroupID)
	if err != nil {
		return nil, err
	}
	ways, err := d.Store.WaysOfUser(ctx, userID)
	if err != nil {
		return nil, err
	}
	paths := map[string][]hub.Group{all.ID: {all}}
	above := map[string][]hub.Group{} // by the group below; "" is the user
	for _, way := range ways {
		above[way.Child] = append(above[way.Child], way.Group)
	}
	next := []string{""}
	for len(next) > 0 {
		child := next[0]
		next = next[1:]
		for _, parent := range above[child] {
			if paths[parent.ID] == nil {
				paths[parent.ID] = append(slices.Clone(paths[child]), parent)
				next = append(next, parent.ID)
			}
		}
	}
	return paths, nil
}

// HeldRoles adds to grants what they name.
func (d *Directory) HeldRoles(ctx context.Context, grants []hub.Grant) ([]hub.HeldRole, error) {
	roles, organisations := map[string]hub.Role{}, map[string]hub.Organisation{"": {}}
	held := make([]hub.HeldRole, 0, len(grants))
	for _, grant := range grants {
		role, known := roles[grant.RoleID]
		if !known {
			var err error
			if role, err = d.Store.Role(ctx, grant.RoleID); err != nil {
				return nil, fault.Missing(err, "role", grant.RoleID)
			}
			roles[grant.RoleID] = role
		}
		organisation, known := organisations[grant.Organisation]
		if !known {
			var err error
			if organisation, err = d.Store.Organisation(ctx, grant.Organisation); err != nil {
				return nil, fault.Missing(err, "organisation", grant.Organisation)
			}
			organisations[grant.Organisation] = organisation
		}
		held = append(held, hub.HeldRole{Grant: grant, Role: role, In: organisation})
	}
	return held, nil
}
