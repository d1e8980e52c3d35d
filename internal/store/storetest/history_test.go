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
			count(hub.Production, hub.MeasuredServices, "wiki", now, 5),
			count(hub.Production, hub.MeasuredServices, "wiki", now.Add(-3*time.Hour), 6),
			count(hub.Production, hub.MeasuredServices, "tracker", now, 7),
			count(hub.Production, hub.MeasuredServices, "old", now.Add(-72*time.Hour), 99),
			count(hub.Test, hub.MeasuredServices, "other", now, 99), count(hub.Production, hub.MeasuredTokens, "token", now, 18),
			count(hub.Production, hub.MeasuredOpened, "wiki", now, 3), count(hub.Production, hub.MeasuredOpened, "quiet", now, 200),
		})
		if err != nil {
			t.Fatal(err)
		}
		found, err := store.NewCurves(s).Busiest(ctx, hub.Production, now.Add(-24*time.Hour), 2)
		if err != nil || len(found) != 2 || found[0] != (hub.Busy{ServiceID: "wiki", Tokens: 11, SignIns: 3}) ||
			found[1] != (hub.Busy{ServiceID: "tracker", Tokens: 7}) {
			t.Errorf("the busiest are %+v %v, want wiki with 11 tokens and tracker with 7", found, err)
		}
		if curves, err := store.NewCurves(s).History(ctx, hub.Production, now.Add(-24*time.Hour), time.Hour); err != nil ||
			len(curves) != 1 || curves[0].Label != "token" {
			t.Errorf("the curves hold %+v %v", curves, err)
		}
	})
}

// Sign-ins are counted by the event that each leaves, and however many nodes chain events at once, each event counts once.
func TestEachSignInIsCountedOnceInItsHour(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		nodes, ctx, now := []*store.Store{database.Open(t), database.Open(t)}, t.Context(), hub.Now()
		const each = 150
		signIns := func(n int) {
			for i := range n {
				for _, e := range []hub.Event{
					{Environment: hub.Production, Action: hub.SignedIn, At: now},
					{Environment: hub.Production, Action: hub.SignedIn, At: now.Add(-5 * time.Hour)},
					{Environment: hub.Test, Action: hub.SignedIn, At: now}, {Environment: hub.Production, Action: "user.update", At: now},
				} {
					e.ID = fmt.Sprintf("%s-%03d-%03d-%s", e.Environment, n, i, e.At) + e.Action
					record(t, nodes[0], e)
				}
			}
			var all sync.WaitGroup
			for _, node := range nodes {
				all.Go(func() { chain(t, node) })
			}
			all.Wait()
			chain(t, nodes[0])
		}
		curves := store.NewCurves(nodes[1])
		drawn := func() map[int]int64 { // by how many hours ago
			hour := now.Truncate(time.Hour)
			found, err := curves.History(ctx, hub.Production, hour.Add(-24*time.Hour), time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			ago := map[int]int64{}
			for _, one := range found {
				ago[int(hour.Sub(one.At)/time.Hour)] += one.Count
			}
			return ago
		}
		signIns(each)
		if found := drawn(); len(found) != 2 || found[0] != each || found[5] != each {
			t.Errorf("by how many hours ago they were: %v sign-ins, want %d now and 5 hours ago", found, each)
		}
		signIns(1)
		storetest.Eventually(t, "what was added", func() bool { found := drawn(); return found[0] == each+1 && found[5] == each+1 })
		days, err := curves.History(ctx, hub.Production, now.Truncate(24*time.Hour).AddDate(0, 0, -2), 24*time.Hour)
		sum := int64(0)
		for _, day := range days {
			sum += day.Count
		}
		if err != nil || sum != 2*(each+1) || len(days) > 3 {
			t.Errorf("in days: %+v %v, want %d sign-ins in all", days, err, 2*(each+1))
		}
	})
}
