package credential

import (
	"context"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// CreateApplicationPassword makes a password for a program that cannot do a second factor. It is good in both environments,
// so permissions have to cover the user's in both; else it needs what a permanent token needs. The text is given once.
//
// Errors: fault.Invalid by field, fault.NotFound, fault.Forbidden, fault.StepUp.
func (cs *Credentials) CreateApplicationPassword(ctx context.Context, actor hub.Actor, userID, name string) (Password, secret.Value, error) {
	if err := fault.Fields("the application password cannot be made:", fault.Field{Name: "name", Reason: hub.CheckName(name)}); err != nil {
		return Password{}, "", err
	}
	text := secret.New(secret.ApplicationPassword, false)
	password := hub.ApplicationPassword{ID: hub.NewRandomID(), UserID: userID, AuthorID: actor.ID(), Name: name,
		Digest: cs.Master.Digest(text.Reveal()), Hint: text.Hint()}
	var shown Password
	err := cs.do(ctx, actor, func(c *change) error {
		if err := c.ofBoth(userID); err != nil {
			return err
		}
		if c.owner.Kind != hub.Person {
			return fault.New(fault.Invalid, "%s is a %s: it has no passwords; make a permanent token", c.owner.Login, c.owner.Kind)
		}
		if err := c.mayMake(hub.Environments()...); err != nil {
			return err
		}
		there, err := c.ApplicationPasswordsOfUser(ctx, userID)
		if err != nil {
			return err
		}
		if len(there) >= mostHeld {
			return tooMany("application passwords")
		}
		password.CreatedAt = c.now
		if err := c.InsertApplicationPassword(ctx, password); err != nil {
			return err
		}
		if shown, err = c.reading().password(password); err != nil {
			return err
		}
		return c.told("", "application-password.create", "application-password", password.ID, password.Name, nil)
	})
	if err != nil {
		return Password{}, "", err
	}
	return shown, text, nil
}

// DeleteApplicationPassword ends one of a user, by hub:self-update, or hub:user-update for someone else's. Errors:
// fault.NotFound, fault.Forbidden.
func (cs *Credentials) DeleteApplicationPassword(ctx context.Context, actor hub.Actor, userID, id string) error {
	return cs.DeleteApplicationPasswords(ctx, actor, userID, []string{id})
}

// DeleteApplicationPasswords ends several of a user: all of them, or none if one is not there. Errors as for one.
func (cs *Credentials) DeleteApplicationPasswords(ctx context.Context, actor hub.Actor, userID string, ids []string) error {
	return cs.do(ctx, actor, func(c *change) error {
		if err := c.ofBoth(userID); err != nil {
			return err
		}
		for _, id := range ids {
			password, err := passwordOf(ctx, c.Reader, userID, id)
			if err != nil {
				return err
			}
			if err := c.endApplicationPassword(password); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *change) endApplicationPassword(password hub.ApplicationPassword) error {
	if err := c.DeleteApplicationPassword(c.ctx, password.ID); err != nil {
		return err
	}
	return c.told("", "application-password.delete", "application-password", password.ID, password.Name, nil)
}

func passwordOf(ctx context.Context, q store.Reader, userID, id string) (hub.ApplicationPassword, error) {
	password, err := q.ApplicationPassword(ctx, id)
	return password, theirs(err, password.UserID == userID, "application password", id)
}

// Password is an application password with the names behind its ids.
type Password struct {
	hub.ApplicationPassword
	Owner      hub.User
	AuthorName string
	LastAt     hub.Service // the service that took it last; zero: not known
}

// ApplicationPasswords lists those of a user, oldest first: the own ones, or by hub:user-update or hub:admin-read those of
// others. Errors: fault.NotFound, fault.Forbidden.
func (cs *Credentials) ApplicationPasswords(ctx context.Context, actor hub.Actor, userID string) ([]Password, error) {
	return read(ctx, cs, actor, userID, (*reading).applicationPasswords)
}

func (r *reading) applicationPasswords() ([]Password, error) {
	passwords, err := r.q.ApplicationPasswordsOfUser(r.ctx, r.owner.ID)
	shown := make([]Password, len(passwords))
	for i, password := range passwords {
		if err == nil {
			shown[i], err = r.password(password)
		}
	}
	return shown, err
}

// ApplicationPassword gives one of them. Errors: fault.NotFound, fault.Forbidden.
func (cs *Credentials) ApplicationPassword(ctx context.Context, actor hub.Actor, userID, id string) (Password, error) {
	return read(ctx, cs, actor, userID, func(r *reading) (Password, error) {
		password, err := passwordOf(ctx, r.q, userID, id)
		if err != nil {
			return Password{}, err
		}
		return r.password(password)
	})
}

// password finds the names behind the ids of an application password.
func (r *reading) password(password hub.ApplicationPassword) (shown Password, err error) {
	environment := r.actor.Environment
	if environment == "" {
		environment = hub.Production
	}
	shown = Password{ApplicationPassword: password, Owner: r.owner}
	if shown.AuthorName, err = r.author(environment, password.AuthorID); err != nil {
		return shown, err
	}
	shown.LastAt, err = r.service(environment, password.LastService)
	return shown, err
}
