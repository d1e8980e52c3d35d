package rest

import (
	"example.org/hub/internal/credential"
	"example.org/hub/internal/hub"
)

func (a *API) appRoutes() []Route {
	const path = "/users/{user}/apps"
	return []Route{
		{Method: "GET", Path: path, Need: Bearer, Handle: ofUser(a.apps)},
		{Method: "POST", Path: path, Need: Bearer, Creates: true, Handle: ofUserWith(a.createApp)},
		{Method: "GET", Path: path + "/{app}", Need: Bearer, Handle: a.app},
		{Method: "POST", Path: path + "/{app}", Need: Bearer, Handle: ofUserWith(a.updateApp)},
		{Method: "DELETE", Path: path + "/{app}", Need: Bearer, Handle: a.deleteApp},
		{Method: "POST", Path: path + "/{app}/reveal", Need: Bearer, Handle: ofUser(a.revealApp)},
		{Method: "POST", Path: path + "/{app}/rotate", Need: Bearer, Creates: true, Handle: ofUserWith(a.rotateApp)},
		{Method: "GET", Path: path + "/{app}/allowlist", Need: Bearer, Handle: a.allowlist},
		{Method: "POST", Path: path + "/{app}/allowlist", Need: Bearer, Creates: true, Handle: ofUserWith(a.allowAddress)},
		{Method: "DELETE", Path: path + "/{app}/allowlist/{entry}", Need: Bearer, Handle: ofUser(a.disallowAddress)},
	}
}

// appJSON is an app. Its key stands in the answers that made or revealed it only.
type appJSON struct {
	Type           string        `json:"type"`
	ID             string        `json:"id"`
	AppID          string        `json:"appId"`
	AppKey         string        `json:"appKey,omitempty"`
	Label          string        `json:"label"`
	Environment    string        `json:"environment"`
	Allowlist      []allowedJSON `json:"allowlist"` // empty: it is refused from everywhere
	Disabled       bool          `json:"disabled"`
	Suspended      bool          `json:"suspended,omitempty"`
	PreviousEndsOn int64         `json:"previousKeyEndsOn,omitempty"` // until then the key before this one is taken too
	User           holderJSON    `json:"user"`
	Author         *authorJSON   `json:"author,omitempty"`
	CreationTime   int64         `json:"creationTime"`
	LastAccessTime int64         `json:"lastAccessTime,omitempty"`
	LastAddress    string        `json:"lastAccessAddress,omitempty"`
	LastAgent      string        `json:"lastAccessUserAgent,omitempty"`
}

// allowedJSON is an address or range from which an app may be used. Any means that there is no address that it is not.
type allowedJSON struct {
	ID           string `json:"id"`
	Address      string `json:"address"`
	Note         string `json:"note"`
	Any          bool   `json:"any,omitempty"`
	CreationTime int64  `json:"creationTime"`
}

func allowedView(entry hub.AllowedAddress) allowedJSON {
	return allowedJSON{ID: entry.ID, Address: entry.Prefix.String(), Note: entry.Note, Any: credential.AnyAddress(entry.Prefix),
		CreationTime: entry.CreatedAt.UnixMilli()}
}

func appView(app credential.ShownApp) appJSON {
	view := appJSON{
		Type: "app", ID: app.ID, AppID: app.ID, Label: app.Label, Environment: string(app.Environment),
		Allowlist: make([]allowedJSON, len(app.Allowlist)), Disabled: app.Disabled, Suspended: app.Suspended,
		PreviousEndsOn: epoch(app.PreviousEndsAt), User: holderView(app.Owner),
		CreationTime: app.CreatedAt.UnixMilli(), LastAccessTime: epoch(app.LastUsedAt), LastAddress: app.LastUsedFrom, LastAgent: app.LastAgent,
	}
	if app.AuthorID != "" {
		view.Author = &authorJSON{app.AuthorID, app.AuthorName}
	}
	for i, entry := range app.Allowlist {
		view.Allowlist[i] = allowedView(entry)
	}
	return view
}

func (a *API) apps(c *call, userID string) (any, error) {
	apps, err := a.Credentials.Apps(c.Context(), c.actor, a.Environment, userID)
	if err != nil {
		return nil, err
	}
	return whole(a, c, "apps", apps, appView)
}

// shownApp is the {app} of the path, without its key.
func (a *API) shownApp(c *call) (credential.ShownApp, error) {
	userID, err := c.user()
	if err != nil {
		return credential.ShownApp{}, err
	}
	return a.Credentials.App(c.Context(), c.actor, a.Environment, userID, c.place("app"))
}

func (a *API) app(c *call) (any, error) {
	app, err := a.shownApp(c)
	return appView(app), err
}

// createApp makes an app in the environment of the base URL, and shows its key.
func (a *API) createApp(c *call, userID string, in object) (any, error) {
	wanted := credential.NewApp{UserID: userID, Environment: a.Environment}
	in.text("label", &wanted.Label)
	if err := in.wrong(); err != nil {
		return nil, err
	}
	app, key, err := a.Credentials.CreateApp(c.Context(), c.actor, wanted)
	if err != nil {
		return nil, err
	}
	view := appView(app)
	view.AppKey = key.Reveal()
	return view, nil
}

func (a *API) updateApp(c *call, userID string, in object) (any, error) {
	edit, err := checked(in, func(app *hub.App) {
		in.text("label", &app.Label)
		in.flag("disabled", &app.Disabled)
	})
	if err != nil {
		return nil, err
	}
	app, err := a.Credentials.UpdateApp(c.Context(), c.actor, a.Environment, userID, c.place("app"), edit)
	return appView(app), err
}

func (a *API) deleteApp(c *call) (any, error) {
	return c.ended("app", func(userID, id string) error {
		return a.Credentials.DeleteApp(c.Context(), c.actor, a.Environment, userID, id)
	})
}

// revealApp shows the key of an app again.
func (a *API) revealApp(c *call, userID string) (any, error) {
	id := c.place("app")
	key, err := a.Credentials.RevealAppKey(c.Context(), c.actor, a.Environment, userID, id)
	if err != nil {
		return nil, err
	}
	return map[string]string{"appId": id, "appKey": key.Reveal()}, nil
}

// rotateApp makes a new key and shows it. {"overlap": "24h"} keeps the old one alive so long.
func (a *API) rotateApp(c *call, userID string, in object) (any, error) {
	overlap, err := readOverlap(in)
	if err != nil {
		return nil, err
	}
	id := c.place("app")
	key, err := a.Credentials.RotateApp(c.Context(), c.actor, a.Environment, userID, id, overlap)
	if err != nil {
		return nil, err
	}
	return map[string]string{"appId": id, "appKey": key.Reveal()}, nil
}

func (a *API) allowlist(c *call) (any, error) {
	app, err := a.shownApp(c)
	if err != nil {
		return nil, err
	}
	return whole(a, c, "allowlist", app.Allowlist, allowedView)
}

// allowAddress lets an app be used from one more address or range: {"address": "192.0.2.0/24", "note": "office"}.
func (a *API) allowAddress(c *call, userID string, in object) (any, error) {
	var address, note string
	in.text("address", &address)
	in.text("note", &note)
	if err := in.wrong(); err != nil {
		return nil, err
	}
	entry, err := a.Credentials.AllowAddress(c.Context(), c.actor, a.Environment, userID, c.place("app"), address, note)
	return allowedView(entry), err
}

func (a *API) disallowAddress(c *call, userID string) (any, error) {
	return nothing{}, a.Credentials.DisallowAddress(c.Context(), c.actor, a.Environment, userID, c.place("app"), c.place("entry"))
}
