// Package described holds what a hub answers against api/openapi.yaml, wherever a test asks: over the network as well as
// within a room.
//
// described.go has Answer, which tests call with each answer they get, and Document, the description itself as it is written.
// The form in which answers are held against it is stricter than what is published: a name that is not described must not be
// answered.
//
// Start reading at Answer.
package described
