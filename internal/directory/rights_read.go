package directory

import (
	"context"
	"slices"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// Group gives a group by id or name, by hub:group-read or for who is in it. Errors: fault.Forbidden, fault.NotFound.
func (d *Directory) Group(ctx context.Context, actor hub.Actor, name string) (hub.Group, error) {
	group, err := d.Store.Group(ctx, name)
	if fault.Is(err, fault.NotFound) {
		group, err = d.Store.GroupByName(ctx, name)
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return hub.Group{}, err
	}
	who, readErr := d.reads(ctx, actor)
	if readErr != nil {
		return hub.Group{}, readErr
	}
	if !who.may("group-read", "") && !group.BuiltIn() {
		members, err := d.Store.GroupsOfUser(ctx, actor.User.ID)
		if err != nil {
			return hub.Group{}, err
		}
		if !slices.ContainsFunc(members, func(m hub.Member) bool { return m.ID == group.ID }) {
			return hub.Group{}, who.require("group-read")
		}
	}
	return group, fault.Missing(err, "group", name)
}

// Subgroups lists the groups that a group holds, by hub:group-read.
func (d *Directory) Subgroups(ctx context.Context, actor hub.Actor, id string) ([]hub.Group, error) {
	if err := actor.Require("group-read", ""); err != nil {
		return nil, err
	}
	return d.Store.Subgroups(ctx, id)
}

// Role gives a role by id or key, by hub:role-read. Errors: fault.Forbidden, fault.NotFound.
func (d *Directory) Role(ctx context.Context, actor hub.Actor, name string) (hub.Role, error) {
	who, err := d.reads(ctx, actor)
	if err == nil {
		err = who.require("role-read")
	}
	if err != nil {
		return hub.Role{}, err
	}
	role, err := d.Store.Role(ctx, name)
	if fault.Is(err, fault.NotFound) {
		role, err = d.Store.RoleByKey(ctx, name)
	}
	return role, fault.Missing(err, "role", name)
}

// OrganisationNamed is an organisation by its id for whoever was shown the id already; the zero one if it is gone.
func (d *Directory) OrganisationNamed(ctx context.Context, id string) (hub.Organisation, error) {
	organisation, err := d.Store.Organisation(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return hub.Organisation{}, nil
	}
	return organisation, err
}

// Organisation gives an organisation by id or key, by hub:organization-read or for who belongs to it. Errors: fault.Forbidden,
// fault.NotFound.
func (d *Directory) Organisation(ctx context.Context, actor hub.Actor, name string) (hub.Organisation, error) {
	organisation, err := d.Store.Organisation(ctx, name)
	if fault.Is(err, fault.NotFound) {
		organisation, err = d.Store.OrganisationByKey(ctx, name)
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return hub.Organisation{}, err
	}
	who, readErr := d.reads(ctx, actor)
	if readErr != nil {
		return hub.Organisation{}, readErr
	}
	own := organisation.ID != "" && actor.User.Organisation == organisation.ID
	if !own && !who.may("organization-read", organisation.ID) {
		return hub.Organisation{}, who.require("organization-read")
	}
	return organisation, fault.Missing(err, "organisation", name)
}
