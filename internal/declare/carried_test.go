package declare_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/hub/internal/store/storetest"
)

// leftTables are the tables whose rows an export does not carry, each with the reason.
func leftTables() map[string]string {
	return map[string]string{
		"migrations": "the form of this database", "changes": "news for nodes",
		"event_chain": "the log of this database", "events": "the log of this database",
		"refusals": "what happened here", "history": "what happened here", "tallies": "counts of rows",
		"leases": "what nodes do", "shelf": "certificates of this address",
		"signing_keys": "a hub signs with its own", "sessions": "people sign in again", "session_services": "of sessions",
		"grant_families": "live tokens", "refresh_tokens": "live tokens", "opaque_tokens": "live tokens",
		"revoked_tokens": "live tokens", "used_assertions": "live tokens",
		"pushed_requests": "on their way", "device_grants": "on their way",
		"reset_codes": "on their way", "letters": "on their way", "leak_reports": "on their way", "kept_answers": "on their way",
		"kept_forms": "on their way", "known_places": "learnt again",
		"approved_scopes": "people are asked again", "tried_redirect_uris": "tried again if it matters", "token_services": "times of last use",
	}
}

// leftColumns are the columns that an export does not carry, by name or by table and name.
func leftColumns() map[string]string {
	return map[string]string{
		"created_at": "when the row was made", "updated_at": "when the row was changed",
		"last_used_at": "last use", "last_used_from": "last use", "last_agent": "last use", "last_service": "last use",
		"grants.id": "nobody refers to it", "grants.author_id": "who gave it here", "grants.author_name": "who gave it here",
		"retired_keys.id": "nobody refers to it", "client_secrets.id": "nobody refers to it",
		"allowed_addresses.id": "nobody refers to it",
		"passwords.changed_at": "ends what was begun with the old one", "totp.last_step": "last use",
		"totp.confirmed_at": "what is carried is confirmed", "recovery_codes.used_at": "what is used is left out",
		"services.settings": "TestExportForgetsNoFieldOfANoun holds each of its fields",
	}
}

// carriedTimes are times of making that mean something: people see them beside the credential.
func carriedTimes() []string {
	return []string{"permanent_tokens.created_at", "passkeys.created_at", "application_passwords.created_at", "registrations.created_at"}
}

// A table or column that is added has to be carried, or be named above with the reason. What the text everything leaves as it
// is by itself would not be missed, so each carried column has to have some value there.
func TestExportCarriesEveryColumnOfTheDatabase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		one, two := newDesk(t, database), newDesk(t, storetest.SQLite(t))
		one.apply(example)
		one.apply(everything)
		two.apply(one.export())
		from, to := storetest.Rows(t, one.store), storetest.Rows(t, two.store)
		tables, columns := leftTables(), leftColumns()
		for table, rows := range from {
			if tables[table] != "" {
				continue
			}
			var carried []string
			for column := range rows[0] {
				full := table + "." + column
				if !slices.Contains(carriedTimes(), full) && (columns[column] != "" || columns[full] != "") {
					continue
				}
				carried = append(carried, column)
				if !slices.ContainsFunc(rows, func(row storetest.Row) bool { return !asMade(row[column]) }) {
					t.Errorf("%s is nowhere set: carry it in hub.yaml and set it in the text everything, or say in this file why it is left out", full)
				}
			}
			if diff := cmp.Diff(only(rows, carried), only(to[table], carried)); diff != "" {
				t.Errorf("%s (%s): %s", table, strings.Join(carried, ", "), diff)
			}
		}
	})
}

// asMade reports whether a value is what a column has by itself.
func asMade(value string) bool {
	return slices.Contains([]string{"", "0", "false", "null", "[]", "{}"}, value)
}

// only gives rows with some of their columns, in an order that depends on nothing else.
func only(rows []storetest.Row, columns []string) []string {
	slices.Sort(columns)
	texts := make([]string, len(rows))
	for i, row := range rows {
		for _, column := range columns {
			texts[i] += column + "=" + row[column] + " "
		}
	}
	slices.Sort(texts)
	return texts
}

func TestSubgroupsMayBeDeclaredInAnyOrder(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	d.apply("version: 1\ngroups:\n  - {name: a, subgroups: [b, c]}\n  - {name: b, subgroups: [c]}\n  - {name: c}\n")
	for name, want := range map[string]string{
		"left out keeps":   "version: 1\ngroups: [{name: a, description: x}]\n",
		"again is nothing": "version: 1\ngroups: [{name: b, subgroups: [c]}, {name: a, subgroups: [c, b]}]\n",
	} {
		d.apply(want)
		if got := d.export(); !strings.Contains(got, "subgroups: [b, c]") || !strings.Contains(got, "subgroups: [c]") {
			t.Errorf("%s: %s", name, got)
		}
	}
	d.apply("version: 1\ngroups: [{name: a, subgroups: []}, {name: c, subgroups: [a]}, {name: b, subgroups: []}]\n") // turned around
	if got := d.export(); strings.Count(got, "subgroups:") != 1 || !strings.Contains(got, "subgroups: [a]") {
		t.Error(got)
	}
	d.prune = true
	if text := d.apply("version: 1\ngroups: [{name: c, subgroups: []}, {name: b}]\nusers: []\n").String(); !strings.Contains(text, "- group a\n") {
		t.Error(text)
	}
	if got := d.export(); strings.Contains(got, "subgroups:") {
		t.Error(got)
	}
}

func TestWhatAPruneTakesAlongIsNoTrouble(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	d.apply("version: 1\nroles: [{key: r}]\ngroups: [{name: a, roles: [{role: r}]}, {name: b, roles: [{role: r}]}]\nusers: [{login: bob, groups: [a, b], roles: [{role: r}]}]\n")
	d.prune = true
	d.apply("version: 1\nroles: []\ngroups: [{name: b, roles: []}]\nusers: [{login: bob, groups: [b], roles: []}]\n")
	if got := d.export(); strings.Contains(got, "name: a\n") || !strings.Contains(got, "login: bob") {
		t.Error(got)
	}
}
