package oauthhttp

import (
	"errors"
	"net/http"

	"example.org/hub/oauth"
)

// loginSettings tells a page what a service is called and looks like, before anybody signs in to it.
func (h *Handler) loginSettings(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("client_id")
	client, err := h.Server.Clients.Client(r.Context(), id)
	if errors.Is(err, oauth.ErrNotFound) || err == nil && client.Disabled {
		err = &StatusError{Status: http.StatusNotFound, Refusal: invalid("no service is registered here under that client_id")}
	}
	if err != nil {
		h.refuse(r.Context(), w, Origin(r, "login-settings"), id, err)
		return
	}
	body := oauth.AppendString([]byte(`{"serviceName":`), client.Name)
	body = oauth.AppendString(append(body, `,"iconUrl":`...), client.IconURL)
	WriteJSON(w, http.StatusOK, append(body, '}'))
}
