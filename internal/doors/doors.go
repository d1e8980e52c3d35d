package doors

import (
	"net/http"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/directory"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/provider"
	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthhttp"
)

// Doors serves the doors of one environment.
type Doors struct {
	Environment hub.Environment
	Server      *oauth.Server
	Provider    *provider.Provider
	Directory   *directory.Directory
	Credentials *credential.Credentials
}

// Mount hands each door, with its pattern below the issuer's base path, to handle. wrongMethod answers, in the form of the
// door, whoever comes with a method that it does not have.
func (d *Doors) Mount(handle func(pattern string, handler, wrongMethod http.HandlerFunc)) {
	for _, path := range []string{"/oauth/create_token", "/api/v1/oauth/create_token"} {
		handle("POST "+path, d.createToken, d.createTokenMethod)
	}
	for _, path := range []string{"/login", "/v1/login"} {
		handle("POST "+path, d.login, d.loginMethod)
		handle("GET "+path, d.signIn, d.loginMethod)
	}
	for _, list := range d.v1Lists() {
		handle("GET /api/v1/"+list.path, d.listing(list), d.v1Method)
	}
	handle("/api/forward-auth", d.forwardAuth, nil)
	handle("/api/forward-auth/{service}/{rest...}", d.forwardAuth, nil)
	handle("/api/forward-auth/{service}", d.forwardAuth, nil)
}

// signIn sends a person who opens the address of the payments door to the sign-in page.
func (d *Doors) signIn(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, d.Server.Issuer+"/auth/login", http.StatusSeeOther)
}

func wrongMethod(r *http.Request) *oauth.Error {
	return &oauth.Error{Code: oauth.InvalidRequest, Description: "this address does not take " + r.Method + " requests; see Allow"}
}

// v1Method answers a wrong method at a list of the back-office API.
func (d *Doors) v1Method(w http.ResponseWriter, r *http.Request) {
	d.refuseV1(w, r, &oauthhttp.StatusError{Status: http.StatusMethodNotAllowed, Refusal: wrongMethod(r)})
}

// createTokenMethod answers a wrong method at the back-office door.
func (d *Doors) createTokenMethod(w http.ResponseWriter, r *http.Request) {
	err := &oauthhttp.StatusError{Status: http.StatusMethodNotAllowed, Refusal: wrongMethod(r)}
	oauthhttp.WriteRefused(w, err, d.Server.Refuse(r.Context(), oauthhttp.Origin(r, createTokenDoor), "", err))
}

// loginMethod answers a wrong method at the payments door.
func (d *Doors) loginMethod(w http.ResponseWriter, r *http.Request) {
	d.refuseLogin(w, r, oauthhttp.Origin(r, loginDoor), &oauthhttp.StatusError{Status: http.StatusMethodNotAllowed, Refusal: wrongMethod(r)})
}
