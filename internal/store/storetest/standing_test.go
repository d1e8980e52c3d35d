package storetest_test

import (
	"slices"
	"testing"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

func TestStandingsTellOfEachUserWhatIsTheirOwn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s, ctx := database.Open(t), t.Context()
		at := time.UnixMilli(1_700_000_000_000).UTC()
		user := func(id string) hub.User {
			return hub.User{ID: id, Login: id, Kind: hub.Person, CreatedAt: at, UpdatedAt: at}
		}
		err := s.Tx(ctx, func(tx *store.Tx) error {
			for _, err := range []error{
				tx.InsertUser(ctx, user("ada")), tx.InsertUser(ctx, user("ben")), tx.InsertUser(ctx, user("eva")),
				tx.InsertGroup(ctx, hub.Group{ID: "g1", Name: "Writers"}), tx.InsertGroup(ctx, hub.Group{ID: "g2", Name: "authors"}),
				tx.AddMember(ctx, "g1", "ada"), tx.AddMember(ctx, "g2", "ada"), tx.AddMember(ctx, "g1", "ben"),
				tx.SetTOTP(ctx, hub.TOTP{UserID: "ada", Sealed: []byte("x"), ConfirmedAt: at}),
				tx.SetTOTP(ctx, hub.TOTP{UserID: "ben", Sealed: []byte("x")}), // not confirmed
				tx.InsertPasskey(ctx, hub.Passkey{ID: "k1", UserID: "eva", Credential: []byte("k1"), PublicKey: []byte("x"), CreatedAt: at}),
				tx.InsertAPIClient(ctx, hub.APIClient{
					ID: "c1", Environment: hub.Production, UserID: "ada", AuthorID: "ada", Label: "x", CreatedAt: at,
				}),
				tx.InsertAPIClient(ctx, hub.APIClient{
					ID: "c2", Environment: hub.Test, UserID: "ada", AuthorID: "ada", Label: "x", CreatedAt: at,
				}),
				tx.InsertSession(ctx, hub.Session{
					ID: "s1", Digest: []byte("1"), UserID: "ada", SignedInAt: at, CreatedAt: at,
					LastSeenAt: at.Add(time.Hour), ExpiresAt: at.Add(2 * time.Hour),
				}),
				tx.InsertSession(ctx, hub.Session{
					ID: "s2", Digest: []byte("2"), UserID: "ben", CreatedAt: at, LastSeenAt: at, ExpiresAt: at.Add(time.Hour),
				}), // half-finished
			} {
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		found, err := s.Standings(ctx, hub.Production, []hub.User{user("ada"), user("ben"), user("eva")})
		if err != nil {
			t.Fatal(err)
		}
		if ada := found["ada"]; !slices.Equal(ada.Groups, []string{"authors", "Writers"}) || !ada.Factor ||
			ada.Credentials != 1 || !ada.SeenAt.Equal(at.Add(time.Hour)) {
			t.Errorf("of ada it tells %+v", ada)
		}
		if ben := found["ben"]; !slices.Equal(ben.Groups, []string{"Writers"}) || ben.Factor || ben.Credentials != 0 || !ben.SeenAt.IsZero() {
			t.Errorf("of ben it tells %+v", ben)
		}
		if eva := found["eva"]; !eva.Factor {
			t.Errorf("of eva, who has a passkey, it tells %+v", eva)
		}
		if len(found) != 3 {
			t.Errorf("it tells of %d users, want 3", len(found))
		}
		if people, err := s.People(ctx); err != nil || people != (store.People{All: 3, Secured: 2}) {
			t.Errorf("%+v of the people have a second factor, %v", people, err)
		}
		groups, err := s.Groups(ctx)
		if err != nil || len(groups) == 0 {
			t.Fatalf("%d groups, %v", len(groups), err)
		}
		if names, err := s.GroupNames(ctx, []string{groups[0].ID, "gone"}); err != nil || len(names) != 1 || names[groups[0].ID] != groups[0].Name {
			t.Errorf("the groups are called %v, %v", names, err)
		}
		if none, err := s.Standings(ctx, hub.Production, nil); err != nil || len(none) != 0 {
			t.Errorf("of nobody it tells %v, %v", none, err)
		}
	})
}
