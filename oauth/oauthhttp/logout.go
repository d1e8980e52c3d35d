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

// maxAddress is the longest address that a browser is sent to; the edge of a hub takes a little more.
const maxAddress = 8000

// logoutPost takes a request that a page of another site posts. Cookies do not travel with it, so the browser is sent to the
// endpoint again by GET. ID tokens of people in hundreds of groups are longer than an address may be: those are kept here.
func (h *Handler) logoutPost(w http.ResponseWriter, r *http.Request) {
	parameters, err := readParameters(r)
	if err != nil {
		h.SignOut(w, r, &oauth.LogoutAnswer{Problem: h.Server.Refuse(r.Context(), Origin(r, "logout"), "", err)})
		return
	}
	endpoint := h.Server.Issuer + oauth.LogoutPath + "?"
	again := url.Values(parameters).Encode()
	if len(endpoint)+len(again) > maxAddress {
		origin := Origin(r, "logout")
		if parameters, err = h.Server.KeepLogout(r.Context(), &oauth.LogoutRequest{Origin: origin, Parameters: parameters}); err != nil {
			h.SignOut(w, r, &oauth.LogoutAnswer{Problem: h.Server.Refuse(r.Context(), origin, "", err)})
			return
		}
		again = url.Values(parameters).Encode()
	}
	see(w, endpoint+again)
}
