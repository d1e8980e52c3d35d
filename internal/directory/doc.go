// Package directory creates, changes and deletes users, groups, roles, organisations and services.
//
// One file per noun. Each function takes the actor, checks what the actor may do, and writes the change and its event in one
// transaction; change.go is what they have in common. bootstrap.go makes what exists from the first start, administrator.go
// the first administrator, last_administrator.go keeps the last one.
//
// People, groups, roles and organisations are shared between environments: whoever changes them from the test environment
// needs the same permission in production, and nobody grants anywhere what they do not hold there.
//
// What does not live here: credentials (credential), sign-in (signin), the rules of names and rights themselves (hub).
//
// Start reading at change.go.
package directory
