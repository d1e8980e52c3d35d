package directory

import (
	"context"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// builtIn refuses to delete what exists from the first start.
func builtIn(what string) error {
	return fault.New(fault.Conflict, "%s cannot be deleted: other things rely on it", what)
}

// CreateGroup adds a group, by hub:group-create. Errors: fault.Invalid by field, fault.Conflict for a name that is taken.
func (d *Directory) CreateGroup(ctx context.Context, actor hub.Actor, group hub.Group) (hub.Group, error) {
	group.ID = hub.NewID()
	if group.RequireTwoFactor {
		group.TwoFactorSince = hub.Now()
	}
	if err := fault.Fields("the group cannot be created:", group.Check()...); err != nil {
		return hub.Group{}, err
	}
	err := d.do(ctx, actor, func(c *change) error {
		if err := c.require("group-create", ""); err != nil {
			return err
		}
		if group.RequireTwoFactor || group.AutoJoin {
			if err := actor.StepUp(); err != nil {
				return err
			}
		}
		if err := c.groupNameFree(group); err != nil {
			return err
		}
		group.CreatedAt = hub.Now()
		group.UpdatedAt = group.CreatedAt
		if err := c.InsertGroup(ctx, group); err != nil {
			return err
		}
		return c.told("", "group.create", "group", group.ID, group.Name)
	})
	return group, err
}

// groupNameFree asks beforehand, so that the refusal names the field.
func (c *change) groupNameFree(group hub.Group) error {
	other, err := c.GroupByName(c.ctx, group.Name)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil
	case err == nil && other.ID != group.ID:
		return taken("name", "group", group.Name)
	}
	return err
}

// taken is the error for a name that somebody else has.
func taken(field, what, name string) error {
	reason := "is taken: there is already a " + what + " " + name
	return &fault.Error{Kind: fault.Conflict, Message: field + " " + reason, Fields: []fault.Field{{Name: field, Reason: reason}}}
}

// UpdateGroup changes a group, by hub:group-update. The rule that members need a second factor changes how people sign in,
// and who joins by themselves gets the group's roles: both need a fresh sign-in, and the latter that the actor holds what the
// group's roles allow. Errors: fault.NotFound, fault.Invalid, fault.Forbidden, fault.StepUp, fault.Conflict.
func (d *Directory) UpdateGroup(ctx context.Context, actor hub.Actor, id string, edit func(*hub.Group)) (hub.Group, error) {
	var group hub.Group
	err := d.do(ctx, actor, func(c *change) error {
		before, err := c.Group(ctx, id)
		if err != nil {
			return fault.Missing(err, "group", id)
		}
		group = before
		edit(&group)
		group.ID, group.CreatedAt = before.ID, before.CreatedAt
		var changed []string
		note(&changed, "name", before.Name != group.Name)
		note(&changed, "description", before.Description != group.Description)
		rule := before.RequireTwoFactor != group.RequireTwoFactor || before.TwoFactorGrace != group.TwoFactorGrace
		joining := before.AutoJoin != group.AutoJoin || before.AutoJoinDomain != group.AutoJoinDomain
		note(&changed, "requireTwoFactor", rule)
		note(&changed, "autoJoin", joining)
		if len(changed) == 0 {
			return nil
		}
		if err := c.require("group-update", ""); err != nil {
			return err
		}
		if rule || joining {
			if err := actor.StepUp(); err != nil {
				return err
			}
		}
		if joining && group.AutoJoin {
			if err := c.coverGroup("let people join the group "+group.Name, id); err != nil {
				return err
			}
		}
		group.TwoFactorSince = before.TwoFactorSince
		if group.RequireTwoFactor && !before.RequireTwoFactor {
			group.TwoFactorSince = hub.Now()
		}
		if err := fault.Fields("the group cannot be changed so:", group.Check()...); err != nil {
			return err
		}
		if err := c.groupNameFree(group); err != nil {
			return err
		}
		group.UpdatedAt = later(before.UpdatedAt)
		if err := c.UpdateGroup(ctx, group); err != nil {
			return err
		}
		return c.told("", "group.update", "group", group.ID, group.Name, changed...)
	})
	return group, err
}

// DeleteGroup deletes a group, its memberships and grants, by hub:group-delete, and with a fresh sign-in one that asks for a second
// factor. Errors: fault.NotFound; fault.StepUp; fault.Conflict for the group of all users, and where the last administrator was one
// through it.
func (d *Directory) DeleteGroup(ctx context.Context, actor hub.Actor, id string) error {
	return d.DeleteGroupFor(ctx, actor, id, "")
}

// DeleteGroupFor is DeleteGroup with another group, by id or name, into which its members come; "" is none. For that the actor
// needs what AddMember needs. Errors: as DeleteGroup and AddMember.
func (d *Directory) DeleteGroupFor(ctx context.Context, actor hub.Actor, id, successor string) error {
	return d.do(ctx, actor, func(c *change) error {
		group, err := c.Group(ctx, id)
		if err != nil {
			return fault.Missing(err, "group", id)
		}
		if err := c.require("group-delete", ""); err != nil {
			return err
		}
		if group.BuiltIn() {
			return builtIn("the group of all users")
		}
		if err := c.letOut(id); err != nil {
			return err
		}
		return c.keeping(func() error {
			details := map[string]any{}
			if successor != "" {
				heir, err := c.moveMembers(group, successor)
				if err != nil {
					return err
				}
				details["successor"] = heir.ID
			}
			if err := c.DeleteGroup(ctx, id); err != nil {
				return err
			}
			return c.toldMore("", "group.delete", "group", group.ID, group.Name, details)
		})
	})
}

// moveMembers puts the members of a group that is about to be deleted into another.
func (c *change) moveMembers(group hub.Group, successor string) (hub.Group, error) {
	heir, err := c.Group(c.ctx, successor)
	if fault.Is(err, fault.NotFound) {
		heir, err = c.GroupByName(c.ctx, successor)
	}
	switch {
	case fault.Is(err, fault.NotFound), err == nil && (heir.ID == group.ID || heir.BuiltIn()):
		return heir, fault.Fields("the group cannot be deleted:",
			fault.Field{Name: "successor", Reason: "must be another group that people are put into"})
	case err != nil:
		return heir, err
	}
	if err := c.require("group-update", ""); err != nil {
		return heir, err
	}
	if err := c.actor.StepUp(); err != nil {
		return heir, err
	}
	if err := c.coverGroup("put somebody into the group "+heir.Name, heir.ID); err != nil {
		return heir, err
	}
	return heir, c.CopyMembers(c.ctx, group.ID, heir.ID)
}

// AddMember puts a user into a group, by hub:group-update. It gives the user the group's roles, so it needs a fresh sign-in
// and that the actor holds what they allow. Errors: fault.NotFound, fault.Forbidden, fault.StepUp.
func (d *Directory) AddMember(ctx context.Context, actor hub.Actor, groupID, userID string) error {
	return d.do(ctx, actor, func(c *change) error {
		group, user, err := c.membership(groupID, userID)
		if err != nil {
			return err
		}
		if err := actor.StepUp(); err != nil {
			return err
		}
		if err := c.coverGroup("put somebody into the group "+group.Name, groupID); err != nil {
			return err
		}
		if err := c.AddMember(ctx, groupID, userID); err != nil {
			return err
		}
		return c.toldMore("", "group.add-member", "user", user.ID, user.Login, map[string]any{"group": group.Name})
	})
}

// coverGroup says whether the actor holds all that being in a group gives, by its own roles and those of groups that hold it.
func (c *change) coverGroup(what, groupID string) error {
	grants, err := c.GrantsForGroup(c.ctx, groupID)
	if err != nil {
		return err
	}
	reach, err := c.GivenBy(c.ctx, grants)
	if err != nil {
		return err
	}
	return c.cover(what, reach)
}

// letOut asks for a fresh sign-in where leaving a group changes how people sign in, since it asks its members for a second factor.
func (c *change) letOut(groupID string) error {
	asks, err := c.AsksForFactor(c.ctx, groupID)
	if err != nil || !asks {
		return err
	}
	return c.actor.StepUp()
}

// RemoveMember takes a user out of a group, by hub:group-update, and with a fresh sign-in out of one that asks for a second factor.
// Errors: fault.NotFound; fault.StepUp; fault.Conflict where the last administrator was one through it.
func (d *Directory) RemoveMember(ctx context.Context, actor hub.Actor, groupID, userID string) error {
	return d.do(ctx, actor, func(c *change) error {
		group, user, err := c.membership(groupID, userID)
		if err != nil {
			return err
		}
		if err := c.letOut(groupID); err != nil {
			return err
		}
		return c.keeping(func() error {
			if err := c.RemoveMember(ctx, groupID, userID); err != nil {
				return fault.Missing(err, "member", user.Login)
			}
			return c.toldMore("", "group.remove-member", "user", user.ID, user.Login, map[string]any{"group": group.Name})
		})
	})
}

// membership finds both sides and checks what is the same both ways.
func (c *change) membership(groupID, userID string) (hub.Group, hub.User, error) {
	group, err := c.Group(c.ctx, groupID)
	if err != nil {
		return hub.Group{}, hub.User{}, fault.Missing(err, "group", groupID)
	}
	user, err := c.User(c.ctx, userID)
	if err != nil {
		return hub.Group{}, hub.User{}, fault.Missing(err, "user", userID)
	}
	if err := c.require("group-update", ""); err != nil {
		return hub.Group{}, hub.User{}, err
	}
	if group.BuiltIn() {
		return hub.Group{}, hub.User{}, fault.New(fault.Conflict, "everyone is in the group of all users, without being listed")
	}
	return group, user, nil
}

// AutoJoinGroups lists the groups which users join by themselves, by hub:group-read; others see none.
func (d *Directory) AutoJoinGroups(ctx context.Context, actor hub.Actor) ([]hub.Group, error) {
	if actor.Require("group-read", "") != nil {
		return nil, nil
	}
	return d.Store.AutoJoinGroups(ctx)
}

// GroupNames are what groups are called, by id; those that are gone are left out. It is for whoever was shown the ids already.
func (d *Directory) GroupNames(ctx context.Context, ids []string) (map[string]string, error) {
	return d.Store.GroupNames(ctx, ids)
}
