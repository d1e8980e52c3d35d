// Package oauth is the OAuth 2.0 and OpenID Connect protocol as a library: requests in, answers out.
//
// A Server is one issuer. Its methods take and return plain values: Token, Introspect, Revoke, Verify, Metadata. Each
// endpoint is an ordered list of named checks (tokenSteps in token.go, clientChecks in client_auth.go, liveChecks in
// verify.go); reading the list is reading the specification. A grant is one file that proves who a token is for
// (grant_client_credentials.go); whatever door was used, tokens come from issue.go and from an Authorization only.
//
// What the library does not know it asks through the ports in ports.go: clients, subjects, resource servers, token
// records, keys. Package oauthtest holds in-memory ports and a suite for whoever implements them; oauthhttp reads and
// writes the wire.
//
// What does not live here: net/http, SQL, HTML, and every rule about who holds which permission.
//
// Start reading at server.go, then token.go.
package oauth
