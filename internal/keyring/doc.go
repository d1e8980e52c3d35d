// Package keyring makes, seals, publishes, rotates and retires the signing keys of each environment.
//
// ring.go holds the keys in memory and answers which one signs and which ones are published; rotate.go makes new ones.
// The one that signs is computed from the times in the rows, never from a flag, so that any number of nodes agree and an
// interrupted or doubled rotation leaves exactly one active key.
//
// What does not live here: what keys are used for (oauth), how keys are written (oauth/jose), the master key (secret).
//
// Start reading at ring.go.
package keyring
