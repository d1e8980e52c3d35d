// Package oauth is the OAuth 2.0 and OpenID Connect protocol as a library: requests in, answers out.
//
// A Server is one issuer. Its methods take and return plain values: Token, Authorize, Push, Introspect, Revoke, Verify,
// UserInfo, Logout, Metadata. Each endpoint is an ordered list of named checks (tokenSteps in token.go, authorizeChecks in authorize.go,
// clientChecks in client_auth.go, liveChecks in verify.go); reading the list is reading the specification. A grant is one
// file that proves who a token is for (grant_code.go, grant_refresh.go, grant_client_credentials.go); whatever door was used,
// tokens come from issue.go and id_token.go, and from an Authorization only.
//
// What the library does not know it asks through ports. Those in ports.go every server has: clients, subjects, resource
// servers, token records, keys. Those in ports_*.go are for people who sign in; what a server lacks, its metadata does not name. Package oauthtest holds in-memory ports and a suite for whoever implements them; oauthhttp reads and
// writes the wire.
//
// What does not live here: net/http, SQL, HTML, and every rule about who holds which permission.
//
// Start reading at server.go, then token.go.
package oauth
