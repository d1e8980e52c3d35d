// Command floor is the least a program can do that issues and checks tokens over net/http; hub is measured against it.
//
// With -commits it is the least that notes durably that refresh tokens were used (commits.go), on either database.
// With -pages it shows users out of a database that hub has filled (page.go).
//
// It has no clients but one, no rules, no database, no limits and no logs: whatever hub costs above it is the price of being more
// than that. The four things it does are the four handlers of handlers.go, where reading starts. It is written plainly, as one
// would write it without thinking of speed, but not wastefully. It is no example to follow.
package main
