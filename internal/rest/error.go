package rest

import (
	"encoding/json"
	"errors"
	"net/http"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/provider"
	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthhttp"
)

// form is how a kind of refusal looks here. The words invalid_request and invalid_grant never appear: known clients take
// them for "sign in again".
type form struct {
	status int
	word   string
}

// forms is the one table from kind to wire; a test ranges over all kinds.
var forms = map[fault.Kind]form{
	fault.Internal:        {http.StatusInternalServerError, "internal_error"},
	fault.Invalid:         {http.StatusBadRequest, "bad_request"},
	fault.Unauthenticated: {http.StatusUnauthorized, "invalid_token"},
	fault.Forbidden:       {http.StatusForbidden, "forbidden"},
	fault.StepUp:          {http.StatusForbidden, "step_up_required"},
	fault.NotFound:        {http.StatusNotFound, "not_found"},
	fault.Conflict:        {http.StatusConflict, "conflict"},
	fault.Limited:         {http.StatusTooManyRequests, "too_many_requests"},
	fault.Unavailable:     {http.StatusServiceUnavailable, "temporarily_unavailable"},
}

// wireError is a refusal by this wire itself, whose status no kind has.
type wireError struct {
	status  int
	word    string
	message string
}

func (e *wireError) Error() string { return e.message }

// badRequest is the refusal of what cannot be read.
func badRequest(format string, args ...any) error { return fault.New(fault.Invalid, format, args...) }

type errorBody struct {
	Error       string       `json:"error"`
	Description string       `json:"error_description,omitempty"`
	Field       string       `json:"error_field,omitempty"`
	Children    []errorChild `json:"error_children,omitempty"`
	ID          string       `json:"error_id"`
	Code        int          `json:"error_code"`
}

type errorChild struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
	Field       string `json:"error_field"`
}

// refuse writes a refusal: that of a bearer in the words of RFC 6750, everything else by its kind.
func (a *API) refuse(w http.ResponseWriter, r *http.Request, clientID string, err error) {
	said, shape := facesOf(err)
	refusal := a.Server.Refuse(r.Context(), oauthhttp.Origin(r, door), clientID, said)
	oauthhttp.WriteErrorHeaders(w, refusal)
	var known *fault.Error
	anonymous := errors.As(err, &known) && known.Kind == fault.Unauthenticated
	switch {
	case anonymous:
		w.Header().Set("WWW-Authenticate", oauthhttp.Challenge(a.Server.Issuer+oauth.ResourcePath, nil))
	case shape.status == http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", oauthhttp.Challenge(a.Server.Issuer+oauth.ResourcePath, refusal))
	}
	answer := errorBody{Error: shape.word, Description: refusal.Description, ID: refusal.ID, Code: shape.status}
	if known != nil {
		for _, field := range known.Fields {
			answer.Children = append(answer.Children, errorChild{Error: shape.word, Description: field.Reason, Field: field.Name})
		}
		if len(known.Fields) == 1 {
			answer.Field = known.Fields[0].Name
		}
	}
	body, err := json.Marshal(answer)
	if err != nil {
		body = []byte(`{"error":"internal_error"}`) // only strings and numbers: it does not happen
	}
	oauthhttp.WriteJSON(w, shape.status, body)
}

// facesOf gives both faces of an error: what is told to the observer, and how it looks on this wire.
func facesOf(err error) (*oauth.Error, form) {
	var refusal *oauth.Error
	if errors.As(err, &refusal) {
		shape := form{oauthhttp.Status(refusal.Code), string(refusal.Code)}
		if refusal.Code == oauth.InvalidRequest || refusal.Code == oauth.InvalidGrant {
			shape.word = forms[fault.Invalid].word
		}
		return refusal, shape
	}
	var own *wireError
	if errors.As(err, &own) {
		return &oauth.Error{Code: oauth.InvalidRequest, Description: own.message}, form{own.status, own.word}
	}
	return provider.ToOAuth(err), forms[fault.KindOf(err)]
}
