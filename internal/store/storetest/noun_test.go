package storetest_test

import (
	"context"
	"maps"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

// questions are all reads of single nouns and of short lists, in the state that sample leaves.
func (e everything) questions() []question {
	type r = store.Reader
	now := time.UnixMilli(1_700_000_000_000)
	return []question{
		asked("organisation", e.organisation, func(ctx context.Context, q r) (hub.Organisation, error) { return q.Organisation(ctx, "o1") }),
		asked("organisation by key", e.organisation, func(ctx context.Context, q r) (hub.Organisation, error) {
			return q.OrganisationByKey(ctx, "DEMO")
		}),
		whole("organisations", []hub.Organisation{e.organisation}, (*r).Organisations),
		asked("retired key", e.retired, func(ctx context.Context, q r) (hub.RetiredKey, error) { return q.RetiredKeyByDigest(ctx, []byte{0, 1}) }),
		asked("retired keys", []hub.RetiredKey{e.retired}, func(ctx context.Context, q r) ([]hub.RetiredKey, error) {
			return q.RetiredKeys(ctx, "o1")
		}),
		asked("user", e.user, func(ctx context.Context, q r) (hub.User, error) { return q.User(ctx, "u1") }),
		asked("user by login", e.user, func(ctx context.Context, q r) (hub.User, error) { return q.UserByAlias(ctx, "ADA") }),
		asked("user by e-mail", e.user, func(ctx context.Context, q r) (hub.User, error) { return q.UserByAlias(ctx, "ada@EXAMPLE.test") }),
		asked("user by id", e.user, func(ctx context.Context, q r) (hub.User, error) { return q.UserByAlias(ctx, "u1") }),
		asked("users", []hub.User{e.user}, func(ctx context.Context, q r) ([]hub.User, error) { return q.Users(ctx, "", 10) }),
		asked("users after", []hub.User(nil), func(ctx context.Context, q r) ([]hub.User, error) { return q.Users(ctx, "Ada", 10) }),
		whole("count of users", int64(1), (*r).CountUsers),
		asked("password", e.password, func(ctx context.Context, q r) (hub.Password, error) { return q.Password(ctx, "u1") }),
		asked("totp", e.totp, func(ctx context.Context, q r) (hub.TOTP, error) { return q.TOTP(ctx, "u1") }),
		asked("group", e.group, func(ctx context.Context, q r) (hub.Group, error) { return q.Group(ctx, "g1") }),
		asked("group by name", e.group, func(ctx context.Context, q r) (hub.Group, error) { return q.GroupByName(ctx, "staff") }),
		whole("groups", []hub.Group{e.group}, (*r).Groups),
		asked("groups of user", []hub.Group{e.group}, func(ctx context.Context, q r) ([]hub.Group, error) { return q.DirectGroupsOfUser(ctx, "u1") }),
		asked("members", []hub.User{e.user}, func(ctx context.Context, q r) ([]hub.User, error) { return q.MembersOfGroup(ctx, "g1", "", 10) }),
		asked("role", e.role, func(ctx context.Context, q r) (hub.Role, error) { return q.Role(ctx, "role1") }),
		asked("role by key", e.role, func(ctx context.Context, q r) (hub.Role, error) { return q.RoleByKey(ctx, "operator") }),
		whole("roles", []hub.Role{e.role}, (*r).Roles),
		whole("grants", e.grants, (*r).Grants),
		asked("grant", e.grants[0], func(ctx context.Context, q r) (hub.Grant, error) { return q.Grant(ctx, "gr1") }),
		asked("grants for user", e.grants[:3], func(ctx context.Context, q r) ([]hub.Grant, error) { return q.GrantsForUser(ctx, "u1") }),
		asked("grants for a stranger", e.grants[2:3], func(ctx context.Context, q r) ([]hub.Grant, error) { return q.GrantsForUser(ctx, "u2") }),
		asked("grants of service", e.grants[3:], func(ctx context.Context, q r) ([]hub.Grant, error) {
			return q.GrantsOf(ctx, hub.HolderService, "s1")
		}),
		asked("service", e.service, func(ctx context.Context, q r) (hub.Service, error) { return q.Service(ctx, hub.Test, "s1") }),
		asked("service by key", e.service, func(ctx context.Context, q r) (hub.Service, error) { return q.ServiceByName(ctx, hub.Test, "PAYMENTS") }),
		asked("service by name", e.service, func(ctx context.Context, q r) (hub.Service, error) {
			return q.ServiceByName(ctx, hub.Test, "payments api")
		}),
		asked("service by id", e.service, func(ctx context.Context, q r) (hub.Service, error) { return q.ServiceByName(ctx, hub.Test, "S1") }),
		asked("service ids", map[string]string{"payments": "s1", "s1": "s1"}, func(ctx context.Context, q r) (map[string]string, error) {
			return q.ServiceIDs(ctx, hub.Test, []string{"payments", "nobody", "s1", "payments", "Payments"})
		}),
		asked("services", []hub.Service{e.service}, func(ctx context.Context, q r) ([]hub.Service, error) {
			return q.Services(ctx, hub.Test, "", 10)
		}),
		asked("services of production", []hub.Service(nil), func(ctx context.Context, q r) ([]hub.Service, error) {
			return q.Services(ctx, hub.Production, "", 10)
		}),
		asked("origin", true, func(ctx context.Context, q r) (bool, error) {
			return q.OriginRegistered(ctx, hub.Test, "https://payments.example.test")
		}),
		asked("origin with port", true, func(ctx context.Context, q r) (bool, error) {
			return q.OriginRegistered(ctx, hub.Test, "http://127.0.0.1:8080")
		}),
		asked("foreign origin", false, func(ctx context.Context, q r) (bool, error) {
			return q.OriginRegistered(ctx, hub.Test, "https://example.test")
		}),
		asked("origin of production", false, func(ctx context.Context, q r) (bool, error) {
			return q.OriginRegistered(ctx, hub.Production, "https://payments.example.test")
		}),
		asked("secrets", []hub.Secret{e.secret}, func(ctx context.Context, q r) ([]hub.Secret, error) { return q.Secrets(ctx, hub.Test, "s1") }),
		asked("service with secrets", []any{e.service, []hub.Secret{e.secret}}, func(ctx context.Context, q r) ([]any, error) {
			service, secrets, err := q.ServiceWithSecrets(ctx, hub.Test, "s1")
			return []any{service, secrets}, err
		}),
		asked("api client with secrets", []any{e.client, []hub.Secret{e.clientSecret}}, func(ctx context.Context, q r) ([]any, error) {
			client, secrets, err := q.APIClientWithSecrets(ctx, hub.Test, "c1")
			return []any{client, secrets}, err
		}),
		asked("api client", e.client, func(ctx context.Context, q r) (hub.APIClient, error) { return q.APIClient(ctx, hub.Test, "c1") }),
		asked("api clients of user", []hub.APIClient{e.client}, func(ctx context.Context, q r) ([]hub.APIClient, error) {
			return q.APIClientsOfUser(ctx, hub.Test, "u1")
		}),
		asked("api clients", []hub.APIClient{e.client}, func(ctx context.Context, q r) ([]hub.APIClient, error) {
			return q.APIClients(ctx, hub.Test, "", 10)
		}),
		asked("app", e.app, func(ctx context.Context, q r) (hub.App, error) { return q.App(ctx, hub.Test, "98434376") }),
		asked("apps of user", []hub.App{e.app}, func(ctx context.Context, q r) ([]hub.App, error) { return q.AppsOfUser(ctx, hub.Test, "u1") }),
		asked("apps", []hub.App{e.app}, func(ctx context.Context, q r) ([]hub.App, error) { return q.Apps(ctx, hub.Test, "", 10) }),
		asked("token", e.token, func(ctx context.Context, q r) (hub.PermanentToken, error) { return q.PermanentToken(ctx, "t1") }),
		asked("token by digest", e.token, func(ctx context.Context, q r) (hub.PermanentToken, error) {
			return q.PermanentTokenByDigest(ctx, []byte{0, 8})
		}),
		asked("tokens of user", []hub.PermanentToken{e.token}, func(ctx context.Context, q r) ([]hub.PermanentToken, error) {
			return q.PermanentTokensOfUser(ctx, "u1")
		}),
		asked("application password", e.application, func(ctx context.Context, q r) (hub.ApplicationPassword, error) {
			return q.ApplicationPasswordByDigest(ctx, "u1", []byte{0, 9})
		}),
		asked("application password by id", e.application, func(ctx context.Context, q r) (hub.ApplicationPassword, error) {
			return q.ApplicationPassword(ctx, "ap1")
		}),
		asked("application passwords", []hub.ApplicationPassword{e.application}, func(ctx context.Context, q r) ([]hub.ApplicationPassword, error) {
			return q.ApplicationPasswordsOfUser(ctx, "u1")
		}),
		whole("signing keys", []hub.SigningKey{e.key}, (*r).SigningKeys),
		asked("revoked tokens", []hub.RevokedToken{e.revoked}, func(ctx context.Context, q r) ([]hub.RevokedToken, error) {
			return q.RevokedTokens(ctx, now)
		}),
		asked("refusal", e.refusal, func(ctx context.Context, q r) (hub.Refusal, error) { return q.Refusal(ctx, "err2") }),
		asked("refusals", []hub.Refusal{e.refusal}, func(ctx context.Context, q r) ([]hub.Refusal, error) {
			return q.RefusalsOfClient(ctx, hub.Test, "98434376", 10)
		}),
		asked("refusals of a user", []hub.Refusal{e.refusal}, func(ctx context.Context, q r) ([]hub.Refusal, error) {
			return q.RefusalsOfUser(ctx, "u1", e.refusal.At, e.refusal.At.Add(time.Millisecond), 10)
		}),
		asked("events", []hub.Event{e.event}, func(ctx context.Context, q r) ([]hub.Event, error) {
			return q.Events(ctx, store.EventFilter{Target: "s1"}, store.EventMark{}, 10)
		}),
		whole("settings", e.settings, (*r).Settings),
	}
}

// live are the nouns that a restore does not bring back.
func (e everything) live() []question {
	type r = store.Reader
	return []question{
		asked("opaque token", e.opaque, func(ctx context.Context, q r) (hub.OpaqueToken, error) {
			return q.OpaqueTokenByDigest(ctx, []byte{0, 11})
		}),
		asked("session", e.session, func(ctx context.Context, q r) (hub.Session, error) { return q.Session(ctx, "se1") }),
		asked("session by digest", e.session, func(ctx context.Context, q r) (hub.Session, error) { return q.SessionByDigest(ctx, []byte{0, 12}) }),
	}
}

func answer(t *testing.T, r store.Reader, questions []question) {
	t.Helper()
	for _, q := range questions {
		got, err := q.ask(t.Context(), r)
		if err != nil {
			t.Errorf("%s: %v", q.name, err)
		} else if diff := cmp.Diff(q.want, got, cmpopts.EquateComparable(netip.Prefix{}), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", q.name, diff)
		}
	}
}

func TestEveryNounReadsAsItWasWritten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		e := sample()
		e.insert(t, s)
		answer(t, s.Reader, append(e.questions(), e.live()...))
	})
}

func TestAZeroTimeAndAnAbsentListStayWhatTheyAre(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		e := sample()
		e.token.Cap, e.token.Permissions, e.token.Allowlist, e.token.ExpiresAt = nil, []string{}, nil, time.Time{}
		e.insert(t, s)
		got, err := s.PermanentToken(t.Context(), "t1")
		if err != nil {
			t.Fatal(err)
		}
		if got.Cap != nil || got.Permissions == nil || len(got.Permissions) > 0 || !got.ExpiresAt.IsZero() {
			t.Errorf("cap %v, permissions %v, end %v", got.Cap, got.Permissions, got.ExpiresAt)
		}
	})
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		for _, q := range append(sample().questions(), sample().live()...) {
			got, err := q.ask(t.Context(), s.Reader)
			if err != nil && !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v (%v)", q.name, err, got)
			}
		}
	})
}

func TestUpdatesReplaceWhatMayChange(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		e := sample()
		e.insert(t, s)
		later := e.user.UpdatedAt.Add(time.Hour)
		e.organisation.Key, e.organisation.Name, e.organisation.UpdatedAt = "demo", "Demo plc", later
		e.user.Login, e.user.Email, e.user.EmailVerified, e.user.Banned, e.user.Organisation, e.user.UpdatedAt =
			"lovelace", "", false, false, "", later
		e.group.Name, e.group.RequireTwoFactor, e.group.UpdatedAt = "STAFF", false, later
		e.role.Permissions, e.role.UpdatedAt = []string{"payments:read"}, later
		e.service.Name, e.service.Disabled, e.service.RedirectURIs, e.service.UpdatedAt =
			"Payment links", false, []string{"https://payments.example.test/cb", "http://127.0.0.1:8080/cb"}, later
		e.client.Label, e.client.Limited, e.client.Disabled = "Daily", false, false
		e.app.Label, e.app.Digest, e.app.PreviousDigest, e.app.PreviousEndsAt, e.app.Disabled, e.app.Suspended =
			"Shop", []byte{9}, nil, time.Time{}, false, false
		e.token.Name, e.token.Scope, e.token.Suspended, e.token.ExpiresAt = "Import", []string{"Hub"}, false, later
		e.application.Name, e.application.Suspended = "Calendar", false
		e.key.RemoveAt = later
		e.secret.ExpiresAt, e.secret.Suspended = later, false
		e.session.Digest, e.session.LastSeenAt = []byte{0, 12}, later
		ctx := t.Context()
		err := s.Tx(ctx, func(tx *store.Tx) error {
			for _, err := range []error{
				tx.UpdateOrganisation(ctx, e.organisation), tx.UpdateUser(ctx, e.user), tx.UpdateGroup(ctx, e.group),
				tx.UpdateRole(ctx, e.role), tx.UpdateService(ctx, e.service),
				tx.UpdateAPIClient(ctx, e.client), tx.UpdateApp(ctx, e.app),
				tx.UpdatePermanentToken(ctx, e.token), tx.UpdateApplicationPassword(ctx, e.application),
				tx.SetSigningKeyEnd(ctx, hub.Test, "k1", later), tx.EndSecret(ctx, "sec1", later),
				tx.ConfirmSecret(ctx, "sec1"), tx.UpdateSession(ctx, e.session),
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
		for _, q := range append(e.questions(), e.live()...) {
			switch q.name {
			case "user by login", "user by e-mail", "users after", "service by name":
				if _, err := q.ask(ctx, s.Reader); err != nil && !fault.Is(err, fault.NotFound) {
					t.Errorf("%s: %v", q.name, err)
				}
			default:
				answer(t, s.Reader, []question{q})
			}
		}
		for _, old := range []string{"Ada", "ada@example.test"} {
			if _, err := s.UserByAlias(ctx, old); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s is still found: %v", old, err)
			}
		}
	})
}

func TestNamesAreTakenOnceAcrossAllTheirForms(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		e := sample()
		e.insert(t, s)
		ctx := t.Context()
		service := func(environment hub.Environment, id, key, name string) func(*store.Tx) error {
			return func(tx *store.Tx) error {
				return tx.InsertService(ctx, hub.Service{ID: id, Environment: environment, Key: key, Name: name})
			}
		}
		user := func(id, login, email string) func(*store.Tx) error {
			return func(tx *store.Tx) error {
				return tx.InsertUser(ctx, hub.User{ID: id, Login: login, Email: email, Kind: hub.Person})
			}
		}
		for name, taken := range map[string]func(*store.Tx) error{
			"a login that is a login":      user("x", "ADA", ""),
			"a login that is an e-mail":    user("x", "ada@example.test", ""),
			"an e-mail that is a login":    user("x", "x", "aDa"),
			"an id that is a login":        user("Ada", "x", ""),
			"a name that is a key":         service(hub.Test, "x", "x", "payments"),
			"a key that is a name":         service(hub.Test, "x", "PAYMENTS API", "x"),
			"a key that is an id":          service(hub.Test, "x", "S1", "x"),
			"a group name in another case": func(tx *store.Tx) error { return tx.InsertGroup(ctx, hub.Group{ID: "x", Name: "sTaff"}) },
			"a role key in another case":   func(tx *store.Tx) error { return tx.InsertRole(ctx, hub.Role{ID: "x", Key: "operator"}) },
			"an organisation key likewise": func(tx *store.Tx) error { return tx.InsertOrganisation(ctx, hub.Organisation{ID: "x", Key: "demo"}) },
			"the same grant again":         func(tx *store.Tx) error { g := e.grants[1]; g.ID = "x"; return tx.InsertGrant(ctx, g) },
			"the same token secret again":  func(tx *store.Tx) error { token := e.token; token.ID = "x"; return tx.InsertPermanentToken(ctx, token) },
			"a grant of no role": func(tx *store.Tx) error {
				g := e.grants[1]
				g.ID, g.RoleID = "x", "none"
				return tx.InsertGrant(ctx, g)
			},
			"an organisation that is in use": func(tx *store.Tx) error { return tx.DeleteOrganisation(ctx, "o1") },
		} {
			if err := s.Tx(ctx, taken); !fault.Is(err, fault.Conflict) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := s.Tx(ctx, service(hub.Production, "s1", "payments", "Payments API")); err != nil {
			t.Errorf("the same service in the other environment: %v", err)
		}
	})
}

func TestACollisionIsNamedTheSameOnBothDatabases(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		e := sample()
		e.insert(t, s)
		ctx := t.Context()
		for want, collide := range map[string]func(*store.Tx) error{
			"user_groups_name":                     func(tx *store.Tx) error { return tx.InsertGroup(ctx, hub.Group{ID: "x", Name: "staff"}) },
			"retired_keys_digest":                  func(tx *store.Tx) error { k := e.retired; k.ID = "x"; return tx.InsertRetiredKey(ctx, k) },
			"permanent_tokens_digest":              func(tx *store.Tx) error { token := e.token; token.ID = "x"; return tx.InsertPermanentToken(ctx, token) },
			"application_passwords_user_id_digest": func(tx *store.Tx) error { p := e.application; p.ID = "x"; return tx.InsertApplicationPassword(ctx, p) },
			"grants_holder":                        func(tx *store.Tx) error { g := e.grants[1]; g.ID = "x"; return tx.InsertGrant(ctx, g) },
		} {
			err := s.Tx(ctx, collide)
			if broken, is := err.(*fault.Error); !is || broken.Code != want {
				t.Errorf("want %s, got %v", want, err)
			}
		}
	})
}

func TestWhatBelongsToAnOwnerGoesWithIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		e := sample()
		e.insert(t, s)
		told := watch(t, s)
		ctx := t.Context()
		err := s.Tx(ctx, func(tx *store.Tx) error {
			for _, err := range []error{
				tx.DeleteUser(ctx, "u1"), tx.DeleteService(ctx, hub.Test, "s1"), tx.DeleteGroup(ctx, "g1"),
				tx.DeleteRole(ctx, "role1"), tx.DeleteOrganisation(ctx, "o1"),
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
		stay := map[string]bool{
			"signing keys": true, "revoked tokens": true, "refusal": true, "refusals": true, "refusals of a user": true,
			"events": true, "settings": true, "opaque token": true,
		}
		never := map[string]bool{"foreign origin": true, "origin of production": true, "users after": true, "services of production": true}
		for _, q := range append(e.questions(), e.live()...) {
			got, err := q.ask(ctx, s.Reader)
			if stay[q.name] {
				if err != nil {
					t.Errorf("%s went too: %v", q.name, err)
				}
				continue
			}
			if diff := cmp.Diff(q.want, got, cmpopts.EquateComparable(netip.Prefix{}), cmpopts.EquateEmpty()); err == nil &&
				diff == "" && !never[q.name] {
				t.Errorf("%s is still there", q.name)
			}
		}
		if secrets, err := s.Secrets(ctx, hub.Test, "c1"); err != nil || len(secrets) > 0 {
			t.Errorf("secrets of the user's API client: %v, %v", secrets, err)
		}
		for _, kind := range []store.Change{
			{Kind: store.UserChanged, ID: "u1"}, {Kind: store.APIClientChanged, ID: "c1"}, {Kind: store.AppChanged, ID: "98434376"},
			{Kind: store.PermanentTokenChanged, ID: "t1"}, {Kind: store.ApplicationPasswordChanged, ID: "u1"},
			{Kind: store.ServiceChanged, ID: "s1"}, {Kind: store.GrantChanged, ID: "s1"},
		} {
			if told.count(kind.Kind, kind.ID) == 0 {
				t.Errorf("nobody was told of %s %s", kind.Kind, kind.ID)
			}
		}
	})
}

func TestSingleUseIsWonByOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		nodes := []*store.Store{database.Open(t), database.Open(t)}
		e := sample()
		e.insert(t, nodes[0])
		for round := range 5 {
			var steps, assertions atomic.Int64
			var all sync.WaitGroup
			for i := range 50 {
				all.Go(func() {
					var step, assertion bool
					err := nodes[i%2].Tx(t.Context(), func(tx *store.Tx) (err error) {
						if step, err = tx.UseTOTPStep(t.Context(), "u1", int64(100+round)); err != nil {
							return err
						}
						assertion, err = tx.UseAssertion(t.Context(), hub.UsedAssertion{
							Environment: hub.Test, ClientID: "s1", TokenID: string(rune('a' + round)), ExpiresAt: time.UnixMilli(1),
						})
						return err
					})
					if err != nil {
						t.Error(err)
						return
					}
					if step {
						steps.Add(1)
					}
					if assertion {
						assertions.Add(1)
					}
				})
			}
			all.Wait()
			if steps.Load() != 1 || assertions.Load() != 1 {
				t.Errorf("round %d: %d won the step and %d the assertion", round, steps.Load(), assertions.Load())
			}
		}
	})
}

func TestALaterUseStaysWhateverOrderUsesArriveIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		e := sample()
		e.insert(t, s)
		told := watch(t, s)
		late, early := time.UnixMilli(1_800_000_000_000).UTC(), time.UnixMilli(1_750_000_000_000).UTC()
		var uses []store.LastUse
		for _, at := range []time.Time{late, early} {
			for kind, id := range map[store.UseKind]string{
				store.APIClientUsed: "c1", store.SecretUsed: "sec1", store.AppUsed: "98434376",
				store.PermanentTokenUsed: "t1", store.ApplicationPasswordUsed: "ap1",
			} {
				uses = append(uses, store.LastUse{Kind: kind, Environment: hub.Test, ID: id, At: at, Address: at.String(), Agent: "x",
					Service: "s1", Services: []string{"s1", hub.HubServiceID}})
			}
		}
		uses = append(uses, store.LastUse{Kind: store.AppUsed, Environment: hub.Test, ID: "98434376", At: early, Address: "127.0.0.1"})
		if err := s.Touch(t.Context(), uses); err != nil {
			t.Fatal(err)
		}
		e.app.Allowlist[0].LastUsedAt = early
		e.client.LastUsedAt, e.secret.LastUsedAt, e.app.LastUsedAt = late, late, late
		e.client.LastUsedFrom, e.client.LastAgent, e.app.LastUsedFrom, e.app.LastAgent = late.String(), "x", late.String(), "x"
		e.token.LastUsedAt, e.token.LastUsedFrom, e.token.LastAgent, e.token.LastService = late, late.String(), "x", "s1"
		e.application.LastUsedAt, e.application.LastUsedFrom, e.application.LastAgent, e.application.LastService = late, late.String(), "x", "s1"
		answer(t, s.Reader, e.questions())
		used, err := s.TokenServices(t.Context(), "t1")
		if want := map[string]time.Time{"s1": late, hub.HubServiceID: late}; err != nil || !maps.Equal(used, want) {
			t.Errorf("%v %v", used, err)
		}
		if got := told.count(store.PermanentTokenChanged, "t1"); got != 0 {
			t.Errorf("watchers were told %d times", got)
		}
	})
}

func TestWhatHasEndedIsRemoved(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		e := sample()
		e.insert(t, s)
		var gone int64
		remove := func(before time.Time) int64 {
			if err := s.Tx(t.Context(), func(tx *store.Tx) (err error) {
				gone, err = tx.DeleteExpired(t.Context(), before, before, 100)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return gone
		}
		if got := remove(e.revoked.ExpiresAt); got != 0 {
			t.Errorf("%d went before their end", got)
		}
		if got := remove(e.session.ExpiresAt.Add(time.Second)); got != 2 {
			t.Errorf("%d went, want 2", got)
		}
		// What was revoked and what was used is remembered for a day more: the clock may have been ahead.
		if got := remove(e.session.ExpiresAt.Add(24*time.Hour + time.Second)); got != 2 {
			t.Errorf("%d went a day later, want 2", got)
		}
	})
}
