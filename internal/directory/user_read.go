package directory

import (
	"context"
	"slices"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// User gives a user by login, id or e-mail address, as Users would list it: by hub:user-read-basic or hub:user-read, and always
// the actor; everybody finds the guest. The id of one that was deleted with a successor, or merged, means that one. Errors:
// fault.Forbidden for who may see nobody, else fault.NotFound.
func (d *Directory) User(ctx context.Context, actor hub.Actor, alias string) (SeenUser, error) {
	return d.userNamed(ctx, actor, alias, true)
}

// UserToChange is User for whoever is about to be changed: by the id of one who was deleted it finds nobody, or a deletion that
// is sent again would reach the successor.
func (d *Directory) UserToChange(ctx context.Context, actor hub.Actor, alias string) (SeenUser, error) {
	return d.userNamed(ctx, actor, alias, false)
}

func (d *Directory) userNamed(ctx context.Context, actor hub.Actor, alias string, orSuccessor bool) (SeenUser, error) {
	who, err := d.reads(ctx, actor)
	if err != nil {
		return SeenUser{}, err
	}
	user, err := d.Store.UserByAlias(ctx, alias)
	if orSuccessor && fault.Is(err, fault.NotFound) {
		user, err = d.Store.Successor(ctx, alias)
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return SeenUser{}, err
	}
	if err == nil && who.finds(user, alias) {
		return who.seen(user), nil
	}
	if err := who.require("user-read-basic"); err != nil && who.require("user-read") != nil {
		return SeenUser{}, err
	}
	return SeenUser{}, fault.New(fault.NotFound, "there is no user %s", alias)
}

// finds reports whether a user may be known by this name: an address is known to those who may see it.
func (r reading) finds(user hub.User, alias string) bool {
	folded := hub.Fold(alias)
	byAddress := folded == hub.Fold(user.Email) && folded != hub.Fold(user.Login) && folded != hub.Fold(user.ID)
	return r.actor.User.ID == user.ID || r.may("user-read", user.Organisation) || user.BuiltIn() ||
		!byAddress && r.may("user-read-basic", user.Organisation)
}

// Groups are those in which a user is.
type Groups struct {
	Everyone hub.Group              // that of all users, in which everybody is
	Direct   []hub.Group            // into which the user was put, by name
	All      []hub.Group            // these, and those in which the user is by them, by name
	above    map[string][]hub.Group // by the group below; "": those in Direct
}

// GroupsOf gives the groups in which a user is, to the user and by hub:group-read.
func (d *Directory) GroupsOf(ctx context.Context, actor hub.Actor, userID string) (Groups, error) {
	if err := maySeeGroups(actor, userID); err != nil {
		return Groups{}, err
	}
	return d.groups(ctx, userID)
}

func maySeeGroups(actor hub.Actor, userID string) error {
	if actor.User.ID == userID {
		return nil
	}
	return actor.Require("group-read", "")
}

func (d *Directory) groups(ctx context.Context, userID string) (Groups, error) {
	ways, err := d.Store.WaysOfUser(ctx, userID)
	of := Groups{above: map[string][]hub.Group{}}
	for i, way := range ways {
		if way.ID == hub.AllUsersGroupID {
			of.Everyone = way.Group
			continue
		}
		of.above[way.Child] = append(of.above[way.Child], way.Group)
		if i == 0 || way.ID != ways[i-1].ID { // those of one group follow each other
			of.All = append(of.All, way.Group)
		}
	}
	of.Direct = of.above[""]
	return of, err
}

// paths gives, for every group, a shortest way from one into which the user was put.
func (of Groups) paths() map[string][]hub.Group {
	paths := map[string][]hub.Group{of.Everyone.ID: {of.Everyone}}
	next := []string{""}
	for len(next) > 0 {
		child := next[0]
		next = next[1:]
		for _, parent := range of.above[child] {
			if paths[parent.ID] == nil {
				paths[parent.ID] = append(slices.Clone(paths[child]), parent)
				next = append(next, parent.ID)
			}
		}
	}
	return paths
}
