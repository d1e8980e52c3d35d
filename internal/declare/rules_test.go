package declare_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/hub/internal/declare"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

func TestWhatContradictsTheHubOrItselfNamesItsLine(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	d.apply(example)
	before := d.export()
	d.env["EMPTY"], d.env["SHORT"] = "", "short"
	malformed := "hubcs_" + strings.Repeat("x", 38)
	token := secret.New(secret.PermanentToken, false).Reveal()
	testSecret := secret.New(secret.ClientSecret, true).Reveal()
	for name, c := range map[string]struct{ text, want string }{
		"group of a user": {"users:\n  - login: bob\n    groups: [stuff]\n", `:4: there is no group "stuff"`},
		"role of a user":  {"users:\n  - login: bob\n    roles:\n      - {role: root}\n", `:5: there is no role "root"`},
		"organisation of a role": {
			"users:\n  - login: bob\n    roles:\n      - {role: observer, organisation: x}\n", `:5: there is no organisation "x"`,
		},
		"organisation of a user":  {"users:\n  - login: bob\n    organisation: x\n", `:4: there is no organisation "x"`},
		"organisation of service": {"services:\n  - key: a\n    organisation: x\n", `:4: there is no organisation "x"`},
		"viewer":                  {"services:\n  - key: a\n    viewers: [x]\n", `:4: there is no group "x"`},
		"role in other world": {
			"services:\n  - key: a\n    roles: [{role: observer, environment: test}]\n",
			":4: a service holds roles in its own environment only",
		},
		"user of an API client": {"apiClients:\n  - label: a\n    user: nobody\n    secret: abcdefgh\n", `:4: there is no user "nobody"`},
		"user of an app":        {"apps:\n  - label: a\n    user: nobody\n", `:4: there is no user "nobody"`},
		"no user":               {"apps:\n  - label: a\n    appId: \"12345678\"\n", ":3: app 12345678: user is missing"},
		"scope of a token": {
			"users:\n  - login: ada\n    permanentTokens:\n      - {name: a, scope: nothing, value: abcdefgh}\n",
			`:5: there is no service "nothing" in production`,
		},
		"scope in other world": {
			"users:\n  - login: ada\n    permanentTokens:\n      - {name: a, scope: payments, value: abcdefgh, environment: test}\n",
			`:5: there is no service "payments" in test`,
		},
		"empty scope": {
			"users:\n  - login: ada\n    permanentTokens:\n      - {name: a, scope: \"\", value: abcdefgh}\n",
			":5: a permanent token needs a scope",
		},
		"login twice": {"users:\n  - login: bob\n  - login: BOB\n", `:4: the name "BOB" is taken by another user: line 3 declares it`},
		"id twice": {
			"users:\n  - {id: x1, login: bob}\n  - {id: x1, login: carl}\n", ":4: this user is declared twice (first on line 3)",
		},
		"mail is a login": {
			"users:\n  - login: bob\n  - login: carl\n    email: Bob\n",
			`:5: the name "Bob" is taken by another user: line 3 declares it`,
		},
		"mail taken": {
			"users:\n  - login: bob\n    email: ADA@example.test\n",
			`:4: the name "ADA@example.test" is taken by another user: "ada" has it`,
		},
		"key twice": {
			"services:\n  - key: a\n    name: A\n  - key: A\n    name: b\n",
			`:5: the name "A" is taken by another service: line 3 declares it`,
		},
		"key is a name": {
			"services:\n  - key: a\n    name: b\n  - key: B\n    name: c\n",
			`:5: the name "B" is taken by another service: line 3 declares it`,
		},
		"key is an id": {
			"services:\n  - key: 98071167-004c-4ddf-ba37-5d4599fdf319\n    id: y\n",
			`:4: there is already a service "98071167-004c-4ddf-ba37-5d4599fdf319"`,
		},
		"name taken": {
			"services:\n  - key: b\n    name: payments\n",
			`:4: the name "payments" is taken by another service: "payments" has it`,
		},
		"name of Hub":         {"services:\n  - key: b\n    name: HUB\n", `:4: the name "HUB" is taken by another service: "hub" has it`},
		"reserved":            {"services:\n  - key: openid\n", `:3: service "openid": key must not be "openid": it is a reserved scope item`},
		"role twice":          {"roles:\n  - key: a\n  - key: a\n", `:4: the name "a" is taken by another role: line 3 declares it`},
		"group twice":         {"groups:\n  - name: a\n  - name: A\n", `:4: the name "A" is taken by another group: line 3 declares it`},
		"group within itself": {"groups:\n  - name: a\n    subgroups: [a]\n", `:4: the group "a" would be within itself: "a" holds "a"`},
		"groups in a circle": {
			"groups:\n  - name: a\n    subgroups: [b]\n  - name: b\n    subgroups: [staff]\n  - name: staff\n    subgroups: [a]\n",
			`:4: the group "a" would be within itself: "a" holds "b" holds "staff" holds "a"`,
		},
		"group within a group": {"groups:\n  - name: a\n    subgroups:\n      - b\n", `:4: there is no group "b"`},
		"all users within": {
			"groups:\n  - name: a\n    subgroups: [all-users]\n",
			`:4: the group of all users neither holds groups nor is within one`,
		},
		"membership of a user": {
			"users:\n  - login: bob\n    groups:\n      - {group: stuff, since: 2020-01-01}\n", `:5: there is no group "stuff"`,
		},
		"former id of somebody": {
			"users:\n  - login: bob\n    formerIds: [0190d7c2-7a55-7f3e-9b8e-000000000001]\n",
			`:4: formerIds: "0190d7c2-7a55-7f3e-9b8e-000000000001" is no id of a user that is gone`,
		},
		"former id twice": {
			"users:\n  - {login: bob, formerIds: [x]}\n  - login: carl\n    formerIds: [x]\n",
			`:5: formerIds: "x" means another user already`,
		},
		"registered by nobody": {
			"services:\n  - key: a\n    registration: {hash: \"sha256:bdb95d746f14b73a67b4a94c5039bebfae7bd60b7414a41e609a1aff111f94ae\", document: {}}\n",
			":4: registration is of services that registered themselves",
		},
		"registered document": {
			"services:\n  - key: a\n    selfRegistered: true\n    registration: {hash: \"sha256:bdb95d746f14b73a67b4a94c5039bebfae7bd60b7414a41e609a1aff111f94ae\", document: \"{\"}\n",
			":5: document must be",
		},
		"organisation twice": {
			"organisations:\n  - key: a\n  - key: a\n", `:4: the name "a" is taken by another organisation: line 3 declares it`,
		},
		"app twice": {
			"apps:\n  - {appId: \"12345678\", user: ada, label: a}\n  - {appId: \"12345678\", user: ada, label: b}\n",
			":4: this app is declared twice",
		},
		"other id": {
			"users:\n  - login: ada\n    id: other\n",
			`:4: there is already a user "ada", with the id 0190d7c2-7a55-7f3e-9b8e-000000000001`,
		},
		"empty id": {"users:\n  - login: bob\n    id: \"\"\n", ":4: the id of a user must not be empty"},
		"nameless": {"users:\n  - name: bob\n", ":3: this user has neither an id nor a name"},
		"grant twice": {
			"users:\n  - login: bob\n    roles: [{role: observer}, {role: Observer}]\n", `:4: the role "Observer" is given twice`,
		},
		"permission twice": {"roles:\n  - key: a\n    permissions: [\"a:b\", \"a:b\"]\n", ":4: role \"a\": a permission is there twice"},
		"permission": {
			"roles:\n  - key: a\n    permissions: [create]\n",
			`:4: role "a": permissions "create" must be service-key:permission`,
		},
		"redirect": {
			"services:\n  - key: a\n    homeUrl: https://a.test\n    redirectUris: [\"http://a.test/cb\"]\n",
			`:5: service "a": redirectUris "http://a.test/cb" must be https`,
		},
		"flow": {"services:\n  - key: a\n    flows: [code]\n", `:4: service "a": flows "code" is none of`},
		"method": {
			"services:\n  - key: a\n    authMethod: private_key_jwt\n",
			`:4: service "a": authMethod private_key_jwt needs jwks or jwksUri`,
		},
		"three secrets": {
			"services:\n  - key: a\n    secrets: [abcdefgh1, abcdefgh2, abcdefgh3]\n", ":4: there can be two secrets at a time",
		},
		"secret twice":          {"services:\n  - key: a\n    secrets: [abcdefgh1, abcdefgh1]\n", ":4: this secret is given twice"},
		"short secret":          {"services:\n  - key: a\n    secrets: [abcdefg]\n", ":4: a secret must have at least 8 characters"},
		"secret not set":        {"services:\n  - key: a\n    secrets: [{env: NONE}]\n", ":4: the environment variable NONE is not set"},
		"secret set to nothing": {"services:\n  - key: a\n    secrets: [{env: EMPTY}]\n", ":4: the environment variable EMPTY is not set"},
		"secret set too short":  {"services:\n  - key: a\n    secrets: [{env: SHORT}]\n", ":4: a secret must have at least 8 characters"},
		"hash":                  {"services:\n  - key: a\n    secrets: [{hash: \"sha256:xyz\"}]\n", ":4: not the hash of a secret"},
		"malformed": {
			"services:\n  - key: a\n    secrets: [" + malformed + "]\n",
			":4: a secret that begins with hubcs_ must be one that a hub made",
		},
		"of other kind": {
			"services:\n  - key: a\n    secrets: [" + token + "]\n",
			":4: this secret begins with hubpat_, but here belongs one that begins with hubcs_",
		},
		"of other world": {"services:\n  - key: a\n    secrets: [" + testSecret + "]\n", ":4: this secret is of the other environment"},
		"secret of public": {
			"services:\n  - key: a\n    public: true\n    secrets: [abcdefgh]\n",
			`:5: service "a": a public service has no secret`,
		},
		"secret and secrets": {"apiClients:\n  - user: ada\n    label: a\n    secret: abcdefgh\n    secrets: [abcdefgi]\n", ":5: API client"},
		"password of a bot": {
			"users:\n  - login: bob\n    kind: bot\n    password: correct horse\n",
			`:5: user "bob": a bot does not sign in with a password`,
		},
		"password hash":      {"users:\n  - login: bob\n    password: {hash: $2y$10$abc}\n", ":4: not a usable password hash"},
		"password to change": {"users:\n  - login: bob\n    mustChangePassword: true\n", `:4: user "bob": there is no password to change`},
		"short password":     {"users:\n  - login: bob\n    password: horse\n", ":4: a password must have at least 8 characters"},
		"seed":               {"users:\n  - login: bob\n    totp: JBSW1\n", ":4: totp must be the seed in base32"},
		"sealed elsewhere":   {"users:\n  - login: bob\n    totp: {sealed: AAAA}\n", ":4: cannot be opened"},
		"kind":               {"users:\n  - login: bob\n    kind: robot\n", `:4: user "bob": kind must be person or bot`},
		"second guest":       {"users:\n  - login: bob\n    kind: guest\n", `:4: user "bob": kind may be guest for the one guest only`},
		"e-mail":             {"users:\n  - login: bob\n    email: bob\n", `:4: `},
		"address": {
			"apps:\n  - label: a\n    user: ada\n    allowlist:\n      - 10.0.0.0/8\n      - 10.0.0.1/8\n",
			`:7: allowlist: "10.0.0.1/8" is no address or range`,
		},
		"address twice": {
			"apps:\n  - label: a\n    user: ada\n    allowlist: [\"10.0.0.1\", \"::ffff:10.0.0.1\"]\n",
			":5: allowlist: 10.0.0.1/32 is there twice",
		},
		"address of a token": {
			"users:\n  - login: ada\n    permanentTokens: [{name: a, scope: Hub, value: abcdefgh, allowlist: [x]}]\n",
			`:4: allowlist: "x" is no address`,
		},
		"app id":    {"apps:\n  - appId: abc\n    label: a\n    user: ada\n", ":3: app abc: appId must have 8 digits"},
		"client id": {"apiClients:\n  - id: abc\n    label: a\n    user: ada\n", ":3: API client abc: id must be a UUID"},
		"client id of a service": {
			"apiClients:\n  - id: 98071167-004c-4ddf-ba37-5d4599fdf319\n    label: a\n    user: ada\n",
			`:3: API client 98071167-004c-4ddf-ba37-5d4599fdf319: the service "payments" is known by this id already`,
		},
		"no label": {
			"apiClients:\n  - id: 98071167-004c-4ddf-ba37-5d4599fdf31a\n    user: ada\n",
			":3: API client 98071167-004c-4ddf-ba37-5d4599fdf31a: label must not be empty",
		},
		"handed on": {
			"users:\n  - login: bob\napps:\n  - appId: \"98434376\"\n    environment: test\n    user: bob\n",
			`:7: app 98434376 belongs to "ada"`,
		},
		"previous key for good": {
			"apps:\n  - appId: \"98434376\"\n    environment: test\n    previousKey: abcdefgh\n", ":5: previousKey needs expires",
		},
		"token twice": {
			"users:\n  - login: ada\n    permanentTokens: [{name: a, scope: Hub, value: abcdefgh}, {name: a, scope: Hub, value: abcdefgi}]\n",
			":4: this permanent token is declared twice",
		},
		"System Admin": {
			"roles:\n  - key: system-admin\n    permissions: [\"hub:user-read\"]\n",
			`:4: role "system-admin": permissions of System Admin are always ["*"]`,
		},
		"key of Contributor": {"roles:\n  - id: contributor\n    key: helper\n", `:4: role "helper": key of this role cannot change`},
		"Hub itself":         {"services:\n  - key: hub\n    disabled: true\n", `:4: service "hub": disabled of Hub itself cannot change`},
		"guest as a person":  {"users:\n  - login: guest\n    kind: person\n", `:4: user "guest": kind`},
		"key of a role":      {"roles:\n  - key: a b\n", `:3: role "a b": key must not hold spaces`},
		"name":               {"groups:\n  - name: \"a\\u202eb\"\n", ":3: group \"a\\u202eb\": name must not hold control"},
		"retired twice": {
			"organisations:\n  - key: a\n    retiredApiKeys: [{value: legacy-x}, {value: legacy-x}]\n",
			":4: this retired key is given twice",
		},
	} {
		text := "version: 1\n" + c.text
		want := "hub.yaml" + c.want
		for verb, try := range map[string]func() error{
			"plan": func() error {
				_, err := declare.Plan(t.Context(), d.store, d.master, d.parse(text), d.options())
				return err
			},
			"apply": func() error { _, err := d.try(text); return err },
		} {
			err := try()
			if !fault.Is(err, fault.Invalid) || !strings.HasPrefix(err.Error(), "invalid: "+want) {
				t.Errorf("%s %s: got %v, want %s", name, verb, err, want)
			}
			if err != nil && (strings.Contains(err.Error(), token) || strings.Contains(err.Error(), malformed) ||
				strings.Contains(err.Error(), "abcdefg")) {
				t.Errorf("%s: shows the secret: %v", name, err)
			}
		}
	}
	if d.export() != before {
		t.Error("something was written nevertheless")
	}
}

func TestAVariableThatIsNotSetIsToldOfOnceAndNothingThatFollowsFromIt(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	text := "version: 1\nusers:\n" + strings.Repeat("  - {password: {env: NONE}, mustChangePassword: true, login: L}\n", 3)
	for _, login := range []string{"bob", "carl", "dora"} {
		text = strings.Replace(text, "login: L", "login: "+login, 1)
	}
	_, err := d.try(text)
	if want := "invalid: hub.yaml:3: the environment variable NONE is not set: it has to hold the secret"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestKeysLeftOutKeepTheirValue(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	d.apply(example)
	d.apply(everything)
	before := d.export()
	difference := d.apply(`version: 1
roles: [{key: auditor}]
organisations: [{key: demo}]
groups: [{name: staff}]
users: [{login: ada}, {login: robot}, {login: bob}]
services: [{key: payments}, {key: reports}, {key: reports, environment: test}, {key: hub}]
apiClients: [{id: 5a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11}, {user: robot, label: "yes", environment: test}]
apps: [{appId: "98434376", environment: test}, {user: robot, label: made up}]
`)
	if !difference.Empty() || d.export() != before {
		t.Errorf("%s", difference)
	}
	d.apply("version: 1\nservices:\n  - key: payments\n    name: Payments\n    redirectUris: []\n    organisation: \"\"\n    viewers: []\n    homeUrl: \"\"\n")
	service := must(d.store.ServiceByName(t.Context(), hub.Production, "payments"))(t)
	if service.Name != "Payments" || len(service.RedirectURIs) != 0 || service.Organisation != "" ||
		len(service.Viewers) != 0 || service.HomeURL != "" || len(service.Flows) != 6 {
		t.Errorf("%+v", service)
	}
}

func TestPlanIsReadAndShowsNoSecret(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	d.apply(example)
	text := d.plan(`version: 1
roles: [{key: typist, permissions: ["payments:creat"]}]
groups: [{name: staff, requireTwoFactor: true}]
users:
  - login: ada
    name: Ada D.
    password: another horse
    totp: JBSWY3DPEHPK3PXQ
    roles: [{role: system-admin}, {role: observer, organisation: demo, environment: test}]
    groups: []
services:
  - key: payments
    redirectUris: ["https://payments.example.test/cb", "https://payments.example.test/cb2"]
    secrets: [another-secret]
    trusted: true
  - {key: new, secrets: [new-secret]}
`)
	want := `+ role typist
    id: (made when it is applied)
    key: typist
    name: typist
    permissions: ["payments:creat"]
~ group staff
    requireTwoFactor: (not set) -> true
    twoFactorSince: (not set) -> TIME
~ service payments (production)
    redirectUris: ["https://payments.example.test/cb"] -> ["https://payments.example.test/cb", "https://payments.example.test/cb2"]
    trusted: (not set) -> true
    secrets: changes (secret)
+ service new (production)
    id: (made when it is applied)
    environment: production
    key: new
    name: new
    flows: ["authorization_code", "refresh_token", "client_credentials"]
    secrets: (secret)
~ user ada
    name: "Ada Demo" -> "Ada D."
    password: changes (secret)
    groups: [{group: staff, since: TIME}] -> (not set)
    roles: [{role: system-admin}] -> [{role: observer, organisation: demo, environment: test}, {role: system-admin}]
    totp: changes (secret)
note: the role typist has the permission payments:creat, which no service declares
2 to create, 3 to update, 0 to delete
`
	got := aTime.ReplaceAllString(text, "TIME")
	if got != strings.ReplaceAll(want,
		`["authorization_code", "refresh_token", "client_credentials"]`, "[authorization_code, refresh_token, client_credentials]") {
		t.Errorf("got\n%s", text)
	}
}

func TestNothingIsDeletedUnlessPruned(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	d.apply(example)
	d.apply(everything)
	before := d.export()
	only := `version: 1
users: [{login: ada, applicationPasswords: [], permanentTokens: []}]
groups: [{name: staff}]
services: []
`
	if difference := d.apply(only); !difference.Empty() || d.export() != before {
		t.Errorf("%s", difference)
	}
	d.prune = true
	text := d.plan(only)
	for _, want := range []string{
		"- user bob\n", "- user robot\n", "- service reports (production)\n", "- service reports (test)\n",
		"- service payments (production)\n", "- group \"Back office\"\n",
		"applicationPasswords: changes (secret)", "permanentTokens: changes (secret)",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the plan lacks %q:\n%s", want, text)
		}
	}
	for _, kept := range []string{"ada\n    id", "guest", "service hub", "All Users", "- role", "- organisation", "- app ", "- API client"} {
		if strings.Contains(text, kept) {
			t.Errorf("the plan has %q:\n%s", kept, text)
		}
	}
	d.apply(only)
	if text := d.plan(only); text != "nothing to do\n" {
		t.Error(text)
	}
	if after := d.export(); strings.Contains(after, "bob") || strings.Contains(after, "reports\n") || !strings.Contains(after, "login: guest") {
		t.Error(after)
	}
	d.apply("version: 1\nroles: []\norganisations: []\nusers: [{login: ada, organisation: \"\"}]\napps: []\napiClients: []\n")
	after := d.export()
	for _, kept := range []string{"key: contributor", "key: system-admin"} {
		if !strings.Contains(after, kept) {
			t.Errorf("%s is gone", kept)
		}
	}
	for _, gone := range []string{"key: observer", "organisations:", "apps:", "apiClients:"} {
		if strings.Contains(after, gone) {
			t.Errorf("%s is there", gone)
		}
	}
}

func TestTheLastAdministratorStays(t *testing.T) {
	for name, text := range map[string]string{
		"banned":        "version: 1\nusers: [{login: ada, banned: true}]\n",
		"without role":  "version: 1\nusers: [{login: ada, roles: []}]\n",
		"pruned":        "version: 1\nusers: [{login: bob}]\n",
		"elsewhere":     "version: 1\nusers: [{login: ada, roles: [{role: system-admin, environment: test}]}]\n",
		"in one part":   "version: 1\nusers: [{login: ada, roles: [{role: system-admin, organisation: demo}]}]\n",
		"role of guest": "version: 1\nusers: [{login: ada, roles: []}, {login: guest, banned: false, roles: [{role: system-admin}]}]\n",
	} {
		d := newDesk(t, storetest.SQLite(t))
		d.apply("version: 1\norganisations: [{key: demo}]\nusers: [{login: ada, roles: [{role: system-admin}]}]\n")
		d.prune = true
		before := d.export()
		if _, err := d.try(text); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "nobody would be left") {
			t.Errorf("%s: %v", name, err)
		}
		if d.export() != before {
			t.Errorf("%s: something was written", name)
		}
	}
	d := newDesk(t, storetest.SQLite(t))
	d.apply("version: 1\nusers: [{login: bob}]\n")
	d.apply("version: 1\nusers: [{login: bob, banned: true}]\n") // there was none before
	d.apply("version: 1\ngroups: [{name: admins, roles: [{role: system-admin}]}]\nusers: [{login: carl, groups: [admins]}]\n")
	if _, err := d.try("version: 1\nusers: [{login: carl, groups: []}]\n"); !fault.Is(err, fault.Conflict) {
		t.Error(err)
	}
}

func TestSecretsAreRotatedAndKnownAgain(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	d.env["SECRET"] = "secret-of-the-environment"
	secrets := func() []hub.Secret {
		service := must(d.store.ServiceByName(t.Context(), hub.Production, "a"))(t)
		return must(d.store.Secrets(t.Context(), hub.Production, service.ID))(t)
	}
	d.apply("version: 1\nservices: [{key: a, secrets: [first-secret-of-it]}]\n")
	first := secrets()[0]
	if first.Hint != "f-it" && first.Hint != "" {
		t.Error(first.Hint)
	}
	d.apply("version: 1\nservices: [{key: a, secrets: [first-secret-of-it, {env: SECRET}]}]\n")
	both := secrets()
	if len(both) != 2 || both[0].ID != first.ID || !secret.Equal(both[1].Digest, d.master.Digest("secret-of-the-environment")) {
		t.Errorf("%v", both)
	}
	for _, again := range []string{
		"[{env: SECRET}, first-secret-of-it]",
		"[{hash: \"" + secret.FormatDigest(both[1].Digest) + "\"}, first-secret-of-it]",
		"[\"secret-of-the-environment\", first-secret-of-it]",
	} {
		if text := d.plan("version: 1\nservices: [{key: a, secrets: " + again + "}]\n"); text != "nothing to do\n" {
			t.Errorf("%s: %s", again, text)
		}
	}
	d.apply("version: 1\nservices: [{key: a, secrets: [{env: SECRET, expires: 2090-01-01}]}]\n")
	if left := secrets(); len(left) != 1 || left[0].ID != both[1].ID || left[0].ExpiresAt.Year() != 2090 {
		t.Errorf("%v", left)
	}
	d.apply("version: 1\nservices: [{key: a, secrets: []}]\n")
	if len(secrets()) != 0 {
		t.Error("a secret is left")
	}
}

func TestPasswordChangeEndsSessionsAndTheSamePasswordDoesNot(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	d.apply(example)
	ada := must(d.store.UserByAlias(t.Context(), "ada"))(t)
	d.begin(ada.ID)
	mails := func(code string) {
		err := d.store.Tx(t.Context(), func(tx *store.Tx) error {
			return tx.InsertResetCode(t.Context(), store.ResetCode{
				Digest: []byte(code), UserID: ada.ID, CreatedAt: hub.Now(), ExpiresAt: hub.Now().Add(time.Hour),
			})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	good := func(code string) bool {
		_, err := d.store.UserOfResetCode(t.Context(), []byte(code), hub.Now())
		return err == nil
	}
	given := func() bool { // to services lives
		return len(must(d.store.RevokedTokens(t.Context(), hub.Now()))(t)) == 0
	}
	mails("first")
	d.apply("version: 1\nusers: [{login: ada, name: Ada D., password: correct horse}]\n")
	if d.sessions(ada.ID) != 1 || !given() || !good("first") {
		t.Error("the session ended although the password stayed")
	}
	d.apply("version: 1\nusers: [{login: ada, email: ada.d@example.test}]\n")
	if d.sessions(ada.ID) != 1 || !given() || good("first") {
		t.Error("a link to the old address is good")
	}
	mails("second")
	hash := must(d.store.Password(t.Context(), ada.ID))(t).Hash
	d.apply("version: 1\nusers: [{login: ada, password: another horse}]\n")
	if d.sessions(ada.ID) != 0 || must(d.store.Password(t.Context(), ada.ID))(t).Hash == hash {
		t.Error("the session lives on with another password")
	}
	if given() || good("second") {
		t.Error("a mailed link, or what services were given, lives on with another password")
	}
	d.apply("version: 1\nusers: [{login: eve}]\n")
	eve := must(d.store.UserByAlias(t.Context(), "eve"))(t)
	d.begin(eve.ID)
	d.apply("version: 1\nusers: [{login: eve, banned: true}]\n")
	if d.sessions(eve.ID) != 0 {
		t.Error("the session would live on after the ban")
	}
}

func TestNamesMayBePassedOn(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	d.apply(example)
	d.apply(`version: 1
roles: [{key: payments-operator, name: Operator}]
users:
  - {id: 0190d7c2-7a55-7f3e-9b8e-000000000001, login: ada2, email: ada2@example.test}
  - {login: ada, email: ada@example.test, groups: [Staff]}
services:
  - {id: 98071167-004c-4ddf-ba37-5d4599fdf319, key: payments2, name: Payments 2}
  - {key: payments, name: Payments API}
`)
	one, two := must(d.store.UserByAlias(t.Context(), "ada2"))(t), must(d.store.UserByAlias(t.Context(), "ada@example.test"))(t)
	if one.ID != "0190d7c2-7a55-7f3e-9b8e-000000000001" || two.Login != "ada" || one.ID == two.ID {
		t.Errorf("%+v %+v", one, two)
	}
	// A token keeps the service it was made for, whatever the names do.
	text := d.export()
	if !strings.Contains(text, `scope: "Hub 98071167-004c-4ddf-ba37-5d4599fdf319"`) {
		t.Error(text)
	}
}

func TestEveryChangeHasItsEventWithoutSecrets(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	d.apply(example)
	d.apply("version: 1\nservices: [{key: payments, name: Payments, secrets: [another-secret]}]\nusers: [{login: ada, roles: [{role: system-admin}, {role: observer}]}]\n")
	seen := map[string]hub.Event{}
	for _, e := range d.events() {
		seen[e.Action] = e
		for _, clear := range []string{"another-secret", "a-long-secret", "correct horse", "checkout-key", "hub-hmac", "argon2id"} {
			if strings.Contains(e.Details, clear) {
				t.Errorf("%s tells %s", e.Action, clear)
			}
		}
		if e.Door != "cli" || e.AuthorName != "Hub" || e.Result != hub.Success || e.TargetID == "" || e.TargetName == "" {
			t.Errorf("%+v", e)
		}
	}
	for _, action := range []string{
		"role.create", "organisation.create", "group.create", "user.create", "service.create", "api-client.create", "app.create",
		"application-password.create", "permanent-token.create", "service.update", "user.update",
	} {
		if _, found := seen[action]; !found {
			t.Errorf("no event %s", action)
		}
	}
	if e := seen["service.update"]; e.Details != `{"changed":{"name":{"from":"\"Payments API\"","to":"Payments"},"secrets":{"secret":true}}}` ||
		e.Environment != hub.Production {
		t.Errorf("%+v", e)
	}
}

func TestTwoAtOnceEndAsOneAfterTheOther(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		d := newDesk(t, database)
		other := database.Open(t)
		example := strings.Replace(example, `password: "correct horse" `,
			`password: {hash: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNo"} `, 1)
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				s := d.store
				if i%2 == 1 {
					s = other
				}
				document, err := declare.Parse("hub.yaml", []byte(example))
				if err == nil {
					_, err = declare.Apply(t.Context(), s, d.master, document, d.options())
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if text := d.plan(example); text != "nothing to do\n" {
			t.Error(text)
		}
		created := 0
		for _, e := range d.events() {
			if e.Action == "service.create" {
				created++
			}
		}
		if created != 1 {
			t.Errorf("the service was created %d times", created)
		}
	})
}
