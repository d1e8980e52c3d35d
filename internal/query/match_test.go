package query_test

import (
	"testing"

	"example.org/hub/internal/query"
)

func TestAQueryIsHeldAgainstWhatIsInMemory(t *testing.T) {
	holds := func(n query.Node) bool { return n.Op == query.Field && n.Name == "key" && n.Value == "a" }
	for text, want := range map[string]bool{
		"": true, "key: a": true, "key: b": false, "key: b or key: a": true, "key: a key: b": false, "not key: b": true,
		"not (key: a or key: b)": false, "free text": false,
	} {
		node, err := query.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := node.Matches(holds); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	if query.Nothing().Matches(holds) {
		t.Error("nothing is fulfilled")
	}
}
