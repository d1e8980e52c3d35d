package cluster_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"example.org/hub/test/blackbox"
	"example.org/hub/test/sample"
)

func TestKeysRotatedByManyAtOnceLeaveOneActiveKeyForEachUse(t *testing.T) {
	t.Parallel()
	h := start(t)
	before := token(t, h.far, sample.Shop())
	// Those who come second are told that a new key is on its way, so exactly one rotation of each use happens.
	h.rotateAtOnce(t)
	for slot, states := range h.keys(t) {
		// A use that had no key yet when the keys were rotated has one that is active and none to follow it.
		if states["active"] != 1 || states["next"] > 1 || states["next"] == 0 && strings.HasSuffix(slot, " access") {
			t.Errorf("%s: %v, want one active key and one that is next", slot, states)
		}
	}
	// With --now each rotation makes a key that signs at once, and takes over from the one before.
	h.rotateAtOnce(t, "--now")
	for slot, states := range h.keys(t) {
		if states["active"] != 1 {
			t.Errorf("%s: %v, want one active key", slot, states)
		}
	}
	active := h.key(t, "active")
	for name, node := range map[string]*sample.Node{"near": h.near, "far": h.far} {
		took := blackbox.Soon(t, "the "+name+" node signs with the new key", func() bool { return keyOf(t, token(t, node, sample.Shop())) == active })
		t.Logf("the %s node signs with the new key after %v", name, took)
	}
	fromNear, fromFar := token(t, h.near, sample.Shop()), token(t, h.far, sample.Shop())
	for name, token := range map[string]string{"of before": before, "of the near node": fromNear, "of the far node": fromFar} {
		for _, node := range []*sample.Node{h.near, h.far} {
			if verdict := introspect(t, node, token); verdict != sample.Good {
				t.Errorf("a token %s: %s", name, verdict)
			}
		}
	}
	blackbox.Soon(t, "both nodes publish the same keys", func() bool { return published(t, h.near) == published(t, h.far) })
}

// A key that is to sign must be known to every node, and to everyone who asks any of them, before it does.
func TestANewKeyIsPublishedByEveryNodeBeforeItSigns(t *testing.T) {
	t.Parallel()
	h := start(t)
	old := keyOf(t, token(t, h.near, sample.Shop()))
	blackbox.MustRun(t, "", append([]string{"keys", "rotate"}, h.settings...)...)
	next := h.key(t, "next")
	for _, node := range []*sample.Node{h.near, h.far} {
		took := blackbox.Soon(t, "the next key is published", func() bool { return strings.Contains(published(t, node), next) })
		t.Logf("published after %v", took)
		if key := keyOf(t, token(t, node, sample.Shop())); key != old {
			t.Errorf("the next key signs already")
		}
	}
}

// rotateAtOnce rotates the keys in several processes at the same time. At least one has to succeed.
func (h *hub) rotateAtOnce(t *testing.T, more ...string) {
	t.Helper()
	var processes sync.WaitGroup
	results := make([]blackbox.Result, 5)
	for i := range results {
		processes.Go(func() {
			results[i] = blackbox.Run(t, "", append(append([]string{"keys", "rotate"}, h.settings...), more...)...)
		})
	}
	processes.Wait()
	done := 0
	for _, result := range results {
		switch {
		case result.Exit == 0:
			done++
		case len(more) > 0 || !strings.Contains(result.Stderr, "signs only from"):
			t.Errorf("exit code %d: %s", result.Exit, result.Stderr)
		}
	}
	if done == 0 {
		t.Error("nobody rotated the keys")
	}
}

// keys counts the states of the keys of each environment and use.
func (h *hub) keys(t *testing.T) map[string]map[string]int {
	t.Helper()
	found := map[string]map[string]int{}
	for _, fields := range h.listed(t) {
		slot := fields[0] + " " + fields[1]
		if found[slot] == nil {
			found[slot] = map[string]int{}
		}
		found[slot][fields[4]]++
	}
	return found
}

// key is the id of the key for access tokens of production that is in a state.
func (h *hub) key(t *testing.T, state string) string {
	t.Helper()
	for _, fields := range h.listed(t) {
		if fields[0] == "production" && fields[1] == "access" && fields[4] == state {
			return fields[3]
		}
	}
	t.Fatalf("no key for access tokens is %s", state)
	return ""
}

// listed is what hub keys list says, as the fields of its lines.
func (h *hub) listed(t *testing.T) [][]string {
	t.Helper()
	var lines [][]string
	for number, line := range strings.Split(strings.TrimSpace(blackbox.MustRun(t, "", append([]string{"keys", "list"}, h.settings...)...)), "\n") {
		if number > 0 {
			lines = append(lines, strings.FieldsFunc(strings.ReplaceAll(line, "  ", "\t"), func(r rune) bool { return r == '\t' }))
		}
	}
	for _, fields := range lines {
		for i := range fields {
			fields[i] = strings.TrimSpace(fields[i])
		}
	}
	return lines
}

// keyOf is the id of the key that signed a JWT.
func keyOf(t *testing.T, token string) string {
	t.Helper()
	first, _, _ := strings.Cut(token, ".")
	text, err := base64.RawURLEncoding.DecodeString(first)
	if err != nil {
		t.Fatal(err)
	}
	var header struct {
		KeyID string `json:"kid"`
	}
	if err := json.Unmarshal(text, &header); err != nil {
		t.Fatal(err)
	}
	return header.KeyID
}

func published(t *testing.T, node *sample.Node) string {
	t.Helper()
	answer, err := sample.Keys(t.Context(), node.Asker)
	if verdict := sample.Judge(answer, err); verdict != sample.Good {
		t.Fatalf("the key set: %s", verdict)
	}
	return answer.Body
}
