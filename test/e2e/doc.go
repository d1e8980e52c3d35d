// Package e2e starts the real program and holds it to what the outside may rely on: the doors, their errors, environments,
// allowlists, the ways to check a token, several hubs on one database, and a database that goes away.
//
// Everything is asked over HTTPS as a client would, on SQLite and on PostgreSQL, after `hub apply` of testdata/hub.yaml.
//
// Start reading at house_test.go.
package e2e
