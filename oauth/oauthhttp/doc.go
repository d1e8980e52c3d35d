// Package oauthhttp is the OAuth and OpenID Connect wire: forms and headers in; JSON, redirects and fragments out.
//
// A Handler serves the endpoints of one oauth.Server, one file each: token.go, introspect.go, revoke.go, discovery.go.
// form.go reads a request strictly and once; error.go is the one writer of refusals, answer.go of everything else.
// Other doors that speak this wire use the same reader and writers.
//
// What does not live here: any check of a credential, scope or token (package oauth), and every other wire form.
//
// Start reading at handler.go.
package oauthhttp
