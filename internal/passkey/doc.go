// Package passkey carries out the two ceremonies of Web Authentication: the making of a passkey, and its use.
//
// register.go is Register, use.go is Use: each an ordered list of named checks, so that reading the list is reading sections
// 7.1 and 7.2 of W3C Web Authentication Level 3. What they read is taken apart in client.go (what the browser says), data.go
// (what the authenticator says), key.go (public keys) and cbor.go (the notation of the latter two). A refusal is a *Failure,
// which names the check.
//
// Hub asks for no attestation, so statements about the make of an authenticator are passed over unread: they would prove nothing
// that Hub acts upon. Extensions are passed over, too.
//
// What does not live here: challenges and where they are kept, whose passkey it is, sessions (all signin), the script in the
// browser (web).
//
// Start reading at use.go.
package passkey
