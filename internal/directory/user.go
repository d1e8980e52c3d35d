package directory

import (
	"context"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// CreateUser adds a user, by hub:user-create. Id and times are made here; nobody begins banned or with a verified address.
// Errors: fault.Invalid by field, fault.Conflict for a login or e-mail address that is taken.
func (d *Directory) CreateUser(ctx context.Context, actor hub.Actor, user hub.User) (hub.User, error) {
	return d.createUser(ctx, actor, user, nil)
}

// createUser is CreateUser with something that is done in the same transaction.
func (d *Directory) createUser(ctx context.Context, actor hub.Actor, user hub.User, also func(*change, hub.User) error) (hub.User, error) {
	user.ID, user.EmailVerified, user.Banned, user.BanReason = hub.NewRandomID(), false, false, ""
	if user.Kind == "" {
		user.Kind = hub.Person
	}
	if user.Name == "" {
		user.Name = user.Login
	}
	if err := fault.Fields("the user cannot be created:", user.Check()...); err != nil {
		return hub.User{}, err
	}
	err := d.do(ctx, actor, func(c *change) error {
		there, err := c.organisationNamed(&user.Organisation)
		if err != nil {
			return err
		}
		if err := c.require("user-create", user.Organisation); err != nil {
			return err
		}
		if err := fault.Fields("the user cannot be created:", organisationField(there)); err != nil {
			return err
		}
		user.CreatedAt = hub.Now()
		user.UpdatedAt = user.CreatedAt
		if err := c.InsertUser(ctx, user); err != nil {
			return err
		}
		if also != nil {
			if err := also(c, user); err != nil {
				return err
			}
		}
		if err := c.join(user); err != nil {
			return err
		}
		return c.told("", "user.create", "user", user.ID, user.Login)
	})
	return user, err
}

// UpdateUser changes a user: edit gets what is there and sets what shall be. People change their own login, name and
// address by hub:self-update; everything else, and everybody else, needs hub:user-update and permissions that cover the
// user's, and a way in (login, address) a fresh sign-in. A ban ends the user's sessions and what they opened, for good; another
// address ends what was mailed to the old one, where the user is told.
//
// Errors: fault.NotFound, fault.Invalid by field, fault.Forbidden, fault.StepUp; fault.Conflict for names that are taken
// and for the last administrator.
func (d *Directory) UpdateUser(ctx context.Context, actor hub.Actor, id string, edit func(*hub.User)) (hub.User, error) {
	var user hub.User
	err := d.do(ctx, actor, func(c *change) (err error) {
		user, err = d.updateUser(c, id, edit)
		return err
	})
	return user, err
}

func (d *Directory) updateUser(c *change, id string, edit func(*hub.User)) (hub.User, error) {
	before, err := c.User(c.ctx, id)
	if err != nil {
		return hub.User{}, fault.Missing(err, "user", id)
	}
	user := before
	edit(&user)
	there := true
	if user.Organisation != before.Organisation {
		if there, err = c.organisationNamed(&user.Organisation); err != nil {
			return hub.User{}, err
		}
	}
	user.ID, user.CreatedAt = before.ID, before.CreatedAt
	if hub.Fold(user.Email) != hub.Fold(before.Email) && user.EmailVerified == before.EmailVerified {
		user.EmailVerified = false
	}
	changed := userChanges(before, user)
	if len(changed) == 0 {
		return user, nil
	}
	if err := c.mayUpdateUser(before, user); err != nil {
		return hub.User{}, err
	}
	if err := fault.Fields("the user cannot be changed so:",
		append(append(user.Check(), before.CheckChange(user)...), organisationField(there))...); err != nil {
		return hub.User{}, err
	}
	user.UpdatedAt = later(before.UpdatedAt)
	return user, c.keeping(func() error {
		if err := c.UpdateUser(c.ctx, user); err != nil {
			return err
		}
		if user.Banned && !before.Banned {
			if err := c.EndSignIns(c.ctx, id, "", d.Store.Now()); err != nil {
				return err
			}
		}
		if hub.Fold(user.Email) != hub.Fold(before.Email) { // what was mailed to the old address opens the account no more
			if err := c.DeleteResetCodesOfUser(c.ctx, id); err != nil {
				return err
			}
			if err := d.tell(c, before, NoticeAddress); err != nil {
				return err
			}
		}
		if user.EmailVerified && !before.EmailVerified {
			if err := c.join(user); err != nil {
				return err
			}
		}
		return c.told("", "user.update", "user", user.ID, user.Login, changed...)
	})
}

// join puts a user into the groups that take such a one by themselves.
func (c *change) join(user hub.User) error {
	groups, err := c.AutoJoinGroups(c.ctx)
	if err != nil {
		return err
	}
	for _, group := range groups {
		if !group.Takes(user) {
			continue
		}
		if err := c.AddMember(c.ctx, group.ID, user.ID); err != nil {
			return err
		}
	}
	return nil
}

func userChanges(before, after hub.User) []string {
	var changed []string
	note(&changed, "login", before.Login != after.Login)
	note(&changed, "name", before.Name != after.Name)
	note(&changed, "email", before.Email != after.Email)
	note(&changed, "emailVerified", before.EmailVerified != after.EmailVerified)
	note(&changed, "kind", before.Kind != after.Kind)
	note(&changed, "organisation", before.Organisation != after.Organisation)
	note(&changed, "banned", before.Banned != after.Banned)
	note(&changed, "banReason", before.BanReason != after.BanReason)
	return changed
}

// mayUpdateUser is the rule who may change what of whom.
func (c *change) mayUpdateUser(before, after hub.User) error {
	wayIn := before.Login != after.Login || before.Email != after.Email ||
		before.EmailVerified != after.EmailVerified || before.Kind != after.Kind
	if wayIn {
		if err := c.actor.StepUp(); err != nil {
			return err
		}
	}
	own := before
	own.Login, own.Name, own.Email = after.Login, after.Name, after.Email
	if before.Email != after.Email {
		own.EmailVerified = false
	}
	if c.actor.User.ID == before.ID && own == after {
		return c.require("self-update", before.Organisation)
	}
	if err := c.require("user-update", before.Organisation); err != nil {
		return err
	}
	if after.Organisation != before.Organisation {
		if err := c.require("user-update", after.Organisation); err != nil {
			return err
		}
	}
	return c.coverUser(before)
}

// DeleteUser deletes a user with all their credentials, by hub:user-delete and permissions that cover theirs. Errors:
// fault.NotFound, fault.Forbidden; fault.Conflict for the guest and the last administrator.
func (d *Directory) DeleteUser(ctx context.Context, actor hub.Actor, id string) error {
	return d.DeleteUserFor(ctx, actor, id, "")
}
