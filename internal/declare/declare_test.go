package declare_test

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/hub/internal/declare"
	"example.org/hub/internal/directory"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

// desk is a hub as after its first start.
type desk struct {
	*testing.T
	store  *store.Store
	master *secret.Master
	env    map[string]string
	prune  bool
}

func newDesk(t *testing.T, database storetest.Database) *desk {
	t.Helper()
	master, err := secret.NewMaster(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{T: t, store: database.Open(t), master: master, env: map[string]string{}}
	if err := directory.Bootstrap(t.Context(), d.store); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *desk) options() declare.Options {
	return declare.Options{Actor: hub.System("cli"), Prune: d.prune, Getenv: func(name string) (string, bool) {
		value, found := d.env[name]
		return value, found
	}}
}

func (d *desk) parse(text string) *declare.Document {
	d.Helper()
	document, err := declare.Parse("hub.yaml", []byte(text))
	if err != nil {
		d.Fatalf("parse: %v", err)
	}
	return document
}

func (d *desk) try(text string) (declare.Difference, error) {
	d.Helper()
	return declare.Apply(d.Context(), d.store, d.master, d.parse(text), d.options())
}

func (d *desk) apply(text string) declare.Difference {
	d.Helper()
	difference, err := d.try(text)
	if err != nil {
		d.Fatalf("apply: %v", err)
	}
	return difference
}

func (d *desk) plan(text string) string {
	d.Helper()
	difference, err := declare.Plan(d.Context(), d.store, d.master, d.parse(text), d.options())
	if err != nil {
		d.Fatalf("plan: %v", err)
	}
	return difference.String()
}

func (d *desk) export() string {
	d.Helper()
	var out bytes.Buffer
	if err := declare.Export(d.Context(), d.store, &out); err != nil {
		d.Fatalf("export: %v", err)
	}
	return out.String()
}

// exportIn is the export of what a transaction sees.
func (d *desk) exportIn(r store.Reader) string {
	d.Helper()
	var out bytes.Buffer
	if err := declare.ExportIn(d.Context(), r, &out); err != nil {
		d.Fatalf("export: %v", err)
	}
	return out.String()
}

func (d *desk) events() []hub.Event {
	d.Helper()
	events, err := d.store.Events(d.Context(), store.EventFilter{}, store.EventMark{}, 1000)
	if err != nil {
		d.Fatal(err)
	}
	return events
}

func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

const example = `version: 1
settings: {defaults: {flows: modern}}  # or classic: implicit and password on for new services
roles:
  - {key: payments-operator, name: Payments operator, permissions: ["payments:create", "payments:read"]}
organisations:
  - {key: demo, name: Demo Ltd, retiredApiKeys: [{label: "2016 key", value: "legacy-key-1"}]}
groups:
  - {name: staff, requireTwoFactor: false, roles: [{role: contributor}]}
users:
  - id: 0190d7c2-7a55-7f3e-9b8e-000000000001   # optional, as everywhere; kept by export
    login: ada
    name: Ada Demo
    email: ada@example.test
    kind: person                      # or bot
    password: "correct horse"         # or {env: NAME} or {hash: "$argon2id$..."}
    groups: [staff]
    organisation: demo
    roles: [{role: system-admin}]     # {role: R, organisation: K, environment: E}, the last two optional
    banned: false
    totp: "JBSWY3DPEHPK3PXP"          # a second factor brought along (base32)
    applicationPasswords: [{name: Mail, value: "mail-password"}]                          # value, env or hash
    permanentTokens: [{name: Export, scope: "Hub payments", environment: production, hash: "sha256:bdb95d746f14b73a67b4a94c5039bebfae7bd60b7414a41e609a1aff111f94ae"}]
services:
  - id: 98071167-004c-4ddf-ba37-5d4599fdf319
    environment: production           # or test
    key: payments
    name: Payments API
    homeUrl: https://payments.example.test
    redirectUris: ["https://payments.example.test/cb"]
    trusted: false
    public: false                     # true: no secret, PKCE required
    flows: [authorization_code, refresh_token, client_credentials, implicit, password, device_code]
    secrets: ["a-long-secret"]        # or [{env: NAME}] or [{hash: "sha256:..."}]; up to two
    permissions: [{key: create, name: Create payment}, {key: read, name: Read payment}]
    accessToken: jwt                  # or opaque
    idTokenAlg: RS256
    pkce: optional                    # or required
    postLogoutRedirectUris: ["https://payments.example.test/bye"]
    authMethod: client_secret_basic   # or client_secret_post, private_key_jwt (with jwks or jwksUri), none; absent: any the client can do
    requirePushedAuthorization: false
    organisation: demo
    viewers: [staff]                  # groups; absent: everyone
    roles: []                         # what the service may do on its own behalf
    requestUris: []
    consent: true                     # false: never asked (trusted services are never asked)
    disabled: false                   # also on apiClients and apps
apiClients:
  - {id: 5a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11, environment: production, user: ada, label: Nightly export, secret: "nightly-secret"}
apps:
  - {appId: "98434376", environment: test, user: ada, label: Checkout, appKey: "checkout-key", allowlist: ["127.0.0.0/8", "::1/128"]}
`

func TestTheExampleOfTheFormIsAppliedToTheLetter(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		d := newDesk(t, database)
		created, updated, deleted := d.apply(example).Count()
		if created != 7 || updated != 0 || deleted != 0 {
			t.Errorf("%d created, %d updated, %d deleted", created, updated, deleted)
		}
		ctx, s := t.Context(), d.store
		ada := must(s.UserByAlias(ctx, "ADA@example.test"))(t)
		if ada.ID != "0190d7c2-7a55-7f3e-9b8e-000000000001" || ada.Name != "Ada Demo" || ada.Kind != hub.Person || ada.Banned || ada.EmailVerified {
			t.Errorf("%+v", ada)
		}
		if match, _ := secret.CheckPassword(must(s.Password(ctx, ada.ID))(t).Hash, "correct horse"); !match {
			t.Error("the password does not fit")
		}
		seed, err := d.master.Open(hub.TOTPPurpose(ada.ID), must(s.TOTP(ctx, ada.ID))(t).Sealed)
		if err != nil || string(seed) != "Hello!\xde\xad\xbe\xef" {
			t.Errorf("%q %v", seed, err)
		}
		if groups := must(s.GroupsOfUser(ctx, ada.ID))(t); len(groups) != 1 || groups[0].Name != "staff" {
			t.Error(groups)
		}
		grants := must(s.GrantsForUser(ctx, ada.ID))(t)
		if len(grants) != 2 {
			t.Error(grants)
		}
		password := must(s.ApplicationPasswordByDigest(ctx, ada.ID, d.master.Digest("mail-password")))(t)
		if password.Name != "Mail" {
			t.Error(password)
		}
		token := must(s.PermanentTokenByDigest(ctx, d.master.Digest("an exported token")))(t)
		if token.UserID != ada.ID || !slices.Equal(token.Services, []string{hub.HubServiceID, "98071167-004c-4ddf-ba37-5d4599fdf319"}) ||
			token.Cap != nil || !slices.Equal(token.Scope, []string{"Hub", "payments"}) || token.AuthorName != "Hub" {
			t.Errorf("%+v", token)
		}
		service, secrets, err := s.ServiceWithSecrets(ctx, hub.Production, "98071167-004c-4ddf-ba37-5d4599fdf319")
		if err != nil || len(secrets) != 1 || !secret.Equal(secrets[0].Digest, d.master.Digest("a-long-secret")) ||
			len(service.Flows) != 6 || service.AuthMethod != hub.SecretBasic || service.SkipConsent || service.PKCERequired ||
			len(service.Viewers) != 1 || service.Organisation == "" {
			t.Errorf("%+v %v %v", service, secrets, err)
		}
		client, secrets, err := s.APIClientWithSecrets(ctx, hub.Production, "5a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11")
		if err != nil || client.UserID != ada.ID || len(secrets) != 1 || !secret.Equal(secrets[0].Digest, d.master.Digest("nightly-secret")) {
			t.Errorf("%+v %v %v", client, secrets, err)
		}
		app := must(s.App(ctx, hub.Test, "98434376"))(t)
		key, err := d.master.Open(hub.AppKeyPurpose(hub.Test, app.ID), app.SealedKey)
		if err != nil || string(key) != "checkout-key" || !secret.Equal(app.Digest, d.master.Digest("checkout-key")) || len(app.Allowlist) != 2 {
			t.Errorf("%+v %v", app, err)
		}
		retired := must(s.RetiredKeyByDigest(ctx, d.master.Digest("legacy-key-1")))(t)
		if retired.Label != "2016 key" {
			t.Error(retired)
		}
		if text := d.plan(example); text != "nothing to do\n" {
			t.Errorf("a second time there is something to do:\n%s", text)
		}
		before := len(d.events())
		if difference := d.apply(example); !difference.Empty() {
			t.Error(difference)
		}
		if after := len(d.events()); before != after || before < 7 {
			t.Errorf("%d events before, %d after", before, after)
		}
	})
}

func TestExportAppliedToAnEmptyHubExportsTheSameBytes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		one := newDesk(t, database)
		one.apply(example)
		one.apply(everything)
		want := one.export()
		for _, clear := range []string{
			"correct horse", "a-long-secret", "nightly-secret", "checkout-key",
			"mail-password", "legacy-key-1", "JBSWY3DP", "second-secret",
		} {
			if strings.Contains(want, clear) {
				t.Errorf("the export holds %q in the clear", clear)
			}
		}
		if text := one.plan(want); text != "nothing to do\n" {
			t.Errorf("applying the own export is no change: %s", text)
		}
		for name, other := range map[string]storetest.Database{"sqlite": storetest.SQLite(t), "postgres": storetest.PostgreSQL(t)} {
			two := newDesk(t, other)
			two.apply(want)
			if got := two.export(); got != want {
				t.Errorf("%s: %s", name, cmp.Diff(want, got))
			}
			if text := two.plan(want); text != "nothing to do\n" {
				t.Errorf("%s: %s", name, text)
			}
			// Secrets given in the clear are known again by their hashes.
			if text := two.plan(example); text != "~ settings settings\n    defaults: {flows: classic} -> {flows: modern}\n0 to create, 1 to update, 0 to delete\n" {
				t.Errorf("%s: %s", name, text)
			}
		}
	})
}

// everything uses what the example does not.
const everything = `version: 1
settings: {defaults: {flows: classic}}
roles:
  - {id: role-1, key: auditor, name: Auditor, description: "Reads: all\nof it", permissions: ["hub:admin-read", "reports:read"]}
organisations:
  - {key: other, name: "Other, Inc.", retiredApiKeys: [{value: "legacy-key-2"}, {label: b, value: "legacy-key-3"}]}
groups:
  - {id: group-1, name: "Back office", description: "#1", requireTwoFactor: true, twoFactorGraceDays: 14, twoFactorSince: "2030-01-02T03:04:05.678Z", autoJoin: true, autoJoinDomain: example.test,
     subgroups: [all of it, "A team"], roles: [{role: auditor, organisation: other, environment: test}, {role: auditor}]}
  - {name: "A team", subgroups: [staff]}
  - {name: all of it}
  - {id: all-users, name: All Users, roles: [{role: observer}]}
users:
  - {login: bob, groups: [{group: "Back office", since: 2029-05-06}, staff], totp: "JBSWY3DPEHPK3PXP", formerIds: [gone-1, gone-2],
     passkeys: [{name: Phone, credential: "AQID", publicKey: "BAUG", site: hub.example.test, count: 7, eligible: true, backedUp: true, transports: [usb], aaguid: a-make, created: 2026-02-03}],
     applicationPasswords: [{name: Phone, hash: "sha256:2db95d746f14b73a67b4a94c5039bebfae7bd60b7414a41e609a1aff111f94ae", hint: abcd, suspended: true, created: 2027-01-01, createdBy: {id: gone}}],
     recoveryCodes: [{hash: "sha256:bdb95d746f14b73a67b4a94c5039bebfae7bd60b7414a41e609a1aff111f94ae"}, {hash: "sha256:0db95d746f14b73a67b4a94c5039bebfae7bd60b7414a41e609a1aff111f94ae"}], banned: true, banReason: "left", emailVerified: true, email: bob@example.test, password: {hash: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNo"}, mustChangePassword: true}
  - login: robot
    kind: bot
    name: "Róbot \"R2\" \u2603"
    roles: [{role: payments-operator, organisation: demo}]
    permanentTokens:
      - {name: one, scope: "payments:create administer reports", value: second-secret-1, readOnly: true, permissions: [], cap: ["payments:create", "0190d7c2-7a55-7f3e-9b8e-000000000001/payments:read"], allowlist: ["10.0.0.0/8", "::1"], expires: 2090-01-01, created: 2020-02-03T04:05:06Z, createdBy: {id: gone, name: Somebody}, suspended: true}
      - {name: two, scope: "reports", environment: test, hash: "sha256:3db95d746f14b73a67b4a94c5039bebfae7bd60b7414a41e609a1aff111f94ae", hint: "2345", permissions: ["reports:read"]}
  - {login: guest, id: guest, banned: false}
services:
  - {environment: test, key: reports, name: reports of test, public: true, redirectUris: ["com.example.app:/cb", "http://127.0.0.1/cb"], rotateRefreshTokens: true, selfRegistered: true, requestObjectAlg: ES256,
     registration: {hash: "sha256:1db95d746f14b73a67b4a94c5039bebfae7bd60b7414a41e609a1aff111f94ae", document: {client_name: reports, n: 1.0}, by: bob, created: 2028-07-08}}
  - {key: reports, name: "Reports", flows: [], accessToken: opaque, entitlements: true, idTokenAlg: EdDSA, pkce: required, consent: false, trusted: true,
     secrets: [{value: second-secret-3, expires: 2091-05-06T07:08:09Z, suspended: true}, second-secret-4-with-a-tail], permissions: [{key: read, description: "d"}],
     baseUrls: ["https://a.example.test", "http://b.example.test"], iconUrl: "https://a.example.test/i.png", applicationName: R, vendor: V, version: 1.10, releaseDate: "2020",
     description: "two\nlines", requestUris: ["https://a.example.test/r"], requirePushedAuthorization: true, roles: [{role: auditor}], disabled: true}
  - {key: signed, name: Signed, authMethod: private_key_jwt, jwks: {keys: [{kty: EC, crv: P-256, x: "abc", y: "def", n: 1}]}}
  - {id: 0-0-0-0-0, homeUrl: "https://hub.example.test", viewers: [staff, "Back office"]}
apiClients:
  - {user: robot, author: gone, label: "yes", environment: test, limited: true, disabled: true, secrets: [second-secret-5, second-secret-6]}
apps:
  - {user: robot, label: made up, allowlist: [{address: "0.0.0.0/0", note: any}, "192.0.2.7"], disabled: true, suspended: true}
  - {user: robot, author: gone, label: changing, appKey: second-secret-7, previousKey: {value: second-secret-8, expires: 2092-01-01}}
`

var aTime = regexp.MustCompile(`"\d{4}-\d\d-\d\dT[0-9:.]+Z"`)

func (d *desk) begin(userID string) {
	d.Helper()
	now := hub.Now()
	err := d.store.Tx(d.Context(), func(tx *store.Tx) error {
		return tx.InsertSession(d.Context(), hub.Session{
			ID: hub.NewID(), Digest: []byte("d"), UserID: userID, SignedInAt: now,
			CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(time.Hour),
		})
	})
	if err != nil {
		d.Fatal(err)
	}
}

func (d *desk) sessions(userID string) int {
	d.Helper()
	return len(must(d.store.SessionsOfUser(d.Context(), userID))(d))
}
