// Package resource guards an API with Hub's tokens: middleware for net/http, offline by signature or online by asking.
//
// New makes a Verifier for one service of one Hub environment. Its Middleware lets requests with a good bearer token through,
// its Require those whose token also carries a permission; FromContext gives the handler the token. Everything else is
// answered here: the JSON error body the API's callers know, and the WWW-Authenticate header that tells them where to
// get a token (RFC 6750 section 3, RFC 9728 section 5.1).
//
// Two ways of checking, chosen by Options.Online:
//
//   - Offline (the default) a token is a JWT whose signature is held against the hub's published keys. No request leaves the
//     machine for a token whose key is known, and the API keeps working while the hub is away. A revoked token lives on
//     until its end, an hour at most. Permanent tokens cannot be checked this way.
//   - Online the hub is asked about each token (RFC 7662), at most four times a second for the same one. Revocation, bans and
//     changed permissions bite within a second, and permanent tokens work. While the hub is away the answer is 503, never
//     a verdict.
//
// Start reading at options.go, then check.go, which is the list of what a token must pass; offline.go and online.go are the
// two ways, issuer.go is what is learned from the hub, error.go the answers.
//
// What does not live here: anything of the hub itself. This package is for programs that never see its database.
package resource
