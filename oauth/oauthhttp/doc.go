// Package oauthhttp is the OAuth and OpenID Connect wire: forms and headers in; JSON, redirects and fragments out.
//
// A Handler serves the endpoints of one oauth.Server, one file each: token.go, authorize.go, push.go, introspect.go,
// revoke.go, userinfo.go, logout.go, device.go, register.go, discovery.go. Pages are not written here but asked for, through
// the functions in Handler; the one exception is the page that is the form_post response mode (authorize.go).
//
// form.go reads a request strictly and once, client.go who the client says it is; error.go is the one writer of refusals,
// answer.go of everything else. Other doors that speak this wire use the same readers and writers.
//
// What does not live here: any check of a credential, scope or token (package oauth), every other wire form,
// cookies, and what people see.
//
// Start reading at handler.go.
package oauthhttp
