// Package blackbox builds the real hub once per test process, or takes the one that HUB_TEST_PROGRAM names, and runs it as a user
// does, for black-box tests.
//
// Serve starts `hub serve` on a port of its own and waits for its ready line; Run runs any other verb to its end. House is for
// packages in which many tests start from the same: each has a copy of what was made once. A package that uses them calls Main
// from its TestMain, which takes away what was built.
//
// ask.go has the client's side: requests over the hub's own certificate, answers as status, headers and JSON.
//
// Start reading at Serve.
package blackbox
