package oauthhttp

import (
	"net/http"

	"example.org/hub/oauth"
)

// token is the token endpoint (RFC 6749 section 3.2).
func (h *Handler) token(w http.ResponseWriter, r *http.Request) {
	origin := Origin(r, "token")
	request, err := ReadTokenRequest(r, origin)
	if err != nil {
		clientID, _, _ := r.BasicAuth() // what could not be read may still say for whom it is explained
		h.refuse(r.Context(), w, origin, clientID, err)
		return
	}
	response, err := h.Server.Token(r.Context(), request)
	if err != nil {
		h.refuse(r.Context(), w, origin, "", err)
		return
	}
	WriteToken(w, response, true)
}

// ReadTokenRequest reads a token request in the form of RFC 6749 section 4.
func ReadTokenRequest(r *http.Request, origin oauth.Origin) (*oauth.TokenRequest, error) {
	form, auth, err := readAuthenticated(r)
	if err != nil {
		return nil, err
	}
	return &oauth.TokenRequest{
		Origin: origin, Auth: auth, GrantType: form.Get("grant_type"), Scope: form.Get("scope"),
		Code: form.Get("code"), RedirectURI: form.Get("redirect_uri"), CodeVerifier: form.Get("code_verifier"),
		Username: form.Get("username"), Password: form.Get("password"), DeviceCode: form.Get("device_code"),
		RefreshToken: form.Get("refresh_token"), AccessType: form.Get("access_type"), Resource: form.All("resource"),
	}, nil
}
