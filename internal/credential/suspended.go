package credential

import (
	"context"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// Kind says what kind of credential waits to be confirmed.
type Kind string

// The kinds.
const (
	ClientSecret        Kind = "secret" // of a service or API client
	App                 Kind = "app"
	PermanentToken      Kind = "permanent-token"
	ApplicationPassword Kind = "application-password"
)

// Confirm makes a credential that a restore suspended good again, by hub:admin-write and a fresh sign-in: the
// administrator says that it was not revoked after the backup. What may be of either environment needs the permission in
// production. environment matters for apps only.
//
// Errors: fault.NotFound, fault.Forbidden, fault.StepUp.
func (cs *Credentials) Confirm(ctx context.Context, actor hub.Actor, kind Kind, environment hub.Environment, id string) error {
	return cs.do(ctx, actor, func(c *change) error {
		own, err := c.effective(actor.User.ID)
		if err != nil {
			return err
		}
		everywhere := actor
		everywhere.Permissions = actor.HeldIn(hub.Production, own[hub.Production])
		if err := everywhere.Require("admin-write", ""); err != nil {
			return err
		}
		if err := actor.StepUp(); err != nil {
			return err
		}
		name, at, err := c.confirm(kind, environment, id)
		if err != nil {
			return missing(err, string(kind), id)
		}
		return c.told(at, string(kind)+".confirm", string(kind), id, name, nil)
	})
}

func (c *change) confirm(kind Kind, environment hub.Environment, id string) (name string, at hub.Environment, err error) {
	switch kind {
	case ClientSecret:
		return "", "", c.ConfirmSecret(c.ctx, id)
	case App:
		app, err := c.App(c.ctx, environment, id)
		if err != nil {
			return "", "", err
		}
		app.Suspended = false
		return app.Label, environment, c.UpdateApp(c.ctx, app)
	case PermanentToken:
		token, err := c.PermanentToken(c.ctx, id)
		if err != nil {
			return "", "", err
		}
		token.Suspended = false
		return token.Name, token.Environment, c.UpdatePermanentToken(c.ctx, token)
	case ApplicationPassword:
		password, err := c.ApplicationPassword(c.ctx, id)
		if err != nil {
			return "", "", err
		}
		password.Suspended = false
		return password.Name, "", c.UpdateApplicationPassword(c.ctx, password)
	}
	return "", "", fault.New(fault.Invalid, "there is no kind of credential %q", kind)
}
