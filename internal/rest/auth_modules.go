package rest

import (
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

func (a *API) authModuleRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/authmodules", Need: Bearer, Handle: a.authModules},
		{Method: "GET", Path: "/authmodules/{module}", Need: Bearer, Handle: a.authModule},
	}
}

// authModuleJSON is a way to sign in, as known clients read it.
type authModuleJSON struct {
	Type           string      `json:"type"`
	ID             string      `json:"id"`
	Name           string      `json:"name"`
	Ordinal        int         `json:"ordinal"`
	Disabled       bool        `json:"disabled"`
	AccountsSize   int64       `json:"accountsSize"` // as many as the caller may see
	AutoJoinGroups []reference `json:"autoJoinGroups"`
}

// ownModule is the one way there is: Hub itself, with passwords, passkeys and second factors.
const ownModule = "core"

func (a *API) moduleView(c *call) (authModuleJSON, error) {
	view := authModuleJSON{Type: "CoreauthmoduleJSON", ID: ownModule, Name: hub.HubServiceName}
	people, err := a.Directory.Users(c.Context(), c.actor, query.List{})
	if err != nil {
		return view, err
	}
	joined, err := a.Directory.AutoJoinGroups(c.Context(), c.actor)
	view.AccountsSize, view.AutoJoinGroups = people.Total, groupReferences(joined)
	return view, err
}

func (a *API) authModules(c *call) (any, error) {
	view, err := a.moduleView(c)
	if err != nil {
		return nil, err
	}
	return whole(a, c, "authmodules", []authModuleJSON{view}, func(one authModuleJSON) authModuleJSON { return one })
}

func (a *API) authModule(c *call) (any, error) {
	if c.place("module") != ownModule {
		return nil, fault.New(fault.NotFound, "there is no way to sign in %s", c.place("module"))
	}
	return a.moduleView(c)
}
