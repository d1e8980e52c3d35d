package directory

import (
	"context"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

// SeenUser is a user as far as somebody may see it. Who may not see the whole finds the rest empty.
type SeenUser struct {
	hub.User
	Whole bool // also address, organisation and the reason of a ban
}

// Users lists the users whom an actor may see: those of the organisations, or of all, where the actor holds
// hub:user-read-basic or hub:user-read, and always the actor's own account. Addresses, organisations and reasons of bans are
// for hub:user-read, and nobody else finds a user by them; nor by what somebody signs in with, which is for hub:user-update and
// hub:admin-read. Whoever asks by group or role needs hub:group-read or
// hub:role-read.
//
// Errors: fault.Invalid for a query that makes no sense, fault.Forbidden.
func (d *Directory) Users(ctx context.Context, actor hub.Actor, l query.List) (query.Page[SeenUser], error) {
	who, err := d.reads(ctx, actor)
	if err != nil {
		return query.Page[SeenUser]{}, err
	}
	if err := who.withoutKey(l, "group", "group-read"); err != nil {
		return query.Page[SeenUser]{}, err
	}
	if err := who.withoutRights(l); err != nil {
		return query.Page[SeenUser]{}, err
	}
	return d.users(ctx, who, l, query.Node{})
}

// users lists the users whom who may see and who are in a set, which is no part of what was asked.
func (d *Directory) users(ctx context.Context, who reading, l query.List, set query.Node) (query.Page[SeenUser], error) {
	own := query.Nothing()
	if who.actor.User.ID != "" {
		own = query.Is("id", who.actor.User.ID)
	}
	basic := query.Any(who.where("user-read", "user-read-basic"), own)
	whole := query.Any(who.where("user-read"), own)
	if whole.Op != query.Every {
		for _, order := range l.Order {
			if order.Key == "email" {
				return query.Page[SeenUser]{}, who.require("user-read")
			}
		}
		l.Where = l.Where.Rewrite(func(condition query.Node) query.Node {
			if secretOfUser(condition) {
				return query.All(condition, whole)
			}
			return condition
		})
	}
	if held := query.Any(who.where("user-update"), who.where("admin-read"), own); held.Op != query.Every {
		l.Where = l.Where.Rewrite(func(condition query.Node) query.Node {
			if condition.Op == query.Field && condition.Name == "lacks" {
				return query.All(condition, held)
			}
			return condition
		})
	}
	l.Where = query.All(set, basic, l.Where)
	page, err := d.Store.ListUsers(ctx, l)
	return mapped(page, who.seen), err
}

// secretOfUser reports whether a condition is about what only hub:user-read sees.
func secretOfUser(condition query.Node) bool {
	switch condition.Op {
	case query.Text:
		return query.IsAddress(condition.Value)
	case query.Field:
		return condition.Name == "email" || condition.Name == "organisation" || condition.Name == "organization"
	}
	return false
}

// seen is a user as far as who may see it.
func (r reading) seen(user hub.User) SeenUser {
	if user.ID == r.actor.User.ID && user.ID != "" || r.may("user-read", user.Organisation) {
		return SeenUser{user, true}
	}
	user.Email, user.EmailVerified, user.Organisation, user.BanReason = "", false, "", ""
	return SeenUser{user, false}
}

// withoutRights refuses a list of users that asks what they may do, to those who may not know.
func (r reading) withoutRights(l query.List) error {
	if err := r.withoutKey(l, "role", "role-read"); err != nil {
		return err
	}
	return r.withoutKey(l, "access", "role-read")
}

// MembersOfGroup lists the users who are in a group and whom the actor may see, by hub:group-read. Errors: fault.NotFound,
// and those of Users.
func (d *Directory) MembersOfGroup(ctx context.Context, actor hub.Actor, group string, l query.List) (query.Page[SeenUser], error) {
	who, err := d.reads(ctx, actor)
	if err != nil {
		return query.Page[SeenUser]{}, err
	}
	if err := who.require("group-read"); err != nil {
		return query.Page[SeenUser]{}, err
	}
	if err := who.withoutRights(l); err != nil {
		return query.Page[SeenUser]{}, err
	}
	found, err := d.Store.Group(ctx, group)
	if err != nil {
		return query.Page[SeenUser]{}, fault.Missing(err, "group", group)
	}
	set := query.ByID("group", found.ID)
	if found.BuiltIn() {
		set = query.Node{}
	}
	return d.users(ctx, who, l, set)
}

// Groups lists groups: all of them by hub:group-read, else those in which the actor is. Errors: as Users.
func (d *Directory) Groups(ctx context.Context, actor hub.Actor, l query.List) (query.Page[hub.Group], error) {
	who, err := d.reads(ctx, actor)
	if err != nil {
		return query.Page[hub.Group]{}, err
	}
	if err := who.withoutKey(l, "role", "role-read"); err != nil {
		return query.Page[hub.Group]{}, err
	}
	l.Where = who.withoutAddresses(l.Where)
	if !who.may("group-read", "") {
		if err := who.withoutKey(l, "user", "group-read"); err != nil {
			return query.Page[hub.Group]{}, err
		}
		if actor.User.ID == "" {
			return query.Page[hub.Group]{}, who.require("group-read")
		}
		l.Where = query.All(query.Is("user", actor.User.ID), l.Where)
	}
	return d.Store.ListGroups(ctx, l)
}

// FirstGroupNames gives the names of so many groups, by name, of those that Groups lists: what a list to choose from holds. Errors: as
// Users.
func (d *Directory) FirstGroupNames(ctx context.Context, actor hub.Actor, limit int) ([]string, error) {
	who, err := d.reads(ctx, actor)
	if err != nil {
		return nil, err
	}
	if who.may("group-read", "") {
		return d.Store.FirstGroupNames(ctx, limit)
	}
	groups, err := d.Groups(ctx, actor, query.List{Limit: limit})
	names := make([]string, len(groups.Items))
	for i, group := range groups.Items {
		names[i] = group.Name
	}
	return names, err
}

// GroupsOfUser lists the groups into which a user was put: of oneself, or by hub:group-read of a user whom the actor may see.
// Errors: fault.NotFound, and those of Users.
func (d *Directory) GroupsOfUser(ctx context.Context, actor hub.Actor, user string, l query.List) (query.Page[hub.Group], error) {
	who, err := d.reads(ctx, actor)
	if err != nil {
		return query.Page[hub.Group]{}, err
	}
	found, err := d.seenUser(ctx, who, user)
	if err != nil {
		return query.Page[hub.Group]{}, err
	}
	if found.ID != actor.User.ID {
		if err := who.require("group-read"); err != nil {
			return query.Page[hub.Group]{}, err
		}
	} else if err := who.withoutKey(l, "user", "group-read"); err != nil {
		return query.Page[hub.Group]{}, err
	}
	if err := who.withoutKey(l, "role", "role-read"); err != nil {
		return query.Page[hub.Group]{}, err
	}
	l.Where = query.All(query.Is("user", found.ID), who.withoutAddresses(l.Where))
	return d.Store.ListGroups(ctx, l)
}

// seenUser gives a user whom who may know of.
func (d *Directory) seenUser(ctx context.Context, who reading, id string) (SeenUser, error) {
	user, err := d.Store.User(ctx, id)
	known := err == nil && (user.ID == who.actor.User.ID || who.may("user-read", user.Organisation) || who.may("user-read-basic", user.Organisation))
	if err == nil && !known {
		err = fault.New(fault.NotFound, "there is no user %s", id)
	}
	if err != nil {
		return SeenUser{}, fault.Missing(err, "user", id)
	}
	return who.seen(user), nil
}
