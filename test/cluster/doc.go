// Package cluster runs several nodes of one hub on one PostgreSQL and holds them to being one hub: what is done on one of
// them is seen on the others within a second, keys are rotated by several at once, and a node that has lost the database
// answers 503 rather than what it knew.
//
// Everything here starts the real program. Times that it takes for a change to arrive are printed (go test -v); what fails
// is only a change that does not arrive.
//
// Start reading at nodes_test.go.
package cluster
