package storetest_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

func TestWhoUsesAServiceIsListedUserByUser(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s, ctx, at := database.Open(t), t.Context(), time.UnixMilli(1_700_000_000_000).UTC()
		end := at.Add(24 * time.Hour)
		err := s.Tx(ctx, func(tx *store.Tx) error {
			wrong := []error{}
			for i := range 7 {
				id := fmt.Sprintf("u%d", i)
				wrong = append(wrong, tx.InsertUser(ctx, hub.User{ID: id, Login: id, Kind: hub.Person, CreatedAt: at, UpdatedAt: at}))
			}
			for id, flows := range map[string][]hub.Flow{"wiki": hub.ModernFlows(), "tracker": {hub.Implicit}} {
				service := hub.Service{ID: id, Environment: hub.Production, Key: id, Name: id, CreatedAt: at, UpdatedAt: at}
				service.Flows = flows
				wrong = append(wrong, tx.InsertService(ctx, service))
			}
			for _, of := range []string{"u0", "u2", "u5"} {
				wrong = append(wrong, tx.SetApprovedScope(ctx, hub.ApprovedScope{
					ID: "a" + of, Environment: hub.Production, ClientID: "wiki", UserID: of, CreatedAt: at, UpdatedAt: at,
				}))
			}
			wrong = append(wrong, tx.SetApprovedScope(ctx, hub.ApprovedScope{
				ID: "b", Environment: hub.Production, ClientID: "tracker", UserID: "u6", CreatedAt: at, UpdatedAt: at,
			}))
			return errors.Join(wrong...)
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, family := range []hub.Family{
			{ID: "f1", UserID: "u2", Offline: true, CreatedAt: at.Add(-time.Hour), EndsAt: end},
			{ID: "f2", UserID: "u3", CreatedAt: at, EndsAt: end},
			{ID: "f3", UserID: "u3", Offline: true, CreatedAt: at, EndsAt: end, EndedAt: at},
			{ID: "f4", UserID: "u4", Offline: true, CreatedAt: at, EndsAt: at.Add(-time.Second)},
			{ID: "f5", UserID: "u6", Offline: true, CreatedAt: at, EndsAt: end, CodeDigest: []byte("never redeemed"), CodeEndsAt: end},
		} {
			family.Environment, family.ClientID, family.Document, family.LastsUntil = hub.Production, "wiki", []byte("{}"), end
			if err := s.InsertFamily(ctx, family, nil); err != nil {
				t.Fatal(err)
			}
		}
		var seen []string
		for after := ""; ; {
			page, err := s.UsersOfService(ctx, hub.Production, "wiki", after, at, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range page {
				seen, after = append(seen,
					fmt.Sprint(one.User.ID, one.Connected, one.SignedIn, !one.Approved.IsZero(), one.Since.Equal(at))), one.User.ID
			}
			if len(page) < 2 {
				break
			}
		}
		if want := []string{
			"u0false false true true", "u2true false true false", "u3false true false true", "u5false false true true",
		}; !slices.Equal(seen, want) {
			t.Errorf("it lists %q, want %q", seen, want)
		}
		for flow, want := range map[string]string{"implicit": "tracker", "refresh_token": "wiki"} {
			if found, err := s.ListServices(ctx, hub.Production, query.List{
				Where: query.Is("flow", flow), Limit: 10,
			}); err != nil || len(found.Items) != 1 || found.Items[0].ID != want {
				t.Errorf("with %s there are %v %v, want %s", flow, found.Items, err, want)
			}
		}
		if found, err := s.ListServices(ctx, hub.Test, query.List{
			Where: query.Is("flow", "implicit"), Limit: 10,
		}); err != nil || len(found.Items) != 0 {
			t.Errorf("in the other environment there are %v %v", found.Items, err)
		}
	})
}

func TestPeopleAreFoundByWhatTheyLack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s, ctx, at := database.Open(t), t.Context(), time.UnixMilli(1_700_000_000_000).UTC()
		err := s.Tx(ctx, func(tx *store.Tx) error {
			wrong := []error{}
			for id, kind := range map[string]hub.UserKind{
				"invited": hub.Person, "plain": hub.Person, "secured": hub.Person,
				"half": hub.Person, "passkey": hub.Person, "bot": hub.Bot,
			} {
				wrong = append(wrong, tx.InsertUser(ctx, hub.User{ID: id, Login: id, Kind: kind, CreatedAt: at, UpdatedAt: at}))
			}
			for _, id := range []string{"plain", "secured", "half"} {
				wrong = append(wrong, tx.SetPassword(ctx, hub.Password{UserID: id, Hash: "x", ChangedAt: at}))
			}
			return errors.Join(append(wrong,
				tx.SetTOTP(ctx, hub.TOTP{UserID: "secured", Sealed: []byte("x"), ConfirmedAt: at}),
				tx.SetTOTP(ctx, hub.TOTP{UserID: "half", Sealed: []byte("x")}),
				tx.InsertPasskey(ctx, hub.Passkey{
					ID: "k", UserID: "passkey", Credential: []byte("c"), PublicKey: []byte("p"),
					Site: "s", Name: "n", CreatedAt: at,
				}))...)
		})
		if err != nil {
			t.Fatal(err)
		}
		for lacking, want := range map[string][]string{"password": {"invited"}, "factor": {"half", "invited", "plain"}} {
			found, err := s.ListUsers(ctx, query.List{Where: query.Is("lacks", lacking), Limit: 10})
			var ids []string
			for _, user := range found.Items {
				ids = append(ids, user.ID)
			}
			if err != nil || !slices.Equal(ids, want) {
				t.Errorf("without %s are %v %v, want %v", lacking, ids, err, want)
			}
		}
		all, err := s.Users(ctx, "", 10)
		if err != nil {
			t.Fatal(err)
		}
		standings, err := s.Standings(ctx, hub.Production, all)
		if err != nil || !standings["invited"].Invited || standings["passkey"].Invited || standings["plain"].Invited || standings["bot"].Invited {
			t.Errorf("of who is invited it tells %v %v", standings, err)
		}
	})
}
