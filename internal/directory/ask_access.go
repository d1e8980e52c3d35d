package directory

import (
	"context"
	"slices"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// AskAccess notes that somebody asks for a permission of Hub: whoever may give it finds that in the audit log. Errors: fault.Invalid
// if there is no such permission.
func (d *Directory) AskAccess(ctx context.Context, actor hub.Actor, permission string) error {
	permissions := hub.HubPermissions()
	at := slices.IndexFunc(permissions, func(p hub.Permission) bool { return p.Key == permission })
	if at < 0 {
		return fault.New(fault.Invalid, "there is no permission of that name")
	}
	return d.do(ctx, actor, func(c *change) error {
		return c.told(actor.Environment, "access.ask", "permission", hub.HubServiceKey+":"+permission, permissions[at].Name)
	})
}
