package sample

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"example.org/hub/test/blackbox"
)

// base is the URL of the sample's hub, whichever node answers and wherever it listens: tokens carry it as their issuer, so
// it stays the same over restarts and on every node.
const base = "http://localhost:8080"

// Node is one running hub, asked at its own address.
type Node struct {
	*blackbox.Hub
	metrics *blackbox.Asker
}

// Serve starts a node of the sample's hub on the database that these settings name.
func Serve(t testing.TB, data string, settings ...string) *Node {
	t.Helper()
	metrics := fmt.Sprintf("localhost:%d", blackbox.FreePort(t))
	hub := blackbox.Serve(t, data, append([]string{"--url", base, "--tls", "off", "--metrics-listen", metrics}, settings...)...)
	return &Node{Hub: hub, metrics: blackbox.NewAsker(t, "http://"+metrics, data)}
}

// Metric gives the value of a metric without labels, as /metrics shows it.
func (n *Node) Metric(t testing.TB, name string) float64 {
	t.Helper()
	answer := n.metrics.Get(t, "/metrics")
	for line := range strings.Lines(answer.Body) {
		if text, found := strings.CutPrefix(line, name+" "); found {
			value, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
			if err != nil {
				t.Fatal(err)
			}
			return value
		}
	}
	t.Fatalf("/metrics has no %s", name)
	return 0
}

// Readiness is the status that /readyz gives; "" if it gives none.
func (n *Node) Readiness(ctx context.Context) string {
	answer, err := n.Try(ctx, http.MethodGet, "/readyz", "")
	if err != nil {
		return ""
	}
	return answer.Text("status")
}
