package directory

import (
	"context"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

// reading is who asks for a list of what the environments share: with what the actor holds in production, too, since whoever
// may read people in the test environment alone may read none of them.
type reading struct {
	actor hub.Actor
	held  hub.Permissions
}

// reads says what an actor may read of what is shared.
func (d *Directory) reads(ctx context.Context, actor hub.Actor) (reading, error) {
	who := reading{actor, actor.Permissions}
	if actor.Environment != hub.Test {
		return who, nil
	}
	if actor.ServiceID != "" {
		who.held = hub.Permissions{}
		return who, nil
	}
	held, err := d.Store.HeldBy(ctx, actor.User.ID)
	if err != nil {
		return who, err
	}
	who.held = held[hub.Production].Intersect(actor.Permissions)
	return who, nil
}

// may reports whether a Hub permission is held for an organisation ("" is none).
func (r reading) may(permission, organisation string) bool {
	return r.held.HasIn(organisation, hub.HubServiceKey+":"+permission)
}

// require is the refusal of whoever lacks a permission.
func (r reading) require(permission string) error {
	as := r.actor
	as.Permissions = r.held
	return as.Require(permission, "")
}

// where is the condition that something belongs to where one of the permissions is held: everywhere, in organisations, or
// nowhere.
func (r reading) where(permissions ...string) query.Node {
	confined := []query.Node{}
	for _, permission := range permissions {
		full := hub.HubServiceKey + ":" + permission
		if r.held.Has(full) {
			return query.Node{}
		}
		for _, organisation := range r.held.OrganisationsOf(full) {
			confined = append(confined, query.ByID("organisation", organisation))
		}
	}
	if len(confined) == 0 {
		return query.Nothing()
	}
	return query.Any(confined...)
}

// asksAbout reports whether a query has a condition on a key.
func asksAbout(node query.Node, key string) bool {
	if node.Op == query.Field || node.Op == query.Tuple {
		return node.Name == key
	}
	for _, of := range node.Of {
		if asksAbout(of, key) {
			return true
		}
	}
	return false
}

// withoutAddresses is a query in which nobody is meant by an e-mail address who may not be known by it: addresses are for
// hub:user-read.
func (r reading) withoutAddresses(where query.Node) query.Node {
	if r.may("user-read", "") {
		return where
	}
	return where.KnowingOnlyOneself(r.actor.HasAddress, r.actor.User.ID, "user")
}

// mapped gives a page with each item made into another.
func mapped[From, To any](page query.Page[From], into func(From) To) query.Page[To] {
	items := make([]To, len(page.Items))
	for i, item := range page.Items {
		items[i] = into(item)
	}
	return query.Page[To]{Items: items, Total: page.Total, Next: page.Next}
}

// withoutKey refuses a query that would tell, by what it finds, what its sender may not read.
func (r reading) withoutKey(l query.List, key, permission string) error {
	if !asksAbout(l.Where, key) || r.may(permission, "") {
		return nil
	}
	refusal := r.require(permission)
	if known, is := refusal.(*fault.Error); is {
		known.Fields = []fault.Field{{Name: "query", Reason: "asks for " + key + ", which needs " + permission}}
	}
	return refusal
}
