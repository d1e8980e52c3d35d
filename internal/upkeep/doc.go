// Package upkeep is what runs by itself: expiry, key rotation, the audit chain, batched writes.
//
// A Job is a name, an interval and a function; Run runs each on its own until told to stop, and every job says when it
// last finished well, since silence of a background job must be seen. Which jobs a hub has is listed in cmd/hub.
//
// What does not live here: what the jobs do, which is in the rooms they come from.
//
// Start reading at upkeep.go.
package upkeep
