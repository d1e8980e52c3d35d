package server

import (
	"net/http"
)

// The answer to a preflight (Fetch standard, CORS protocol): what pages of registered services may send, and for how long
// a browser may remember it.
const (
	sharedMethods = "GET, POST, PUT, DELETE"
	sharedHeaders = "authorization, content-type, accept, idempotency-key, if-match"
	sharedExposed = "ETag, Hub-Error-Id, Link, Retry-After, WWW-Authenticate, X-Total-Count, X-Total-Pages"
	sharedFor     = "600"
)

// shared lets pages of other origins read what an API route answers, if the origin is one of a registered service. API
// routes know no cookies, so a page learns nothing that it did not bring the credential for.
func (rt *router) shared(next http.Handler) http.Handler {
	if rt.origins == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.Header["Origin"]) > 0 {
			rt.allowOrigin(w, r)
		}
		next.ServeHTTP(w, r)
	})
}

// allowOrigin sets the headers for the request's origin and reports whether it is allowed.
func (rt *router) allowOrigin(w http.ResponseWriter, r *http.Request) bool {
	header := w.Header()
	header.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if origin == "null" || !rt.origins(r.Context(), origin) {
		return false
	}
	header.Set("Access-Control-Allow-Origin", origin)
	header.Set("Access-Control-Allow-Credentials", "true")
	header.Set("Access-Control-Expose-Headers", sharedExposed)
	return true
}

// preflight answers a browser's question whether a page may send a request to an API route, and reports whether it was
// one. Origins of nobody get no permission, which is all that the browser needs to know.
func (rt *router) preflight(w http.ResponseWriter, r *http.Request, kind Kind) bool {
	if r.Method != http.MethodOptions || rt.origins == nil || kind != API ||
		r.Header.Get("Origin") == "" || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	if rt.allowOrigin(w, r) {
		header := w.Header()
		header.Set("Access-Control-Allow-Methods", sharedMethods)
		header.Set("Access-Control-Allow-Headers", sharedHeaders)
		header.Set("Access-Control-Max-Age", sharedFor)
	}
	w.WriteHeader(http.StatusNoContent)
	return true
}
