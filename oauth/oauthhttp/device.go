package oauthhttp

import (
	"net/http"
	"strconv"
	"time"

	"example.org/hub/oauth"
)

// device is the device authorization endpoint (RFC 8628 section 3.1).
func (h *Handler) device(w http.ResponseWriter, r *http.Request) {
	origin := Origin(r, "device")
	request, err := readDevice(r, origin)
	if err != nil {
		h.refuse(r.Context(), w, origin, "", err)
		return
	}
	answer, err := h.Server.Device(r.Context(), request)
	if err != nil {
		h.refuse(r.Context(), w, origin, "", err)
		return
	}
	body := oauth.AppendString([]byte(`{"device_code":`), answer.DeviceCode)
	body = oauth.AppendString(append(body, `,"user_code":`...), answer.UserCode)
	body = oauth.AppendString(append(body, `,"verification_uri":`...), answer.Page)
	body = oauth.AppendString(append(body, `,"verification_uri_complete":`...), answer.PageWithCode)
	body = strconv.AppendInt(append(body, `,"expires_in":`...), int64(answer.ExpiresIn/time.Second), 10)
	body = strconv.AppendInt(append(body, `,"interval":`...), int64(answer.Interval/time.Second), 10)
	WriteJSON(w, http.StatusOK, append(body, '}'))
}

func readDevice(r *http.Request, origin oauth.Origin) (*oauth.DeviceRequest, error) {
	form, auth, err := readAuthenticated(r)
	if err != nil {
		return nil, err
	}
	return &oauth.DeviceRequest{
		Origin: origin, Auth: auth, Scope: form.Get("scope"), AccessType: form.Get("access_type"), Resource: form.All("resource"),
	}, nil
}
