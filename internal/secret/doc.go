// Package secret makes, recognises, hashes, compares and seals every secret of Hub.
//
// token.go is the form of our own secrets (prefix, random part, checksum). master.go holds the master key and what is
// derived from it: keyed hashes for secrets that are only checked (digest.go), sealing for those that must be read again
// (seal.go). password.go hashes what people choose, with argon2id. value.go is the type whose printed form is a mask.
//
// What does not live here: where secrets are kept (store), who may make or see one (credential, signin).
//
// Start reading at token.go.
package secret
