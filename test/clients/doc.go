// Package clients runs client libraries that others wrote, unmodified, against the real hub.
//
// hub_test.go declares who is there and starts the hub; person_test.go is a person with a browser that runs no scripts, and
// takes each flow through the hub's own pages.
//
// Start reading at code_test.go.
package clients
