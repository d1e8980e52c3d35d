package server

import (
	"net/http"

	"example.org/hub/internal/metrics"
)

// observed is what the metrics listener serves. It is plain HTTP on an address of the operator's choice, loopback unless
// said otherwise, and holds nothing of users.
func observed(set *metrics.Set, withProfiles bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", metrics.ContentType)
		if err := set.WriteText(w); err != nil {
			http.Error(w, "the metrics could not be gathered", http.StatusInternalServerError)
		}
	})
	if withProfiles {
		profiled(mux)
	}
	return mux
}
