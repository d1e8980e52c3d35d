package web_test

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/web"
)

// consoleForm is one form of the console, as somebody fills it in.
type consoleForm struct {
	at    func(s *scene) string // where it is drawn, with all that it is about in place
	to    func(at string) string
	typed []string // names and values by turns; # stands for the number of the scene
	press []string // the button that sends it, likewise
	other []string // what somebody else saves meanwhile, with the same form
	says  string   // what this one is then told

	free    bool // of one's own: it needs no permission
	repeats bool // nothing comes of it that once would be enough of
	bare    bool // it is a button alone, which is drawn for some only
}

// posts is where the form goes.
func (f consoleForm) posts(at string) string {
	if f.to != nil {
		return f.to(at)
	}
	return at
}

// in gives names and values as they are in a scene.
func in(s *scene, pairs []string) []string {
	pairs = slices.Clone(pairs)
	for i := range pairs {
		pairs[i] = strings.ReplaceAll(pairs[i], "#", s.n)
	}
	return pairs
}

// fixed is the address of a form that is about nothing that has to be there.
func fixed(at string) func(*scene) string { return func(*scene) string { return at } }

// below puts a path behind the address of a thing.
func below(prefix string, thing func(s *scene) string, rest string) func(*scene) string {
	return func(s *scene) string { return prefix + thing(s) + rest }
}

func user(s *scene) string { return s.user() }

// consoleForms are all forms of the console by their pattern, with what tells several forms at one pattern apart behind a blank. A
// test holds them against what is mounted.
func consoleForms() map[string]consoleForm {
	mine := func(s *scene) string { return s.me.ID }
	cut := func(from, to string) func(string) string {
		return func(at string) string { return strings.Replace(at, from, to, 1) }
	}
	forms := map[string]consoleForm{
		"/account": {
			at: fixed("/account"), typed: []string{"name", "Me Renamed", "login", "me-#", "email", "me#@example.test"},
			other: []string{"name", "Told Otherwise"}, says: "Full name is now “Told Otherwise”.",
		},
		"/account/email/code": {at: fixed("/account"), to: cut("/account", "/account/email/code"), repeats: true},
		"/account/email": {at: func(s *scene) string {
			s.must(s.pages.Directory.AskEmailCode(s.Context(), hub.Actor{User: s.me, Permissions: hub.NewPermissions("*"), Fresh: true}, s.me.ID))
			return "/account/email"
		}, typed: []string{"code", "the mailed code"}},
		"/account/activity/sessions/{id}/sign-out": {
			at: func(s *scene) string { return "/account/activity/sessions/" + s.session(s.me.ID) + "/sign-out" }, free: true,
		},
		"/account/activity/sessions/{id}/confirm": {at: func(s *scene) string { s.session(s.me.ID); return "/account/activity?" + s.n },
			to: func(at string) string {
				_, n, _ := strings.Cut(at, "?")
				return "/account/activity/sessions/session-" + n + "/confirm"
			}, free: true, bare: true, repeats: true},

		"/account/security/password": {
			at:    fixed("/account/security/password"),
			typed: []string{"currentPassword", correct, "newPassword", another}, free: true,
		},
		"/account/security/two-factor/off": {
			at: func(s *scene) string { s.factor(s.me.ID); return "/account/security/two-factor/off" }, free: true,
		},
		"/account/security/recovery-codes": {
			at: func(s *scene) string { s.factor(s.me.ID); return "/account/security/recovery-codes" }, free: true,
		},
		"/account/security/revoke": {
			at:    func(s *scene) string { s.token(s.me.ID); return "/account/security/revoke" },
			typed: []string{"what", "tokens", "what", "connected", "password", correct},
		},
		"/account/security/passkeys/{id}/rename": {
			at:    func(s *scene) string { return "/account/security/passkeys/" + s.passkey(s.me.ID) + "/rename" },
			typed: []string{"name", "My key"}, free: true,
		},
		"/account/security/passkeys/{id}/remove": {
			at: func(s *scene) string { return "/account/security/passkeys/" + s.passkey(s.me.ID) + "/remove" },
		},
		"/account/security/app-passwords/new": {
			at:    func(s *scene) string { s.factor(s.me.ID); return "/account/security/app-passwords/new" },
			typed: []string{"name", "Mail"},
		},
		"/account/security/api-clients/new": {at: fixed("/account/security/api-clients/new"), typed: []string{"label", "Payroll"}},
		"/settings/api-access/new":          {at: fixed("/settings/api-access/new?env=production"), typed: []string{"label", "Shop"}},
		"/settings/api-access/{app}/reveal": {
			at: func(s *scene) string { return "/settings/api-access?env=production&app=" + s.app() },
			to: revealOf, repeats: true,
		},
		"/settings/api-access/{app}/rotate": {
			at:    func(s *scene) string { return "/settings/api-access/" + s.app() + "/rotate?env=production" },
			typed: []string{"overlap", "168h"},
		},
		"/settings/api-access/{app}/delete": {
			at: func(s *scene) string { return "/settings/api-access/" + s.app() + "/delete?env=production" },
		},
		"/settings/api-access/{app}/addresses": {
			at:    func(s *scene) string { return "/settings/api-access/" + s.app() + "/addresses?env=production" },
			typed: []string{"address", "192.0.2.0/24", "note", "The office"},
		},
		"/settings/api-access/{app}/addresses/{entry}/remove": {at: func(s *scene) string {
			app := s.app()
			return "/settings/api-access/" + app + "/addresses/" + s.address(app) + "/remove?env=production"
		}},

		"/admin/system":        {at: fixed("/admin/system"), typed: []string{"flows", "classic"}, repeats: true},
		"/admin/system/rotate": {at: fixed("/admin/system/rotate")},
		"/admin/audit/export":  {at: fixed("/admin/audit"), to: cut("/admin/audit", "/admin/audit/export"), repeats: true},

		"/admin/services/new": {
			at: fixed("/admin/services/new?step=details&kind=web"),
			to: func(string) string { return "/admin/services/new" }, press: []string{"step", "create"},
			typed: []string{"name", "New #", "homeUrl", "https://new.example.test",
				"redirectUris", "https://new.example.test/cb\nhttps://new.example.test/other",
				"vendor", "Works", "version", "2", "trusted", "true"},
		},
		"/admin/services/{id}/tried": {at: func(s *scene) string {
			id := s.service()
			s.must(s.store.InsertTriedRedirectURIs(s.Context(), []hub.TriedRedirectURI{{
				Environment: hub.Production, ClientID: id, URI: "https://service.example.test/tried", TriedAt: hub.Now(),
			}}))
			return "/admin/services/" + id + "/tried"
		}, press: []string{"register", "true"}, repeats: true},
		"/admin/services/{id}/edit/{part} redirects": {
			at:    below("/admin/services/", (*scene).service, "/edit/redirects"),
			typed: []string{"uris", "https://a.example.test/cb\nhttps://b.example.test/cb", "bye", "https://a.example.test/bye"},
			other: []string{"uris", "https://told.example.test/cb"}, says: "https://told.example.test/cb",
		},
		"/admin/services/{id}/edit/{part} flows": {
			at:    below("/admin/services/", (*scene).service, "/edit/flows"),
			typed: []string{"flow", "authorization_code", "flow", "device_code"},
			other: []string{"flow", "client_credentials"}, says: "client_credentials",
		},
		"/admin/services/{id}/edit/{part} settings": {
			at: below("/admin/services/", (*scene).service, "/edit/settings"),
			typed: []string{"s-name", "Named #", "s-key", "named-#", "s-homeUrl", "https://named.example.test",
				"s-description", "Two\nlines", "s-vendor", "Works", "pkce", "true", "accessToken", "opaque"},
			other: []string{"rotate", "true"}, says: "Give out a new refresh token at each use is now “Yes”.",
		},
		"/admin/services/{id}/edit/{part} access": {
			at:    func(s *scene) string { s.group("viewers"); return "/admin/services/" + s.service() + "/edit/access" },
			typed: []string{"viewers", "Group viewers-#", "organisation", ""},
			other: []string{"organisation", "demo"}, says: "Organisation is now “Demo”.",
		},
		"/admin/services/{id}/edit/{part} permissions": {
			at:    below("/admin/services/", (*scene).service, "/edit/permissions"),
			typed: []string{"permissions", "read Read pages\nwrite Write pages"},
			other: []string{"permissions", "told Told"}, says: "told Told",
		},
		"/admin/services/{id}/ask/secret": {
			at:    below("/admin/services/", (*scene).service, "/ask/secret"),
			typed: []string{"overlap", "168h", "secret", "a secret of my own"},
		},
		"/admin/services/{id}/ask/delete":   {at: below("/admin/services/", (*scene).service, "/ask/delete")},
		"/admin/services/{id}/ask/enable":   {at: below("/admin/services/", (*scene).service, "/ask/enable"), repeats: true},
		"/admin/services/{id}/ask/disable":  {at: below("/admin/services/", (*scene).service, "/ask/disable")},
		"/admin/services/{id}/ask/trust":    {at: below("/admin/services/", (*scene).service, "/ask/trust")},
		"/admin/services/{id}/ask/distrust": {at: below("/admin/services/", (*scene).service, "/ask/distrust"), repeats: true},
		"/admin/services/{id}/secrets/{secret}/end": {at: func(s *scene) string {
			id := s.service()
			return "/admin/services/" + id + "/secrets/" + s.secret(id) + "/end"
		}},

		"/admin/users/new": {
			at:    fixed("/admin/users/new"),
			typed: []string{"name", "New #", "login", "new-#", "email", "new#@example.test", "how", "link"},
		},
		"/admin/users/new bot": {at: fixed("/admin/users/new?kind=bot"), typed: []string{"name", "Nightly #", "login", "nightly-#"}},
		"/admin/users/{user}": {
			at:    below("/admin/users/", user, ""),
			typed: []string{"name", "Renamed #", "login", "renamed-#", "email", "renamed#@example.test", "verified", "on"},
			other: []string{"name", "Told Otherwise"}, says: "Full name is now “Told Otherwise”.",
		},
		"/admin/users/{user}/ban": {at: below("/admin/users/", user, "/ban"), typed: []string{"reason", "left"}},
		"/admin/users/{user}/unban": {at: func(s *scene) string {
			id := s.user()
			s.tx(func(tx *store.Tx) error {
				user, err := tx.User(s.Context(), id)
				if err != nil {
					return err
				}
				user.Banned = true
				return tx.UpdateUser(s.Context(), user)
			})
			return "/admin/users/" + id + "/unban"
		}},
		"/admin/users/{user}/leave": {
			at: below("/admin/users/", user, "/leave"), typed: []string{"reason", "left the team", "keep", "1"},
		},
		"/admin/users/{user}/delete": {
			at: below("/admin/users/", user, "/delete"), typed: []string{"confirm", "user-#", "successor", "me#"},
		},
		"/admin/users/{user}/merge": {
			at:    func(s *scene) string { s.another(); return "/admin/users/" + s.user() + "/merge" },
			typed: []string{"other", "another-#"},
		},
		"/admin/users/{user}/password": {
			at: below("/admin/users/", user, "/password"), typed: []string{"how", "password", "password", another},
		},
		"/admin/users/{user}/groups/add": {
			at:    func(s *scene) string { s.group("group"); return "/admin/users/" + s.user() + "/groups/add" },
			typed: []string{"group", "Group group-#"},
		},
		"/admin/users/{user}/groups/{group}/remove": {at: func(s *scene) string {
			id, group := s.user(), s.group("group")
			s.tx(func(tx *store.Tx) error { return tx.AddMember(s.Context(), group, id) })
			return "/admin/users/" + id + "/groups/" + group + "/remove"
		}},
		"/admin/users/{user}/groups/roles/grant": {at: func(s *scene) string {
			s.role()
			s.organisation()
			return "/admin/users/" + s.user() + "/groups/roles/grant"
		},
			typed: []string{"role", "role-#", "organisation", "organisation-#", "environment", "test"}},
		"/admin/users/{user}/groups/roles/{grant}/revoke": {at: func(s *scene) string {
			id := s.user()
			return "/admin/users/" + id + "/groups/roles/" + s.grant(hub.HolderUser, id) + "/revoke"
		}},
		"/admin/users/{user}/security/sessions/{session}/sign-out": {at: func(s *scene) string {
			id := s.user()
			return "/admin/users/" + id + "/security/sessions/" + s.session(id) + "/sign-out"
		}},
		"/admin/users/{user}/security/passkeys/{passkey}/remove": {at: func(s *scene) string {
			id := s.user()
			return "/admin/users/" + id + "/security/passkeys/" + s.passkey(id) + "/remove"
		}},
		"/admin/users/{user}/security/second-factor/take": {at: func(s *scene) string {
			id := s.user()
			s.factor(id)
			return "/admin/users/" + id + "/security/second-factor/take"
		}},

		"/admin/groups/new": {at: fixed("/admin/groups/new"), typed: []string{"name", "New #", "description", "About"}},
		"/admin/groups/{group}": {
			at: func(s *scene) string { return "/admin/groups/" + s.group("group") },
			typed: []string{"name", "Renamed #", "description", "About",
				"factor", "on", "twoFactorGrace", "7", "autoJoinDomain", ""},
			other: []string{"join", "on"}, says: "New users join by themselves is now “Yes”.",
		},
		"/admin/groups/{group}/members/add": {
			at:    func(s *scene) string { s.user(); return "/admin/groups/" + s.group("group") + "/members/add" },
			typed: []string{"user", "user-#"},
		},
		"/admin/groups/{group}/members/{member}/remove": {at: func(s *scene) string {
			id, group := s.user(), s.group("group")
			s.tx(func(tx *store.Tx) error { return tx.AddMember(s.Context(), group, id) })
			return "/admin/groups/" + group + "/members/" + id + "/remove"
		}},
		"/admin/groups/{group}/subgroups/add": {
			at:    func(s *scene) string { s.group("inner"); return "/admin/groups/" + s.group("group") + "/subgroups/add" },
			typed: []string{"subgroup", "Group inner-#"},
		},
		"/admin/groups/{group}/subgroups/{subgroup}/remove": {at: func(s *scene) string {
			group, inner := s.group("group"), s.group("inner")
			s.tx(func(tx *store.Tx) error { return tx.AddSubgroup(s.Context(), group, inner) })
			return "/admin/groups/" + group + "/subgroups/" + inner + "/remove"
		}},
		"/admin/groups/{group}/delete": {at: func(s *scene) string { return "/admin/groups/" + s.group("group") + "/delete" }},
		"/admin/groups/{group}/roles/grant": {
			at:    func(s *scene) string { s.role(); return "/admin/groups/" + s.group("group") + "/roles/grant" },
			typed: []string{"role", "role-#", "environment", "production"},
		},
		"/admin/groups/{group}/roles/{grant}/revoke": {at: func(s *scene) string {
			group := s.group("group")
			return "/admin/groups/" + group + "/roles/" + s.grant(hub.HolderGroup, group) + "/revoke"
		}},

		"/admin/roles/new": {
			at: fixed("/admin/roles/new"), typed: []string{"name", "New #", "handle", "new-#", "description", "About"},
		},
		"/admin/roles/grants/{grant}/revoke": {
			at: func(s *scene) string { return "/admin/roles/grants/" + s.grant(hub.HolderUser, s.user()) + "/revoke" },
		},
		"/admin/roles/{role}": {
			at: below("/admin/roles/", (*scene).role, ""),
			typed: []string{"name", "Renamed #", "handle", "renamed-#", "description", "About",
				"permission", "hub:user-read", "permission", "hub:role-read"},
			other: []string{"permission", "hub:group-read"}, says: "Permissions is now “+hub:group-read −hub:",
		},
		"/admin/roles/{role}/delete": {at: below("/admin/roles/", (*scene).role, "/delete")},

		"/admin/organisations/new": {
			at: fixed("/admin/organisations/new"), typed: []string{"name", "New #", "handle", "new-#"},
		},
		"/admin/organisations/{organisation}": {
			at:    below("/admin/organisations/", (*scene).organisation, ""),
			typed: []string{"name", "Renamed #", "handle", "renamed-#"},
			other: []string{"name", "Told #"}, says: "Name is now “Told",
		},
		"/admin/organisations/{organisation}/retired/add": {
			at:    below("/admin/organisations/", (*scene).organisation, "/retired/add"),
			typed: []string{"label", "2016 key", "secret", "legacy-key-#"},
		},
		"/admin/organisations/{organisation}/delete": {at: below("/admin/organisations/", (*scene).organisation, "/delete")},
	}
	for pattern, of := range map[string]struct {
		at  string
		who func(*scene) string
	}{"/account/security": {"/account/security", mine}, "/admin/users/{user}/security": {"/admin/users/%/security", user}} {
		holder := func(rest func(s *scene, id string) string) func(*scene) string {
			return func(s *scene) string {
				id := of.who(s)
				return strings.Replace(of.at, "%", id, 1) + rest(s, id)
			}
		}
		forms[pattern+"/tokens/new"] = consoleForm{
			at:    holder(func(*scene, string) string { return "/tokens/new" }),
			typed: []string{"name", "nightly", "scope", wiki.Service.ID, "expires", "90d", "readOnly", "on"},
		}
		forms[pattern+"/tokens/delete"] = consoleForm{
			at: holder(func(s *scene, id string) string { return "/tokens/delete?token=" + s.token(id) }),
			to: func(at string) string { to, _, _ := strings.Cut(at, "?"); return to },
		}
		forms[pattern+"/api-clients/{id}/change"] = consoleForm{
			at:    holder(func(s *scene, id string) string { return "/api-clients/" + s.client(id) + "/change" }),
			typed: []string{"label", "Payroll", "disabled", "1", "replace", "keep"},
			other: []string{"label", "Told Otherwise"}, says: "Label is now “Told Otherwise”.",
		}
		for kind, make := range map[string]func(*scene, string) string{
			"tokens": (*scene).token, "app-passwords": (*scene).password, "connected": (*scene).connected,
			"scopes": (*scene).approved, "api-clients": (*scene).client,
		} {
			typed := []string(nil)
			if kind == "connected" {
				typed = []string{"scopes", "1"}
			}
			forms[pattern+"/{kind}/{id}/delete "+kind] = consoleForm{
				at: holder(func(s *scene, id string) string { return "/" + kind + "/" + make(s, id) + "/delete" }), typed: typed,
			}
		}
	}
	const clients = "/admin/users/{user}/api-clients"
	forms[clients+"/new"] = consoleForm{at: below("/admin/users/", user, "/api-clients/new"), typed: []string{"label", "Payroll"}}
	forms["/admin/users/{user}/security/api-clients/new"] = consoleForm{
		at: below("/admin/users/", user, "/security/api-clients/new"), typed: []string{"label", "Payroll"},
	}
	forms[clients+"/{id}/change"] = consoleForm{at: func(s *scene) string {
		id := s.user()
		return "/admin/users/" + id + "/api-clients/" + s.client(id) + "/change"
	}, typed: []string{"label", "Payroll", "replace", "24h"}}
	forms[clients+"/{id}/delete"] = consoleForm{at: func(s *scene) string {
		id := s.user()
		return "/admin/users/" + id + "/api-clients/" + s.client(id) + "/delete"
	}}
	return forms
}

// revealOf is where the form posts that shows the key of an app.
func revealOf(at string) string {
	_, id, _ := strings.Cut(at, "app=")
	return "/settings/api-access/" + id + "/reveal?env=production"
}

// otherForms are what is posted to pages that are none of the console: on the way in, by scripts, or of the browser itself.
func otherForms() []string {
	return []string{
		"/auth/login", "/auth/second-factor", "/auth/recovery-code", "/auth/second-factor/set-up",
		"/auth/second-factor/set-up/passkey", "/auth/second-factor/set-up/passkey/challenge",
		"/auth/passkey", "/auth/passkey/challenge", "/account/security/passkeys/challenge", "/account/security/passkeys/new",
		"/auth/new-password", "/auth/account", "/auth/consent", "/auth/logout",
		"/auth/restore", "/auth/restore/{code}", "/auth/set-up/{code}",
		"/device", "/device/confirm", "/preferences", "/help/access",
		"/admin/users/{user}/security/app-passwords/new", // which answers that nobody makes one for somebody else
	}
}

func TestEveryFormIsTriedWithBadInput(t *testing.T) {
	b := newBench(t)
	mounted, opened := map[string]bool{}, map[string]bool{}
	b.pages.Mount(func(pattern string, _ http.HandlerFunc) {
		if path, posts := strings.CutPrefix(pattern, "POST "); posts {
			mounted[path] = true
		} else {
			opened[strings.TrimPrefix(pattern, "GET ")] = true
		}
	})
	for path := range mounted { // it may stand in the address bar when the form is shown again, and a sign-in leads back to it
		if !opened[path] && !strings.HasSuffix(path, "/challenge") && path != "/preferences" {
			t.Errorf("a browser that opens %s finds nothing", path)
		}
	}
	tried := map[string]bool{}
	for name := range consoleForms() {
		path, _, _ := strings.Cut(name, " ")
		tried[path] = true
	}
	for _, path := range otherForms() {
		tried[path] = true
	}
	for path := range mounted {
		if !tried[path] {
			t.Errorf("nobody tries the form of %s: give it a line in consoleForms", path)
		}
	}
	for path := range tried {
		if !mounted[path] {
			t.Errorf("there is no form at %s", path)
		}
	}
}

// plainly is a text as forms compare it: with one kind of line end.
func plainly(texts []string) []string {
	texts = slices.Clone(texts)
	for i := range texts {
		texts[i] = strings.ReplaceAll(strings.ReplaceAll(texts[i], "\r\n", "\n"), "\x00", "\ufffd")
	}
	slices.Sort(texts)
	return texts
}

// holds says that a form holds what was sent, but for what is given to each drawing of a form, and for secrets, which it must not hold.
func (s *scene) holds(page answer, form *drawnForm, sent url.Values) {
	s.Helper()
	if form == nil {
		return
	}
	for name, values := range sent {
		switch {
		case name == "once" || name == "version" || !slices.Contains(form.known, name):
		case web.SecretField(name):
			if form.fields.Get(name) != "" || len(values[0]) > 6 && strings.Contains(page.text, values[0]) {
				s.Errorf("%s shows the secret %s", page.Request.URL, name)
			}
		case !slices.Equal(plainly(form.fields[name]), plainly(values)):
			s.Errorf("%s: %s was sent as %.80q and is %.80q", page.Request.URL, name, values, form.fields[name])
		}
	}
	for name := range form.fields {
		if _, was := sent[name]; !was && name != "once" && name != "version" {
			s.Errorf("%s: %s is %q, and was not sent", page.Request.URL, name, form.fields[name])
		}
	}
}

func TestNothingThatIsTypedIntoAFormIsLost(t *testing.T) {
	stage := newStage(t)
	for name, form := range consoleForms() {
		t.Run(name, func(t *testing.T) { stage.on(t).tryForm(form) })
	}
}

// on is the stage for a part of a test.
func (s *stage) on(t *testing.T) *scene {
	whole := s.T
	s.T = t
	t.Cleanup(func() { s.T = whole })
	return s.scene()
}

var lacks = regexp.MustCompile(`It needs the permission <b>[^<]+</b>|hub:[a-z-]+|you lack|holds? all`)

// tryForm fills a form in, and meets what may come between before it is carried out.
func (s *scene) tryForm(form consoleForm) {
	at := form.at(s)
	to := form.posts(at)
	page, drawn := s.b.get(at).want(s, 200), &drawnForm{}
	if !form.bare {
		if drawn = formAt(s, page, to); drawn == nil {
			return
		}
	}
	for _, name := range drawn.secrets {
		if !web.SecretField(name) {
			s.Errorf("%s is not known to be a secret", name)
		}
	}
	typed := in(s, form.typed)
	if i := slices.Index(typed, "the mailed code"); i >= 0 {
		typed[i] = s.code
	}
	filled := drawn.fill(typed...)
	for i := 0; i < len(typed); i += 2 {
		if !slices.Contains(drawn.known, typed[i]) {
			s.Errorf("%s has no field %s", at, typed[i])
		}
	}
	sent := drawn.fill(append(typed, in(s, form.press)...)...)

	// The session has ended.
	s.signOut()
	answer := s.b.send(to, sent)
	back := backOf(answer)
	if answer.StatusCode != 303 || back == "" {
		s.Errorf("without a session %s answers %d to %q", to, answer.StatusCode, answer.Header.Get("Location"))
	}
	s.signIn()
	again := s.b.follow(s.b.get(back)).want(s, 200)
	if len(form.typed) > 0 {
		s.holds(again, formAt(s, again, to), filled)
		if waiting(form.typed) && !strings.Contains(again.text, "what you had typed is still here") {
			s.Errorf("%s does not say that nothing is lost", back)
		}
	}

	// The permission has gone.
	before := s.done()
	if !form.free {
		s.mayNothing()
		answer = s.b.send(to, sent)
		if answer.StatusCode != 403 || !lacks.MatchString(answer.text) {
			s.Errorf("without the permission %s answers %d and does not name it: %.300s", to, answer.StatusCode, answer.text)
		}
		s.mayAll()
		if waiting(form.typed) && answer.StatusCode == 403 {
			answer.want(s, 403, "Back to the form")
			again = s.b.get(to).want(s, 200)
			s.holds(again, formAt(s, again, to), filled)
		}
	}
	if now := s.done(); now != before {
		s.Errorf("%s changed something in vain", to)
	}
	// The button is pressed twice.
	first := s.b.send(to, sent)
	once := s.done()
	second := s.b.send(to, sent)
	if first.StatusCode != 303 && first.StatusCode != 200 {
		s.Fatalf("%s answers %d: %s", to, first.StatusCode, first.text)
	}
	if once == before && !form.repeats {
		s.Errorf("%s changed nothing", to)
	}
	if !form.repeats && (first.StatusCode != second.StatusCode ||
		first.Header.Get("Location") != second.Header.Get("Location") || first.text != second.text || s.done() != once) {
		s.Errorf("sent twice, %s answers %d to %q and %d to %q, and has done %d things, then %d",
			to, first.StatusCode, first.Header.Get("Location"), second.StatusCode, second.Header.Get("Location"),
			once-before, s.done()-before)
	}
	if second.StatusCode >= 500 {
		s.Errorf("sent twice, %s answers %d", to, second.StatusCode)
	}
	for _, one := range []string{first.Header.Get("Cache-Control"), second.Header.Get("Cache-Control")} {
		if one != "no-store" {
			s.Errorf("%s may be cached: %q", to, one)
		}
	}
	s.b.follow(second)
}

// waiting reports whether anything is typed that is worth keeping.
func waiting(typed []string) bool {
	for i := 0; i < len(typed); i += 2 {
		if !web.SecretField(typed[i]) {
			return true
		}
	}
	return false
}

// backOf is where the sign-in leads to which an answer sends the browser.
func backOf(a answer) string {
	location, err := url.Parse(a.Header.Get("Location"))
	if err != nil || location.Path != "/auth/login" {
		return ""
	}
	return location.Query().Get("back")
}

// hostile are texts that somebody may type or paste.
var hostile = map[string]string{
	"markup": `<script>x</script>"'&{{.}}`, "bidi, line ends and NUL": "a\u202eb\u2066c\r\nSet-Cookie: b=c\x00d",
	"10,000 characters": strings.Repeat("xyzäöü &<>", 1000),
}

func TestNoTextBreaksAForm(t *testing.T) {
	stage := newStage(t)
	for name, form := range consoleForms() {
		if len(form.typed) > 0 {
			t.Run(name, func(t *testing.T) { stage.on(t).tryHostile(form) })
		}
	}
}

// tryHostile types the worst into every field of a form: it is refused with a word, or shown as the text it is; and it is not lost.
func (s *scene) tryHostile(form consoleForm) {
	at := form.at(s)
	to := form.posts(at)
	for what, text := range hostile {
		drawn := formAt(s, s.b.get(at).want(s, 200), to)
		if drawn == nil || len(drawn.texts) == 0 {
			return
		}
		sent := drawn.fill(append(in(s, form.typed), in(s, form.press)...)...)
		for _, name := range drawn.texts {
			sent.Set(name, text)
		}
		answer := s.b.send(to, sent)
		switch {
		case answer.StatusCode == 422:
			filled := maps.Clone(sent)
			for i := 0; i < len(form.press); i += 2 {
				filled.Del(form.press[i])
			}
			s.holds(answer, formAt(s, answer, to), filled)
			if !strings.Contains(answer.text, `class="error"`) && !strings.Contains(answer.text, "note--danger") {
				s.Errorf("%s: %s is refused without a word", to, what)
			}
		case answer.StatusCode == 303, answer.StatusCode == 200:
			answer = s.b.follow(answer)
			if answer.StatusCode != 200 {
				s.Errorf("%s: %s leads to a page with %d", to, what, answer.StatusCode)
			}
		default:
			s.Errorf("%s: %s is answered %d: %.300s", to, what, answer.StatusCode, answer.text)
		}
		if strings.Contains(answer.text, "<script>x") {
			s.Errorf("%s: %s becomes markup of the page", to, what)
		}
	}
}

func TestWhoeverIsSlowerIsToldWhoChangedWhat(t *testing.T) {
	stage := newStage(t)
	for name, form := range consoleForms() {
		if form.other != nil {
			t.Run(name, func(t *testing.T) { stage.on(t).tryMeanwhile(form) })
		}
	}
}

// tryMeanwhile fills a form in while somebody else saves it with something else.
func (s *scene) tryMeanwhile(form consoleForm) {
	at := form.at(s)
	to := form.posts(at)
	drawn := formAt(s, s.b.get(at).want(s, 200), to)
	if drawn == nil {
		return
	}
	sent := drawn.fill(in(s, form.typed)...)
	s.b.send(to, drawn.fill(append(in(s, form.other), "once", "of another")...)).want(s, 303)
	answer := s.b.send(to, sent).want(s, 422, s.me.Name+" has changed this meanwhile", form.says)
	again := formAt(s, answer, to)
	s.holds(answer, again, sent)
	if again != nil {
		s.b.follow(s.b.send(to, again.fields)).want(s, 200)
	}
}

func TestAFormAboutWhatIsGoneSaysSo(t *testing.T) {
	stage := newStage(t)
	ids := regexp.MustCompile(`\{[a-z]+\}`)
	for name, form := range consoleForms() {
		path, kind, _ := strings.Cut(name, " ")
		if !strings.Contains(path, "{") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			s := stage.on(t)
			to, _, _ := strings.Cut(form.posts(form.at(s)), "?")
			parts, pattern := strings.Split(to, "/"), strings.Split(path, "/")
			for i := range pattern {
				if !ids.MatchString(pattern[i]) || pattern[i] == "{kind}" || pattern[i] == "{part}" {
					continue
				}
				gone := slices.Clone(parts)
				gone[i] = "gone"
				at := strings.Join(gone, "/")
				if answer := s.b.post(at, append(in(s, form.typed), in(s, form.press)...)...); answer.StatusCode != 404 &&
					!(form.repeats && answer.StatusCode == 303) {
					t.Errorf("%s %s is answered %d: %.300s", at, kind, answer.StatusCode, answer.text)
				}
			}
		})
	}
}

func TestWhatIsChosenAndGoneMeanwhileIsToldAboveTheForm(t *testing.T) {
	stage := newStage(t)
	forms := consoleForms()
	for name, gone := range map[string][]string{
		"/admin/users/new": {"organisation", "gone"}, "/admin/users/{user}": {"organisation", "gone"},
		"/admin/services/{id}/edit/{part} access": {"organisation", "gone"},
		"/admin/users/{user}/groups/roles/grant":  {"role", "gone"},
		"/admin/groups/{group}/roles/grant":       {"organisation", "gone"}, "/account/security/tokens/new": {"scope", "gone"},
	} {
		t.Run(name, func(t *testing.T) {
			s := stage.on(t)
			at := forms[name].at(s)
			sent := formAt(t, s.b.get(at), at).fill(in(s, forms[name].typed)...)
			sent[gone[0]] = gone[1:]
			answer := s.b.send(at, sent).want(t, 422, `action="`+at+`"`)
			if !strings.Contains(answer.text, "note--danger") && !strings.Contains(answer.text, `class="error"`) {
				t.Error("it is refused without a word")
			}
		})
	}
}

func TestWhatIsNoTextLeadsNowhere(t *testing.T) {
	b := newBench(t)
	b.allow("*")
	one := b.browser()
	one.signIn()
	for _, odd := range []string{"%00", "%ff"} {
		one.get("/admin/users/"+odd).want(t, 404, "This line ends here")
		one.post("/settings/api-access/"+odd+"/addresses", "address", "192.0.2.7").want(t, 404)
		one.get("/admin/users?group="+odd+"&q="+odd).want(t, 200)
	}
	one.post("/settings/api-access/gone/addresses", "address", "nowhere").want(t, 404)
}

func TestWhatWasTypedOutlastsTroubleOfOurs(t *testing.T) {
	b := newBench(t)
	b.allow("*")
	one := b.browser()
	one.signIn()
	version := versionOf(t, one.get("/account"))
	held := b.pages.Held
	b.pages.Held = func(context.Context, hub.Environment, string) (hub.Permissions, error) {
		return hub.Permissions{}, fault.New(fault.Unavailable, "the database is away")
	}
	one.post("/account", "version", version, "name", "Typed in vain", "login", "ada", "email", "ada@example.test").
		want(t, 503, "What you typed is kept for 15 minutes.", `href="/account"`)
	one.get("/account?from=mail").want(t, 503, `href="/account?from=mail"`, "Try again")
	b.pages.Held = held
	one.get("/account").want(t, 200, "what you had typed is still here", `value="Typed in vain"`)
}

func TestALongListWithOneMistakeComesBackWhole(t *testing.T) {
	b := newBench(t)
	b.addWiki()
	b.allow("*")
	one := b.browser()
	one.signIn()
	at := "/admin/services/" + wikiID
	uris := strings.Repeat("https://wiki.example.test/"+strings.Repeat("x", 1500)+"\n", 99) + "http://plain.example.test/cb"
	page := one.post(at+"/edit/redirects", "version", fieldOf(one.get(at).text, "version"), "uris", uris, "bye", "").want(t, 422, `id="uris-e"`)
	if form := formAt(t, page, at+"/edit/redirects"); form != nil && form.fields.Get("uris") != uris {
		t.Errorf("of %d bytes %d come back", len(uris), len(form.fields.Get("uris")))
	}
}

func TestTokensAreDeletedThoughSomebodyHasDeletedOneOfThem(t *testing.T) {
	s := newStage(t).scene()
	at := "/account/security/tokens/delete?token=" + s.token(s.me.ID) + "&token="
	second, _, err := s.pages.Credentials.CreatePermanentToken(t.Context(), s.machine(), credential.NewPermanentToken{
		UserID: s.me.ID, Environment: hub.Production, Name: "second", Scope: []string{hub.HubServiceID},
	})
	s.must(err)
	sent := formAt(t, s.b.get(at+second.ID), "/account/security/tokens/delete").fill()
	s.tx(func(tx *store.Tx) error { return tx.DeletePermanentToken(t.Context(), second.ID) })
	s.b.follow(s.b.send("/account/security/tokens/delete", sent)).want(t, 200)
	if left, err := s.pages.Credentials.PermanentTokens(t.Context(), s.machine(), s.me.ID); err != nil || len(left) != 0 {
		t.Errorf("%d are left, %v", len(left), err)
	}
}

func TestWhatIsWrongWithBoxesAndPicksIsSaidAboveThem(t *testing.T) {
	s := newStage(t).scene()
	s.b.post("/account/security/revoke", "password", correct).want(t, 422, "note--danger", "Choose at least one.")
	s.b.post("/admin/users/"+s.user()+"/password", "how", "nonsense").want(t, 422, "note--danger")
}
