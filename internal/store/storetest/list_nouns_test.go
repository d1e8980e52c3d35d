package storetest_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

// listing asks one list and names its rows.
type listing func(query.List) ([]string, error)

func named[T any](list func(context.Context, query.List) (query.Page[T], error), name func(T) string) func(context.Context) listing {
	return func(ctx context.Context) listing {
		return func(l query.List) ([]string, error) {
			page, err := list(ctx, l)
			names := []string{}
			for _, item := range page.Items {
				names = append(names, name(item))
			}
			return names, err
		}
	}
}

// listings are all lists, by the names of their collections.
func listings(ctx context.Context, s *store.Store) map[string]listing {
	return map[string]listing{
		"users":         named(s.ListUsers, func(u hub.User) string { return u.ID })(ctx),
		"usergroups":    named(s.ListGroups, func(g hub.Group) string { return g.ID })(ctx),
		"organizations": named(s.ListOrganisations, func(o hub.Organisation) string { return o.ID })(ctx),
		"roles":         named(s.ListRoles, func(r hub.Role) string { return r.ID })(ctx),
		"projectroles":  named(s.ListGrants, func(g hub.Grant) string { return g.ID })(ctx),
		"services": named(func(ctx context.Context, l query.List) (query.Page[hub.Service], error) {
			return s.ListServices(ctx, hub.Test, l)
		}, func(s hub.Service) string { return s.ID })(ctx),
		"apiclients": named(func(ctx context.Context, l query.List) (query.Page[hub.APIClient], error) {
			return s.ListAPIClients(ctx, hub.Test, l)
		}, func(a hub.APIClient) string { return a.ID })(ctx),
		"events": named(s.ListEvents, func(e hub.Event) string { return e.ID })(ctx),
	}
}

func TestEveryKeyAndOrderOfEveryListIsUnderstood(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		sample().insert(t, s)
		all := listings(t.Context(), s)
		for noun, listable := range store.Lists() {
			list, served := all[noun]
			if !served {
				t.Errorf("nobody lists %s", noun)
				continue
			}
			for _, key := range listable.Keys {
				values := key.Values
				if values == nil {
					values = []string{"0", `'"%_\ü`}
				}
				for _, value := range values {
					for _, where := range []query.Node{
						query.Is(key.Name, value), {Op: query.Not, Of: []query.Node{query.Is(key.Name, value)}},
						query.Any(query.Is(key.Name, value), query.Node{Op: query.Text, Value: value}),
						query.All(query.Is(key.Name, value), query.Node{Op: query.Text, Value: value, Prefix: true}),
					} {
						if _, err := list(query.List{Where: where, Limit: 2}); err != nil && (value == "0" || !fault.Is(err, fault.Invalid)) {
							t.Errorf("%s by %s: %v", noun, key.Name, err)
						}
					}
				}
			}
			for _, order := range listable.Orders {
				for _, descending := range []bool{false, true} {
					if rows, err := list(query.List{
						Order: []query.Order{{Key: order, Descending: descending}}, Limit: 2,
					}); err != nil || len(rows) == 0 {
						t.Errorf("%s in the order of %s: %d rows, %v", noun, order, len(rows), err)
					}
				}
			}
		}
	})
}

func TestTheSampleIsFoundByWhatItIs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		sample().insert(t, s)
		all := listings(t.Context(), s)
		for question, want := range map[[2]string][]string{
			{"usergroups", "user: ada"}:                                           {"g1"},
			{"usergroups", "role: operator"}:                                      {"g1"},
			{"usergroups", "is: requireTwoFactor STAF"}:                           {"g1"},
			{"usergroups", "is: allUsers"}:                                        {},
			{"organizations", "user: Ada@example.test"}:                           {"o1"},
			{"organizations", "demo or name: x"}:                                  {"o1"},
			{"roles", "permission: {payments:read}"}:                              {"role1"},
			{"roles", "permission: payments"}:                                     {},
			{"roles", "name: {payments op*}"}:                                     {},
			{"roles", "name: {payments op}*"}:                                     {"role1"},
			{"projectroles", "user: ada"}:                                         {"gr1"},
			{"projectroles", "group: staff"}:                                      {"gr2"},
			{"projectroles", "service: s1"}:                                       {"gr4"},
			{"projectroles", "project: GLBL role: operator"}:                      {"gr2", "gr3", "gr4"},
			{"projectroles", "role: operator is: global"}:                         {"gr2", "gr3", "gr4"},
			{"projectroles", "project: demo environment: test"}:                   {"gr1"},
			{"services", "vendor: x"}:                                             {},
			{"services", "key: payments"}:                                         {"s1"},
			{"services", "redirectUri: https://payments*"}:                        {"s1"},
			{"services", "not redirectUri: https://payments*"}:                    {},
			{"services", "zzz or key: payments or homeUrl: x"}:                    {"s1"},
			{"services", strings.Repeat("key: x or ", 200) + "key: pay*"}:         {"s1"},
			{"services", "has: permission has: homeUrl"}:                          {"s1"},
			{"services", "has: iconUrl"}:                                          {},
			{"services", "is: trusted organisation: demo"}:                        {"s1"},
			{"apiclients", "user: ada label: Nightly"}:                            {"c1"},
			{"apiclients", "organisation: demo nigh"}:                             {"c1"},
			{"apiclients", "is: active"}:                                          {},
			{"events", "author: u9 target: s1 action: service.*"}:                 {"e1"},
			{"events", "kind: service door: rest credential: t1 result: refused"}: {"e1"},
			{"events", "after: 2023-11-14 before: 2023-11-15"}:                    {"e1"},
			{"events", "after: 2023-11-15"}:                                       {},
			{"events", "payments"}:                                                {"e1"},
		} {
			got, err := all[question[0]](query.List{Where: parsed(t, question[1]), Limit: 10})
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%s, %s: %v %v, want %v", question[0], question[1], got, err, want)
			}
		}
	})
}

func TestEventsAreWalkedNewestFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		var want []string
		err := s.Bulk(t.Context(), func(tx *store.Tx) error {
			want = want[:0]
			for i := range 400 {
				e := hub.Event{
					ID: fmt.Sprintf("e%05d", i), At: sample().event.At.Add(0), Action: "user.update",
					TargetType: "user", TargetID: "u1", Result: hub.Success, Door: "rest",
				}
				if i%2 == 0 {
					e.Action, want = "user.create", append(want, e.ID)
				}
				if err := tx.Record(t.Context(), e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(want)
		for _, where := range []string{"action: user.create", "target: u1 action: user.create", "action: user.c*", "not action: user.update"} {
			got, _ := walk(t, query.List{Where: parsed(t, where), Limit: 30}, func(l query.List) (query.Page[hub.Event], error) {
				return s.ListEvents(t.Context(), l)
			})
			ids := []string{}
			for _, e := range got {
				ids = append(ids, e.ID)
			}
			if !slices.Equal(ids, want) {
				t.Errorf("%s: %d events, want %d", where, len(ids), len(want))
			}
		}
	})
}

func TestALongLogIsLookedThroughInStretches(t *testing.T) {
	const many = 6000 // more than a stretch
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		at := sample().event.At
		err := s.Bulk(t.Context(), func(tx *store.Tx) error {
			for i := range many {
				e := hub.Event{
					ID: fmt.Sprintf("e%05d", i), At: at.Add(time.Duration(i/2) * time.Second), Action: "user.update",
					TargetName: "Nobody", Result: hub.Success,
				}
				if i%2000 == 100 {
					e.TargetName = "Somebody"
				}
				if err := tx.Record(t.Context(), e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		newest, oldest := []string{"e04100", "e02100", "e00100"}, []string{"e00100", "e02100", "e04100"}
		before := at.Add(1500 * time.Second).UTC().Format(time.RFC3339)
		for _, one := range []struct {
			where, order string
			limit, empty int // pages without a row on the way
			want         []string
		}{
			{"somebody", "", 1, 0, newest},
			{"somebody", "", 10, 0, newest},
			{"somebody", "timestamp", 2, 0, oldest},
			{"somebody and action: user.update", "", 10, 0, newest},
			{"somebody or address: x", "timestamp:desc,id", 10, 0, newest},
			{"somebody and before: " + before, "", 10, 0, newest[1:]},
			{"somebody else", "", 10, 1, nil},
		} {
			order, err := query.ParseOrder(one.order)
			if err != nil {
				t.Fatal(err)
			}
			for _, within := range []time.Duration{0, 1} {
				found, pages, empty := []string(nil), 0, 0
				for l := (query.List{Where: parsed(t, one.where), Order: order, Limit: one.limit, Within: within}); ; pages++ {
					page, err := s.ListEvents(t.Context(), l)
					if err != nil {
						t.Fatalf("%s: %v", one.where, err)
					}
					for _, e := range page.Items {
						found = append(found, e.ID)
					}
					if l.After = page.Next; l.After == "" {
						break
					}
					if len(page.Items) == 0 {
						empty++
					}
				}
				if !slices.Equal(found, one.want) {
					t.Errorf("%s by %q within %d: %v, want %v", one.where, one.order, within, found, one.want)
				}
				if within > 0 && empty < one.empty {
					t.Errorf("%s: %d pages said only how far they came, want %d", one.where, empty, one.empty)
				}
			}
		}
	})
}
