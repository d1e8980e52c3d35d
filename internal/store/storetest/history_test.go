package storetest_test

import (
	"testing"
	"time"

	"example.org/hub/internal/hub"
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
		})
		if err != nil {
			t.Fatal(err)
		}
		found, err := s.Busiest(ctx, hub.Production, now.Add(-24*time.Hour), 2)
		if err != nil || len(found) != 2 || found[0].Label != "wiki" || found[0].Count != 11 || found[1].Label != "tracker" || found[1].Count != 7 {
			t.Errorf("the busiest are %+v %v, want wiki with 11 and tracker with 7", found, err)
		}
		if curves, err := s.History(ctx, hub.Production, now.Add(-24*time.Hour)); err != nil || len(curves) != 1 || curves[0].Label != "token" {
			t.Errorf("the curves hold %+v %v", curves, err)
		}
	})
}
