package credential_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

func TestFlagsSayWhatIsWrongWithACredential(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		d := newDesk(t, database)
		ctx, bob, payments, now := t.Context(), d.users["bob"].ID, d.service("payments").ID, hub.Now()
		token := func(name string, owner string, change func(*hub.PermanentToken), uses ...store.LastUse) {
			t.Helper()
			one := hub.PermanentToken{
				ID: "of-" + name, Environment: hub.Production, UserID: owner, Name: name,
				Services: []string{payments}, Digest: []byte(name), CreatedAt: now,
			}
			if change != nil {
				change(&one)
			}
			if err := d.store.Tx(ctx, func(tx *store.Tx) error { return tx.InsertPermanentToken(ctx, one) }); err != nil {
				t.Fatal(err)
			}
			for i := range uses {
				uses[i].Kind, uses[i].ID, uses[i].Environment = store.PermanentTokenUsed, one.ID, one.Environment
			}
			if err := d.store.Touch(ctx, uses); err != nil {
				t.Fatal(err)
			}
		}
		used := func(at time.Time, services ...string) store.LastUse { return store.LastUse{At: at, Services: services} }
		both := func(t *hub.PermanentToken) { t.Services = []string{payments, hub.HubServiceID} }
		token("good", bob, nil, used(now, payments))
		token("never", bob, nil)
		token("old", bob, func(t *hub.PermanentToken) { t.CreatedAt = now.AddDate(0, -6, 0) }, used(now.AddDate(0, 0, -91), payments))
		token("wide", bob, both, used(now, payments))
		token("used to its width", bob, both, used(now, payments, hub.HubServiceID))
		token("soon", bob, func(t *hub.PermanentToken) { t.ExpiresAt = now.AddDate(0, 0, 7) }, used(now, payments))
		token("ended", bob, func(t *hub.PermanentToken) { t.ExpiresAt = now.Add(-time.Hour) })
		token("gone", d.users["eve"].ID, nil, used(now, payments))
		token("off", bob, func(t *hub.PermanentToken) { t.Suspended = true }, used(now, payments))
		token("elsewhere", bob, func(t *hub.PermanentToken) { t.Environment = hub.Test })
		if _, err := d.directory.UpdateUser(ctx, system, d.users["eve"].ID, func(u *hub.User) { u.Banned = true }); err != nil {
			t.Fatal(err)
		}
		want := map[string][]credential.Flag{
			"never": {credential.NeverUsed}, "old": {credential.Unused}, "wide": {credential.Wide},
			"soon": {credential.ExpiresSoon}, "gone": {credential.OwnerGone},
			"off": {credential.Suspended}, "Payments API": {credential.NeverUsed},
		}
		all := d.walk(d.as("ada"), credential.HygieneQuery{Limit: 2})
		for _, finding := range all {
			if !slices.Equal(finding.Flags, want[finding.Name]) {
				t.Errorf("%s: %v", finding.Name, finding.Flags)
			}
			if finding.Name == "wide" && (len(finding.Idle) != 1 || finding.Idle[0].ID != hub.HubServiceID) {
				t.Errorf("%+v", finding.Idle)
			}
		}
		if len(all) != len(want) {
			t.Errorf("%d findings, want %d", len(all), len(want))
		}
		if wide := d.walk(d.as("ada"), credential.HygieneQuery{Flag: credential.Wide, Limit: 100}); len(wide) != 1 ||
			wide[0].Name != "wide" || wide[0].Owner.Login != "bob" {
			t.Errorf("%+v", wide)
		}
		if own := d.walk(d.as("bob"), credential.HygieneQuery{Own: true, Limit: 1}); len(own) != len(want)-2 { // not eve's, and no service
			t.Errorf("%+v", own)
		}
	})
}

// walk follows next to the end.
func (d *desk) walk(actor hub.Actor, query credential.HygieneQuery) []credential.Finding {
	d.Helper()
	var all []credential.Finding
	for {
		page, next, err := d.Hygiene(d.Context(), actor, query)
		if err != nil {
			d.Fatal(err)
		}
		all = append(all, page...)
		if len(page) > query.Limit {
			d.Errorf("%d findings on a page of %d", len(page), query.Limit)
		}
		if next == "" {
			return all
		}
		query.After = next
	}
}

func TestEveryKindIsLookedAtAndEachOnce(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	d.equip("bob")
	actor := d.as("ada")
	actor.Environment = hub.Test
	for limit := 1; limit < 5; limit++ {
		seen := map[credential.Kind]int{}
		for _, finding := range d.walk(actor, credential.HygieneQuery{Limit: limit}) {
			seen[finding.Kind]++
		}
		if len(seen) != 4 || seen[credential.KindService] != 1 || seen[credential.KindApp] != 1 ||
			seen[credential.KindPermanentToken] != 1 || seen[credential.KindApplicationPassword] != 1 {
			t.Errorf("%d a page: %v", limit, seen)
		}
	}
}

func TestSecretsOfServicesAreLookedAt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		d := newDesk(t, database)
		ctx, now := t.Context(), hub.Now()
		service := func(name string, public bool, secrets ...hub.Secret) {
			t.Helper()
			key := strings.ReplaceAll(name, " ", "-")
			made, _, err := d.directory.CreateService(ctx, system, hub.Service{Environment: hub.Production, Key: key, Name: name, Public: public,
				ServiceSettings: hub.ServiceSettings{RedirectURIs: []string{"https://" + key + ".example.test/cb"}}}, "")
			if err != nil {
				t.Fatal(err)
			}
			err = d.store.Tx(ctx, func(tx *store.Tx) error {
				there, err := tx.Secrets(ctx, hub.Production, made.ID)
				for _, one := range there {
					err = errors.Join(err, tx.DeleteSecret(ctx, one.ID))
				}
				for _, one := range secrets {
					one.ID, one.Owner, one.Environment = hub.NewID(), made.ID, hub.Production
					one.Digest = []byte(one.ID)
					err = errors.Join(err, tx.InsertSecret(ctx, one))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		fresh := hub.Secret{CreatedAt: now, LastUsedAt: now}
		old := hub.Secret{CreatedAt: now.AddDate(0, -6, 0), LastUsedAt: now.AddDate(0, 0, -100)}
		service("good", false, fresh)
		service("public", true)
		service("never", false, hub.Secret{CreatedAt: now})
		service("old name", false, old)
		service("rotated", false, hub.Secret{CreatedAt: old.CreatedAt, LastUsedAt: now, ExpiresAt: now.AddDate(0, 0, 7)}, fresh)
		service("after the overlap", false, hub.Secret{CreatedAt: old.CreatedAt, ExpiresAt: now.Add(-time.Hour)}, fresh)
		service("without another", false, hub.Secret{CreatedAt: now, LastUsedAt: now, ExpiresAt: now.AddDate(0, 0, 7)})
		service("off", false, hub.Secret{CreatedAt: now, LastUsedAt: now, Suspended: true})
		service("ended", false, hub.Secret{CreatedAt: now, ExpiresAt: now.Add(-time.Hour)})
		want := map[string][]credential.Flag{"Payments API": {credential.NeverUsed}, "never": {credential.NeverUsed}, "old name": {credential.Unused},
			"rotated": {credential.Superseded}, "without another": {credential.ExpiresSoon}, "off": {credential.Suspended}}
		for limit := 1; limit < 4; limit++ {
			got := map[string][]credential.Flag{}
			for _, one := range d.walk(d.as("ada"), credential.HygieneQuery{Limit: limit}) {
				if got[one.Name] = one.Flags; one.Owner.ID != "" || one.Kind != credential.KindService {
					t.Errorf("%+v", one)
				}
			}
			if !maps.EqualFunc(got, want, slices.Equal) {
				t.Errorf("%d a page: %v", limit, got)
			}
		}
	})
}

func TestHygieneOfAllIsForWhoReadsAdministration(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	for _, login := range []string{"bob", "carl", "eve"} {
		if _, _, err := d.Hygiene(t.Context(), d.as(login), credential.HygieneQuery{}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v", login, err)
		}
		if _, _, err := d.Hygiene(t.Context(), d.as(login), credential.HygieneQuery{Own: true}); err != nil {
			t.Errorf("%s: %v", login, err)
		}
	}
	for _, query := range []credential.HygieneQuery{{Flag: "ugly"}, {After: "nowhere/1"}, {After: "x"}} {
		if _, _, err := d.Hygiene(t.Context(), d.as("ada"), query); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", query, err)
		}
	}
}
