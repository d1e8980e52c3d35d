package storetest

import (
	"os"
	"strconv"
	"testing"

	"example.org/hub/internal/fault"
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

// Insist asks again where the answer is to try again shortly: of fifty who write at once the last may wait longer on a busy machine
// than an operation may take. A database that is away for good is not waited for.
func Insist(ask func() error) error {
	err := ask()
	for range 20 {
		if !fault.Is(err, fault.Unavailable) {
			break
		}
		err = ask()
	}
	return err
}
