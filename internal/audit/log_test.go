package audit_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"example.org/hub/internal/audit"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/oauth"
)

// who is an actor with permissions of Hub in an environment.
func who(id string, environment hub.Environment, permissions ...string) hub.Actor {
	keys := make([]string, len(permissions))
	for i, permission := range permissions {
		keys[i] = hub.HubServiceKey + ":" + permission
	}
	return hub.Actor{User: hub.User{ID: id}, Name: id, Environment: environment, Permissions: hub.NewPermissions(keys...), Fresh: true, Door: "test"}
}

// record writes an event for each action.
func record(t *testing.T, s *store.Store, actor hub.Actor, target string, actions ...string) {
	t.Helper()
	err := s.Tx(t.Context(), func(tx *store.Tx) error {
		for _, action := range actions {
			if err := tx.Record(t.Context(), actor.Did(action, "user", target, target, "")); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEverybodySeesTheOwnEventsAndAnAuditorAllOfTheEnvironment(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := database.Open(t)
		log := &audit.Log{Store: s}
		record(t, s, who("ada", hub.Production), "ada", "by-ada")
		record(t, s, who("ben", hub.Production), "ada", "to-ada")
		record(t, s, who("ben", hub.Production), "ben", "by-ben")
		record(t, s, who("ben", hub.Test), "ben", "in-test")
		record(t, s, hub.System("upkeep"), "", "of-all")
		err := s.Tx(t.Context(), func(tx *store.Tx) error {
			return tx.Record(t.Context(), who("gus", "").Did("of-fay", "permanent-token", "t1", "nightly", `{"user":"fay","why":"lost"}`))
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, tc := range []struct {
			actor hub.Actor
			query string
			want  []string
		}{
			{who("ada", hub.Production), "", []string{"to-ada", "by-ada"}},
			{who("ada", hub.Production), "author: ben", []string{"to-ada"}},
			{who("ada", hub.Production), "action: by-ada or action: by-ben", []string{"by-ada"}},
			{who("fay", hub.Production), "", []string{"of-fay"}},
			{who("nobody", hub.Production), "", nil},
			{hub.Actor{Environment: hub.Production}, "", nil},
			{who("eve", hub.Production, "admin-read"), "", []string{"of-fay", "of-all", "by-ben", "to-ada", "by-ada"}},
			{who("eve", hub.Production, "admin-read"), "author: ben and not target: ada", []string{"by-ben"}},
			{who("eve", hub.Test, "admin-read"), "", []string{"of-fay", "of-all", "in-test"}},
			{hub.System("cli"), "", []string{"of-fay", "of-all", "in-test", "by-ben", "to-ada", "by-ada"}},
		} {
			where, err := query.Parse(tc.query)
			if err != nil {
				t.Fatal(err)
			}
			found, err := log.Events(t.Context(), tc.actor, query.List{Where: where, Limit: 100})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range found.Items {
				got = append(got, e.Action)
				_, err := log.Event(t.Context(), who("ada", hub.Production), e.ID)
				if mine := strings.HasSuffix(e.Action, "-ada"); mine != (err == nil) || !mine && !fault.Is(err, fault.NotFound) {
					t.Errorf("ada asks for %s: %v", e.Action, err)
				}
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("%s in %q asks %q: got %q, want %q", tc.actor.ID(), tc.actor.Environment, tc.query, got, tc.want)
			}
		}
		if _, err := log.Events(t.Context(), who("ada", hub.Production), query.List{
			Where: query.Is("password", "x"), Limit: 1,
		}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a key that there is not: %v", err)
		}
	})
}

func TestTheWholeChainIsExportedToAuditorsWithAFreshSignIn(t *testing.T) {
	s := storetest.SQLite(t).Open(t)
	log := &audit.Log{Store: s}
	record(t, s, who("ada", hub.Test), "ada", "one", "two")
	if _, err := log.Export(t.Context(), who("ada", hub.Production)); !fault.Is(err, fault.Forbidden) {
		t.Errorf("who may not read it: %v", err)
	}
	stale := who("eve", hub.Production, "admin-read")
	stale.Fresh = false
	if _, err := log.Export(t.Context(), stale); !fault.Is(err, fault.StepUp) {
		t.Errorf("who signed in long ago: %v", err)
	}
	write, err := log.Export(t.Context(), who("eve", hub.Production, "admin-read"))
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := write(&file); err != nil {
		t.Fatal(err)
	}
	report, err := audit.VerifyFile("audit.jsonl", &file)
	if err != nil || !report.Holds() || report.Events < 2 {
		t.Errorf("%v %v", report, err)
	}
	found, err := log.Events(t.Context(), hub.System("cli"), query.List{Where: query.Is("action", "audit.export"), Limit: 10})
	if err != nil || len(found.Items) != 1 || found.Items[0].AuthorID != "eve" {
		t.Errorf("the export is no event: %+v, %v", found.Items, err)
	}
}

func TestARefusalIsExplainedToItsOwnersAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		ctx, s := t.Context(), database.Open(t)
		err := s.Tx(ctx, func(tx *store.Tx) error {
			for _, environment := range hub.Environments() {
				if err := tx.InsertService(ctx, hub.Service{
					ID: "service-" + string(environment), Environment: environment, Key: "k" + string(environment),
					Name: "N" + string(environment), Organisation: "", CreatedAt: hub.Now(), UpdatedAt: hub.Now(),
				}); err != nil {
					return err
				}
			}
			return tx.InsertUser(ctx, hub.User{ID: "ada", Login: "ada", Kind: hub.Person, CreatedAt: hub.Now(), UpdatedAt: hub.Now()})
		})
		if err != nil {
			t.Fatal(err)
		}
		err = s.Tx(ctx, func(tx *store.Tx) error {
			return tx.InsertAPIClient(ctx, hub.APIClient{ID: "client", Environment: hub.Production, UserID: "ada", Label: "L", CreatedAt: hub.Now()})
		})
		if err != nil {
			t.Fatal(err)
		}
		of := func(id string, environment hub.Environment, client, user string) hub.Refusal {
			return hub.Refusal{
				ErrorID: id, At: hub.Now(), Environment: environment, Door: "token", ClientID: client, UserID: user,
				Code: "invalid_client", Reason: "R", Expected: "abcd", Received: "abcD",
				Setting: oauth.SettingRedirectURIs, Count: 1,
			}
		}
		err = s.InsertRefusals(ctx, []hub.Refusal{
			of("of-service", hub.Production, "service-production", ""), of("astray", hub.Test, "service-production", ""),
			of("of-client", hub.Production, "client", ""), of("of-user", hub.Production, "", "ada"),
			of("of-nobody", hub.Production, "nobody", ""),
		})
		if err != nil {
			t.Fatal(err)
		}
		itself := hub.Actor{ServiceID: "service-production", Environment: hub.Production}
		log := &audit.Log{Store: s, Recent: func(id string) (hub.Refusal, bool) {
			return of(id, hub.Production, "service-production", ""), id == "recent"
		}}
		for name, tc := range map[string]struct {
			actor hub.Actor
			sees  []string
		}{
			"its keeper":                 {who("k", hub.Production, "service-update"), []string{"of-service", "astray", "recent"}},
			"a keeper of the other one":  {who("k", hub.Test, "service-update"), nil},
			"the service itself":         {itself, []string{"of-service", "astray", "recent"}},
			"another service":            {hub.Actor{ServiceID: "service-test", Environment: hub.Test}, nil},
			"the user":                   {who("ada", hub.Production), []string{"of-client", "of-user"}},
			"another user":               {who("ben", hub.Production), nil},
			"who may read services only": {who("ben", hub.Production, "service-read"), nil},
			"an auditor": {
				who("eve", hub.Production, "admin-read"),
				[]string{"of-service", "astray", "of-client", "of-user", "of-nobody", "recent"},
			},
			"an auditor of the other one":   {who("eve", hub.Test, "admin-read"), []string{"astray"}},
			"the machine on which hub runs": {hub.System("cli"), []string{"of-service", "astray", "of-client", "of-user", "of-nobody", "recent"}},
		} {
			for _, id := range []string{"of-service", "astray", "of-client", "of-user", "of-nobody", "recent", "unknown"} {
				explained, err := log.Explain(ctx, tc.actor, id)
				switch {
				case slices.Contains(tc.sees, id) != (err == nil), err != nil && !fault.Is(err, fault.NotFound):
					t.Errorf("%s asks for %s: %v", name, id, err)
				case err == nil && id == "astray" &&
					!strings.Contains(explained.Reason, "belongs to the production environment, and asked the test one"):
					t.Errorf("%s: %s", id, explained.Reason)
				case err == nil && id == "of-service" &&
					(explained.Place.Page != "/admin/services/service-production" || explained.Difference.String() == ""):
					t.Errorf("%s: %+v", id, explained)
				}
			}
		}
		service := hub.Service{ID: "service-production", Environment: hub.Production}
		all, err := log.Refusals(ctx, who("k", hub.Production, "service-update"), service, 10)
		if err != nil || len(all) != 1 || all[0].ErrorID != "of-service" {
			t.Errorf("%+v, %v", all, err)
		}
		if _, err := log.Refusals(ctx, who("ben", hub.Production, "service-read"), service, 10); !fault.Is(err, fault.Forbidden) {
			t.Errorf("who may not change it: %v", err)
		}
	})
}

func TestEverySettingThatRefusalsNameHasItsPlace(t *testing.T) {
	places := audit.Places()
	for _, setting := range oauth.Settings() {
		if _, known := places[setting]; !known {
			t.Errorf("%s: nobody knows where that is", setting)
		}
		delete(places, setting)
	}
	for setting := range places {
		t.Errorf("%s: no refusal names it", setting)
	}
}
