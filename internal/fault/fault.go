package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what went wrong in the terms every writer understands. The zero value is Internal, so that an error nobody
// classified never looks like the caller's mistake.
type Kind uint8

// The kinds. Each writer's table has a row for each of them; a test keeps it so.
const (
	Internal        Kind = iota // ours, unexpected: the caller sees an id only
	Invalid                     // the request cannot be understood or its values are wrong
	Unauthenticated             // no credential, or not a good one
	Forbidden                   // a good credential that may not do this
	StepUp                      // a good credential, but the sign-in behind it is too old or too weak
	NotFound                    // no such thing, or none the caller may know of
	Conflict                    // it contradicts what is there
	Limited                     // too many requests or failures; see RetryAfter
	Unavailable                 // trouble of ours that will pass (database, disk); see RetryAfter
	kinds
)

var kindNames = [kinds]string{"internal", "invalid", "unauthenticated", "forbidden", "step-up", "not-found", "conflict", "limited", "unavailable"}

// Kinds lists every kind, for tests that range over writers.
func Kinds() []Kind {
	all := make([]Kind, kinds)
	for i := range all {
		all[i] = Kind(i)
	}
	return all
}

func (k Kind) String() string {
	if k < kinds {
		return kindNames[k]
	}
	return "internal"
}

// Error is a refusal or a failure. Message is for the caller and says what was wrong, what was expected and what to do;
// Cause and Explanation never reach a stranger.
type Error struct {
	Kind       Kind
	Code       string // machine word of the wire that made it, may be empty
	Message    string
	Fields     []Field
	RetryAfter time.Duration // for Limited and Unavailable; zero means the writer's default
	Cause      error         // logged, never shown
}

// Error gives kind, message and cause for logs.
func (e *Error) Error() string {
	text := e.Kind.String()
	if e.Message != "" {
		text += ": " + e.Message
	}
	for _, field := range e.Fields {
		text += fmt.Sprintf("; %s: %s", field.Name, field.Reason)
	}
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// New makes an error of a kind with a message for the caller, formatted as by fmt.Sprintf.
//
//go:noinline
func New(kind Kind, format string, args ...any) *Error { // in its hundreds of places it would be heavier than it is worth
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Wrap makes an error of a kind around its cause; the cause is logged and never shown.
//
//go:noinline
func Wrap(kind Kind, cause error, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...), Cause: cause}
}

// KindOf gives the kind of the first *Error in err's chain, Internal if there is none.
func KindOf(err error) Kind {
	if e, is := errors.AsType[*Error](err); is {
		return e.Kind
	}
	return Internal
}

// Is reports whether err is a *Error of this kind.
func Is(err error, kind Kind) bool {
	e, is := errors.AsType[*Error](err)
	return is && e.Kind == kind
}

// Missing says what is missing, where err only says that something is.
func Missing(err error, what, id string) error {
	if Is(err, NotFound) {
		return New(NotFound, "there is no %s %s", what, id)
	}
	return err
}
