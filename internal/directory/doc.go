// Package directory creates, changes and deletes users, groups, roles, organisations and services.
//
// Each method of a Directory takes the actor, checks what the actor may do, and writes the change and its event in one
// transaction; change.go is what they have in common. A noun has its file: user.go with user_end.go (delete, merge, erase),
// password.go and verify_email.go; group.go with subgroup.go; organisation.go, role.go with role_merge.go, service.go with
// tried_redirect.go, settings.go. bootstrap.go makes what exists from the first start, administrator.go the first administrator,
// last_administrator.go keeps the last one.
//
// What may be read, and by whom: user_read.go, service_read.go and rights_read.go give one thing, list.go and its neighbours
// pages of many. permission.go and permission_list.go say what can be done, source.go why somebody may do it.
//
// People, groups, roles and organisations are shared between environments: whoever changes them from the test environment
// needs the same permission in production, and nobody grants anywhere what they do not hold there.
//
// What does not live here: credentials (credential), sign-in (signin), the rules of names and rights themselves (hub).
//
// Start reading at change.go.
package directory
