// Package once lets a request be sent again without being done again: what was answered is kept for a while.
//
// once.go has all of it: the first request with a key claims it, does its work, and leaves its answer; whoever comes with the
// same key afterwards gets that answer, and with another request under the same key a conflict. Answers are sealed with the
// master key, since they may hold a secret that is shown once.
//
// What does not live here: what a key looks like on the wire (rest), rows (store).
//
// Start reading at once.go.
package once
