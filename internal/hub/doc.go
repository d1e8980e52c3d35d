// Package hub holds the nouns of Hub and the pure rules about them: who may what.
//
// Nouns are plain structs, one file each: User, Group, Organisation, Role, Grant, Service, APIClient, App, Secret,
// PermanentToken, ApplicationPassword, Session, SigningKey, Event. Rules are pure functions over them: Permissions and
// its Covers (permission.go), what a name may look like (names.go), which scope items are reserved (scope.go).
//
// What does not live here: anything that reads or writes (store), makes secrets (secret), speaks a protocol (oauth).
// Ids are text (UUIDs but for the Hub service), times are time.Time in UTC truncated to milliseconds, as the store
// keeps them.
//
// Start reading at user.go and service.go.
package hub
