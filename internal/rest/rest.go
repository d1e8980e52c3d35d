package rest

import (
	"net/http"

	"example.org/hub/internal/directory"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/provider"
	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthhttp"
)

// API serves the REST resources of one environment.
type API struct {
	Environment hub.Environment
	Server      *oauth.Server
	Provider    *provider.Provider
	Directory   *directory.Directory
}

const (
	door   = "rest"
	prefix = "/api/rest"
)

// Mount hands each resource, with its pattern below the issuer's base path, to handle.
func (a *API) Mount(handle func(pattern string, handler http.HandlerFunc)) {
	handle("GET "+prefix+"/users/me", a.bearer(a.usersMe))
	handle("GET "+prefix+"/services/me", a.bearer(a.servicesMe, (*oauth.AccessToken).OwnBehalf))
	handle("GET "+prefix+"/avatar/{id}", a.avatar)
}

// caller is who calls, and what with.
type caller struct {
	hub.Actor
	live *oauth.Live
}

// resource is a handler which knows its caller and returns what to answer.
type resource func(r *http.Request, who caller) (any, error)

// bearer lets a resource answer whoever brings a live token for the Hub service, or one that also takes.
func (a *API) bearer(answer resource, also ...func(*oauth.AccessToken) bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		who, err := a.caller(r, also)
		if err == nil {
			var body any
			if body, err = answer(r, who); err == nil {
				err = writeAnswer(w, r, body)
			}
		}
		if err != nil {
			a.refuse(w, r, err)
		}
	}
}

func (a *API) caller(r *http.Request, also []func(*oauth.AccessToken) bool) (caller, error) {
	token, found, err := oauthhttp.Bearer(r)
	if err != nil {
		return caller{}, err
	}
	if !found {
		return caller{}, fault.New(fault.Unauthenticated, "a bearer token is needed: send Authorization: Bearer TOKEN")
	}
	origin := oauthhttp.Origin(r, door)
	live, err := a.Server.VerifyFor(r.Context(), origin, token, hub.HubServiceID, also...)
	if err != nil {
		return caller{}, err
	}
	actor, err := a.Provider.Actor(r.Context(), a.Environment, live, door, origin.Address)
	if err != nil {
		return caller{}, err
	}
	a.Server.Observer.Used(r.Context(), origin, live.AccessToken)
	return caller{Actor: actor, live: live}, nil
}
