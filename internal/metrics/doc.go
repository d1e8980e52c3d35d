// Package metrics is what Hub counts about itself, and the text it shows to Prometheus.
//
// A Set holds everything; metrics.New makes one, and there is no state beside it. Rooms are handed the counters they
// need, resolved once when the program is put together, so that counting on the way of a request is one atomic addition.
// counter.go has the small types they see; set.go names every metric there is; family.go keeps those of one name together,
// process.go adds what the runtime and the system say, and text.go writes it all out.
//
// Start reading at Set. What does not live here: the listener for /metrics (package server).
package metrics
