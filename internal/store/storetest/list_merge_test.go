package storetest_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

// A list whose total does not matter takes another way through the indexes, and gives the same rows.
func TestAListThatIsNotCountedGivesTheSameRows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s, ctx := database.Open(t), t.Context()
		if err := s.Tx(ctx, func(tx *store.Tx) error {
			for i := range 90 {
				event := hub.Event{
					ID: fmt.Sprintf("e%03d", i), At: time.UnixMilli(1_000 + int64(i/4)),
					AuthorID: []string{"ada", "bob", "eve"}[i%3], TargetID: []string{"ada", "bob"}[i%2],
					Action: []string{"user.sign-in", "user.update"}[i/5%2], Result: hub.Success,
				}
				if i%7 == 0 {
					event.Details = `{"user":"ada"}`
				}
				if err := tx.Record(ctx, event); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		concerning := query.Any(query.Is("author", "ada"), query.Is("target", "ada"), query.ByID("owner", "ada"))
		for name, where := range map[string]query.Node{
			"everything": {}, "concerning": concerning,
			"nobody":       query.Any(query.Is("author", "none"), query.Is("target", "none")),
			"with actions": query.All(concerning, query.Any(query.Is("action", "user.sign-in"), query.Is("action", "user.end"))),
			"twice":        query.All(concerning, concerning),
			"one of them":  query.Is("target", "ada"),
			"one of them with actions": query.All(query.ByID("target", "ada"),
				query.Any(query.Is("action", "user.sign-in"), query.Is("action", "user.end"))),
		} {
			for _, order := range [][]query.Order{nil, {{Key: "timestamp"}}, {{Key: "id"}}} {
				var walks [2][]string
				for i, uncounted := range []bool{false, true} {
					for after := ""; ; {
						page, err := s.ListEvents(ctx, query.List{Where: where, Order: order, After: after, Limit: 7, Uncounted: uncounted})
						if err != nil {
							t.Fatal(err)
						}
						for _, event := range page.Items {
							walks[i] = append(walks[i], event.ID)
						}
						if after = page.Next; after == "" {
							break
						}
					}
				}
				if !slices.Equal(walks[0], walks[1]) || len(walks[0]) == 0 && name != "nobody" {
					t.Errorf("%s by %v: counted %v, not counted %v", name, order, walks[0], walks[1])
				}
				skipped, err := s.ListEvents(ctx, query.List{Where: where, Order: order, Skip: 5, Limit: 3, Uncounted: true})
				if err != nil || len(walks[0]) > 8 && skipped.Items[0].ID != walks[0][5] {
					t.Errorf("%s by %v: behind five comes %v, %v", name, order, skipped.Items, err)
				}
			}
		}
	})
}
