package storetest_test

import (
	"cmp"
	"encoding/base64"
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

// crowdSize is more users than a query looks at one by one: every fifth a bot, every seventh banned, a third in an organisation,
// the first thousand and more in one group, three in another.
const crowdSize = 1300

func crowdUser(i int) hub.User {
	u := hub.User{
		ID: fmt.Sprintf("id-%04d", i), Login: fmt.Sprintf("User%04d", i), Name: fmt.Sprintf("Name%03d Surname%04d", i%50, i),
		Kind: hub.Person, Banned: i%7 == 0,
		CreatedAt: time.UnixMilli(1_700_000_000_000 + int64(i/10)).UTC(), UpdatedAt: time.UnixMilli(1_700_000_000_000).UTC(),
	}
	if i%2 == 0 {
		u.Email = fmt.Sprintf("Mail%04d@Example.test", i)
	}
	if i%5 == 0 {
		u.Kind = hub.Bot
	}
	if i%3 == 0 {
		u.Organisation = "o1"
	}
	if i == 42 {
		u.Name = `Ève d'Arc-Łódź 100% _x\`
	}
	return u
}

func inBigGroup(i int) bool   { return i < 1100 }
func inSmallGroup(i int) bool { return i == 3 || i == 42 || i == 1234 }

func insertCrowd(t testing.TB, s *store.Store) {
	t.Helper()
	ctx := t.Context()
	err := s.Bulk(ctx, func(tx *store.Tx) error {
		steps := []error{
			tx.InsertOrganisation(ctx, hub.Organisation{ID: "o1", Key: "Demo", Name: "Demo Ltd"}),
			tx.InsertGroup(ctx, hub.AllUsersGroup()), tx.InsertGroup(ctx, hub.Group{ID: "big", Name: "Big Group"}),
			tx.InsertGroup(ctx, hub.Group{ID: "small", Name: "Small"}),
			tx.InsertGroup(ctx, hub.Group{ID: "outer", Name: "Outer"}), tx.AddSubgroup(ctx, "outer", "small"),
			tx.InsertRole(ctx, hub.Role{ID: "r2", Key: "Keeper", Name: "Keeper"}),
			tx.InsertGrant(ctx, hub.Grant{ID: "g3", RoleID: "r2", HolderKind: hub.HolderGroup, HolderID: "outer"}),
			tx.InsertRole(ctx, hub.Role{ID: "r3", Key: "Everyman", Name: "Everyman"}),
			tx.InsertGrant(ctx, hub.Grant{ID: "g4", RoleID: "r3", HolderKind: hub.HolderGroup, HolderID: hub.AllUsersGroupID}),
			tx.InsertRole(ctx, hub.Role{ID: "r1", Key: "Operator", Name: "Operator", Permissions: []string{"payments:create"}}),
			tx.InsertGrant(ctx, hub.Grant{ID: "g1", RoleID: "r1", HolderKind: hub.HolderGroup, HolderID: "small"}),
		}
		for i := range crowdSize {
			u := crowdUser(i)
			steps = append(steps, tx.InsertUser(ctx, u))
			if inBigGroup(i) {
				steps = append(steps, tx.AddMember(ctx, "big", u.ID))
			}
			if inSmallGroup(i) {
				steps = append(steps, tx.AddMember(ctx, "small", u.ID))
			}
		}
		steps = append(steps, tx.InsertGrant(ctx, hub.Grant{
			ID: "g2", RoleID: "r1", HolderKind: hub.HolderUser, HolderID: crowdUser(7).ID, Organisation: "o1",
		}))
		return firstOf(steps)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func firstOf(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func parsed(t *testing.T, text string) query.Node {
	t.Helper()
	node, err := query.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return node
}

// walk follows Next to the end and gives everything it passed.
func walk[T any](t *testing.T, l query.List, list func(query.List) (query.Page[T], error)) (all []T, pages int) {
	t.Helper()
	for {
		page, err := list(l)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page.Items...)
		if page.Total < int64(len(all)) {
			t.Fatalf("total %d after %d", page.Total, len(all))
		}
		pages++
		if page.Next == "" {
			return all, pages
		}
		if page.Total <= int64(len(all)) {
			t.Fatalf("total %d says that nothing follows %d", page.Total, len(all))
		}
		l.After, l.Skip = page.Next, len(all)
	}
}

func loginsOf(users []hub.User) []string {
	names := []string{}
	for _, u := range users {
		names = append(names, u.Login)
	}
	return names
}

// userQueries are queries with what they mean, by number of the user.
var userQueries = map[string]func(i int) bool{
	"":                                        func(int) bool { return true },
	"login: user0042":                         func(i int) bool { return i == 42 },
	"login: user004*":                         func(i int) bool { return i/10 == 4 },
	"login: user*":                            func(int) bool { return true },
	"email: MAIL0042@example.test":            func(i int) bool { return i == 42 },
	"id: id-0007 or id: id-0008":              func(i int) bool { return i == 7 || i == 8 },
	"name: {name001 surname0001}":             func(i int) bool { return i == 1 },
	"name: name001*":                          func(i int) bool { return i%50 == 1 },
	"group: {big group}":                      inBigGroup,
	"group: small":                            inSmallGroup,
	"group: {all users}":                      func(int) bool { return true },
	"group: all-users and login: user000*":    func(i int) bool { return i < 10 },
	"not group: big":                          func(i int) bool { return !inBigGroup(i) },
	"group: small and not group: big":         func(i int) bool { return i == 1234 },
	"organisation: demo":                      func(i int) bool { return i%3 == 0 },
	"organization: o1 is: bot":                func(i int) bool { return i%15 == 0 },
	"group: outer":                            inSmallGroup,
	"role: keeper":                            inSmallGroup,
	"role: everyman":                          func(int) bool { return true },
	"not role: keeper":                        func(i int) bool { return !inSmallGroup(i) },
	"not organisation: demo":                  func(i int) bool { return i%3 != 0 },
	"not organisation: nobody":                func(int) bool { return true },
	"role: operator":                          func(i int) bool { return inSmallGroup(i) || i == 7 },
	"access(with: keeper)":                    inSmallGroup,
	"access(project: demo, with: operator)":   func(i int) bool { return inSmallGroup(i) || i == 7 },
	"access(project: global, with: operator)": inSmallGroup,
	"not access(with: {payments:create})":     func(i int) bool { return !inSmallGroup(i) && i != 7 },
	"access(project: nowhere, with: r1)":      inSmallGroup,
	"access(project: demo)":                   func(int) bool { return true },
	"kind: bot":                               func(i int) bool { return i%5 == 0 },
	"is: banned":                              func(i int) bool { return i%7 == 0 },
	"is: guest":                               func(int) bool { return false },
	"is: banned and kind: bot or id: id-0001": func(i int) bool { return i%35 == 0 || i == 1 },
	"surname0042 or surname0043":              func(i int) bool { return i == 43 },
	"surname0*":                               func(i int) bool { return i < 1000 && i != 42 },
	"name005":                                 func(i int) bool { return i%50 == 5 },
	"name00":                                  func(int) bool { return false },
	"name005 or name005*":                     func(i int) bool { return i%50 == 5 },
	"name005 surname0005":                     func(i int) bool { return i == 5 },
	"mail0044":                                func(int) bool { return false },
	"mail0044@example.test":                   func(i int) bool { return i == 44 },
	"mail0044@exam*":                          func(i int) bool { return i == 44 },
	"ève":                                     func(i int) bool { return i == 42 },
	"łÓDŹ":                                    func(i int) bool { return i == 42 },
	"arc łó*":                                 func(i int) bool { return i == 42 },
	`"100% _x"`:                               func(i int) bool { return i == 42 },
	"%":                                       func(int) bool { return false },
	"not (surname0042 or user*)":              func(int) bool { return false },
	"nobody or ''; DROP TABLE users; --":      func(int) bool { return false },
	`login: "' OR 1=1 --"`:                    func(int) bool { return false },
	"name: {%}":                               func(int) bool { return false },
}

// TestLists holds lists of users to their rules. All look at the same crowd, which takes longer to make than to look at.
func TestLists(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		insertCrowd(t, s)
		for name, rule := range map[string]func(*testing.T, *store.Store){
			"a query finds what it means":                 findsWhatItMeans,
			"a query of many conditions is answered":      answersManyConditions,
			"a walk visits each row once, in every order": visitsEachRowOnce,
			"a list refuses what it does not know":        refusesWhatItDoesNotKnow,
			"a stranger's cursor is refused or harmless":  meetsStrangeCursors,
		} {
			t.Run(name, func(t *testing.T) { rule(t, s) })
		}
	})
}

func findsWhatItMeans(t *testing.T, s *store.Store) {
	for text, means := range userQueries {
		want := []string{}
		for i := range crowdSize {
			if means(i) {
				want = append(want, crowdUser(i).Login)
			}
		}
		where := parsed(t, text)
		got, _ := walk(t, query.List{Where: where, Limit: 400}, func(l query.List) (query.Page[hub.User], error) {
			return s.ListUsers(t.Context(), l)
		})
		if !slices.Equal(loginsOf(got), want) {
			t.Errorf("%q: %d users %.80v, want %d %.80v", text, len(got), loginsOf(got), len(want), want)
		}
		exact, err := s.ListUsers(t.Context(), query.List{Where: where, Limit: 1, Exact: true})
		if err != nil || exact.Total != int64(len(want)) {
			t.Errorf("%q: counted %d %v, want %d", text, exact.Total, err, len(want))
		}
		skipped, err := s.ListUsers(t.Context(), query.List{Where: where, Skip: 3, Limit: 2})
		if err != nil || !slices.Equal(loginsOf(skipped.Items), want[min(3, len(want)):min(5, len(want))]) {
			t.Errorf("%q: skipped to %v %v", text, loginsOf(skipped.Items), err)
		}
	}
}

func answersManyConditions(t *testing.T, s *store.Store) {
	for text, fine := range map[string]bool{
		strings.Repeat("role: operator or ", 7) + "login: user0003": true,
		strings.Repeat("role: operator or ", 9) + "login: user0003": false,
		strings.Repeat("nobody* or group: small or ", 4) + "id: x":  true,
		strings.Repeat("login: nobody or ", 60) + "login: user0003": true,
		strings.Repeat("not (", 14) + "login: user0003":             true,
		strings.Repeat("login: user0003 ", 60):                      true,
		strings.Repeat("name: name003* ", 60):                       true,
		strings.Repeat("not is: guest and ", 60) + "kind: person":   true,
	} {
		page, err := s.ListUsers(t.Context(), query.List{Where: parsed(t, text), Limit: 10})
		if fine && err != nil || !fine && !fault.Is(err, fault.Invalid) {
			t.Errorf("%.30s: %d rows, %v", text, len(page.Items), err)
		}
	}
}

func visitsEachRowOnce(t *testing.T, s *store.Store) {
	for text, compare := range map[string]func(a, b hub.User) int{
		"":           func(a, b hub.User) int { return cmp.Compare(a.Login, b.Login) },
		"login:desc": func(a, b hub.User) int { return cmp.Compare(b.Login, a.Login) },
		"Name:DESC": func(a, b hub.User) int {
			return cmp.Or(cmp.Compare(hub.Fold(b.Name), hub.Fold(a.Name)), cmp.Compare(b.ID, a.ID))
		},
		"email": func(a, b hub.User) int {
			return cmp.Or(cmp.Compare(hub.Fold(a.Email), hub.Fold(b.Email)), cmp.Compare(a.ID, b.ID))
		},
		"creationTime:desc":    func(a, b hub.User) int { return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.ID, a.ID)) },
		"creationtime:desc,id": func(a, b hub.User) int { return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(a.ID, b.ID)) },
	} {
		order, err := query.ParseOrder(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, where := range []string{"", "name: name00*", "is: banned", "group: big"} {
			var want []hub.User
			for i := range crowdSize {
				if userMeaning(where)(i) {
					want = append(want, crowdUser(i))
				}
			}
			slices.SortFunc(want, compare)
			got, pages := walk(t, query.List{
				Where: parsed(t, where), Order: order, Limit: 90,
			}, func(l query.List) (query.Page[hub.User], error) {
				return s.ListUsers(t.Context(), l)
			})
			if !slices.Equal(loginsOf(got), loginsOf(want)) || pages != (len(want)+89)/90 {
				t.Errorf("orderBy %q of %q: %d rows in %d pages, want %d", text, where, len(got), pages, len(want))
			}
		}
	}
}

func userMeaning(text string) func(int) bool {
	if text == "name: name00*" {
		return func(i int) bool { return i%50 < 10 && i != 42 }
	}
	return userQueries[map[string]string{"": "", "is: banned": "is: banned", "group: big": "group: {big group}"}[text]]
}

func TestTheTotalOfAListFollowsEveryChange(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		e := sample()
		totals := func() [6]int64 {
			all := query.List{Limit: 0}
			users, err1 := s.ListUsers(t.Context(), all)
			groups, err2 := s.ListGroups(t.Context(), all)
			organisations, err3 := s.ListOrganisations(t.Context(), all)
			roles, err4 := s.ListRoles(t.Context(), all)
			services, err5 := s.ListServices(t.Context(), hub.Test, all)
			clients, err6 := s.ListAPIClients(t.Context(), hub.Test, all)
			if err := firstOf([]error{err1, err2, err3, err4, err5, err6}); err != nil {
				t.Fatal(err)
			}
			return [6]int64{users.Total, groups.Total, organisations.Total, roles.Total, services.Total, clients.Total}
		}
		e.insert(t, s)
		if got := totals(); got != [6]int64{1, 1, 1, 1, 1, 1} {
			t.Errorf("after all was made: %v", got)
		}
		ctx := t.Context()
		undone := s.Tx(ctx, func(tx *store.Tx) error {
			return firstOf([]error{tx.InsertUser(ctx, hub.User{ID: "u2", Login: "two", Kind: hub.Bot}), fault.New(fault.Invalid, "changed my mind")})
		})
		if got := totals(); undone == nil || got[0] != 1 {
			t.Errorf("after what was not done: %v %v", got, undone)
		}
		err := s.Tx(ctx, func(tx *store.Tx) error {
			return firstOf([]error{
				tx.DeleteUser(ctx, "u1"), tx.DeleteService(ctx, hub.Test, "s1"), tx.DeleteGroup(ctx, "g1"),
				tx.DeleteOrganisation(ctx, "o1"), tx.DeleteRole(ctx, "role1"),
			})
		})
		if got := totals(); err != nil || got != [6]int64{} {
			t.Errorf("after all was deleted: %v %v", got, err)
		}
	})
}

func refusesWhatItDoesNotKnow(t *testing.T, s *store.Store) {
	for text, said := range map[string]string{
		"passwrd: x":                "expected one of: login, name, email",
		"is: admin":                 "expected one of: banned",
		"kind: {x' OR '1'='1}":      "expected one of: person",
		"id: id*":                   "compared as a whole",
		"login: x or not (pass: y)": "at character 18",
		"group(name: x)":            "cannot be searched",
		"access: x":                 "access(project:, with:)",
		"access(whom: x)":           "expected one of: project, with",
		"access(with: x, with: y)":  "expected one whole name",
		"access(with: {})":          "expected one whole name",
		"access(project: x*)":       "expected one whole name",
		"access()":                  "expected one or more of: project, with",
	} {
		if _, err := s.ListUsers(t.Context(), query.List{Where: parsed(t, text), Limit: 5}); !fault.Is(err, fault.Invalid) ||
			!strings.Contains(err.Error(), said) {
			t.Errorf("%q: %v, want %s", text, err, said)
		}
	}
	if _, err := s.ListEvents(t.Context(), query.List{Where: parsed(t, "after: yesterday"), Limit: 5}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a time that is none: %v", err)
	}
	if _, err := s.ListUsers(t.Context(), query.List{Order: []query.Order{{Key: "password"}}, Limit: 5}); !fault.Is(err, fault.Invalid) {
		t.Errorf("an order that is none: %v", err)
	}
}

func meetsStrangeCursors(t *testing.T, s *store.Store) {
	for text, fine := range map[string]bool{
		`{"o":"login","v":["user0100"]}`:                         true,
		`{"o":"login","v":["'; DROP TABLE users; --"],"w":true}`: true,
		`{"o":"login","v":["\u0000"]}`:                           true,
		`{"o":"login","v":[7]}`:                                  false,
		`{"o":"login","v":[]}`:                                   false,
		`{"o":"login","v":["a","b"]}`:                            false,
		`{"o":"name,id","v":["a","b"]}`:                          false,
		`{"o":"login","v":[{"a":1}]}`:                            false,
		`{`:                                                      false,
		``:                                                       true,
		strings.Repeat(" ", 10_000):                              false,
	} {
		page, err := s.ListUsers(t.Context(), query.List{After: base64.RawURLEncoding.EncodeToString([]byte(text)), Limit: 5})
		if fine && (err != nil || len(page.Items) > 5) || !fine && !fault.Is(err, fault.Invalid) {
			t.Errorf("%.60s: %d rows, %v", text, len(page.Items), err)
		}
	}
	if _, err := s.ListUsers(t.Context(), query.List{After: "???", Limit: 5}); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}

func FuzzQueriesOfUsers(f *testing.F) {
	s := storetest.SQLite(f).Open(f)
	insertCrowd(f, s)
	for text := range userQueries {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		where, err := query.Parse(text)
		if err != nil {
			return
		}
		if _, err := s.ListUsers(t.Context(), query.List{Where: where, Limit: 3}); err != nil && !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
	})
}
