package oauthhttp

import (
	"net/http"
	"strconv"
	"time"

	"example.org/hub/oauth"
)

// push is the endpoint for pushed authorization requests (RFC 9126 section 2).
func (h *Handler) push(w http.ResponseWriter, r *http.Request) {
	origin := Origin(r, "par")
	request, err := readPush(r, origin)
	if err != nil {
		h.refuse(r.Context(), w, origin, "", err)
		return
	}
	pushed, err := h.Server.Push(r.Context(), request)
	if err != nil {
		h.refuse(r.Context(), w, origin, "", err)
		return
	}
	body := oauth.AppendString([]byte(`{"request_uri":`), pushed.RequestURI)
	body = strconv.AppendInt(append(body, `,"expires_in":`...), int64(pushed.ExpiresIn/time.Second), 10)
	WriteJSON(w, http.StatusCreated, append(body, '}'))
}

func readPush(r *http.Request, origin oauth.Origin) (*oauth.PushRequest, error) {
	form, auth, err := readAuthenticated(r)
	if err != nil {
		return nil, err
	}
	return &oauth.PushRequest{Origin: origin, Auth: auth, Parameters: form.parameters()}, nil
}
