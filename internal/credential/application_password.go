package credential

import (
	"context"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
)

// CreateApplicationPassword makes a password for a program that cannot do a second factor. It is good in both environments,
// so permissions have to cover the user's in both; else it needs what a permanent token needs. The text is given once.
//
// Errors: fault.Invalid by field, fault.NotFound, fault.Forbidden, fault.StepUp.
func (cs *Credentials) CreateApplicationPassword(ctx context.Context, actor hub.Actor, userID,
	name string) (hub.ApplicationPassword, secret.Value, error) {
	if err := invalid("the application password cannot be made:", fault.Field{Name: "name",
		Reason: hub.CheckName(name)}); err != nil {
		return hub.ApplicationPassword{}, "", err
	}
	text := secret.New(secret.ApplicationPassword, false)
	password := hub.ApplicationPassword{ID: hub.NewRandomID(), UserID: userID, AuthorID: actor.ID(), Name: name,
		Digest: cs.Master.Digest(text.Reveal()), Hint: text.Hint()}
	err := cs.do(ctx, actor, func(c *change) error {
		if err := c.of(userID); err != nil {
			return err
		}
		if c.owner.Kind != hub.Person {
			return fault.New(fault.Invalid, "%s is a %s: it has no passwords; make a permanent token", c.owner.Login, c.owner.Kind)
		}
		if err := c.mayMake(hub.Environments()...); err != nil {
			return err
		}
		password.CreatedAt = hub.Now()
		if err := c.InsertApplicationPassword(ctx, password); err != nil {
			return err
		}
		return c.told("", "application-password.create", "application-password", password.ID, password.Name, nil)
	})
	if err != nil {
		return hub.ApplicationPassword{}, "", err
	}
	return password, text, nil
}

// DeleteApplicationPassword ends one, by hub:self-update, or hub:user-update for someone else's. Errors: fault.NotFound,
// fault.Forbidden.
func (cs *Credentials) DeleteApplicationPassword(ctx context.Context, actor hub.Actor, id string) error {
	return cs.do(ctx, actor, func(c *change) error {
		password, err := c.ApplicationPassword(ctx, id)
		if err != nil {
			return missing(err, "application password", id)
		}
		if err := c.of(password.UserID); err != nil {
			return err
		}
		if err := c.DeleteApplicationPassword(ctx, id); err != nil {
			return err
		}
		return c.told("", "application-password.delete", "application-password", password.ID, password.Name, nil)
	})
}
