package oauthhttp

import (
	"net/http"
	"net/url"

	"example.org/hub/oauth"
)

// logout is the end-session endpoint (OpenID Connect RP-Initiated Logout 1.0).
func (h *Handler) logout(w http.ResponseWriter, r *http.Request) {
	origin := Origin(r, "logout")
	parameters, err := parseParameters(r.URL.RawQuery)
	if err != nil {
		h.SignOut(w, r, &oauth.LogoutAnswer{Problem: h.Server.Refuse(r.Context(), origin, "", err)})
		return
	}
	h.SignOut(w, r, h.Server.Logout(r.Context(), &oauth.LogoutRequest{Origin: origin, Parameters: parameters, SignedIn: h.SignedIn(r)}))
}

// logoutPost takes a request that a page of another site posts. Cookies do not travel with it, so the browser is sent to the
// endpoint again by GET.
func (h *Handler) logoutPost(w http.ResponseWriter, r *http.Request) {
	parameters, err := readParameters(r)
	if err != nil {
		h.SignOut(w, r, &oauth.LogoutAnswer{Problem: h.Server.Refuse(r.Context(), Origin(r, "logout"), "", err)})
		return
	}
	see(w, h.Server.Issuer+oauth.LogoutPath+"?"+url.Values(parameters).Encode())
}
