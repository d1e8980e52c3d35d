// Package credential makes, shows, rotates and ends what people and machines hold: API clients, secrets of services, apps,
// permanent tokens, application passwords, refresh tokens, approved scopes, sessions.
//
// Credentials is the room; each kind has its file, with making, listing and ending in one place. Each method takes the actor,
// checks what the actor may do, and writes the change and its event in one transaction; a new secret leaves as a secret.Value,
// once. change.go holds the one rule who may make credentials for whom, read.go the one who may see them, and finds names for
// ids; allowlist.go is from where an app may be used, span.go reads how long something lives, suspended.go confirms what a
// restore suspended.
//
// What does not live here: services and people themselves (directory), sign-in (signin), what a token opens (oauth).
//
// Start reading at change.go.
package credential
