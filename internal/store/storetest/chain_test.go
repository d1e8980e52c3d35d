package storetest_test

import (
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

// link is some hash of an event; which one is the matter of those who chain.
func link(previous []byte, e hub.Event) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%x %d %s %s", previous, e.Chain.Position, e.ID, e.Action))
	return sum[:]
}

// chain chains until nothing is left.
func chain(t testing.TB, s *store.Store) {
	t.Helper()
	for {
		count, err := s.ChainEvents(t.Context(), link)
		if err != nil {
			t.Error(err)
			return
		}
		if count == 0 {
			return
		}
	}
}

func record(t testing.TB, s *store.Store, events ...hub.Event) {
	t.Helper()
	err := s.Tx(t.Context(), func(tx *store.Tx) error {
		for _, e := range events {
			if err := tx.Record(t.Context(), e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestEventsOfAllNodesFormOneChain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		nodes := []*store.Store{database.Open(t), database.Open(t), database.Open(t)}
		const each = 40
		var all sync.WaitGroup
		for _, node := range nodes {
			all.Go(func() {
				for range each {
					record(t, node, hub.Event{ID: hub.NewID(), At: hub.Now(), Action: "test"})
				}
			})
			all.Go(func() {
				for range 10 {
					chain(t, node)
				}
			})
		}
		all.Wait()
		chain(t, nodes[0])
		events, err := nodes[1].ChainedEvents(t.Context(), 0, 1000)
		if err != nil || len(events) != each*len(nodes) {
			t.Fatalf("%d events in the chain, %v", len(events), err)
		}
		var previous []byte
		for i, e := range events {
			if e.Chain.Position != int64(i+1) || !slices.Equal(e.Chain.Previous, previous) || !slices.Equal(e.Chain.Hash, link(previous, e)) {
				t.Errorf("event %d is linked as %+v", i, e.Chain)
			}
			previous = e.Chain.Hash
		}
		head, err := nodes[2].ChainHead(t.Context())
		if err != nil || head.Position != int64(len(events)) || !slices.Equal(head.Hash, previous) {
			t.Errorf("the head is %+v, %v", head, err)
		}
	})
}

func TestEventsAreFoundNewestFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		at := func(n int) time.Time {
			return time.UnixMilli(1_700_000_000_000).UTC().Add(time.Duration(n) * time.Second)
		}
		var all []hub.Event
		for i := range 10 {
			all = append(all, hub.Event{
				ID: fmt.Sprintf("e%d", i), At: at(i / 2), Action: []string{"user.create", "user.delete"}[i%2],
				AuthorID: fmt.Sprintf("a%d", i%3), TargetID: fmt.Sprintf("t%d", i%5),
				Door: []string{"rest", "page"}[i%2], Result: []string{hub.Success, hub.Refused}[i%2],
				Environment: []hub.Environment{hub.Test, hub.Production}[i%2],
			})
		}
		record(t, s, all...)
		ids := func(filter store.EventFilter, mark store.EventMark, limit int) []string {
			events, err := s.Events(t.Context(), filter, mark, limit)
			if err != nil {
				t.Error(err)
			}
			var found []string
			for _, e := range events {
				found = append(found, e.ID)
			}
			return found
		}
		for name, c := range map[string]struct {
			filter store.EventFilter
			want   []string
		}{
			"all":               {store.EventFilter{}, []string{"e9", "e8", "e7", "e6", "e5", "e4", "e3", "e2", "e1", "e0"}},
			"author":            {store.EventFilter{Author: "a1"}, []string{"e7", "e4", "e1"}},
			"target":            {store.EventFilter{Target: "t2"}, []string{"e7", "e2"}},
			"target and author": {store.EventFilter{Target: "t2", Author: "a1"}, []string{"e7"}},
			"action":            {store.EventFilter{Action: "user.delete"}, []string{"e9", "e7", "e5", "e3", "e1"}},
			"door and author":   {store.EventFilter{Door: "rest", Author: "a1"}, []string{"e4"}},
			"result":            {store.EventFilter{Result: hub.Success}, []string{"e8", "e6", "e4", "e2", "e0"}},
			"environment":       {store.EventFilter{Environment: hub.Production, Target: "t1"}, []string{"e1"}},
			"between":           {store.EventFilter{After: at(1), Before: at(3)}, []string{"e5", "e4", "e3", "e2"}},
			"nothing":           {store.EventFilter{Action: "none"}, nil},
		} {
			if diff := cmp.Diff(c.want, ids(c.filter, store.EventMark{}, 100)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		if diff := cmp.Diff([]string{"e6", "e5", "e4"}, ids(store.EventFilter{Before: at(9)}, store.EventMark{At: at(3), ID: "e7"}, 3)); diff != "" {
			t.Errorf("the next page (-want +got):\n%s", diff)
		}
	})
}

func TestRefusalsAreCapped(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		driver, dsn := "pgx", database.Options.DSN
		if database.Engine == "sqlite" {
			driver, dsn = "sqlite3", "file:"+filepath.Join(database.Options.Dir, "hub.db")
		}
		alter(t, driver, dsn, `INSERT INTO refusals (error_id, at, environment, door, client_id, user_id, address, code, reason, expected, received, setting, count)
			WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000)
			SELECT 'old' || n, n, '', '', '', '', '', '', '', '', '', '', 1 FROM numbers`)
		fresh := []hub.Refusal{{ErrorID: "a", At: time.UnixMilli(200_000)}, {ErrorID: "b", At: time.UnixMilli(200_001)}}
		if err := s.InsertRefusals(t.Context(), fresh); err != nil {
			t.Fatal(err)
		}
		for id, kept := range map[string]bool{"old1": false, "old2": false, "old3": true, "old100000": true, "a": true, "b": true} {
			if _, err := s.Refusal(t.Context(), id); (err == nil) != kept {
				t.Errorf("%s: %v", id, err)
			}
		}
	})
}
