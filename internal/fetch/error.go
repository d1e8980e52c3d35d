package fetch

import "fmt"

// Error is why a document was not fetched. Message is for whoever registered the URL: it says what was wrong, what was
// expected and what to do, and holds no secret.
type Error struct {
	Message string
	Passing bool  // it may pass by itself; otherwise the URL or what stands behind it must be changed by its owner
	Cause   error // for logs; may name addresses of the operator's network
}

// Error gives message and cause, for logs.
func (e *Error) Error() string {
	if e.Cause != nil {
		return e.Message + ": " + e.Cause.Error()
	}
	return e.Message
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// lasting and passing make the two sorts of Error, around a cause that may be nil.
func lasting(cause error, format string, args ...any) *Error {
	return &Error{Message: fmt.Sprintf(format, args...), Cause: cause}
}

func passing(cause error, format string, args ...any) *Error {
	return &Error{Message: fmt.Sprintf(format, args...), Passing: true, Cause: cause}
}
