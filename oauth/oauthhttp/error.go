package oauthhttp

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"example.org/hub/oauth"
)

// StatusError is a refusal of the wire itself, whose HTTP status is not that of its code: 413, 415.
type StatusError struct {
	Status  int
	Refusal *oauth.Error
}

// Error gives the refusal's text.
func (e *StatusError) Error() string { return e.Refusal.Error() }

// Unwrap gives the refusal, so that it gets its error id like any other.
func (e *StatusError) Unwrap() error { return e.Refusal }

// ErrorHeader carries the error id of every refusal, at any door.
const ErrorHeader = "Hub-Error-Id"

// statuses is the one table from code to HTTP status (RFC 6749 section 5.2, RFC 6750 section 3.1). A test ranges over all codes.
var statuses = map[oauth.Code]int{
	oauth.InvalidRequest:         http.StatusBadRequest,
	oauth.InvalidClient:          http.StatusUnauthorized,
	oauth.InvalidGrant:           http.StatusBadRequest,
	oauth.UnauthorizedClient:     http.StatusBadRequest,
	oauth.UnsupportedGrantType:   http.StatusBadRequest,
	oauth.InvalidScope:           http.StatusBadRequest,
	oauth.InvalidToken:           http.StatusUnauthorized,
	oauth.InsufficientScope:      http.StatusForbidden,
	oauth.UnsupportedTokenType:   http.StatusBadRequest,
	oauth.AccessDenied:           http.StatusBadRequest, // of a polling device (RFC 8628 section 3.5)
	oauth.TooManyRequests:        http.StatusTooManyRequests,
	oauth.ServerError:            http.StatusInternalServerError,
	oauth.TemporarilyUnavailable: http.StatusServiceUnavailable,

	oauth.UnsupportedResponseType:  http.StatusBadRequest,
	oauth.LoginRequired:            http.StatusBadRequest,
	oauth.ConsentRequired:          http.StatusBadRequest,
	oauth.InteractionRequired:      http.StatusBadRequest,
	oauth.AccountSelectionRequired: http.StatusBadRequest,
	oauth.InvalidTarget:            http.StatusBadRequest,
	oauth.InvalidRequestURI:        http.StatusBadRequest,
	oauth.InvalidRequestObject:     http.StatusBadRequest,
	oauth.RequestURINotSupported:   http.StatusBadRequest,
	oauth.RegistrationNotSupported: http.StatusBadRequest,
	oauth.AuthorizationPending:     http.StatusBadRequest,
	oauth.SlowDown:                 http.StatusBadRequest,
	oauth.ExpiredToken:             http.StatusBadRequest,
	oauth.InvalidRedirectURI:       http.StatusBadRequest,
	oauth.InvalidClientMetadata:    http.StatusBadRequest,
}

// Status is the HTTP status of a refusal: that of its code.
func Status(code oauth.Code) int {
	if status, known := statuses[code]; known {
		return status
	}
	return http.StatusInternalServerError
}

// errorBody is the JSON of a refusal. error_code is what old clients look at.
type errorBody struct {
	Error       oauth.Code `json:"error"`
	Description string     `json:"error_description,omitempty"`
	URI         string     `json:"error_uri,omitempty"`
	ID          string     `json:"error_id,omitempty"`
	Code        int        `json:"error_code"`
}

// WriteError writes a refusal (RFC 6749 section 5.2). It must have its error id.
func WriteError(w http.ResponseWriter, refusal *oauth.Error) {
	writeError(w, Status(refusal.Code), refusal)
}

// WriteRefused writes what a door refused: with the status of the wire's own refusals, else with that of the code.
func WriteRefused(w http.ResponseWriter, err error, refusal *oauth.Error) {
	var own *StatusError
	if errors.As(err, &own) {
		writeError(w, own.Status, refusal)
		return
	}
	WriteError(w, refusal)
}

func writeError(w http.ResponseWriter, status int, refusal *oauth.Error) {
	WriteErrorHeaders(w, refusal)
	if refusal.Code == oauth.InvalidClient {
		w.Header().Set("WWW-Authenticate", `Basic realm="hub", charset="UTF-8"`)
	}
	body, err := json.Marshal(errorBody{Error: refusal.Code, Description: refusal.Description, URI: refusal.URI, ID: refusal.ID, Code: status})
	if err != nil {
		body = []byte(`{"error":"server_error"}`) // only strings and a number: it does not happen
	}
	WriteJSON(w, status, body)
}

// WriteErrorHeaders sets the headers that a refusal has in every wire form: its id, and when to try again.
func WriteErrorHeaders(w http.ResponseWriter, refusal *oauth.Error) {
	header := w.Header()
	header.Set(ErrorHeader, refusal.ID)
	switch refusal.Code {
	case oauth.TooManyRequests, oauth.TemporarilyUnavailable:
		header.Set("Retry-After", strconv.FormatInt(int64(max(refusal.RetryAfter+time.Second-1, time.Second)/time.Second), 10))
	}
}
