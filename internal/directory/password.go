package directory

import (
	"context"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// CreateUserWithPassword is CreateUser for a person who signs in with a password, of which hash is what secret.HashPassword
// made. Whoever sets how somebody signs in needs a fresh sign-in.
func (d *Directory) CreateUserWithPassword(ctx context.Context, actor hub.Actor, user hub.User, hash string, mustChange bool) (hub.User, error) {
	return d.createUser(ctx, actor, user, func(c *change, user hub.User) error {
		if err := actor.StepUp(); err != nil {
			return err
		}
		return c.setPassword(user, hash, mustChange)
	})
}

// MayCreateWithPassword says beforehand whether CreateUserWithPassword would be allowed in an organisation, so that no password is
// hashed for who may add nobody.
func (d *Directory) MayCreateWithPassword(ctx context.Context, actor hub.Actor, organisation string) error {
	return d.do(ctx, actor, func(c *change) error {
		if _, err := c.organisationNamed(&organisation); err != nil {
			return err
		}
		if err := c.require("user-create", organisation); err != nil {
			return err
		}
		return actor.StepUp()
	})
}

func (c *change) setPassword(user hub.User, hash string, mustChange bool) error {
	if user.Kind != hub.Person {
		return fault.Fields("the password cannot be set:",
			fault.Field{Name: "password", Reason: "is for people only: a " + string(user.Kind) + " has none"})
	}
	return c.SetPassword(c.ctx, hub.Password{UserID: user.ID, Hash: hash, ChangedAt: hub.Now(), MustChange: mustChange})
}

// SetPassword gives a user another password, of which hash is what secret.HashPassword made: for oneself by hub:self-update,
// for others by hub:user-update and permissions that cover theirs, always with a fresh sign-in. The user's sessions,
// refresh tokens and mailed links end, and the user is told. Errors: fault.NotFound, fault.Forbidden, fault.StepUp,
// fault.Invalid for who is no person.
func (d *Directory) SetPassword(ctx context.Context, actor hub.Actor, id, hash string, mustChange bool) error {
	return d.do(ctx, actor, func(c *change) error {
		user, err := c.User(ctx, id)
		if err != nil {
			return fault.Missing(err, "user", id)
		}
		if err := c.mayHandle(user); err != nil {
			return err
		}
		if err := actor.StepUp(); err != nil {
			return err
		}
		if err := c.setPassword(user, hash, mustChange); err != nil {
			return err
		}
		if err := c.EndSignIns(ctx, id, "", d.Store.Now()); err != nil {
			return err
		}
		if err := c.told("", "user.password-change", "user", user.ID, user.Login); err != nil {
			return err
		}
		return d.tell(c, user, NoticePassword)
	})
}

// MayHandle says beforehand whether SetPassword would be allowed, so that no password is hashed for who may set none.
func (d *Directory) MayHandle(ctx context.Context, actor hub.Actor, user hub.User) error {
	return d.do(ctx, actor, func(c *change) error {
		if err := c.mayHandle(user); err != nil {
			return err
		}
		return actor.StepUp()
	})
}

// mayHandle is the rule who may act on an account: its user, or who may change it and holds all that it does.
func (c *change) mayHandle(user hub.User) error {
	if c.actor.User.ID == user.ID {
		return c.require("self-update", user.Organisation)
	}
	if err := c.require("user-update", user.Organisation); err != nil {
		return err
	}
	return c.coverUser(user)
}
