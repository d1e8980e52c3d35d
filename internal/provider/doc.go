// Package provider answers the questions that oauth asks, out of the store and the rules of hub.
//
// A Provider is one node's view of the database: bounded read-through caches of clients and people, and a snapshot of what is
// small and always needed, kept fresh by the change feed. Server gives the oauth.Server of an environment, whose ports are small
// types over that view:
//
//	clients.go, subjects.go, tokens.go, keys.go     who asks, for whom, with what, signed by which key
//	families.go, devices.go, requests.go            codes, refresh tokens, devices that wait, pushed requests
//	people.go, passwords.go                         what may be told of a person; the password grant
//	registrar.go, registered.go                     clients that register themselves, and how they stand as services
//	interaction.go                                  what a person must do next: a list of questions
//	throttle.go, observer.go                        failures counted; "last used" and refusals, gathered and written in batches
//
// Beneath them: cache.go, snapshot.go and watch.go are the view; revocations.go is what has ended before its time; errand.go
// bounds what is fetched from elsewhere. Above them: actor.go says who a live token makes its bearer, roles.go what was given
// to somebody by name, scope.go what a request asks for; wish.go tells that to pages, approvals.go remembers what was allowed,
// service.go finds services, and refusal.go tells errors of all rooms in the terms of the protocol, and gives a refusal back to
// whoever may know of it.
//
// What does not live here: protocol rules (oauth), SQL (store), changing anything an administrator changes (directory,
// credential).
//
// Start reading at provider.go.
package provider
