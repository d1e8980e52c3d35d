// Package rest is /api/rest: JSON in and out, in the habits that clients of JetBrains Hub know.
//
// rest.go turns a bearer into a hub.Actor and mounts the resources, one file each (users.go, services.go, avatar.go).
// error.go is the one writer of refusals, answer.go of answers, and fields.go cuts an answer down to what ?fields= asks
// for.
//
// What does not live here: permission rules (directory, credential), token checks (oauth), SQL (store).
//
// Start reading at rest.go.
package rest
