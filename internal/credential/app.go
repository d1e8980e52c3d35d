package credential

import (
	"context"
	"errors"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// NewApp says what app is wanted.
type NewApp struct {
	UserID      string
	Environment hub.Environment
	Label       string
}

// CreateApp makes an app_id and app_key for a developer. It needs what making an API client needs. Until an address is
// allowed the app is refused from everywhere. Errors: fault.Invalid by field, fault.NotFound, fault.Forbidden, fault.StepUp.
func (cs *Credentials) CreateApp(ctx context.Context, actor hub.Actor, wanted NewApp) (ShownApp, secret.Value, error) {
	err := fault.Fields("the app cannot be made:", environmentField(wanted.Environment),
		fault.Field{Name: "label", Reason: hub.CheckName(wanted.Label)})
	if err != nil {
		return ShownApp{}, "", err
	}
	app := hub.App{Environment: wanted.Environment, UserID: wanted.UserID, AuthorID: actor.ID(), Label: wanted.Label}
	key := secret.New(secret.AppKey, wanted.Environment == hub.Test)
	var shown ShownApp
	err = cs.do(ctx, actor, func(c *change) error {
		if err := c.ofIn(wanted.Environment, wanted.UserID); err != nil {
			return err
		}
		if err := c.mayMake(wanted.Environment); err != nil {
			return err
		}
		there, err := c.AppsOfUser(ctx, wanted.Environment, wanted.UserID)
		if err != nil {
			return err
		}
		if len(there) >= mostHeld {
			return tooMany("apps")
		}
		if app.ID, err = c.freeAppID(wanted.Environment); err != nil {
			return err
		}
		app.CreatedAt = c.now
		setKey(&app, cs.Master, key)
		if err := c.InsertApp(ctx, app); err != nil {
			return err
		}
		if shown, err = c.reading().app(app); err != nil {
			return err
		}
		return c.told(app.Environment, "app.create", "app", app.ID, app.Label, nil)
	})
	if err != nil {
		return ShownApp{}, "", err
	}
	return shown, key, nil
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

// app finds an app of a user and checks that the actor may touch it.
func (c *change) app(environment hub.Environment, userID, id string) (hub.App, error) {
	if err := c.ofIn(environment, userID); err != nil {
		return hub.App{}, err
	}
	return appOf(c.ctx, c.Reader, environment, userID, id)
}

func appOf(ctx context.Context, q store.Reader, environment hub.Environment, userID, id string) (hub.App, error) {
	app, err := q.App(ctx, environment, id)
	return app, theirs(err, app.UserID == userID, "app", id)
}

// UpdateApp changes label and Disabled. Switching on again needs what making one needs. Errors: fault.NotFound,
// fault.Invalid, fault.Forbidden, fault.StepUp.
func (cs *Credentials) UpdateApp(ctx context.Context, actor hub.Actor, environment hub.Environment, userID, id string,
	edit func(*hub.App)) (ShownApp, error) {
	var shown ShownApp
	err := cs.do(ctx, actor, func(c *change) error {
		before, err := c.app(environment, userID, id)
		if err != nil {
			return err
		}
		wanted := before
		edit(&wanted)
		app := before
		app.Label, app.Disabled = wanted.Label, wanted.Disabled
		changed := []string{}
		note(&changed, "label", before.Label != app.Label)
		note(&changed, "disabled", before.Disabled != app.Disabled)
		if len(changed) == 0 {
			shown, err = c.reading().app(before)
			return err
		}
		if err := fault.Fields("the app cannot be changed so:", fault.Field{Name: "label", Reason: hub.CheckName(app.Label)}); err != nil {
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
		if shown, err = c.reading().app(app); err != nil {
			return err
		}
		return c.told(environment, "app.update", "app", app.ID, app.Label, map[string]any{"changed": changed})
	})
	return shown, err
}

// RevealAppKey shows the key of an app again, by what making one needs. It is always an event. Errors: fault.NotFound,
// fault.Forbidden, fault.StepUp.
func (cs *Credentials) RevealAppKey(ctx context.Context, actor hub.Actor, environment hub.Environment, userID, id string) (secret.Value, error) {
	var key secret.Value
	err := cs.do(ctx, actor, func(c *change) error {
		app, err := c.app(environment, userID, id)
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
func (cs *Credentials) RotateApp(ctx context.Context, actor hub.Actor, environment hub.Environment, userID, id string,
	overlap time.Duration) (secret.Value, error) {
	if err := checkOverlap(overlap); err != nil {
		return "", err
	}
	key := secret.New(secret.AppKey, environment == hub.Test)
	err := cs.do(ctx, actor, func(c *change) error {
		app, err := c.app(environment, userID, id)
		if err != nil {
			return err
		}
		if err := c.mayMake(environment); err != nil {
			return err
		}
		app.PreviousDigest, app.PreviousEndsAt = nil, time.Time{}
		if overlap > 0 {
			app.PreviousDigest, app.PreviousEndsAt = app.Digest, c.now.Add(overlap)
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
func (cs *Credentials) DeleteApp(ctx context.Context, actor hub.Actor, environment hub.Environment, userID, id string) error {
	return cs.do(ctx, actor, func(c *change) error {
		app, err := c.app(environment, userID, id)
		if err != nil {
			return err
		}
		if err := c.DeleteApp(ctx, environment, id); err != nil {
			return err
		}
		return c.told(environment, "app.delete", "app", app.ID, app.Label, nil)
	})
}

// ShownApp is an app without its key, with the name of who made it.
type ShownApp struct {
	hub.App
	Owner      hub.User
	AuthorName string
}

// Apps lists those of a user in an environment, oldest first: the own ones, or by hub:user-update or hub:admin-read those of
// others. Errors: fault.NotFound, fault.Forbidden.
func (cs *Credentials) Apps(ctx context.Context, actor hub.Actor, environment hub.Environment, userID string) ([]ShownApp, error) {
	if err := actor.Within(environment); err != nil {
		return nil, err
	}
	return read(ctx, cs, actor, userID, func(r *reading) ([]ShownApp, error) {
		apps, err := r.q.AppsOfUser(ctx, environment, userID)
		shown := make([]ShownApp, len(apps))
		for i, app := range apps {
			if err == nil {
				shown[i], err = r.app(app)
			}
		}
		return shown, err
	})
}

// App gives one of them. Errors: fault.NotFound, fault.Forbidden.
func (cs *Credentials) App(ctx context.Context, actor hub.Actor, environment hub.Environment, userID, id string) (ShownApp, error) {
	if err := actor.Within(environment); err != nil {
		return ShownApp{}, err
	}
	return read(ctx, cs, actor, userID, func(r *reading) (ShownApp, error) {
		app, err := appOf(ctx, r.q, environment, userID, id)
		if err != nil {
			return ShownApp{}, err
		}
		return r.app(app)
	})
}

func (r *reading) app(app hub.App) (shown ShownApp, err error) {
	app.SealedKey, app.Digest, app.PreviousDigest = nil, nil, nil
	shown = ShownApp{App: app, Owner: r.owner}
	shown.AuthorName, err = r.author(app.Environment, app.AuthorID)
	return shown, err
}
