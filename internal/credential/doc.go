// Package credential makes, shows, rotates and ends what people and machines hold: API clients, secrets of services, apps,
// permanent tokens, application passwords, refresh tokens, approved scopes, sessions.
//
// Credentials is the room; each kind has its file, with making, listing and ending in one place. Each method takes the actor,
// checks what the actor may do, and writes the change and its event in one transaction; a new secret leaves as a secret.Value,
// once. change.go holds the one rule who may make credentials for whom, read.go the one who may see them, and finds names for
// ids.
//
//	permanent_token.go, scope.go, span.go   tokens, the services they name, how long they live
//	application_password.go                 passwords for programs
//	api_client.go, app.go, allowlist.go     machines that act as a user; rotate.go changes their secrets, and those of services
//	refresh_token.go, approved_scope.go     what services were given
//	holdings.go                             all of these of one person, for a page that shows them
//	session.go                              browsers that are signed in
//	suspended.go                            what a restore suspended, until an administrator confirms it
//	leave.go                                everything of one person, ended at once
//	hygiene.go, hygiene_sweep.go            what somebody should look at: unused, too wide, of somebody who is gone; how it is found
//	leak.go                                 secrets that were found where they do not belong
//
// What does not live here: services and people themselves (directory), sign-in (signin), what a token opens (oauth).
//
// Start reading at change.go.
package credential
