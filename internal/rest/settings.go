package rest

import "example.org/hub/internal/hub"

func (a *API) settingsRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/settings/public", Need: Anyone, Handle: a.publicSettings},
		{Method: "GET", Path: "/settings", Need: Bearer, Handle: a.getSettings},
		{Method: "POST", Path: "/settings", Need: Bearer, Handle: with(a.updateSettings)},
	}
}

// publicSettings is what everybody may know. Known clients ask for it before they send anybody to sign in, to see whether
// anything answers.
type publicSettings struct {
	ID           string       `json:"id"`
	ServiceName  string       `json:"serviceName"`
	BaseURL      string       `json:"baseUrl"`
	EndUserTerms endUserTerms `json:"endUserAgreement"`
	Helpdesk     bool         `json:"helpdeskEnabled"`
}

// endUserTerms are terms of use that people would have to agree to; this hub has none.
type endUserTerms struct {
	Enabled bool   `json:"enabled"`
	Text    string `json:"text"`
}

func (a *API) publicSettings(*call) (any, error) {
	return publicSettings{ID: "public", ServiceName: hub.HubServiceName, BaseURL: a.Server.Issuer}, nil
}

// settingsJSON are the choices of the whole Hub.
type settingsJSON struct {
	ID           string `json:"id"`
	DefaultFlows string `json:"defaultFlows"`
}

func (a *API) getSettings(c *call) (any, error) {
	settings, err := a.Directory.Settings(c.Context(), c.actor)
	if err != nil {
		return nil, err
	}
	return settingsView(settings), nil
}

func settingsView(settings hub.Settings) settingsJSON {
	view := settingsJSON{ID: "settings", DefaultFlows: settings.DefaultFlows}
	if view.DefaultFlows == "" {
		view.DefaultFlows = "modern"
	}
	return view
}

func (a *API) updateSettings(c *call, in object) (any, error) {
	settings, err := a.Directory.Settings(c.Context(), c.actor)
	if err != nil {
		return nil, err
	}
	in.text("defaultFlows", &settings.DefaultFlows)
	if err := in.wrong(); err != nil {
		return nil, err
	}
	return settingsView(settings), a.Directory.SetSettings(c.Context(), c.actor, settings)
}
