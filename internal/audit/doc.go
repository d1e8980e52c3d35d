// Package audit chains the events of Hub by hash, checks the chain, and carries it out of the house.
//
// hash.go is the canonical form of an event and the hash over it; verify.go walks a chain and names gaps and altered
// events; file.go writes the chain as JSON lines and reads such a file back, so that a copy kept elsewhere can be checked
// without a server; chain.go is the step that upkeep runs to give new events their place, letgo.go the one that ends what was
// kept for long enough. log.go is the log for whoever asks it: who sees which events, and the export.
//
// explain.go explains a refusal to who can set it right; denied.go tells from where an app was used in vain; difference.go says
// in words where two texts part, and place.go knows where each setting is.
//
// What does not live here: writing events, which is done in the transaction of the change they tell of (store.Tx.Record,
// with the event made by hub.Actor.Did), and refusals of strangers, which stay outside the chain.
//
// Start reading at Hash. A chain proves that nothing before its head was changed; whoever wants to know that its end was
// not cut off keeps position and hash of a head elsewhere.
package audit
