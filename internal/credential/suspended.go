package credential

import (
	"context"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// Kind says what kind of credential something is. What a restore suspends is of the kinds secret, app, permanent-token and
// application-password.
type Kind string

// The kinds.
const (
	KindAPIClient           Kind = "api-client"
	KindSecret              Kind = "secret" // of a service or API client
	KindApp                 Kind = "app"
	KindPermanentToken      Kind = "permanent-token"
	KindApplicationPassword Kind = "application-password"
	KindRefreshToken        Kind = "refresh-token"
	KindApprovedScope       Kind = "approved-scope"
	KindSession             Kind = "session"
	KindService             Kind = "service" // all its secrets together
)

// Confirm makes a credential that a restore suspended good again, by hub:admin-write and a fresh sign-in: the
// administrator says that it was not revoked after the backup. What may be of either environment needs the permission in
// production. environment matters for apps only.
//
// Errors: fault.NotFound, fault.Forbidden, fault.StepUp.
func (cs *Credentials) Confirm(ctx context.Context, actor hub.Actor, kind Kind, environment hub.Environment, id string) error {
	return cs.do(ctx, actor, func(c *change) error {
		own, err := c.HeldBy(c.ctx, actor.User.ID)
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
			return fault.Missing(err, string(kind), id)
		}
		return c.told(at, string(kind)+".confirm", string(kind), id, name, nil)
	})
}

func (c *change) confirm(kind Kind, environment hub.Environment, id string) (name string, at hub.Environment, err error) {
	switch kind {
	case KindSecret:
		return "", "", c.ConfirmSecret(c.ctx, id)
	case KindApp:
		app, err := c.App(c.ctx, environment, id)
		if err != nil {
			return "", "", err
		}
		app.Suspended = false
		return app.Label, environment, c.UpdateApp(c.ctx, app)
	case KindPermanentToken:
		token, err := c.PermanentToken(c.ctx, id)
		if err != nil {
			return "", "", err
		}
		token.Suspended = false
		return token.Name, token.Environment, c.UpdatePermanentToken(c.ctx, token)
	case KindApplicationPassword:
		password, err := c.ApplicationPassword(c.ctx, id)
		if err != nil {
			return "", "", err
		}
		password.Suspended = false
		return password.Name, "", c.UpdateApplicationPassword(c.ctx, password)
	}
	return "", "", fault.New(fault.Invalid, "there is no kind of credential %q", kind)
}
