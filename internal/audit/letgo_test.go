package audit_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"example.org/hub/internal/audit"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

func TestEventsGoAfterTheirTimeAndTheChainTellsSo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		ctx, s, now := t.Context(), database.Open(t), hub.Now()
		daysAgo := func(days float64) {
			e := hub.System("test").Did("test.write", "user", "u", "Ada", "")
			e.At = now.Add(-time.Duration(days * 24 * float64(time.Hour)))
			if err := s.Tx(ctx, func(tx *store.Tx) error { return tx.Record(ctx, e) }); err != nil {
				t.Fatal(err)
			}
			if _, err := audit.Chain(ctx, s); err != nil { // one by one, so that they stand in this order
				t.Fatal(err)
			}
		}
		holds := func(letGo int64) audit.Report {
			t.Helper()
			report, err := audit.VerifyStore(ctx, s)
			if err != nil || !report.Holds() || report.LetGo != letGo || report.Head.Position != report.Events+letGo {
				t.Errorf("%v %v %v, want %d let go", report, report.Breaks, err, letGo)
			}
			return report
		}
		// The third is of a clock that was years ahead, and holds nobody up.
		for _, days := range []float64{500, 498, -900, 496, 494, 450, 449, 400.5, 399, 1} {
			daysAgo(days)
		}
		// No more than a week goes at once, whatever the clock says now; a step tells of itself; the last day is waited for.
		for step, want := range []int64{5, 2, 0} {
			gone, err := audit.LetGo(ctx, s, hub.System("upkeep"), now)
			if err != nil || gone != want {
				t.Errorf("step %d: %d went, want %d, %v", step, gone, want, err)
			}
			holds([]int64{5, 7, 7}[step])
		}
		report := holds(7)
		if !strings.Contains(report.String(), "(7 earlier ones were let go after 400 days)") {
			t.Error(report)
		}
		var file bytes.Buffer
		if err := audit.Export(&file, audit.Events(ctx, s)); err != nil {
			t.Fatal(err)
		}
		if copied, err := audit.VerifyFile("audit.jsonl", bytes.NewReader(file.Bytes())); err != nil || copied.String() != report.String() {
			t.Errorf("%v, %v", copied, err)
		}

		// What goes besides is missed, whoever takes it.
		lines := strings.SplitAfter(file.String(), "\n")
		for name, text := range map[string]string{
			"one more of the beginning": strings.Join(lines[1:], ""),
			"what tells of it":          strings.Join(lines[:3], ""),
		} {
			if copied, err := audit.VerifyFile("audit.jsonl", strings.NewReader(text)); err != nil || copied.Holds() {
				t.Errorf("%s: %v, %v", name, copied, err)
			}
		}
	})
}

func TestAStepThatWasInterruptedLeavesAChainThatHolds(t *testing.T) {
	ctx, s, now := t.Context(), storetest.SQLite(t).Open(t), hub.Now()
	err := s.Tx(ctx, func(tx *store.Tx) error {
		for range 1200 {
			e := hub.System("test").Did("test.write", "user", "u", "Ada", "")
			e.At = now.Add(-audit.Kept - 48*time.Hour)
			if err := tx.Record(ctx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := audit.Chain(ctx, s); err != nil {
		t.Fatal(err)
	}
	if gone, err := audit.LetGo(ctx, s, hub.System("upkeep"), now); gone != 1200 || err != nil {
		t.Errorf("%d went, %v", gone, err)
	}
	events := []hub.Event{}
	for e, err := range audit.Events(ctx, s) {
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	if len(events) != 1 || events[0].Action != "audit.let-go" || events[0].Chain.Position != 1201 {
		t.Fatalf("%+v", events)
	}
	// As if only some of it had gone when the program was killed: what tells of it was there before.
	old := chain(1200)
	last := events[0]
	last.Details = strings.Replace(last.Details, `"through":1200`, `"through":1199`, 1)
	last.Chain.Previous = old[1199].Chain.Hash
	last.Chain.Hash = audit.Hash(last.Chain.Previous, last)
	report, err := audit.Verify(each(append(old[700:], last)))
	if err != nil || !report.Holds() || report.LetGo != 700 {
		t.Errorf("%v %v %v", report, report.Breaks, err)
	}
}
