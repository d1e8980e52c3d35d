// Package oauthtest holds in-memory ports for package oauth, and the suite that every implementation of the ports must pass.
//
// Memory is one environment in memory: it implements every port and makes a working oauth.Server, for tests of whatever
// stands on the library. Run holds an implementation, whichever it is, against the rules of the protocol through a Fixture:
// a server, and the callbacks that create, disable and ban. Each rule is a subtest named for it, in the suite_*.go files.
//
// What does not live here: the wire (package oauthhttp has its own tests), and anything a program would link.
//
// Start reading at fixture.go for the suite, at memory.go for the ports.
package oauthtest
