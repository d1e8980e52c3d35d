package declare_test

import (
	"fmt"
	"strings"
	"testing"

	"example.org/hub/internal/declare"
	"example.org/hub/internal/fault"
)

func TestProblemsNameFileLineAndExpectation(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string // beginnings of the lines of the message
	}{
		"empty":                  {"", []string{"hub.yaml: is empty"}},
		"comment only":           {"# nothing\n", []string{"hub.yaml: is empty"}},
		"no version":             {"roles: []\n", []string{"hub.yaml:1: the version is missing"}},
		"another version":        {"version: 2\n", []string{"hub.yaml:1: this hub reads version: 1 only"}},
		"version as text":        {"version: \"1\"\n", []string{"hub.yaml:1: this hub reads version: 1 only"}},
		"a text":                 {"hello\n", []string{"hub.yaml:1: expected sections"}},
		"a list":                 {"- a\n- b\n", []string{"hub.yaml:1: expected sections"}},
		"unknown section":        {"version: 1\nuser:\n  - login: ada\n", []string{`hub.yaml:2: unknown section "user"; expected one of`}},
		"section in other words": {"version: 1\napi_clients: []\n", []string{`hub.yaml:2: unknown section "api_clients": did you mean apiClients?`}},
		"section twice":          {"version: 1\nroles: []\nroles: []\n", []string{"hub.yaml:3: the section roles is there twice (first on line 2)"}},
		"section of wrong type":  {"version: 1\nroles: {a: b}\n", []string{"hub.yaml:2: roles must be a list"}},
		"section mapping":        {"version: 1\nroles:\n  a: b\n", []string{"hub.yaml:3: roles must be a list"}},
		"unknown key": {
			"version: 1\nusers:\n  - login: ada\n    # a comment\n    pasword: x\n",
			[]string{`hub.yaml:5: unknown key "pasword" in a user: expected one of id, login`},
		},
		"key in other case": {
			"version: 1\nservices:\n  - home_url: x\n",
			[]string{`hub.yaml:3: unknown key "home_url" in a service: did you mean homeUrl?`},
		},
		"key twice": {
			"version: 1\nusers:\n  - login: ada\n    login: bob\n",
			[]string{`hub.yaml:4: the key "login" is there twice (first on line 3)`},
		},
		"nested unknown key": {
			"version: 1\nservices:\n  - key: a\n    permissions:\n      - key: x\n        label: y\n",
			[]string{`hub.yaml:6: unknown key "label" in a permission`},
		},
		"text for a list": {"version: 1\nservices:\n  - redirectUris: https://a/\n", []string{"hub.yaml:3: redirectUris must be a list"}},
		"text for true": {
			"version: 1\nservices:\n  - trusted: yes\n",
			[]string{`hub.yaml:3: trusted must be true or false, without quotes, not "yes"`},
		},
		"quoted true": {
			"version: 1\nservices:\n  - trusted: \"true\"\n",
			[]string{`hub.yaml:3: trusted must be true or false, without quotes, not "true"`},
		},
		"true for text": {"version: 1\nusers:\n  - name: true\n", []string{"hub.yaml:3: name must be text, not true or false"}},
		"list for text": {"version: 1\nusers:\n  - name: [a]\n", []string{"hub.yaml:3: name must be text, not a list"}},
		"mapping in a list": {
			"version: 1\nservices:\n  - viewers: [{name: a}]\n",
			[]string{"hub.yaml:3: an entry of viewers must be text, not a mapping"},
		},
		"no value":          {"version: 1\nusers:\n  - login: ada\n    email:\n", []string{"hub.yaml:4: email has no value"}},
		"text for an entry": {"version: 1\nusers:\n  - ada\n", []string{"hub.yaml:3: expected a user as a mapping"}},
		"null entry":        {"version: 1\nusers:\n  -\n  - login: ada\n", []string{"hub.yaml:3: expected a user as a mapping"}},
		"role as a text": {
			"version: 1\ngroups:\n  - roles: [observer]\n",
			[]string{"hub.yaml:3: expected an entry of roles ({role: KEY}) as a mapping"},
		},
		"grant without role": {"version: 1\ngroups:\n  - roles: [{organisation: x}]\n", []string{"hub.yaml:3: an entry of roles needs role"}},
		"environment": {
			"version: 1\nservices:\n  - environment: staging\n",
			[]string{`hub.yaml:3: environment must be one of production, test, not "staging"`},
		},
		"flows of settings": {
			"version: 1\nsettings: {defaults: {flows: old}}\n",
			[]string{`hub.yaml:2: flows must be one of modern, classic, not "old"`},
		},
		"unknown setting": {"version: 1\nsettings:\n  default: {}\n", []string{`hub.yaml:3: unknown key "default" in settings`}},
		"two kinds of secret": {
			"version: 1\nservices:\n  - secrets: [{env: A, hash: \"sha256:\"}]\n",
			[]string{"hub.yaml:3: an entry of secrets needs exactly one of value, env, hash"},
		},
		"unknown kind of secret": {
			"version: 1\nservices:\n  - secrets: [{file: A}]\n",
			[]string{`hub.yaml:3: unknown key in an entry of secrets: expected one of value, env, hash`},
		},
		"app key by hash": {
			"version: 1\napps:\n  - appKey: {hash: x}\n",
			[]string{`hub.yaml:3: unknown key in appKey: expected one of value, env, sealed`},
		},
		"application password": {
			"version: 1\nusers:\n  - applicationPasswords: [{name: Mail}]\n",
			[]string{"hub.yaml:3: an application password needs exactly one of value, env, hash"},
		},
		"nameless password": {
			"version: 1\nusers:\n  - applicationPasswords: [{value: abcdefgh}]\n",
			[]string{"hub.yaml:3: an application password needs a name"},
		},
		"token without scope": {
			"version: 1\nusers:\n  - permanentTokens: [{name: x, value: abcdefgh}]\n",
			[]string{"hub.yaml:3: a permanent token needs a name and a scope"},
		},
		"time": {
			"version: 1\nservices:\n  - secrets: [{value: abcdefgh, expires: tomorrow}]\n",
			[]string{"hub.yaml:3: expires must be a time like"},
		},
		"two documents": {"version: 1\n---\nversion: 1\n", []string{"hub.yaml:3: a second YAML document begins here"}},
		"tab": {
			"version: 1\nusers:\n\t- login: ada\n", []string{"hub.yaml:3: not valid YAML: a tab stands where blanks are needed"},
		},
		"unclosed bracket": {
			"version: 1\nusers:\n  - login: ada\n    groups: [a, b\n  - login: bob\n", []string{"hub.yaml:4: not valid YAML"},
		},
		"unclosed quote":  {"version: 1\nusers:\n  - login: \"ada\n", []string{"hub.yaml:3: not valid YAML"}},
		"undefined alias": {"version: 1\nusers:\n  - login: *ada\n", []string{"hub.yaml:3: *ada stands for nothing"}},
		"tag":             {"version: 1\nusers:\n  - login: !!binary YWRh\n", []string{"hub.yaml:3: the tag !!binary has no meaning here"}},
		"not UTF-8":       {"version: 1\nusers:\n  - login: \xff\n", []string{"hub.yaml:3: is not UTF-8 text"}},
		"deep brackets": {
			"version: 1\nusers:\n  - login: " + strings.Repeat("[", 100_000) + "\n", []string{"hub.yaml:3: nested too deeply"},
		},
		"deep dashes": {"version: 1\nusers:\n  " + strings.Repeat("- ", 100_000) + "x\n", []string{"hub.yaml:3: nested too deeply"}},
		"deep brackets in JSON": {
			`{"version": 1, "users": ` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}`,
			[]string{"hub.yaml:1: nested too deeply"},
		},
		"JSON with a wrong key": {
			"{\"version\": 1,\n \"users\": [\n  {\"login\": \"ada\"},\n  {\"logn\": \"bob\"}\n ]\n}\n",
			[]string{`hub.yaml:4: unknown key "logn" in a user`},
		},
		"JSON with a wrong value": {"{\"version\": 1,\n \"users\": {}\n}\n", []string{"hub.yaml:2: users must be a list"}},
		"several at once": {"version: 1\nusers:\n  - login: ada\n    nme: x\n  - login: bob\n    groups: x\nroles:\n  - key: [a]\n",
			[]string{`hub.yaml:4: unknown key "nme"`, "hub.yaml:6: groups must be a list", "hub.yaml:8: key must be text"}},
		"the second entry broken": {
			"version: 1\nusers:\n  - login: ada\n  - login: b: c\n  - login: d: e\n",
			[]string{"hub.yaml:4: not valid YAML", "hub.yaml:5: not valid YAML"},
		},
		"windows lines": {"version: 1\r\nusers:\r\n  - login: ada\r\n    nme: x\r\n", []string{`hub.yaml:4: unknown key "nme"`}},
	} {
		document, err := declare.Parse("hub.yaml", []byte(c.text))
		if !fault.Is(err, fault.Invalid) || document != nil {
			t.Errorf("%s: got %v, want a problem", name, err)
			continue
		}
		lines := strings.Split(strings.TrimPrefix(err.Error(), "invalid: "), "\n")
		if len(lines) != len(c.want) {
			t.Errorf("%s: got %q, want %q", name, lines, c.want)
			continue
		}
		for i, want := range c.want {
			if !strings.HasPrefix(lines[i], want) {
				t.Errorf("%s: got %q, want %q", name, lines[i], want)
			}
		}
	}
}

func TestAtMostTwentyProblemsAreTold(t *testing.T) {
	text := "version: 1\nusers:\n" + strings.Repeat("  - nme: x\n", 100)
	_, err := declare.Parse("hub.yaml", []byte(text))
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 21 || !strings.Contains(lines[20], "more problems") {
		t.Errorf("%d lines, the last is %q", len(lines), lines[len(lines)-1])
	}
}

func TestProblemsNeverShowSecrets(t *testing.T) {
	for _, text := range []string{
		"version: 1\nservices:\n  - secrets: [\"hunter2hunter2\", \n",
		"version: 1\nservices:\n  - secrets: hunter2hunter2\n",
		"version: 1\nusers:\n  - password: {hunter2hunter2: x: y}\n",
		"version: 1\nusers:\n  - password: [hunter2hunter2]\n",
		"version: 1\nusers:\n  - {password: hunter2hunter2, banned: hunter2hunter2}\n",
		"version: 1\nusers:\n  - password: hunter2hunter2\n   name: x\n",
	} {
		_, err := declare.Parse("hub.yaml", []byte(text))
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestEveryLayoutOfYAMLSaysTheSame(t *testing.T) {
	want, err := declare.Parse("x", []byte("version: 1\nusers:\n  - login: ada\n    name: \"Ada's: #1\"\n    groups: [a, b]\n  - login: bob\n"))
	if err != nil {
		t.Fatal(err)
	}
	shown := func(d *declare.Document) string {
		text := ""
		for _, u := range d.Users.All {
			text += fmt.Sprint(u.Login.Value, u.Name.Value, u.Groups.Set)
			for _, g := range u.Groups.Value {
				text += " " + g.Group.Value
			}
			text += "\n"
		}
		return text
	}
	for name, text := range map[string]string{
		"unindented":         "version: 1\nusers:\n- login: ada\n  name: \"Ada's: #1\"\n  groups:\n  - a\n  - b\n- login: bob\n",
		"flow entries":       "version: 1\nusers:\n  - {login: ada, name: \"Ada's: #1\", groups: [a, b]}\n  - {login: bob}\n",
		"flow section":       "version: 1\nusers: [{login: ada, name: \"Ada's: #1\", groups: [a, b]}, {login: bob}]\n",
		"flow over lines":    "version: 1\nusers:\n  - {login: ada,\n     name: \"Ada's: #1\",\n     groups: [a,\n       b]}\n  - login: bob\n",
		"JSON":               `{"version": 1, "users": [{"login": "ada", "name": "Ada's: #1", "groups": ["a", "b"]}, {"login": "bob"}]}`,
		"JSON over lines":    "{\n  \"users\": [\n    {\n      \"login\": \"ada\",\n      \"name\": \"Ada's: #1\",\n      \"groups\": [\n        \"a\",\n        \"b\"\n      ]\n    },\n    {\n      \"login\": \"bob\"\n    }\n  ],\n  \"version\": 1\n}\n",
		"flow of YAML":       "{version: 1, users: [{login: ada, name: 'Ada''s: #1', groups: [a, b]}, {login: bob}]} # end",
		"comments":           "# top\n---\nversion: 1 # one\n# between\nusers: # here\n  # before\n  - login: ada # x\n\n    # within\n    name: \"Ada's: #1\"\n    groups: [a, b]\n# at the margin\n  - login: bob\n# end\n",
		"quoted section":     "\"version\": 1\n\"users\":\n  - login: ada\n    name: \"Ada's: #1\"\n    groups: [a, b]\n  - login: bob\n",
		"anchors":            "version: 1\nusers:\n  - &u\n    login: ada\n    name: \"Ada's: #1\"\n    groups: &g [a, b]\n  - login: bob\n",
		"aliases":            "version: 1\nroles:\n  - {key: r, name: &n \"Ada's: #1\", permissions: &g [a, b]}\nusers:\n  - login: ada\n    name: *n\n    groups: *g\n  - login: bob\n",
		"merge":              "version: 1\ngroups:\n  - &m {name: \"Ada's: #1\"}\nusers:\n  - login: ada\n    <<: *m\n    groups: [a, b]\n  - login: bob\n",
		"byte order mark":    "\xef\xbb\xbfversion: 1\nusers:\n  - login: ada\n    name: \"Ada's: #1\"\n    groups: [a, b]\n  - login: bob\n",
		"Windows lines":      "version: 1\r\nusers:\r\n  - login: ada\r\n    name: \"Ada's: #1\"\r\n    groups: [a, b]\r\n  - login: bob\r\n",
		"deeper entries":     "version: 1\nusers:\n      -   login: ada\n          name: \"Ada's: #1\"\n          groups: [a, b]\n      -   login: bob\n",
		"dash alone":         "version: 1\nusers:\n  -\n    login: ada\n    name: \"Ada's: #1\"\n    groups: [a, b]\n  -\n    login: bob\n",
		"tags":               "version: 1\nusers: !!seq\n  - login: !!str ada\n    name: \"Ada's: #1\"\n    groups: [a, b]\n  - login: bob\n",
		"lines folded":       "version: 1\nusers:\n  - login: ada\n    name: >-\n      Ada's:\n      #1\n    groups: [a, b]\n  - login: bob\n",
		"empty sections too": "version: 1\nroles:\ngroups: []\nusers:\n  - login: ada\n    name: \"Ada's: #1\"\n    groups: [a, b]\n  - login: bob\n",
	} {
		got, err := declare.Parse("x", []byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if shown(got) != shown(want) {
			t.Errorf("%s: got %s want %s", name, shown(got), shown(want))
		}
	}
}

func TestAliasesCannotExplode(t *testing.T) {
	text := "version: 1\nservices:\n  - jwks: {a: &a0 [x, x, x, x, x, x, x, x, x, x]}\n"
	for i := range 12 {
		text += fmt.Sprintf("  - jwks: {a: &a%d [%s]}\n", i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 10))
	}
	_, err := declare.Parse("hub.yaml", []byte(text))
	if err == nil || !strings.Contains(err.Error(), "hub.yaml:7: the aliases of this file stand for more than 100000 values") {
		t.Error(err)
	}
}

func TestLargeFileGoesThroughInPieces(t *testing.T) {
	const services = 3000
	for name, entry := range map[string]string{
		"block": "  - id: 98071167-004c-4ddf-ba37-%012d\n    environment: production # or test\n    key: payments%d\n    name: Payments API %d\n    redirectUris: [\"https://payments.example.test/cb\"]\n    secrets: [\"a-long-secret\"]\n",
		"flow":  "  - {id: 98071167-004c-4ddf-ba37-%012d, environment: production, key: payments%d, name: Payments API %d, secrets: [a-long-secret]}\n",
	} {
		var text strings.Builder
		text.WriteString("version: 1\nservices:\n")
		for i := range services {
			fmt.Fprintf(&text, entry, i, i, i)
		}
		document, err := declare.Parse("hub.yaml", []byte(text.String()))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		last := document.Services.All[services-1]
		if len(document.Services.All) != services || last.Key.Value != fmt.Sprintf("payments%d", services-1) ||
			last.Line != 3+(services-1)*strings.Count(entry, "\n") {
			t.Errorf("%s: %d services, the last is %s on line %d", name, len(document.Services.All), last.Key.Value, last.Line)
		}
	}
	_, err := declare.Parse("hub.yaml", make([]byte, declare.MaxSize+1))
	if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "more than 64 MB") {
		t.Error(err)
	}
}

func TestPrintingADocumentShowsNoSecret(t *testing.T) {
	document, err := declare.Parse("x", []byte("version: 1\nusers:\n  - {login: ada, password: hunter2hunter2, applicationPasswords: [{name: m, value: hunter2hunter2}]}\nservices:\n  - secrets: [hunter2hunter2]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%v %+v %#v", *document, *document, *document); strings.Contains(text, "hunter2") {
		t.Error("a secret is printed")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("version: 1\nusers:\n  - login: ada\n    groups: [a, *b]\n    <<: {a: b}\n"))
	f.Add([]byte("version: 1\nservices: &x\n- key: |\n    a\n  secrets: [{env: A}]\napps:\n  - {appId: 1, allowlist: [::1]}\n"))
	f.Add([]byte(`{"version": 1, "roles": [{"key": "a\"b", "permissions": ["*"]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		document, err := declare.Parse("x", data)
		if (document == nil) == (err == nil) {
			t.Fatalf("%v %v", document, err)
		}
		if err != nil && (!fault.Is(err, fault.Invalid) || !strings.HasPrefix(err.Error(), "invalid: x:")) {
			t.Fatal(err)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	var text strings.Builder
	text.WriteString("version: 1\nservices:\n")
	for i := range 1000 {
		fmt.Fprintf(&text,
			"  - id: 98071167-004c-4ddf-ba37-%012d\n    environment: production # or test\n    key: payments%d\n    name: Payments API %d\n"+
				"    homeUrl: https://payments.example.test\n    redirectUris: [\"https://payments.example.test/cb\"]\n    trusted: false\n"+
				"    flows: [authorization_code, refresh_token, client_credentials]\n    secrets: [\"a-long-secret\"]\n"+
				"    permissions: [{key: create, name: Create payment}, {key: read, name: Read payment}]\n", i, i, i)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := declare.Parse("x", []byte(text.String())); err != nil {
			b.Fatal(err)
		}
	}
}
