package signin_test

import (
	"testing"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store/storetest"
)

func TestWhatIsPendingCountsForItsRequestItsUserAndItsTime(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	now := hub.Now()
	whole := signin.Pending{AskedAt: now.Add(-time.Minute), UserID: "0190-ADA", ChosenAt: now, AllowedAt: now, DeniedAt: now}
	text := b.SealPending("client_id=wiki", whole)
	if got := b.OpenPending("client_id=wiki", text, "0190-ADA"); got != whole {
		t.Errorf("%+v", got)
	}
	if got := b.OpenPending("client_id=wiki", text, "ben"); got != (signin.Pending{AskedAt: whole.AskedAt}) {
		t.Errorf("for another user: %+v", got)
	}
	whole.AskedAt = now.Add(-16 * time.Minute)
	for name, none := range map[string]signin.Pending{
		"another request": b.OpenPending("client_id=builds", text, "0190-ADA"),
		"altered":         b.OpenPending("client_id=wiki", text[:len(text)-1], "0190-ADA"),
		"made up":         b.OpenPending("client_id=wiki", "!!", "0190-ADA"),
		"nothing":         b.OpenPending("client_id=wiki", "", "0190-ADA"),
		"too old":         b.OpenPending("client_id=wiki", b.SealPending("client_id=wiki", whole), "0190-ADA"),
	} {
		if none != (signin.Pending{}) {
			t.Errorf("%s: %+v", name, none)
		}
	}
}
