package audit_test

import (
	"bytes"
	"sync"
	"testing"

	"example.org/hub/internal/audit"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

func TestNodesChainTheSameEventsOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		ctx := t.Context()
		one, two := database.Open(t), database.Open(t)
		const writers, each = 4, 200
		var all sync.WaitGroup
		for i := range writers {
			s := []*store.Store{one, two}[i%2]
			all.Go(func() {
				for range each {
					err := s.Tx(ctx, func(tx *store.Tx) error {
						for range 2 {
							if err := tx.Record(ctx, hub.System("test").Did("test.write", "user", "u", "Ada \"<>\" \u2028", `{"a":1}`)); err != nil {
								return err
							}
						}
						return nil
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
			all.Go(func() {
				for range 10 {
					if _, err := audit.Chain(ctx, s); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if _, err := audit.Chain(ctx, one); err != nil {
			t.Fatal(err)
		}
		if n, err := audit.Chain(ctx, two); n != 0 || err != nil {
			t.Errorf("%d events are left, %v", n, err)
		}
		report, err := audit.VerifyStore(ctx, two)
		if err != nil || !report.Holds() || report.Events != writers*each*2 || report.Head.Position != report.Events {
			t.Errorf("%v %v %v", report, report.Breaks, err)
		}
		var file bytes.Buffer
		if err := audit.Export(&file, audit.Events(ctx, one)); err != nil {
			t.Fatal(err)
		}
		again, err := audit.VerifyFile("events.jsonl", &file)
		if err != nil || again.String() != report.String() {
			t.Errorf("%v %v", again, err)
		}
	})
}

func TestEmptyStoreHasAWholeChain(t *testing.T) {
	s := storetest.SQLite(t).Open(t)
	report, err := audit.VerifyStore(t.Context(), s)
	if err != nil || !report.Holds() || report.Events != 0 {
		t.Errorf("%v %v", report, err)
	}
}
