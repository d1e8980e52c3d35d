package resource

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Error is an answer that is not the one asked for. NewError fills in status, type and title; what an API adds is for its
// caller, except Cause, which is for the log alone.
type Error struct {
	Status            int    // of HTTP
	Type              string // error_type of the body
	Title             string // one sentence for the person who reads the body
	InvalidParameters []InvalidParameter

	Code        string        // error code of WWW-Authenticate (RFC 6750 section 3.1); empty when no token was sent
	Description string        // error_description beside it
	Permission  string        // what was missing, for 403
	RetryAfter  time.Duration // for 429 and 503

	Cause error
}

// InvalidParameter names a parameter of a request and what is wrong with it.
type InvalidParameter struct {
	Parameter string `json:"parameter"`
	Reason    string `json:"reason"`
}

// NewError makes the answer for a status: bad_request for every status of 400 to 499 that has no type of its own,
// internal_server_error for every other.
func NewError(status int) *Error {
	e := &Error{Status: status}
	switch status {
	case http.StatusUnauthorized:
		e.Type, e.Title = "unauthorized", "Authentication with the API failed, please check your details and try again."
	case http.StatusForbidden:
		e.Type, e.Title = "forbidden", "Your details are right but do not permit this request, please ask for the permission it needs."
	case http.StatusNotFound:
		e.Type, e.Title = "not_found", "There is nothing here by that name, please check the path and the ids in it."
	case http.StatusConflict:
		e.Type, e.Title = "conflict", "The request contradicts what is already there, please look at its present state first."
	case http.StatusTooManyRequests:
		e.Type, e.Title = "too_many_requests", "Too many requests came in a short time, please wait a little and try again."
	case http.StatusServiceUnavailable:
		e.Type, e.Title = "unavailable", "The request cannot be answered at the moment, please try again shortly."
		e.RetryAfter = 5 * time.Second
	default:
		if status >= 400 && status <= 499 {
			e.Type, e.Title = "bad_request", "The request is not valid, please correct it and try again."
		} else {
			e.Type, e.Title = "internal_server_error", "Something went wrong on our side, please try again later."
		}
	}
	return e
}

// badToken refuses a token. All reasons look alike from outside, so that the answer tells a stranger nothing about a token
// that is not theirs; the reason is for the log.
func badToken(reason string) *Error {
	e := NewError(http.StatusUnauthorized)
	e.Code, e.Description = "invalid_token", "The token is unknown, has ended, or is not for this API."
	e.Cause = errors.New(reason)
	return e
}

// unavailable says that no verdict is possible now.
func unavailable(cause error) *Error {
	e := NewError(http.StatusServiceUnavailable)
	e.Cause = cause
	return e
}

// Error gives type and cause, for logs.
func (e *Error) Error() string {
	text := "resource: " + strconv.Itoa(e.Status) + " " + e.Type
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// WriteError answers a request with an error in the body that every part of the API shares:
// {"status", "error_type", "title", "instance", "invalid_parameters"}. Any error but an *Error is an
// internal_server_error whose text stays here. For 401 use Verifier.Refuse, which adds the challenge.
func WriteError(w http.ResponseWriter, r *http.Request, err error) { WriteErrorAt(w, instance(r), err) }

// WriteErrorAt is WriteError for who answers in the place of another server, as a proxy's gatekeeper does: instance is the
// path there.
func WriteErrorAt(w http.ResponseWriter, instance string, err error) {
	e := asError(err)
	body, err := json.Marshal(struct {
		Status   string             `json:"status"`
		Type     string             `json:"error_type"`
		Title    string             `json:"title"`
		Instance string             `json:"instance"`
		Invalid  []InvalidParameter `json:"invalid_parameters,omitempty"`
	}{"error", e.Type, e.Title, instance, e.InvalidParameters})
	if err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	if e.RetryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(int((e.RetryAfter+time.Second-1)/time.Second)))
	}
	w.WriteHeader(e.Status)
	_, _ = w.Write(body) // the client may have gone; nobody is left to tell
}

func asError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	e = NewError(http.StatusInternalServerError)
	e.Cause = err
	return e
}

// instance is the path as the client sent it, before any prefix was cut off or any escape undone; its query stays out, since
// it may hold what should not be repeated.
func instance(r *http.Request) string {
	target := r.RequestURI
	if target == "" {
		target = r.URL.EscapedPath()
	}
	target, _, _ = strings.Cut(target, "?")
	if !strings.HasPrefix(target, "/") { // absolute form (RFC 9112 section 3.2.2)
		target = r.URL.EscapedPath()
	}
	return target
}
