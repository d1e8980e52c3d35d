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

// Belonging is where a user belongs: the groups in which the user is, and the roles that come by them and by name.
type Belonging struct {
	Groups      Groups
	Sources     []Source
	GroupsShown bool // to who asks; otherwise Groups is empty
	RolesShown  bool // likewise, of Sources
}

// Belonging gives what GroupsOf and Sources give, as far as the actor may see it.
func (d *Directory) Belonging(ctx context.Context, actor hub.Actor, environment hub.Environment, user hub.User) (Belonging, error) {
	refused := d.maySeeRights(ctx, actor, user)
	if refused != nil && !fault.Is(refused, fault.Forbidden) {
		return Belonging{}, refused
	}
	of := Belonging{GroupsShown: maySeeGroups(actor, user.ID) == nil, RolesShown: refused == nil}
	groups, err := d.groups(ctx, user.ID)
	if err == nil && of.RolesShown {
		of.Sources, err = d.sources(ctx, environment, user.ID, groups)
	}
	if of.GroupsShown {
		of.Groups = groups
	}
	return of, err
}

// Sources lists every role that reaches a user in an environment, and why: the answer to "why may this user do this?". People
// see their own; for others it needs hub:role-read, and hub:user-read for the user. Errors: fault.Forbidden.
func (d *Directory) Sources(ctx context.Context, actor hub.Actor, environment hub.Environment, user hub.User) ([]Source, error) {
	if err := d.maySeeRights(ctx, actor, user); err != nil {
		return nil, err
	}
	groups, err := d.groups(ctx, user.ID)
	if err != nil {
		return nil, err
	}
	return d.sources(ctx, environment, user.ID, groups)
}

func (d *Directory) sources(ctx context.Context, environment hub.Environment, userID string, groups Groups) ([]Source, error) {
	grants, err := d.Store.GrantsForUser(ctx, userID)
	if err != nil {
		return nil, err
	}
	grants = slices.DeleteFunc(grants, func(g hub.Grant) bool { return g.Environment != "" && g.Environment != environment })
	held, err := d.HeldRoles(ctx, grants)
	if err != nil {
		return nil, err
	}
	paths := groups.paths()
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

// HeldRoles adds to grants what they name. Errors: fault.NotFound where that was deleted in between; fault.Unavailable.
func (d *Directory) HeldRoles(ctx context.Context, grants []hub.Grant) ([]hub.HeldRole, error) {
	var roleIDs, organisationIDs []string
	for _, grant := range grants {
		if !slices.Contains(roleIDs, grant.RoleID) {
			roleIDs = append(roleIDs, grant.RoleID)
		}
		if grant.Organisation != "" && !slices.Contains(organisationIDs, grant.Organisation) {
			organisationIDs = append(organisationIDs, grant.Organisation)
		}
	}
	roles, err := d.Store.RolesOf(ctx, roleIDs)
	if err != nil {
		return nil, err
	}
	organisations, err := d.Store.OrganisationsOf(ctx, organisationIDs)
	if err != nil {
		return nil, err
	}
	held := make([]hub.HeldRole, len(grants))
	for i, grant := range grants {
		held[i].Grant = grant
		role := slices.IndexFunc(roles, func(r hub.Role) bool { return r.ID == grant.RoleID })
		if role < 0 {
			return nil, fault.New(fault.NotFound, "there is no role %s", grant.RoleID)
		}
		held[i].Role = roles[role]
		if grant.Organisation == "" {
			continue
		}
		in := slices.IndexFunc(organisations, func(o hub.Organisation) bool { return o.ID == grant.Organisation })
		if in < 0 {
			return nil, fault.New(fault.NotFound, "there is no organisation %s", grant.Organisation)
		}
		held[i].In = organisations[in]
	}
	return held, nil
}
