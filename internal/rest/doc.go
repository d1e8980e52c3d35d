// Package rest is /api/rest: JSON in and out, in the habits that clients of JetBrains Hub know.
//
// A resource is a file named like its path (users.go, services.go, avatar.go), with a method that lists its routes and one
// short handler for each. To add one:
//
//	func (a *API) colourRoutes() []Route {
//		return []Route{
//			{Method: "GET", Path: "/colours/{colour}", Need: Bearer, Handle: a.colour},
//			{Method: "POST", Path: "/colours", Need: Bearer, Creates: true, Handle: a.createColour},
//		}
//	}
//
// and name it in Routes (route.go), the one table, over which tests range. A handler takes a *call (call.go), and where the
// table says with or ofUser also the object that was sent or the user of the path; it asks a core room with c.actor, and
// returns what to answer: a view struct with JSON names, a *page (page.go) or a *document (answer.go). Errors of the core are
// returned as they are.
//
// The frame beneath the handlers:
//
//	route.go        the table; addresses in other letter case, and those that are none
//	call.go         who calls: bearer, or login with an application password; what stands in {places}
//	body.go         JSON read strictly; object.go reads it key by key into an update: absent and null keep, empty clears
//	page.go         ?query=, ?orderBy=, $top, $skip, and the page that answers, with its links
//	shelf.go        ?query= and ?orderBy= of what is read whole, since it is no table
//	classic.go      permissions of Hub under the keys of known clients
//	fields.go       ?fields=, which cut.go applies to what is answered
//	version.go      ETag and If-Match: c.tag in what shows one thing, c.current in what changes it, on routes that say Versioned
//	idempotency.go  Idempotency-Key, on routes that say Creates
//	answer.go       the one writer of answers, error.go of refusals
//
// What does not live here: permission rules (directory, credential), token checks (oauth), SQL (store).
//
// Start reading at route.go, then call.go, then users.go.
package rest
