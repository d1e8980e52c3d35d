package storetest_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

func TestTheBusiestServicesAreAddedUpAndInNoCurve(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s, ctx, now := database.Open(t), t.Context(), time.Now()
		count := func(environment hub.Environment, measure, label string, at time.Time, n int64) hub.Measured {
			return hub.Measured{Environment: environment, Measure: measure, Label: label, At: at, Count: n}
		}
		err := s.AddHistory(ctx, []hub.Measured{
			count(hub.Production, hub.MeasuredServices, "wiki", now, 5), count(hub.Production, hub.MeasuredServices, "wiki", now.Add(-3*time.Hour), 6), count(hub.Production, hub.MeasuredServices, "tracker", now, 7),
			count(hub.Production, hub.MeasuredServices, "old", now.Add(-72*time.Hour), 99), count(hub.Test, hub.MeasuredServices, "other", now, 99), count(hub.Production, hub.MeasuredTokens, "token", now, 18),
			count(hub.Production, hub.MeasuredOpened, "wiki", now, 3), count(hub.Production, hub.MeasuredOpened, "quiet", now, 200),
		})
		if err != nil {
			t.Fatal(err)
		}
		found, err := s.Busiest(ctx, hub.Production, now.Add(-24*time.Hour), 2)
		if err != nil || len(found) != 2 || found[0] != (hub.Busy{ServiceID: "wiki", Tokens: 11, SignIns: 3}) || found[1] != (hub.Busy{ServiceID: "tracker", Tokens: 7}) {
			t.Errorf("the busiest are %+v %v, want wiki with 11 tokens and tracker with 7", found, err)
		}
		if curves, err := s.History(ctx, hub.Production, now.Add(-24*time.Hour)); err != nil || len(curves) != 1 || curves[0].Label != "token" {
			t.Errorf("the curves hold %+v %v", curves, err)
		}
	})
}

// Sign-ins are counted by the event that each leaves, and however many nodes chain events at once, each event counts once.
func TestEachSignInIsCountedOnceInItsHour(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		nodes, ctx, now := []*store.Store{database.Open(t), database.Open(t)}, t.Context(), hub.Now()
		const each = 150
		for i := range each {
			for _, e := range []hub.Event{
				{Environment: hub.Production, Action: hub.SignedIn, At: now}, {Environment: hub.Production, Action: hub.SignedIn, At: now.Add(-5 * time.Hour)},
				{Environment: hub.Test, Action: hub.SignedIn, At: now}, {Environment: hub.Production, Action: "user.update", At: now},
			} {
				e.ID = fmt.Sprintf("%s-%03d-%s", e.Environment, i, e.At) + e.Action
				record(t, nodes[0], e)
			}
		}
		var all sync.WaitGroup
		for _, node := range nodes {
			all.Go(func() { chain(t, node) })
		}
		all.Wait()
		chain(t, nodes[0])
		found, err := nodes[1].History(ctx, hub.Production, now.Add(-24*time.Hour))
		if err != nil || len(found) != 2 || found[0].Count != each || found[1].Count != each || !found[1].At.Equal(now.Truncate(time.Hour)) || !found[0].At.Equal(now.Add(-5*time.Hour).Truncate(time.Hour)) {
			t.Errorf("the hours hold %+v %v, want two with %d sign-ins each", found, err, each)
		}
	})
}
