// Package signin is how people prove who they are: password, second factor, session, step-up, lock-out.
//
// desk.go is the Desk, which everything here belongs to:
//
//	step.go                what a sign-in that has begun still lacks: the order of the steps
//	password.go            a name with a password becomes a user; gate.go holds back more hashing than the machine can bear
//	session.go             the browser in which somebody is signed in; place.go knows where that was before
//	pending.go             what has happened for the request of a service since it sent the browser here
//	waiting.go             a form that waits until somebody has signed in
//	second_factor.go       the step behind the password, and its setting up; second_factor_actor.go for who comes with a token
//	totp.go, recovery.go   the codes of both kinds; guess.go holds up who guesses them
//	passkey.go             the sign-in without a password: passkey_register.go and passkey_signin.go; passkey_actor.go with a token
//	change.go              another password; restore.go and restore_link.go for who forgot it
//	setup.go               the first administrator
//
// A refusal never says which part was wrong: unknown, banned and mistaken look alike and take alike. What was really wrong
// travels in the error's cause, a *Refusal, for whoever answers and keeps account of refusals.
//
// What does not live here: pages and cookies (web), how letters leave (mail), which steps a request of a service asks for
// (provider), making users (directory).
//
// Start reading at desk.go, then step.go.
package signin
