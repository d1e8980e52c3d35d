package cluster_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/hub/test/blackbox"
	"example.org/hub/test/postgres"
	"example.org/hub/test/relay"
	"example.org/hub/test/sample"
)

func TestMain(m *testing.M) { os.Exit(blackbox.Main(m)) }

// hub is one hub of two nodes: near has the database beside it, far reaches it through a relay.
type hub struct {
	near, far *sample.Node
	way       *relay.Relay
	settings  []string // for verbs, as on the near node
	farNode   func() *sample.Node
}

func start(t *testing.T) *hub {
	t.Helper()
	dsn, data := postgres.Start(t), t.TempDir()
	address := dsn[strings.IndexByte(dsn, '@')+1 : strings.LastIndexByte(dsn, '/')]
	h := &hub{way: relay.New(t, address), settings: []string{"--data", data, "--database", dsn}}
	sample.Declare(t, h.settings...)
	h.near = sample.Serve(t, data, append(h.settings, "--failure-limits", "off")...)
	h.farNode = func() *sample.Node {
		own := t.TempDir()
		return sample.Serve(t, own, "--data", own, "--database", strings.Replace(dsn, address, h.way.Address(), 1),
			"--master-key-file", filepath.Join(data, "master.key"), "--failure-limits", "off")
	}
	h.far = h.farNode()
	for _, node := range []*sample.Node{h.near, h.far} {
		blackbox.Soon(t, "a node is ready", func() bool { return node.Readiness(t.Context()) == "ready" })
	}
	return h
}

// change applies a piece of hub.yaml, as a third node would.
func (h *hub) change(t *testing.T, document string) {
	t.Helper()
	sample.Change(t, document, h.settings...)
}

// token asks a node for a token.
func token(t *testing.T, node *sample.Node, client sample.Client) string {
	t.Helper()
	answer, err := client.Token(t.Context(), node.Asker)
	if verdict := sample.Judge(answer, err); verdict != sample.Good {
		t.Fatalf("a token: %s", verdict)
	}
	return answer.Text("access_token")
}

// introspect asks a node what a token is worth.
func introspect(t *testing.T, node *sample.Node, token string) sample.Verdict {
	return sample.Judge(sample.Payments().Introspect(t.Context(), node.Asker, token))
}
