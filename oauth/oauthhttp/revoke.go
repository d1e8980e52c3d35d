package oauthhttp

import (
	"net/http"

	"example.org/hub/oauth"
)

// revoke is the revocation endpoint (RFC 7009).
func (h *Handler) revoke(w http.ResponseWriter, r *http.Request) {
	origin := Origin(r, "revoke")
	request, err := readRevocation(r, origin)
	if err != nil {
		h.refuse(r.Context(), w, origin, "", err)
		return
	}
	if err := h.Server.Revoke(r.Context(), request); err != nil {
		h.refuse(r.Context(), w, origin, "", err)
		return
	}
	WriteJSON(w, http.StatusOK, []byte("{}"))
}

func readRevocation(r *http.Request, origin oauth.Origin) (*oauth.RevocationRequest, error) {
	form, auth, err := readAuthenticated(r)
	if err != nil {
		return nil, err
	}
	return &oauth.RevocationRequest{Origin: origin, Auth: auth, Token: form.Get("token")}, nil
}
