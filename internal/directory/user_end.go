package directory

import (
	"context"
	"slices"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// DeleteUserFor is DeleteUser with somebody who is meant from then on by the user's id. The successor gets no right and no
// credential by it. Errors: those of DeleteUser; fault.Invalid for a successor who is nobody, banned, or the user.
func (d *Directory) DeleteUserFor(ctx context.Context, actor hub.Actor, id, successor string) error {
	who, err := d.reads(ctx, actor)
	if err != nil {
		return err
	}
	return d.do(ctx, actor, func(c *change) error {
		user, err := c.mayDeleteUser(id)
		if err != nil {
			return err
		}
		heir, err := c.heir(who, id, successor)
		if err != nil {
			return err
		}
		return c.deleteUser(user, heir)
	})
}

// heir finds a successor; none is the zero user. Whom the actor may not see is nobody, so that nothing is learnt by asking.
func (c *change) heir(who reading, id, successor string) (hub.User, error) {
	if successor == "" {
		return hub.User{}, nil
	}
	wrong := func(reason string) (hub.User, error) {
		return hub.User{}, fault.Fields("the user cannot be deleted:", fault.Field{Name: "successor", Reason: reason})
	}
	heir, err := c.UserByAlias(c.ctx, successor)
	switch {
	case fault.Is(err, fault.NotFound), err == nil && !who.finds(heir, successor):
		return wrong("must be a user: there is none with this id or login")
	case err != nil:
		return hub.User{}, err
	case heir.ID == id:
		return wrong("must be somebody else")
	case !heir.Active() && !heir.BuiltIn(): // the guest is banned from the start, and stands for nobody in particular
		return wrong("must not be banned")
	}
	return heir, nil
}

// mayDeleteUser gives the user if the actor may delete them.
func (c *change) mayDeleteUser(id string) (hub.User, error) {
	user, err := c.User(c.ctx, id)
	if err != nil {
		return user, fault.Missing(err, "user", id)
	}
	if err := c.require("user-delete", user.Organisation); err != nil {
		return user, err
	}
	if user.BuiltIn() {
		return user, builtIn("the guest")
	}
	return user, c.coverUser(user)
}

// deleteUser deletes a user, with somebody or nobody who is meant from then on.
func (c *change) deleteUser(user, heir hub.User) error {
	return c.keeping(func() error {
		details := map[string]any{}
		if heir.ID != "" {
			details["successor"] = heir.ID
			if err := c.SetSuccessor(c.ctx, user.ID, heir.ID); err != nil {
				return err
			}
		}
		if err := c.DeleteUser(c.ctx, user.ID); err != nil {
			return err
		}
		return c.toldMore("", "user.delete", "user", user.ID, user.Login, details)
	})
}

// MergeUsers makes one user of several: into the first, whom edit may change, come the groups and roles of the others, who are
// then deleted and whose ids mean the first. Their credentials end, since they were made for somebody who could do less. It
// needs what deleting the others and changing the first need, permissions that cover all of them, and a fresh sign-in.
// Errors: those of UpdateUser and DeleteUser; fault.Invalid for fewer than two users.
func (d *Directory) MergeUsers(ctx context.Context, actor hub.Actor, ids []string, edit func(*hub.User)) (hub.User, error) {
	if len(ids) < 2 || len(slices.Compact(slices.Sorted(slices.Values(ids)))) != len(ids) {
		return hub.User{}, fault.New(fault.Invalid, "to merge users, name two or more of them, each once")
	}
	var merged hub.User
	err := d.do(ctx, actor, func(c *change) error {
		if err := actor.StepUp(); err != nil {
			return err
		}
		for _, id := range ids[1:] {
			if err := c.mergeInto(ids[0], id); err != nil {
				return err
			}
		}
		var err error
		merged, err = d.updateUser(c, ids[0], edit)
		return err
	})
	return merged, err
}

// mergeInto gives one user's groups and roles to another, and deletes the one.
func (c *change) mergeInto(into, id string) error {
	target, err := c.User(c.ctx, into)
	if err != nil {
		return fault.Missing(err, "user", into)
	}
	if err := c.require("user-update", target.Organisation); err != nil {
		return err
	}
	if err := c.coverUser(target); err != nil {
		return err
	}
	groups, err := c.DirectGroupsOfUser(c.ctx, id)
	if err != nil {
		return err
	}
	grants, err := c.GrantsOf(c.ctx, hub.HolderUser, id)
	if err != nil {
		return err
	}
	there, err := c.GrantsOf(c.ctx, hub.HolderUser, into)
	if err != nil {
		return err
	}
	for _, group := range groups {
		if err := c.AddMember(c.ctx, group.ID, into); err != nil {
			return err
		}
	}
	for _, grant := range grants {
		grant.ID, grant.HolderID, grant.CreatedAt = hub.NewID(), into, hub.Now()
		if slices.ContainsFunc(there, grant.SameAs) {
			continue
		}
		if err := c.InsertGrant(c.ctx, grant); err != nil {
			return err
		}
	}
	other, err := c.mayDeleteUser(id) // which asks whether the actor holds all that was moved
	if err != nil {
		return err
	}
	if err := c.deleteUser(other, target); err != nil {
		return err
	}
	return c.toldMore("", "user.merge", "user", target.ID, target.Login, map[string]any{"merged": id})
}

// EraseUser forgets a person: every credential ends, and what is left under the id tells nothing of whom it was, so that
// what others keep under it still means one user. Events that happened keep the names they were written with. It needs what
// DeleteUser needs.
func (d *Directory) EraseUser(ctx context.Context, actor hub.Actor, id string) (hub.User, error) {
	var shell hub.User
	err := d.do(ctx, actor, func(c *change) error {
		user, err := c.mayDeleteUser(id)
		if err != nil {
			return err
		}
		if err := c.deleteUser(user, hub.User{}); err != nil {
			return err
		}
		shell = hub.User{ID: user.ID, Login: "erased-" + hub.NewRandomID()[:13], Name: "Erased user", Kind: user.Kind, Banned: true,
			BanReason: "erased", CreatedAt: user.CreatedAt, UpdatedAt: later(user.UpdatedAt)}
		if err := c.InsertUser(ctx, shell); err != nil {
			return err
		}
		return c.told("", "user.erase", "user", shell.ID, shell.Login)
	})
	return shell, err
}
