// Package signin is how people prove who they are: password, second factor, session, step-up, lock-out.
//
// desk.go is the Desk, which everything here belongs to. password.go proves a password, through the gate of gate.go that
// holds back more hashing than the machine can bear. session.go is the browser in which somebody is signed in, place.go where
// that was before, step.go says what a half-finished sign-in still lacks, pending.go what has happened for the request of a
// service since it sent the browser here, waiting.go keeps a form until somebody has signed in. passkey.go with the files beside it is
// the sign-in without a password; totp.go and recovery.go are the second factor, guess.go holds up who guesses it, second_factor.go
// is that for who comes with a token; change.go gives an account another password, restore.go helps who forgot it, setup.go makes the first administrator.
//
// A refusal never says which part was wrong: unknown, banned and mistaken look alike and take alike. What was really wrong
// travels in the error's cause, a *Refusal, for whoever answers and keeps account of refusals.
//
// What does not live here: pages and cookies (web), how letters leave (mail), which steps a request of a service asks for
// (provider), making users (directory).
//
// Start reading at desk.go, then step.go.
package signin
