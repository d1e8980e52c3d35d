package directory

import (
	"context"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// Settings gives the choices of the whole Hub, by hub:admin-read.
func (d *Directory) Settings(ctx context.Context, actor hub.Actor) (hub.Settings, error) {
	if err := actor.Require("admin-read", ""); err != nil {
		return hub.Settings{}, err
	}
	return d.Store.Settings(ctx)
}

// SetSettings changes the choices of the whole Hub, by hub:admin-write and a fresh sign-in. Errors: fault.Invalid.
func (d *Directory) SetSettings(ctx context.Context, actor hub.Actor, settings hub.Settings) error {
	if flows := settings.DefaultFlows; flows != "" && flows != "modern" && flows != "classic" {
		return fault.Fields("the settings cannot be changed so:", fault.Field{Name: "defaultFlows", Reason: "must be modern or classic"})
	}
	return d.do(ctx, actor, func(c *change) error {
		if err := c.require("admin-write", ""); err != nil {
			return err
		}
		if err := actor.StepUp(); err != nil {
			return err
		}
		if err := c.SetSettings(ctx, settings); err != nil {
			return err
		}
		return c.told("", "settings.update", "settings", "settings", "settings", "defaultFlows")
	})
}
