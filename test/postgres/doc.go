// Package postgres runs a real PostgreSQL server, Debian's, in a temporary folder for tests.
//
// Start gives a fresh database on one server that all tests of a process share; it is what most tests want. New gives a
// server of its own, for tests that stop, start, freeze and thaw it.
//
// The server listens on a port of 127.0.0.1 and runs as user postgres when the tests run as root, since PostgreSQL
// refuses root. It ends and its folder goes with the process of the tests, however that ends: the shell that minds the
// server waits for a pipe which the kernel closes then.
//
// Start reading at Start.
package postgres
