// Package provider answers the questions that oauth asks, out of the store and the rules of hub.
//
// A Provider is one node's view of the database: bounded read-through caches of clients and people (cache.go), a
// snapshot of what is small and always needed (snapshot.go), both kept fresh by the change feed (watch.go). Server gives
// the oauth.Server of an environment, whose ports are the small types in clients.go, subjects.go, tokens.go, keys.go, and for
// people who sign in families.go (codes and refresh tokens), requests.go, people.go, passwords.go, devices.go. registrar.go keeps
// clients that register themselves as services, registered.go says how what they say stands in one; errand.go bounds what is fetched
// from elsewhere for any of them.
//
// roles.go lists what was given to somebody by name. interaction.go is the list of questions that decides what a person must do next; scope.go says what a request asks for,
// wish.go tells it to pages, approvals.go remembers what was allowed. revocations.go is what has ended before its time.
//
// observer.go gathers "last used" and refusals in memory and writes them in batches, so that no token costs a write;
// refusal.go gives a refusal back to whoever may know of it.
//
// What does not live here: protocol rules (oauth), SQL (store), changing anything an administrator changes (directory,
// credential).
//
// Start reading at provider.go.
package provider
