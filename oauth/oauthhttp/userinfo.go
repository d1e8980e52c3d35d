package oauthhttp

import (
	"encoding/json"
	"errors"
	"net/http"

	"example.org/hub/oauth"
)

// userInfo is the userinfo endpoint (OpenID Connect Core 1.0 section 5.3).
func (h *Handler) userInfo(w http.ResponseWriter, r *http.Request) {
	origin := Origin(r, "userinfo")
	token, err := bearerOrForm(r)
	if err != nil {
		h.challenge(w, err, h.Server.Refuse(r.Context(), origin, "", err))
		return
	}
	claims, err := h.Server.UserInfo(r.Context(), origin, token)
	if err != nil {
		h.challenge(w, err, h.Server.Refuse(r.Context(), origin, "", err))
		return
	}
	body, err := json.Marshal(claims)
	if err != nil {
		h.refuse(r.Context(), w, origin, "", err)
		return
	}
	WriteJSON(w, http.StatusOK, body)
}

// errNoToken is for a request without any token: the challenge names no error then (RFC 6750 section 3.1).
var errNoToken = &oauth.Error{Code: oauth.InvalidToken, Description: "no token was sent: send Authorization: Bearer, a blank, and the token"}

// bearerOrForm finds the token in the header, or in the form of a POST (RFC 6750 section 2.2), never in both.
func bearerOrForm(r *http.Request) (string, error) {
	token, found, err := Bearer(r)
	if err != nil {
		return "", err
	}
	if r.Method == http.MethodPost && isFormType(r.Header.Get("Content-Type")) {
		form, err := ReadForm(r)
		if err != nil {
			return "", err
		}
		if sent := form.Get("access_token"); sent != "" {
			if found {
				return "", invalid("the token was sent in the header and in the form: send it once")
			}
			return sent, nil
		}
	}
	if !found {
		return "", errNoToken
	}
	return token, nil
}

// challenge writes the refusal of a bearer with the challenge that belongs to it.
func (h *Handler) challenge(w http.ResponseWriter, err error, refusal *oauth.Error) {
	metadata := h.Server.Issuer + oauth.ResourcePath
	switch {
	case errors.Is(err, errNoToken):
		w.Header().Set("WWW-Authenticate", Challenge(metadata, nil))
	case refusal.Code == oauth.InvalidToken || refusal.Code == oauth.InsufficientScope:
		w.Header().Set("WWW-Authenticate", Challenge(metadata, refusal))
	}
	WriteRefused(w, err, refusal)
}
