package oauthhttp

import (
	"context"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"

	"example.org/hub/oauth"
)

// registration is the answer of the registration endpoint (RFC 7591 section 3.2.1, RFC 7592 section 3).
type registration struct {
	ClientID     string `json:"client_id"`
	Secret       string `json:"client_secret,omitempty"`
	SecretEndsAt *int64 `json:"client_secret_expires_at,omitempty"` // there and 0 where there is a secret: it does not end
	IssuedAt     int64  `json:"client_id_issued_at,omitempty"`
	AccessToken  string `json:"registration_access_token"`
	URI          string `json:"registration_client_uri"`
	*oauth.ClientMetadata
}

func (h *Handler) writeRegistration(w http.ResponseWriter, r *http.Request, status int, registered *oauth.Registered) {
	answer := registration{
		ClientID: registered.ClientID, Secret: registered.Secret, IssuedAt: registered.IssuedAt.Unix(), AccessToken: registered.AccessToken,
		URI: h.Server.Issuer + oauth.RegisterPath + "/" + url.PathEscape(registered.ClientID), ClientMetadata: registered.Metadata,
	}
	if registered.Secret != "" {
		answer.SecretEndsAt = new(int64)
	}
	body, err := json.Marshal(answer)
	if err != nil {
		h.refuse(r.Context(), w, Origin(r, "register"), registered.ClientID, err)
		return
	}
	WriteJSON(w, status, body)
}

// register is the registration endpoint (RFC 7591 section 3).
func (h *Handler) register(w http.ResponseWriter, r *http.Request) {
	h.manage(w, r, http.StatusCreated, h.Server.Register)
}

// registered and reregister are the endpoint for managing a registration (RFC 7592 section 2).
func (h *Handler) registered(w http.ResponseWriter, r *http.Request) {
	h.manage(w, r, http.StatusOK, h.Server.Registered)
}

func (h *Handler) reregister(w http.ResponseWriter, r *http.Request) {
	h.manage(w, r, http.StatusOK, h.Server.Reregister)
}

type management func(context.Context, *oauth.RegisterRequest) (*oauth.Registered, error)

func (h *Handler) manage(w http.ResponseWriter, r *http.Request, status int, act management) {
	request, err := readRegistration(r)
	var registered *oauth.Registered
	if err == nil {
		registered, err = act(r.Context(), request)
	}
	if err != nil {
		h.challenge(w, switchedOff(err), h.Server.Refuse(r.Context(), Origin(r, "register"), r.PathValue("client"), err))
		return
	}
	h.writeRegistration(w, r, status, registered)
}

// unregister ends a registration.
func (h *Handler) unregister(w http.ResponseWriter, r *http.Request) {
	request, err := readRegistration(r)
	if err == nil {
		err = h.Server.Unregister(r.Context(), request)
	}
	if err != nil {
		h.challenge(w, switchedOff(err), h.Server.Refuse(r.Context(), Origin(r, "register"), r.PathValue("client"), err))
		return
	}
	header := w.Header()
	header["Cache-Control"], header["Pragma"] = noStore, noCache
	w.WriteHeader(http.StatusNoContent)
}

func readRegistration(r *http.Request) (*oauth.RegisterRequest, error) {
	request := &oauth.RegisterRequest{Origin: Origin(r, "register"), ClientID: r.PathValue("client")}
	token, _, err := Bearer(r)
	if err != nil {
		return nil, err
	}
	request.Bearer = token
	if r.Method != http.MethodPost && r.Method != http.MethodPut {
		return request, nil
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return nil, &StatusError{Status: http.StatusUnsupportedMediaType, Refusal: invalid("the content type must be application/json")}
	}
	body, err := readBody(r)
	request.Body = []byte(body)
	return request, err
}

// switchedOff gives the refusal of an endpoint that is off here its status: the request is understood, and nobody's.
func switchedOff(err error) error {
	var refusal *oauth.Error
	if errors.As(err, &refusal) && refusal.Code == oauth.AccessDenied {
		return &StatusError{Status: http.StatusForbidden, Refusal: refusal}
	}
	return err
}
