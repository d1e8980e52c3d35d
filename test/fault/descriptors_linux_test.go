package fault_test

import (
	"net"
	"strings"
	"syscall"
	"testing"

	"example.org/hub/test/blackbox"
	"example.org/hub/test/sample"
)

// A hub that may open no more files or connections must not take that for a verdict or for a broken disk, and goes on when
// there are some again.
func TestWithoutFileDescriptorsAHubWaitsAndGoesOn(t *testing.T) {
	eachDatabase(t, func(t *testing.T, h *home) {
		sample.Declare(t, h.settings()...)
		node := h.serve(t)
		token := issued(t, node, sample.Till()) // over a connection that stays
		limit(t, node, syscall.RLIMIT_NOFILE, uint64(node.Metric(t, "process_open_fds"))+3)
		var waiting []net.Conn
		for range 30 {
			conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(node.Base, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			waiting = append(waiting, conn)
		}
		for range 50 {
			for what, verdict := range map[string]sample.Verdict{
				"a new token":           sample.Judge(sample.Till().Token(t.Context(), node.Asker)),
				"introspection":         sample.Judge(sample.Payments().Introspect(t.Context(), node.Asker, token)),
				"a client never seen":   sample.Judge(sample.Export().Token(t.Context(), node.Asker)),
				"forward-auth, robin's": sample.Judge(sample.ForwardAuth(t.Context(), node.Asker, sample.PermanentToken)),
			} {
				if verdict != sample.Good && verdict != sample.Trouble {
					t.Fatalf("%s: %s", what, verdict)
				}
			}
		}
		for _, conn := range waiting {
			_ = conn.Close()
		}
		limit(t, node, syscall.RLIMIT_NOFILE, unlimited)
		node.Client.CloseIdleConnections()
		blackbox.Soon(t, "the hub is ready", func() bool { return node.Readiness(t.Context()) == "ready" })
		h.healthy(t, node)
	})
}
