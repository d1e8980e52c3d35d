package declare_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"example.org/hub/internal/declare"
)

func TestTheDocumentShowsTheExampleAndEveryKey(t *testing.T) {
	file, err := os.ReadFile("../../docs/hub-yaml.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(file)
	if !strings.Contains(text, "```yaml\n"+example+"```\n") {
		t.Error("docs/hub-yaml.md does not hold the example as it is applied by the tests")
	}
	keys := declare.Keys()
	if len(keys) < 80 || !slices.Contains(keys, "rotateRefreshTokens") {
		t.Fatalf("%d keys", len(keys))
	}
	for _, key := range keys {
		if !strings.Contains(text, "`"+key+"`") && !strings.Contains(text, "`"+key+":") &&
			!strings.Contains(text, "{"+key) && !strings.Contains(text, ", "+key+"}") && !strings.Contains(text, ", "+key+":") {
			t.Errorf("docs/hub-yaml.md does not explain %s", key)
		}
	}
}
