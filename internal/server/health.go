package server

import (
	"encoding/json"
	"net/http"
)

// Status is how ready the hub is.
type Status string

// The statuses. Read-only is a designed state: what can be verified is verified, nothing is written.
const (
	Ready    Status = "ready"
	ReadOnly Status = "read-only"
	NotReady Status = "not-ready"
)

const (
	healthPath = "/healthz"
	readyPath  = "/readyz"
)

// healthRoutes are the two addresses that every environment has besides its own.
func (s *Server) healthRoutes() []Route {
	return []Route{
		{Pattern: "GET " + healthPath, Handler: http.HandlerFunc(s.alive)},
		{Pattern: "GET " + readyPath, Handler: http.HandlerFunc(s.ready)},
	}
}

func (s *Server) alive(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(`{"status": "alive"}` + "\n"))
}

// ready says more than alive only to those who operate the hub: the reason is a word of ours, without names of hosts,
// files or versions.
func (s *Server) ready(w http.ResponseWriter, _ *http.Request) {
	status, reason := s.readiness()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if status == NotReady {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(struct {
		Status Status `json:"status"`
		Reason string `json:"reason"`
	}{status, reason})
}

func (s *Server) readiness() (Status, string) {
	switch {
	case s.stopping.Load():
		return NotReady, "stopping"
	case s.options.Ready == nil:
		return Ready, ""
	default:
		return s.options.Ready()
	}
}
