// Package storetest runs tests on both databases, and holds the suite that both pass.
//
// Each runs a test once on SQLite and once on a real PostgreSQL; every room that needs a store in its tests uses it, so
// that nothing works on one database only. Bare does the same for tests of how the tables are made. Database.Open gives a
// store; called again, another store on the same database, as another process or node would have it. Rows gives what is
// in every table, for tests that hold one database against another.
//
// The suite is in the test files here, not beside the code of package store, since all of it goes through the public
// surface and most of it must hold on both.
//
// Start reading at Each.
package storetest
