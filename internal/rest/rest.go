package rest

import (
	"example.org/hub/internal/audit"
	"example.org/hub/internal/credential"
	"example.org/hub/internal/directory"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/once"
	"example.org/hub/internal/provider"
	"example.org/hub/internal/signin"
	"example.org/hub/oauth"
)

// API serves the REST resources of one environment.
type API struct {
	Environment hub.Environment
	Server      *oauth.Server
	Provider    *provider.Provider
	Desk        *signin.Desk
	Directory   *directory.Directory
	Credentials *credential.Credentials
	Once        *once.Book
	Audit       *audit.Log
	RestoreURL  string // of the page on which people choose a password, up to the code of a mailed link
}

// otherRoutes are those of resources that are alone of their kind.
func (a *API) otherRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/avatar/{id}", Need: Anyone, Handle: a.avatar},
	}
}
