package credential_test

import (
	"slices"
	"testing"
	"time"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/fault"
)

func TestSpansAreRead(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"": {}, "90d": now.AddDate(0, 0, 90), "12h": now.Add(12 * time.Hour), "2030-01-31": time.Date(2030, 1, 31, 0, 0, 0, 0, time.UTC),
		"2030-01-31T12:00:00+02:00": time.Date(2030, 1, 31, 10, 0, 0, 0, time.UTC),
	} {
		if at, err := credential.ParseExpiry("expires", text, now); err != nil || !at.Equal(want) {
			t.Errorf("%q: %v %v", text, at, err)
		}
	}
	for _, text := range []string{"0d", "-1d", "d", "90", "tomorrow", "2020-01-01", "99999999999d", "99999999999999h", "1.5d", "40001d"} {
		if at, err := credential.ParseExpiry("expires", text, now); !fault.Is(err, fault.Invalid) ||
			!slices.Equal(fieldsOf(err), []string{"expires"}) {
			t.Errorf("%q: %v %v", text, at, err)
		}
	}
}
