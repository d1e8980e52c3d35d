// Package directory creates, changes and deletes users, groups, roles, organisations and services.
//
// Each function takes the actor, checks what the actor may do, and writes the change and its event in one transaction.
// bootstrap.go makes what exists from the first start.
//
// What does not live here: credentials (credential), sign-in (signin), the rules of names and rights themselves (hub).
//
// Start reading at bootstrap.go.
package directory
