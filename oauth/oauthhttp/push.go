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
		WriteRefused(w, err, h.Server.Refuse(r.Context(), origin, "", err))
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
	form, err := ReadForm(r)
	if err != nil {
		return nil, err
	}
	auth, err := ReadClient(r, form)
	if err != nil {
		return nil, err
	}
	parameters := oauth.Parameters{}
	for i, name := range form.names {
		parameters[name] = append(parameters[name], form.values[i])
	}
	return &oauth.PushRequest{Origin: origin, Auth: auth, Parameters: parameters}, nil
}
