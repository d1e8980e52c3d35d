package storetest

import (
	"os"
	"strconv"
	"testing"
)

// Rounds is how often a race is run: 20 times, or as HUB_TEST_ROUNDS says (make soak).
func Rounds(t testing.TB) int {
	t.Helper()
	text := os.Getenv("HUB_TEST_ROUNDS")
	if text == "" {
		return 20
	}
	rounds, err := strconv.Atoi(text)
	if err != nil || rounds < 1 {
		t.Fatalf("HUB_TEST_ROUNDS must be a number: %q", text)
	}
	return rounds
}
