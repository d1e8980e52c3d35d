// Package relay stands between a program and a server it needs, and cuts, freezes or slows what passes.
//
// A program is pointed at the relay's address instead of the server's. Cut is a network that refuses, Freeze is one that
// swallows everything without a word, Delay is one that is far away; Heal makes it whole again. It serves tests which take
// the database away from one node and leave it to another.
//
// Start reading at New.
package relay
