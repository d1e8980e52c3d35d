// Package fetch is the one way in which Hub calls out over HTTP: for clients' key sets, request objects and the
// documents of their sectors.
//
// client.go asks and bounds; address.go says which addresses are public; error.go is how it says no. The address is checked at
// the moment of connecting, after the name was resolved, so a name that changes its mind between check and use gains nothing.
//
// Start reading at Client. What does not live here: caching and what the bytes mean (the callers).
package fetch
