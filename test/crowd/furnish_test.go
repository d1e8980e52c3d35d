package crowd_test

import (
	"fmt"
	"testing"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/test/crowd"
)

func TestTheCrowdIsFurnished(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		const users = 40
		s, ctx, bytes := database.Open(t), t.Context(), map[string]string{"sqlite": "BLOB", "postgres": "BYTEA"}[database.Engine]
		if err := s.Tx(ctx, func(tx *store.Tx) error {
			if err := tx.InsertUser(ctx, hub.User{ID: "ada", Login: "ada", Kind: hub.Person}); err != nil {
				return err
			}
			for i := range 4 {
				if err := tx.InsertGroup(ctx, hub.Group{ID: fmt.Sprint("team", i), Name: fmt.Sprintf("Team %03d", i)}); err != nil {
					return err
				}
			}
			for _, key := range []string{"one", "other"} {
				if err := tx.InsertRole(ctx, hub.Role{ID: key, Key: key, Name: key}); err != nil {
					return err
				}
			}
			return tx.InsertPermanentToken(ctx, hub.PermanentToken{
				ID: "example", Environment: hub.Production, UserID: "ada", Name: "Example",
				Services: []string{"s1"}, Digest: []byte("d"),
			})
		}); err != nil {
			t.Fatal(err)
		}
		db := beside(t, database)
		if err := crowd.Fill(ctx, db, 1, users+1); err != nil {
			t.Fatal(err)
		}
		given := crowd.Furnishing{
			Users: users, Token: "example", Bytes: bytes, Roles: [2]string{"one", "other"},
			Teams: 4, Now: time.Now(), Big: []string{"ada"},
		}
		if err := given.Furnish(ctx, db); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{crowd.User(1).ID, crowd.User(users).ID} {
			tokens, err := s.PermanentTokensOfUser(ctx, id)
			if err != nil || len(tokens) != crowd.TokensEach || tokens[0].UserID != id || len(tokens[0].Services) != 1 {
				t.Errorf("tokens of %s: %d, %v", id, len(tokens), err)
			}
			groups, err := s.DirectGroupsOfUser(ctx, id)
			if err != nil || len(groups) != 2 {
				t.Errorf("groups of %s: %v, %v", id, groups, err)
			}
		}
		if sessions, err := s.SessionsOfUser(ctx, crowd.User(5).ID); err != nil || len(sessions) != 1 {
			t.Errorf("sessions: %v, %v", sessions, err)
		}
		if tokens, err := s.PermanentTokensOfUser(ctx, "ada"); err != nil || len(tokens) != 1+crowd.TokensEach {
			t.Errorf("tokens of ada: %d, %v", len(tokens), err)
		}
		if events, err := s.Events(ctx, store.EventFilter{Author: crowd.User(2).ID}, store.EventMark{}, 10); err != nil || len(events) != 3 {
			t.Errorf("events: %v, %v", events, err)
		}
	})
}
