// Command hub is a team's token desk: an OAuth 2.0 and OpenID Connect hub in one binary.
//
// One file per verb: serve.go, dev.go, apply.go (plan, export), admin.go, token.go, keys.go, explain.go, doctor.go, audit.go,
// backup.go (restore), version.go. main.go reads the command line; house.go opens what every verb needs; program.go joins the
// rooms into a running hub, people.go those through which people sign in, office.go answers what the pages of the back office
// ask, letters.go puts letters into the outbox; jobs.go lists what a hub does by itself, history.go and resident.go are two of
// these; shelf.go lets nodes share certificates. This is the only place that knows every room.
//
// Start reading at main.go, then serve.go.
package main
