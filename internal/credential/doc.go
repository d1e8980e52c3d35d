// Package credential makes, rotates, shows and ends what people and machines hold: API clients, apps, permanent tokens,
// application passwords.
//
// One file per kind. Each function takes the actor, checks what the actor may do, and writes the change and its event in
// one transaction; a new secret leaves as a secret.Value, once.
//
// What does not live here: services and people themselves (directory), sign-in (signin), what a token opens (oauth).
//
// Start reading at permanent_token.go.
package credential
