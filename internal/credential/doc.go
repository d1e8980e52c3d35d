// Package credential makes, rotates, shows and ends what people and machines hold: API clients, secrets of services, apps,
// permanent tokens, application passwords.
//
// One file per kind. Each function takes the actor, checks what the actor may do, and writes the change and its event in
// one transaction; a new secret leaves as a secret.Value, once. change.go holds the one rule who may make credentials for
// whom, and span.go reads how long something lives.
//
// What does not live here: services and people themselves (directory), sign-in (signin), what a token opens (oauth).
//
// Start reading at change.go.
package credential
