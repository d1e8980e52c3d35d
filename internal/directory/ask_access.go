package directory

import (
	"context"
	"slices"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

// askedFor is how long it stays said that somebody asked for a permission.
const askedFor = 24 * time.Hour

// AskAccess notes that somebody asks for a permission of Hub: whoever may give it finds that in the audit log, once a day however
// often it is asked for. Errors: fault.Invalid if there is no such permission.
func (d *Directory) AskAccess(ctx context.Context, actor hub.Actor, permission string) error {
	permissions := hub.HubPermissions()
	at := slices.IndexFunc(permissions, func(p hub.Permission) bool { return p.Key == permission })
	if at < 0 {
		return fault.New(fault.Invalid, "there is no permission of that name")
	}
	const action = "access.ask"
	of := hub.HubServiceKey + ":" + permission
	return d.do(ctx, actor, func(c *change) error {
		lately := store.EventFilter{
			Author: actor.ID(), Target: of, Action: action, Environment: actor.Environment, After: d.Store.Now().Add(-askedFor),
		}
		if asked, err := c.Events(ctx, lately, store.EventMark{}, 1); err != nil || len(asked) > 0 {
			return err
		}
		return c.told(actor.Environment, action, "permission", of, permissions[at].Name)
	})
}
