package storetest_test

import (
	"testing"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

func TestASessionKnowsTheServicesItOpenedUntilItEnds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s, ctx, now := database.Open(t), t.Context(), hub.Now()
		err := s.Tx(ctx, func(tx *store.Tx) error {
			if err := tx.InsertUser(ctx, hub.User{ID: "ada", Login: "ada", Kind: hub.Person, CreatedAt: now, UpdatedAt: now}); err != nil {
				return err
			}
			for _, id := range []string{"wiki", "chat"} {
				if err := tx.InsertService(ctx, hub.Service{
					ID: id, Environment: hub.Production, Key: id, Name: "The " + id, CreatedAt: now, UpdatedAt: now,
				}); err != nil {
					return err
				}
			}
			return tx.InsertSession(ctx, hub.Session{
				ID: "laptop", Digest: []byte("laptop"), UserID: "ada",
				SignedInAt: now, CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(time.Hour),
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		opened := func(session, service string, at time.Time) hub.Opened {
			return hub.Opened{SessionID: session, Environment: hub.Production, ServiceID: service, At: at}
		}
		for range 2 {
			err := s.Opened(ctx, []hub.Opened{
				opened("laptop", "wiki", now), opened("laptop", "chat", now.Add(time.Minute)),
				opened("laptop", "gone", now), opened("ended", "wiki", now),
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		found, err := s.OpenedByUser(ctx, "ada")
		if err != nil || len(found) != 2 || found[0].Name != "The chat" || found[1].Name != "The wiki" ||
			!found[0].At.Equal(now.Add(time.Minute)) || found[1].SessionID != "laptop" {
			t.Errorf("%+v %v, want chat, then wiki", found, err)
		}
		if err := s.Tx(ctx, func(tx *store.Tx) error { return tx.DeleteSession(ctx, "laptop") }); err != nil {
			t.Fatal(err)
		}
		if found, err := s.OpenedByUser(ctx, "ada"); err != nil || len(found) != 0 {
			t.Errorf("a session that has ended left %+v %v", found, err)
		}
	})
}
