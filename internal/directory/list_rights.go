package directory

import (
	"context"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

// Organisations lists organisations: all of them by hub:organization-read, else those in which the actor holds it, and the
// actor's own. Errors: fault.Invalid for a query that makes no sense, fault.Forbidden.
func (d *Directory) Organisations(ctx context.Context, actor hub.Actor, l query.List) (query.Page[hub.Organisation], error) {
	who, err := d.reads(ctx, actor)
	if err != nil {
		return query.Page[hub.Organisation]{}, err
	}
	if err := who.withoutKey(l, "user", "user-read"); err != nil {
		return query.Page[hub.Organisation]{}, err
	}
	seen := who.where("organization-read").Rewrite(func(confined query.Node) query.Node {
		if confined.Op != query.Field {
			return confined
		}
		return query.Is("id", confined.Value)
	})
	if own := actor.User.Organisation; own != "" {
		seen = query.Any(seen, query.Is("id", own))
	}
	l.Where = query.All(seen, l.Where)
	return d.Store.ListOrganisations(ctx, l)
}

// Roles lists roles, by hub:role-read. Errors: fault.Invalid for a query that makes no sense, fault.Forbidden.
func (d *Directory) Roles(ctx context.Context, actor hub.Actor, l query.List) (query.Page[hub.Role], error) {
	who, err := d.reads(ctx, actor)
	if err == nil {
		err = who.require("role-read")
	}
	if err != nil {
		return query.Page[hub.Role]{}, err
	}
	return d.Store.ListRoles(ctx, l)
}

// Grants lists who was given which role: all by hub:role-read, else what was given to the actor directly. Those of other
// environments than the actor's are not among them. Errors: fault.Invalid for a query that makes no sense, fault.Forbidden.
func (d *Directory) Grants(ctx context.Context, actor hub.Actor, l query.List) (query.Page[hub.Grant], error) {
	who, err := d.reads(ctx, actor)
	if err != nil {
		return query.Page[hub.Grant]{}, err
	}
	l.Where = who.withoutAddresses(l.Where)
	if !who.may("role-read", "") {
		own := query.Is("user", actor.User.ID)
		if actor.ServiceID != "" {
			own = query.Is("service", actor.ServiceID)
		}
		if actor.ID() == "" {
			return query.Page[hub.Grant]{}, who.require("role-read")
		}
		l.Where = query.All(own, l.Where)
	}
	if actor.Environment != "" {
		other := hub.Test
		if actor.Environment == hub.Test {
			other = hub.Production
		}
		l.Where = query.All(query.Node{Op: query.Not, Of: []query.Node{query.Is("environment", string(other))}}, l.Where)
	}
	return d.Store.ListGrants(ctx, l)
}
