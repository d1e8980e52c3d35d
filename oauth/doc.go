// Package oauth is the OAuth 2.0 and OpenID Connect protocol as a library: requests in, answers out.
//
// A Server is one issuer. Its methods take and return plain values: Token, Authorize, Push, Device, Introspect, Revoke, Verify,
// UserInfo, Register, Logout, Metadata. Each endpoint is an ordered list of named checks; reading the list is reading the
// specification:
//
//	token.go             tokenSteps: the token endpoint
//	authorize.go         authorizeChecks: the authorization endpoint, here and for what is pushed
//	client_auth.go       clientChecks: how a client proves that it is itself; assertionChecks beside it
//	verify.go            liveChecks: what an access token must pass each time it is used
//	client_metadata.go   metadataChecks: what a client may say of itself when it registers
//
// A grant is one file, grant_*.go, that proves whom a token is for; whatever door was used, tokens come from issue.go and
// id_token.go, and from an Authorization only.
//
// What the library does not know it asks through ports. Those in ports.go every server has: clients, subjects, resource
// servers, token records, keys. Those in ports_*.go are for people who sign in, Registrar (register.go) for clients that register
// themselves; what a server lacks, its metadata does not name. Package oauthtest holds in-memory ports and a suite for whoever
// implements them; oauthhttp reads and writes the wire.
//
// What does not live here: net/http, SQL, HTML, and every rule about who holds which permission.
//
// Start reading at server.go, then token.go.
package oauth
