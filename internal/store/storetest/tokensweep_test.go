package storetest_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

func TestASweepGivesTheTokensThatItPromises(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s, ctx, present := database.Open(t), t.Context(), time.UnixMilli(1_800_000_000_000).UTC()
		users := []hub.User{
			{ID: "a", Login: "ada", Kind: hub.Person},
			{ID: "b", Login: "bob", Kind: hub.Person, Banned: true},
			{ID: "c", Login: "robot", Kind: hub.Bot},
		}
		tokens := map[string]func(*hub.PermanentToken){
			"t1": func(*hub.PermanentToken) {},
			"t2": func(token *hub.PermanentToken) { token.LastUsedAt = present },
			"t3": func(token *hub.PermanentToken) {
				token.LastUsedAt, token.Services = present, []string{"one", "other"}
			},
			"t4": func(token *hub.PermanentToken) { token.LastUsedAt, token.UserID = present, "b" },
			"t5": func(token *hub.PermanentToken) { token.LastUsedAt, token.ExpiresAt = present, present.Add(time.Hour) },
			"t6": func(token *hub.PermanentToken) {
				token.LastUsedAt, token.ExpiresAt = present, present.Add(100*time.Hour)
			},
			"t8": func(token *hub.PermanentToken) { token.LastUsedAt = present.Add(-100 * time.Hour) },
			"t9": func(token *hub.PermanentToken) {
				token.LastUsedAt, token.ExpiresAt = present.Add(-100*time.Hour), present.Add(-time.Hour)
			},
			"t7": func(token *hub.PermanentToken) { token.LastUsedAt, token.Suspended = present, true },
		}
		if err := s.Tx(ctx, func(tx *store.Tx) error {
			for _, user := range users {
				if err := tx.InsertUser(ctx, user); err != nil {
					return err
				}
			}
			for id, change := range tokens {
				token := hub.PermanentToken{
					ID: id, Environment: hub.Production, UserID: "a", Name: "token " + id,
					Services: []string{"one"}, Digest: []byte(id), CreatedAt: present,
				}
				change(&token)
				if err := tx.InsertPermanentToken(ctx, token); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		times := store.SweepTimes{Unused: present.Add(-24 * time.Hour), Now: present, Soon: present.Add(24 * time.Hour)}
		for which, want := range map[store.TokenSweep][]string{
			store.OddTokens:    {"t1", "t3", "t4", "t5", "t7", "t8"},
			store.UnusedTokens: {"t8"}, store.NeverUsedTokens: {"t1"}, store.TokensOfMany: {"t3"},
			store.TokensOfBanned: {"t4"}, store.EndingTokens: {"t5"}, store.SuspendedTokens: {"t7"},
		} {
			var ids []string
			for after := ""; ; {
				found, looked, next, err := s.SweepTokens(ctx, which, times, after, 2)
				if err != nil {
					t.Fatal(err)
				}
				if looked < len(found) || len(found) > 2 {
					t.Errorf("%v: %d of %d", which, len(found), looked)
				}
				for _, one := range found {
					ids = append(ids, one.ID)
					if one.Login != map[string]string{"a": "ada", "b": "bob"}[one.UserID] || one.Banned != (one.UserID == "b") ||
						one.Name != "token "+one.ID || one.CreatedAt != present ||
						fmt.Sprint(one.Services) != fmt.Sprint(map[bool][]string{true: {"one", "other"}}[one.ID == "t3"]) {
						t.Errorf("%v: %+v", which, one)
					}
				}
				if after = next; after == "" {
					break
				}
			}
			if !slices.Equal(ids, want) {
				t.Errorf("sweep %v gives %v, want %v", which, ids, want)
			}
		}
	})
}

func TestPeopleAreThoseWhoMaySignIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s, ctx := database.Open(t), t.Context()
		if err := s.Tx(ctx, func(tx *store.Tx) error {
			for i, user := range []hub.User{
				{Kind: hub.Person}, {Kind: hub.Person}, {Kind: hub.Person, Banned: true}, {Kind: hub.Bot}, {Kind: hub.Person},
			} {
				user.ID, user.Login = fmt.Sprint("u", i), fmt.Sprint("user", i)
				if err := tx.InsertUser(ctx, user); err != nil {
					return err
				}
			}
			for _, id := range []string{"u1", "u2"} {
				if err := tx.SetTOTP(ctx, hub.TOTP{UserID: id, Sealed: []byte{1}, ConfirmedAt: time.UnixMilli(1)}); err != nil {
					return err
				}
			}
			return tx.SetTOTP(ctx, hub.TOTP{UserID: "u0", Sealed: []byte{1}})
		}); err != nil {
			t.Fatal(err)
		}
		if people, err := s.People(ctx); err != nil || people != (store.People{All: 3, Secured: 1}) {
			t.Errorf("there are %+v, %v; want 3 and 1 of them with a second factor", people, err)
		}
	})
}
