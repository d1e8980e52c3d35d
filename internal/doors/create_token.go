package doors

import (
	"net/http"

	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthhttp"
)

const createTokenDoor = "create_token"

// createToken is the back-office door: a form in, OAuth JSON out, and nothing in the answer but what its old clients know.
func (d *Doors) createToken(w http.ResponseWriter, r *http.Request) {
	origin := oauthhttp.Origin(r, createTokenDoor)
	request, err := oauthhttp.ReadTokenRequest(r, origin)
	if err == nil && request.GrantType != "" && request.GrantType != (oauth.ClientCredentials{}).Type() {
		err = &oauth.Error{Code: oauth.UnsupportedGrantType, Description: "this address takes grant_type=client_credentials only"}
	}
	if err != nil {
		oauthhttp.WriteRefused(w, err, d.Server.Refuse(r.Context(), origin, "", err))
		return
	}
	response, err := d.Server.Token(r.Context(), request)
	if err != nil {
		oauthhttp.WriteError(w, d.Server.Refuse(r.Context(), origin, "", err))
		return
	}
	oauthhttp.WriteToken(w, response, false)
}
