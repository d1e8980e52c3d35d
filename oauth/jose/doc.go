// Package jose makes and checks signed tokens: keys, compact JWS, JWK sets and the strict JSON objects inside them.
//
// There are two sides, kept apart on purpose. Tokens of our own have one fixed shape: a Signer writes them over a header
// built once, with the standard library, and KeySet.Verify reads nothing else; the algorithm is that of the key which
// the kid names, never one the token asks for. What strangers sign (client assertions, request objects) goes through
// KeySet.VerifyForeign, which hands the cryptography to go-jose with a forced list of algorithms. Both sides accept the
// compact form only, in canonical base64url, at most MaxToken long.
//
// Where to start: sign.go and verify.go for our tokens, foreign.go for those of others, key.go and public.go for the keys,
// keyset.go for JWK sets, object.go for JSON in which no name may stand twice.
//
// What does not live here: which claims a token must hold (package oauth, package resource), where keys are kept and
// when they rotate, encryption (JWE), and HTTP.
package jose
