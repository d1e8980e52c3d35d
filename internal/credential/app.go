package credential

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
)

// NewApp says what app is wanted.
type NewApp struct {
	UserID      string
	Environment hub.Environment
	Label       string
}

// maxAllowed is the most entries of an allowlist.
const maxAllowed = 500

// CreateApp makes an app_id and app_key for a developer. It needs what making an API client needs. Until an address is
// allowed the app is refused from everywhere. Errors: fault.Invalid by field, fault.NotFound, fault.Forbidden, fault.StepUp.
func (cs *Credentials) CreateApp(ctx context.Context, actor hub.Actor, wanted NewApp) (hub.App,
	secret.Value, error) {
	err := invalid("the app cannot be made:", environmentField(wanted.Environment), fault.Field{Name: "label",
		Reason: hub.CheckName(wanted.Label)})
	if err != nil {
		return hub.App{}, "", err
	}
	app := hub.App{Environment: wanted.Environment, UserID: wanted.UserID, Label: wanted.Label}
	key := secret.New(secret.AppKey, wanted.Environment == hub.Test)
	err = cs.do(ctx, actor, func(c *change) error {
		if err := c.of(wanted.UserID); err != nil {
			return err
		}
		if err := actor.Within(wanted.Environment); err != nil {
			return err
		}
		if err := c.mayMake(wanted.Environment); err != nil {
			return err
		}
		if app.ID, err = c.freeAppID(wanted.Environment); err != nil {
			return err
		}
		app.CreatedAt = hub.Now()
		setKey(&app, cs.Master, key)
		if err := c.InsertApp(ctx, app); err != nil {
			return err
		}
		return c.told(app.Environment, "app.create", "app", app.ID, app.Label, nil)
	})
	if err != nil {
		return hub.App{}, "", err
	}
	return app, key, nil
}

// freeAppID finds an app_id that no app and no service has: 90 million are few enough to ask.
func (c *change) freeAppID(environment hub.Environment) (string, error) {
	for range 100 {
		id := secret.NewID8()
		_, err := c.App(c.ctx, environment, id)
		if err == nil {
			continue
		}
		if !fault.Is(err, fault.NotFound) {
			return "", err
		}
		if _, err = c.ServiceByName(c.ctx, environment, id); fault.Is(err, fault.NotFound) {
			return id, nil
		}
		if err != nil {
			return "", err
		}
	}
	return "", errors.New("no app_id is free")
}

func setKey(app *hub.App, master *secret.Master, key secret.Value) {
	app.SealedKey = master.Seal(hub.AppKeyPurpose(app.Environment, app.ID), []byte(key.Reveal()))
	app.Digest = master.Digest(key.Reveal())
}

// app finds an app and checks that the actor may touch it.
func (c *change) app(environment hub.Environment, id string) (hub.App, error) {
	app, err := c.App(c.ctx, environment, id)
	if err != nil {
		return app, missing(err, "app", id)
	}
	if err := c.actor.Within(environment); err != nil {
		return app, err
	}
	return app, c.of(app.UserID)
}

// UpdateApp changes label and Disabled. Switching on again needs what making one needs. Errors: fault.NotFound,
// fault.Invalid, fault.Forbidden, fault.StepUp.
func (cs *Credentials) UpdateApp(ctx context.Context, actor hub.Actor, environment hub.Environment, id string,
	edit func(*hub.App)) (hub.App, error) {
	var app hub.App
	err := cs.do(ctx, actor, func(c *change) error {
		before, err := c.app(environment, id)
		if err != nil {
			return err
		}
		wanted := before
		edit(&wanted)
		app = before
		app.Label, app.Disabled = wanted.Label, wanted.Disabled
		changed := []string{}
		note(&changed, "label", before.Label != app.Label)
		note(&changed, "disabled", before.Disabled != app.Disabled)
		if len(changed) == 0 {
			return nil
		}
		if err := invalid("the app cannot become so:", fault.Field{Name: "label", Reason: hub.CheckName(app.Label)}); err != nil {
			return err
		}
		if before.Disabled && !app.Disabled {
			if err := c.mayMake(environment); err != nil {
				return err
			}
		}
		if err := c.UpdateApp(ctx, app); err != nil {
			return err
		}
		return c.told(environment, "app.update", "app", app.ID, app.Label, map[string]any{"changed": changed})
	})
	return app, err
}

// RevealAppKey shows the key of an app again, by what making one needs. It is always an event. Errors: fault.NotFound,
// fault.Forbidden, fault.StepUp.
func (cs *Credentials) RevealAppKey(ctx context.Context, actor hub.Actor,
	environment hub.Environment, id string) (secret.Value, error) {
	var key secret.Value
	err := cs.do(ctx, actor, func(c *change) error {
		app, err := c.app(environment, id)
		if err != nil {
			return err
		}
		if err := c.mayMake(environment); err != nil {
			return err
		}
		text, err := cs.Master.Open(hub.AppKeyPurpose(environment, id), app.SealedKey)
		if err != nil {
			return err
		}
		key = secret.Value(text)
		return c.told(environment, "app.reveal", "app", app.ID, app.Label, nil)
	})
	if err != nil {
		return "", err
	}
	return key, nil
}

// RotateApp makes a new key, by what making an app needs. The old one is accepted for the overlap (0: ends at once, at most
// 90 days). Errors: fault.NotFound, fault.Invalid, fault.Forbidden, fault.StepUp.
func (cs *Credentials) RotateApp(ctx context.Context, actor hub.Actor, environment hub.Environment, id string,
	overlap time.Duration) (secret.Value, error) {
	if err := checkOverlap(overlap); err != nil {
		return "", err
	}
	key := secret.New(secret.AppKey, environment == hub.Test)
	err := cs.do(ctx, actor, func(c *change) error {
		app, err := c.app(environment, id)
		if err != nil {
			return err
		}
		if err := c.mayMake(environment); err != nil {
			return err
		}
		app.PreviousDigest, app.PreviousEndsAt = nil, time.Time{}
		if overlap > 0 {
			app.PreviousDigest, app.PreviousEndsAt = app.Digest, hub.Now().Add(overlap)
		}
		setKey(&app, cs.Master, key)
		if err := c.UpdateApp(ctx, app); err != nil {
			return err
		}
		return c.told(environment, "app.rotate", "app", app.ID, app.Label, map[string]any{"overlap": overlap.String()})
	})
	if err != nil {
		return "", err
	}
	return key, nil
}

// DeleteApp ends an app for good, by hub:self-update, or hub:user-update for someone else's. Errors: fault.NotFound,
// fault.Forbidden.
func (cs *Credentials) DeleteApp(ctx context.Context, actor hub.Actor, environment hub.Environment, id string) error {
	return cs.do(ctx, actor, func(c *change) error {
		app, err := c.app(environment, id)
		if err != nil {
			return err
		}
		if err := c.DeleteApp(ctx, environment, id); err != nil {
			return err
		}
		return c.told(environment, "app.delete", "app", app.ID, app.Label, nil)
	})
}

// AllowAddress adds an address (192.0.2.7) or range (192.0.2.0/24) from which an app may be used, by hub:self-update, or
// hub:user-update for someone else's. Errors: fault.Invalid by field, fault.NotFound, fault.Forbidden, fault.Conflict for one
// that is there.
func (cs *Credentials) AllowAddress(ctx context.Context, actor hub.Actor, environment hub.Environment, appID, address,
	text string) (hub.AllowedAddress, error) {
	prefix, err := hub.ParsePrefix(address)
	wrong := fault.Field{Name: "address"}
	if err != nil {
		wrong.Reason = "cannot be read: " + err.Error()
	}
	var note fault.Field
	if text != "" {
		note = fault.Field{Name: "note", Reason: hub.CheckName(text)}
	}
	if err := invalid("the address cannot be allowed:", wrong, note); err != nil {
		return hub.AllowedAddress{}, err
	}
	entry := hub.AllowedAddress{ID: hub.NewID(), Prefix: prefix, Note: text}
	err = cs.do(ctx, actor, func(c *change) error {
		app, err := c.app(environment, appID)
		if err != nil {
			return err
		}
		switch {
		case slices.ContainsFunc(app.Allowlist, func(there hub.AllowedAddress) bool { return there.Prefix == prefix }):
			return fault.New(fault.Conflict, "%s is allowed already", prefix)
		case len(app.Allowlist) >= maxAllowed:
			return fault.New(fault.Conflict, "an allowlist has at most %d entries: allow ranges", maxAllowed)
		}
		entry.CreatedAt = hub.Now()
		if err := c.InsertAllowedAddress(ctx, environment, appID, entry); err != nil {
			return err
		}
		return c.told(environment, "app.allow", "app", app.ID, app.Label, map[string]any{"address": prefix.String()})
	})
	return entry, err
}

// DisallowAddress takes an entry off again, by the same permission. Errors: fault.NotFound, fault.Forbidden.
func (cs *Credentials) DisallowAddress(ctx context.Context, actor hub.Actor, environment hub.Environment, appID,
	entryID string) error {
	return cs.do(ctx, actor, func(c *change) error {
		app, err := c.app(environment, appID)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(app.Allowlist, func(there hub.AllowedAddress) bool { return there.ID == entryID })
		if at < 0 {
			return fault.New(fault.NotFound, "the allowlist of app %s has no entry %s", appID, entryID)
		}
		if err := c.DeleteAllowedAddress(ctx, environment, appID, entryID); err != nil {
			return err
		}
		return c.told(environment, "app.disallow", "app", app.ID, app.Label,
			map[string]any{"address": app.Allowlist[at].Prefix.String()})
	})
}

// AnyAddress reports whether an entry lets an app be used from everywhere, which is shown with a warning.
func AnyAddress(prefix netip.Prefix) bool { return prefix.IsValid() && prefix.Bits() == 0 }
