// Package crowd fills a database with any number of users at once, for measurements.
//
// It writes rows by SQL of its own, since a million users made one by one take an hour; a test holds them against a user
// that was made as always. What does not live here: sample people for tests (sample).
//
// Start reading at Fill.
package crowd
