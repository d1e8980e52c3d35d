package directory

import (
	"context"
	"time"

	"example.org/hub/internal/hub"
)

// Standing is what a list of users tells of one of them. What the actor may not see is empty, and Shown says which part may be.
type Standing struct {
	Groups      []string // names of those into which the user was put: by hub:group-read
	Factor      bool     // the rest by hub:user-update or hub:admin-read, as for lists of credentials
	Invited     bool     // there is no way to sign in yet
	Credentials int64
	SeenAt      time.Time // in a browser; zero: not, or not lately
	Shown       bool
}

// LastSeen gives when users whom the actor was shown were last seen in the actor's environment, in a browser or by a credential of
// theirs, by their ids: for who they are themselves, and by hub:user-update or hub:admin-read.
func (d *Directory) LastSeen(ctx context.Context, actor hub.Actor, users []SeenUser) (map[string]time.Time, error) {
	who, err := d.reads(ctx, actor)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, user := range users {
		if who.maySeeHeld(user.User) {
			ids = append(ids, user.ID)
		}
	}
	return d.Store.LastSeen(ctx, actor.Environment, ids)
}

// maySeeHeld is the rule who may see what somebody holds, and when it was used.
func (r reading) maySeeHeld(user hub.User) bool {
	return user.ID == r.actor.User.ID || r.may("user-update", user.Organisation) || r.may("admin-read", "")
}

// Standings gives the standing of users whom the actor was shown, in the actor's environment, by their ids.
func (d *Directory) Standings(ctx context.Context, actor hub.Actor, users []SeenUser) (map[string]Standing, error) {
	who, err := d.reads(ctx, actor)
	if err != nil {
		return nil, err
	}
	shown := make([]hub.User, len(users))
	for i, user := range users {
		shown[i] = user.User
	}
	found, err := d.Store.Standings(ctx, actor.Environment, shown)
	if err != nil {
		return nil, err
	}
	standings := make(map[string]Standing, len(users))
	for _, user := range users {
		there, one := found[user.ID], Standing{}
		own := user.ID == actor.User.ID
		if own || who.may("group-read", "") {
			one.Groups = there.Groups
		}
		if who.maySeeHeld(user.User) {
			one.Shown, one.Factor, one.Invited, one.Credentials = true, there.Factor, there.Invited, there.Credentials
			one.SeenAt = there.SeenAt
		}
		standings[user.ID] = one
	}
	return standings, nil
}
