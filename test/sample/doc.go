// Package sample declares a small population in a hub and speaks for its members, for tests of hubs that run.
//
// sample.go holds the members: an API, services that ask for tokens to it, users with API clients, an app and a permanent
// token. ask.go has what they ask of a hub. verdict.go sorts answers into what they say of a credential, so that a test of
// faults can tell a verdict from trouble.
//
// Start reading at Declare.
package sample
