package resource

import (
	"log/slog"
	"net/http"
	"strings"
)

// Middleware lets requests with a good token through to next, where FromContext finds it, and answers all others. It also
// answers GET for the API's own RFC 9728 document, which needs no token.
func (v *Verifier) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if v.isMetadata(r) {
			v.serveMetadata(w, r)
			return
		}
		token, err := v.authenticate(r)
		if err != nil {
			v.Refuse(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(withToken(r.Context(), token)))
	})
}

// Require is Middleware for requests that also need a permission, such as "payments:create". It works alone or within
// Middleware, in which case the token is not checked twice. A token that does not say what it permits permits nothing.
func (v *Verifier) Require(permission string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		permitted := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			token, _ := FromContext(r.Context())
			if !token.Allows(permission) {
				v.Refuse(w, r, missing(permission, token))
				return
			}
			next.ServeHTTP(w, r)
		})
		guarded := v.Middleware(permitted)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, found := FromContext(r.Context()); found {
				permitted.ServeHTTP(w, r)
				return
			}
			guarded.ServeHTTP(w, r)
		})
	}
}

func missing(permission string, token *Token) *Error {
	e := NewError(http.StatusForbidden)
	e.Code, e.Permission = "insufficient_scope", permission
	e.Description = "The token lacks the permission " + permission + "."
	if token.Permissions == nil {
		e.Description = "The token does not say what it permits: this API checks offline, and its tokens carry no entitlements."
	}
	return e
}

// authenticate finds and checks the token of a request.
func (v *Verifier) authenticate(r *http.Request) (*Token, error) {
	token, err := bearer(r)
	if err != nil {
		return nil, err
	}
	if token == "" {
		return nil, NewError(http.StatusUnauthorized)
	}
	return v.Check(r.Context(), token, clientAddress(r, v.options.TrustedProxies))
}

// Refuse answers a request with an error as WriteError does, adds the challenge to a refusal that a token could have
// avoided, and logs what the caller is not told: refusals at level debug, trouble at warn.
func (v *Verifier) Refuse(w http.ResponseWriter, r *http.Request, err error) {
	e := asError(err)
	level := slog.LevelDebug
	if e.Status >= 500 {
		level = slog.LevelWarn
	}
	v.options.Logger.Log(r.Context(), level, "request refused", "status", e.Status, "error_type", e.Type,
		"method", r.Method, "path", instance(r), "cause", e.Cause)
	if e.Status == http.StatusUnauthorized || e.Code != "" {
		w.Header().Set("WWW-Authenticate", v.challenge(r, e))
	}
	WriteError(w, r, e)
}

// challenge is the value of WWW-Authenticate. It has no error code when no token was sent (RFC 6750 section 3.1).
func (v *Verifier) challenge(r *http.Request, e *Error) string {
	var b strings.Builder
	b.WriteString(`Bearer realm="` + v.options.Audience + `"`)
	if e.Code != "" {
		b.WriteString(`, error="` + e.Code + `"`)
	}
	if e.Description != "" {
		b.WriteString(`, error_description="` + quotable(e.Description) + `"`)
	}
	if e.Permission != "" {
		b.WriteString(`, scope="` + quotable(e.Permission) + `"`)
	}
	b.WriteString(`, resource_metadata="` + v.metadataURL(r) + `"`)
	return b.String()
}

// quotable keeps what may stand in an error_description (RFC 6750 section 3) and turns the rest into blanks.
func quotable(text string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return ' '
		}
		return c
	}, text)
}
