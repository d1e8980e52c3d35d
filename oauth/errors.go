package oauth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Code is the value of "error" in an answer.
type Code string

// The codes: RFC 6749 sections 4.1.2.1 and 5.2, RFC 6750 section 3.1, RFC 7009 section 2.2.1; too_many_requests is ours,
// for an HTTP 429.
const (
	InvalidRequest         Code = "invalid_request"
	InvalidClient          Code = "invalid_client"
	InvalidGrant           Code = "invalid_grant"
	UnauthorizedClient     Code = "unauthorized_client"
	UnsupportedGrantType   Code = "unsupported_grant_type"
	InvalidScope           Code = "invalid_scope"
	InvalidToken           Code = "invalid_token"
	InsufficientScope      Code = "insufficient_scope"
	UnsupportedTokenType   Code = "unsupported_token_type"
	AccessDenied           Code = "access_denied"
	TooManyRequests        Code = "too_many_requests"
	ServerError            Code = "server_error"
	TemporarilyUnavailable Code = "temporarily_unavailable"
)

// The codes of signing in: RFC 6749 section 4.1.2.1, OpenID Connect Core 1.0 section 3.1.2.6, RFC 8707 section 2, RFC 9101
// section 7.
const (
	UnsupportedResponseType  Code = "unsupported_response_type"
	LoginRequired            Code = "login_required"
	ConsentRequired          Code = "consent_required"
	InteractionRequired      Code = "interaction_required"
	AccountSelectionRequired Code = "account_selection_required"
	InvalidTarget            Code = "invalid_target"
	InvalidRequestURI        Code = "invalid_request_uri"
	InvalidRequestObject     Code = "invalid_request_object"
	RequestURINotSupported   Code = "request_uri_not_supported"
	RegistrationNotSupported Code = "registration_not_supported"
)

// The codes of polling devices (RFC 8628 section 3.5).
const (
	AuthorizationPending Code = "authorization_pending"
	SlowDown             Code = "slow_down"
	ExpiredToken         Code = "expired_token"
)

// The codes of registering clients (RFC 7591 section 3.2.2).
const (
	InvalidRedirectURI    Code = "invalid_redirect_uri"
	InvalidClientMetadata Code = "invalid_client_metadata"
)

// Codes lists them all.
func Codes() []Code {
	return []Code{InvalidRequest, InvalidClient, InvalidGrant, UnauthorizedClient, UnsupportedGrantType, InvalidScope, InvalidToken,
		InsufficientScope, UnsupportedTokenType, AccessDenied, TooManyRequests, ServerError, TemporarilyUnavailable,
		UnsupportedResponseType, LoginRequired, ConsentRequired, InteractionRequired, AccountSelectionRequired, InvalidTarget, InvalidRequestURI,
		InvalidRequestObject, RequestURINotSupported, RegistrationNotSupported, AuthorizationPending, SlowDown, ExpiredToken,
		InvalidRedirectURI, InvalidClientMetadata}
}

// Error is a refusal. Code and Description go to the caller; Explanation is for the owner of the client, Cause for the
// log.
type Error struct {
	Code        Code
	Description string        // ASCII without quotes and backslashes (RFC 6749 section 5.2)
	RetryAfter  time.Duration // for too_many_requests and temporarily_unavailable
	ID          string        // error_id, given by Server.Refuse
	URI         string        // error_uri, given by Server.Refuse: a page about this refusal
	Explanation Explanation
	Retired     bool // the credential is of a kind that no longer exists; Description says what to use instead
	Cause       error

	unknown bool // a token that was never one of ours: it may be a guess
}

// Explanation says what the owner of the client needs to set things right. It never holds a credential.
type Explanation struct {
	Reason   string // what was wrong, in words
	Expected string
	Received string
	Setting  string // what to change: one of the Settings, or a text of its own
	Client   string // the client it is about, where the request itself names none: the one a token was issued to
}

// Error gives code, description and what is behind them, for logs.
func (e *Error) Error() string {
	text := string(e.Code) + ": " + e.Description
	if e.Explanation.Reason != "" {
		text += " (" + e.Explanation.Reason + ")"
	}
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// ofOurs reports whether an error is trouble of ours, and no verdict on anything that was sent.
func (e *Error) ofOurs() bool { return e.Code == ServerError || e.Code == TemporarilyUnavailable }

// ErrNotFound is what ports return for what does not exist. It is a verdict; any other error is a fault.
var ErrNotFound = errors.New("not found")

// Unavailable makes the error for trouble of ours that will pass; the caller should try again after a while.
func Unavailable(cause error, after time.Duration) *Error {
	return &Error{Code: TemporarilyUnavailable, Description: "the server cannot answer right now, try again shortly", RetryAfter: after, Cause: cause}
}

// Internal makes the error for trouble of ours that nobody expected. Only its cause, which is for the log, says what it is.
func Internal(cause error) *Error {
	return &Error{Code: ServerError, Description: "something went wrong on our side; nothing is known to be wrong with the request", Cause: cause}
}

func refusal(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Description: fmt.Sprintf(format, args...)}
}

// because attaches an explanation for the owner.
func (e *Error) because(x Explanation) *Error {
	e.Explanation = x
	return e
}

func asError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return Unavailable(err, time.Second)
	}
	return Internal(err)
}

// plain makes a description fit for the wire (RFC 6749 section 5.2): printable ASCII without quotes and backslashes.
func plain(text string) string {
	odd := func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }
	if strings.IndexFunc(text, odd) < 0 {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return '\''
		case odd(r):
			return '?'
		}
		return r
	}, text)
}

// newErrorID makes the id of a refusal: 26 characters that are read out over a telephone without doubt.
func newErrorID() string { return strings.ToLower(rand.Text()) }
