package fault_test

import (
	"regexp"
	"testing"

	"example.org/hub/internal/fault"
)

func TestIDsAreDistinctAndEasyToQuote(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		id := fault.NewID()
		if !regexp.MustCompile(`^[a-z2-7]{16}$`).MatchString(id) || seen[id] || !fault.IsID(id) {
			t.Fatalf("id %q", id)
		}
		seen[id] = true
	}
	if !fault.IsID("k24awte5m5zecqdzf3toykizkp") {
		t.Error("an id of the protocol library is taken for none")
	}
	for _, text := range []string{
		"", "abcdefgh", "abcdefghabcdefg1", "ABCDEFGHABCDEFGH",
		"abcdefghabcdefg\n", "abcdefgh\nabcdefgh", "abcdefghabcdefghabcdefgh",
	} {
		if fault.IsID(text) {
			t.Errorf("%q is taken for an id", text)
		}
	}
}
