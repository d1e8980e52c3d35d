package web_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/hub/internal/directory"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

// office is a bench with what exists from the first start, ben and a bot, and ada signed in with these permissions.
func office(t *testing.T, permissions ...string) (*bench, *browser) {
	t.Helper()
	b := newBench(t)
	if err := directory.Bootstrap(t.Context(), b.store); err != nil {
		t.Fatal(err)
	}
	b.addUser(hub.User{ID: "0190-BEN", Login: "ben", Name: "Ben Sample", Email: "ben@example.test", Kind: hub.Person}, correct)
	b.tx(func(tx *store.Tx) error {
		return tx.InsertUser(t.Context(), hub.User{
			ID: "0190-BOT", Login: "build-bot", Name: "build-bot", Kind: hub.Bot, CreatedAt: hub.Now(), UpdatedAt: hub.Now(),
		})
	})
	b.allow(permissions...)
	ada := b.browser()
	ada.signIn()
	return b, ada
}

// versionOf is the state that a form on a page was filled with.
func versionOf(t *testing.T, page answer) string {
	t.Helper()
	found := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(page.text)
	if found == nil {
		t.Fatal("the page has no form with a version")
	}
	return found[1]
}

func TestUsersAreFoundByWhatTheSearchSays(t *testing.T) {
	b, ada := office(t, "hub:user-read", "hub:group-read", "hub:group-update", "hub:user-update", "hub:self-update")
	b.addUser(hub.User{ID: "0190-EVA", Login: "eva", Name: "Eva Test", Kind: hub.Person, Banned: true}, correct)
	b.tx(func(tx *store.Tx) error {
		if err := tx.InsertUser(t.Context(), hub.User{
			ID: "0190-FAY", Login: "fay", Name: "Fay Placeholder", Kind: hub.Person, CreatedAt: hub.Now(), UpdatedAt: hub.Now(),
		}); err != nil {
			return err
		}
		if err := tx.InsertGroup(t.Context(), hub.Group{ID: "g1", Name: "Developers", CreatedAt: hub.Now(), UpdatedAt: hub.Now()}); err != nil {
			return err
		}
		if err := tx.AddMember(t.Context(), "g1", "0190-BEN"); err != nil {
			return err
		}
		return tx.InsertAPIClient(t.Context(), hub.APIClient{
			ID: "5a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11", Environment: hub.Production, UserID: "0190-BOT", AuthorID: "0190-ADA",
			Label: "x", CreatedAt: hub.Now(),
		})
	})
	for search, want := range map[string]string{
		"q=sam": "0190-BEN", "q=Ben+Sample": "0190-BEN", "q=build": "0190-BOT", "q=ben%40example.test": "0190-BEN", "q=0190-EVA": "0190-EVA",
		"q=5a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11": "0190-BOT", "group=Developers": "0190-BEN", "state=bot": "0190-BOT",
		"q=eva&state=banned": "0190-EVA", "state=invited": "0190-FAY", "q=ben&state=no-factor": "0190-BEN",
	} {
		page := ada.get("/admin/users?"+search).want(t, 200)
		if rows := strings.Count(page.text, `class="who__name"`); rows != 1 || !strings.Contains(page.text, `/admin/users/`+want+`"`) {
			t.Errorf("%s finds %d users, want %s alone", search, rows, want)
		}
	}
	ada.get("/admin/users?q=nobody").want(t, 200, "No user matches.", "Clear filters")
	ada.get("/admin/users?state=nonsense").want(t, 422)
	ada.get("/admin/users").want(t, 200, `<span class="dot dot--off">Invited</span>`, `<span class="dot dot--warn">No second factor</span>`)
	_, poor := office(t, "hub:user-read")
	if page := poor.get("/admin/users?state=no-factor").want(t, 200); strings.Contains(page.text, "/admin/users/0190-BEN") ||
		strings.Contains(page.text, `value="invited"`) {
		t.Error("who may not see what people sign in with finds them by it")
	}
	ada.get("/admin/users?order=desc").want(t, 200, `aria-sort="descending"`)
	ada.get("/admin/users?q="+strings.Repeat("x", 10_000)).want(t, 200, "No user matches.")
}

func TestALongListGoesOnWhereThePageBeforeEnded(t *testing.T) {
	b, ada := office(t, "hub:user-read")
	b.tx(func(tx *store.Tx) error {
		for i := range 120 {
			user := hub.User{
				ID: fmt.Sprintf("id-%03d", i), Login: fmt.Sprintf("user-%03d", i), Name: fmt.Sprintf("User %03d", i),
				Kind: hub.Person, CreatedAt: hub.Now(), UpdatedAt: hub.Now(),
			}
			if err := tx.InsertUser(t.Context(), user); err != nil {
				return err
			}
		}
		return nil
	})
	seen, at := map[string]bool{}, "/admin/users"
	for range 4 {
		page := ada.get(at).want(t, 200)
		for _, found := range regexp.MustCompile(`who__name" href="/admin/users/([^"]+)"`).FindAllStringSubmatch(page.text, -1) {
			if seen[found[1]] {
				t.Errorf("%s is listed twice", found[1])
			}
			seen[found[1]] = true
		}
		next := regexp.MustCompile(`href="(\?[^"]+)">Next`).FindStringSubmatch(page.text)
		if next == nil {
			break
		}
		at = "/admin/users" + strings.ReplaceAll(next[1], "&amp;", "&")
	}
	if len(seen) != 124 {
		t.Errorf("%d users were listed, want 124", len(seen))
	}
}

func TestPeopleAndBotsAreCounted(t *testing.T) {
	bench := newBench(t)
	bench.office()
	bench.allow("*")
	b := bench.browser()
	b.signIn()
	b.get("/admin/users").want(t, 200, "1 person and 0 bots.", `Users <span class="count">1</span>`, "Add bot", "Invite user")
}

func TestWhoLacksAPermissionMayAskForIt(t *testing.T) {
	bench := newBench(t)
	b := bench.browser()
	b.signIn()
	page := b.get("/admin/services").want(t, 403, "<h1>You don’t have access to Services</h1>",
		"Read services", "System Admin", "Ask for access", "Use another account")
	for _, problem := range lint(page.text) {
		t.Error(problem)
	}
	b.follow(b.post("/help/access", "permission", "service-read")).want(t, 200, "You asked for the permission “Read services”")
	b.follow(b.post("/help/access", "permission", "service-read")).want(t, 200, "You asked for the permission “Read services”")
	b.post("/help/access", "permission", "none").want(t, 422)
	b.get("/help/access").leads(bench, "/")
	log := bench.administer().get("/admin/audit").want(t, 200, "Asked for the permission <b>Read Service</b>", "Ada Demo")
	if n := strings.Count(log.text, "Asked for the permission"); n != 1 {
		t.Errorf("asked twice within a day it stands in the log %d times, want once", n)
	}
}

func TestPagesOfPeopleAreForWhoMaySeeThem(t *testing.T) {
	_, ada := office(t, "hub:self-update")
	ada.get("/admin/users").want(t, 403, "Read users", "Ada Demo")
	ada.get("/admin/groups").want(t, 403, "Read groups")
	ada.get("/admin/roles").want(t, 403, "Read roles")
	ada.get("/admin/organisations").want(t, 403, "Read organisations")

	_, ada = office(t, "hub:user-read-basic")
	page := ada.get("/admin/users/0190-BEN").want(t, 200, "Ben Sample")
	for _, hidden := range []string{
		"ben@example.test", "Save changes", "Ban…", "Reset password…", "Delete user",
		"API clients", `/admin/users/0190-BEN/security`,
	} {
		if strings.Contains(page.text, hidden) {
			t.Errorf("who may see names only is shown %q", hidden)
		}
	}
	ada.get("/admin/users/0190-BEN/security").want(t, 403)
	ada.get("/admin/users/0190-BEN/api-clients").want(t, 403)
	ada.get("/admin/users/0190-BEN/groups").want(t, 200, "not shown to you")
	ada.post("/admin/users/0190-BEN/ban", "reason", "").want(t, 403)
	ada.get("/admin/users/nobody").want(t, 404)
	for _, tab := range []string{"", "/groups"} {
		if to := ada.get("/admin/users/ben" + tab).Header.Get("Location"); !strings.HasSuffix(to, "/admin/users/0190-BEN"+tab) {
			t.Errorf("a username leads to %s", to)
		}
	}
}

func TestNobodyMakesCredentialsForWhoMayDoMore(t *testing.T) {
	b, ada := office(t, "hub:user-read", "hub:user-update", "hub:self-update")
	b.tx(func(tx *store.Tx) error {
		return tx.InsertGrant(t.Context(), hub.Grant{
			ID: "g", RoleID: hub.SystemAdmin, HolderKind: hub.HolderUser, HolderID: "0190-BEN", CreatedAt: hub.Now(),
		})
	})
	for _, path := range []string{"/security/tokens/new", "/api-clients/new"} {
		page := ada.get("/admin/users/0190-BEN"+path).want(t, 200, "To prevent permission escalation", "They don’t.", "you lack *")
		if strings.Contains(page.text, "Create token</button>") || strings.Contains(page.text, "Create API client</button>") {
			t.Errorf("%s shows the form", path)
		}
	}
	ada.post("/admin/users/0190-BEN/security/tokens/new", "name", "x", "scope", "0-0-0-0-0").want(t, 403)
	ada.post("/admin/users/0190-BEN/password", "how", "password", "password", another).want(t, 403)
	ada.get("/admin/users/0190-BOT/security/tokens/new").want(t, 200, "Create token")
}

func TestWhoChangesAUserThatAnotherHasChangedIsToldByWhom(t *testing.T) {
	_, ada := office(t, "hub:user-read", "hub:user-update", "hub:self-update", "hub:admin-read")
	at := "/admin/users/0190-BEN"
	version := versionOf(t, ada.get(at))
	ada.follow(ada.post(at, "version", version, "name", "First", "login", "ben", "email", "ben@example.test")).want(t, 200, "First is saved.")
	page := ada.post(at, "version", version, "name", "Second", "login", "ben", "email", "ben@example.test").
		want(t, 422, "Ada Demo has changed this meanwhile", "Full name is now “First”.", `value="Second"`)
	ada.post(at, "version", versionOf(t, page), "name", "Second", "login", "ada", "email", "ben@example.test").
		want(t, 422, "There is already a user with the login", `value="Second"`)
}

func TestAFormAboutAUserWaitsForASignIn(t *testing.T) {
	b, ada := office(t, "hub:user-read", "hub:user-update", "hub:self-update")
	at := "/admin/users/0190-BEN"
	version := versionOf(t, ada.get(at))
	b.age()
	ada.post(at, "version", version, "name", "Ben Typed", "login", "benjamin", "email", "ben@example.test").
		leads(b, "/auth/login?back="+url.QueryEscape(at))
	back := ada.post("/auth/login?back="+url.QueryEscape(at), "username", "ada", "password", correct).leads(b, at)
	ada.follow(back).want(t, 200, "what you had typed is still here", `value="Ben Typed"`, `value="benjamin"`)
}

func TestDialogsEndAUserAndSayWhatHappened(t *testing.T) {
	_, ada := office(t, "hub:user-read", "hub:user-update", "hub:user-delete", "hub:user-create", "hub:self-update")
	at := "/admin/users/0190-BEN"
	ada.get(at+"/ban").want(t, 200, "Ban Ben Sample?")
	for range 2 { // a double click does no harm
		ada.follow(ada.post(at+"/ban", "reason", "<b>left</b>")).want(t, 200, "Ben Sample is banned.", "&lt;b&gt;left&lt;/b&gt;")
	}
	ada.follow(ada.post(at+"/unban")).want(t, 200, "is not banned any more")
	ada.post(at+"/ban", "reason", strings.Repeat("x", 10_000)).want(t, 422, "reason-e")
	ada.post(at+"/leave", "reason", "").want(t, 200, "Everything of Ben Sample has ended.", "There was nothing left to end")
	ada.post(at+"/delete", "confirm", "eva").want(t, 422, "This is not ben.", `value="eva"`)
	ada.post(at+"/delete", "confirm", "ben", "successor", "nobody").want(t, 422, "There is nobody called nobody.")
	ada.follow(ada.post(at+"/delete", "confirm", "ben")).want(t, 200, "Ben Sample is deleted.")
	ada.post(at+"/delete", "confirm", "ben").want(t, 404)
	ada.get(at).want(t, 404)
	ada.get("/admin/users/0190-ADA/ban").want(t, 200) // the room refuses what the page does not offer
}

func TestUsersAreMadeAndGivenALinkThatIsShownOnce(t *testing.T) {
	b, ada := office(t, "hub:user-read", "hub:user-update", "hub:user-create", "hub:self-update")
	ada.get("/admin/users/new").want(t, 200, "Create user")
	ada.post("/admin/users/new", "name", "x", "login", "ben", "how", "later").want(t, 422, "There is already a user with the login", `value="x"`)
	ada.post("/admin/users/new", "name", "x", "login", "y", "how", "mail").want(t, 422, "A link needs an address")
	made := ada.post("/admin/users/new", "name", "Cleo", "login", "cleo", "how", "link")
	at := strings.TrimPrefix(made.Header.Get("Location"), b.server.URL)
	page := ada.get(at).want(t, 200, "Copy link", "/auth/restore/")
	link := regexp.MustCompile(`https://[^<"]+/auth/restore/[\w-]{43}`).FindString(page.text)
	ada.get(at).want(t, 200, "It was already shown.")
	cleo := b.browser()
	cleo.get(link).want(t, 200)
	cleo.post(link, "password", another)
	cleo.post("/auth/login", "username", "cleo", "password", another).leads(b, "/")
	ada.follow(ada.post("/admin/users/new?kind=bot", "name", "Nightly", "login", "nightly")).want(t, 200, "Nightly is created.", "Credentials only")
	b.letters = nil
	ada.follow(ada.post("/admin/users/0190-BEN/password", "how", "mail")).want(t, 200, "on its way to ben@example.test")
	if len(b.letters) != 1 || b.letters[0].To != "ben@example.test" {
		t.Errorf("letters are %v", b.letters)
	}
	ada.follow(ada.post("/admin/users/0190-BEN/password", "how", "password", "password", another)).want(t, 200, "has to change the password")
	ada.post("/admin/users/0190-BEN/password", "how", "password", "password", "short").want(t, 422, "password-e")
	ada.post("/admin/users/0190-BOT/password", "how", "link").want(t, 422, "has no password")
	ada.post("/admin/users/0190-BEN/ban").want(t, 303)
	ada.post("/admin/users/0190-BEN/password", "how", "link").want(t, 422, "is banned: lift the ban first")
	b.age()
	ada.post("/admin/users/0190-BEN/password", "how", "link").leads(b, "/auth/login?back="+url.QueryEscape("/admin/users/0190-BEN/password"))
	ada.get("/admin/users/0190-BEN/password").leads(b, "/auth/login?back="+url.QueryEscape("/admin/users/0190-BEN/password"))
}

func TestGroupsAndRolesAreGivenTakenAndExplained(t *testing.T) {
	_, ada := office(t, "*")
	at := ada.post("/admin/groups/new", "name", "Staff & <b>").Header.Get("Location")
	ada.get(at).want(t, 200, "Staff &amp; &lt;b&gt;", "No members yet")
	inner := ada.post("/admin/groups/new", "name", "Developers").Header.Get("Location")
	ada.post("/admin/groups/new", "name", "Developers").want(t, 422, "name-e")
	ada.follow(ada.post(inner+"/members/add", "user", "ben")).want(t, 200, "Ben Sample is in Developers now.")
	ada.post(inner+"/members/add", "user", "nobody").want(t, 422, "There is nobody called nobody.")
	ada.follow(ada.post(at+"/subgroups/add", "subgroup", "developers")).want(t, 200, "Developers is in Staff")
	ada.post(inner+"/subgroups/add", "subgroup", "Staff & <b>").want(t, 422, "within itself")
	ada.follow(ada.post(at+"/roles/grant", "role", hub.Contributor)).want(t, 200, "has the role now", "Contributor")
	ada.get("/admin/users/0190-BEN/groups").want(t, 200, "By another group",
		"<b>Contributor</b>, by Developers → Staff &amp; &lt;b&gt;", "Read users", "Everyone is in it")
	grant := regexp.MustCompile(`/roles/([0-9a-f-]{36})/revoke`).FindStringSubmatch(ada.get(at).text)[1]
	ada.follow(ada.post(at+"/roles/"+grant+"/revoke")).want(t, 200, "The role is revoked")
	ada.post(at+"/roles/"+grant+"/revoke").want(t, 404)
	version := versionOf(t, ada.get(at))
	ada.post(at, "version", version, "name", "Staff", "twoFactorGrace", "soon").want(t, 422, "A whole number of days.", `value="soon"`)
	ada.follow(ada.post(at, "version", version, "name", "Staff", "twoFactorGrace", "14", "factor", "on")).
		want(t, 200, "Group Staff is saved.", `value="14"`)
	ada.post(at, "version", version, "name", "Other", "twoFactorGrace", "14").
		want(t, 422, "has changed this meanwhile", "Name is now “Staff”.", `value="Other"`)
	ada.follow(ada.post(inner+"/members/0190-BEN/remove")).want(t, 200, "no longer in Developers")
	ada.follow(ada.post(at+"/delete")).want(t, 200, "Group Staff is deleted.")
	ada.get(at).want(t, 404)
}

func TestRolesAndOrganisationsAreMadeChangedAndDeleted(t *testing.T) {
	_, ada := office(t, "*")
	role := ada.post("/admin/roles/new", "name", "Support Agent").Header.Get("Location")
	page := ada.get(role).want(t, 200, "Support Agent", "Read users")
	ada.follow(ada.post(role, "version", versionOf(t, page), "name", "Support Agent", "handle", "support-agent",
		"permission", "hub:user-read", "permission", "hub:self-update")).want(t, 200, "is saved", `value="hub:user-read" checked`)
	ada.get("/admin/roles").want(t, 200, "Support Agent", "System Admin", "Where roles are given", "Ada Demo")
	ada.get("/admin/roles/system-admin").want(t, 200, "Everything, services added later included.")
	ada.follow(ada.post(role+"/delete")).want(t, 200, "is deleted")
	ada.post("/admin/roles/contributor/delete").want(t, 422)

	demo := ada.post("/admin/organisations/new", "name", "Demo Ltd").Header.Get("Location")
	ada.get(demo).want(t, 200, "Demo Ltd", "No retired keys listed", "Nobody belongs to it")
	ada.follow(ada.post(demo+"/retired/add", "label", "2016 key", "secret", "legacy-key-1")).want(t, 200, "2016 key", "Retired")
	again := ada.post(demo+"/retired/add", "label", "again", "secret", "legacy-key-1").want(t, 422, "already")
	if strings.Contains(again.text, "legacy-key-1") {
		t.Error("the key is in the page")
	}
	ada.get("/admin/organisations?q=demo").want(t, 200, "Demo Ltd")
	ada.follow(ada.post(demo+"/delete")).want(t, 200, "is deleted")
}

func TestAnAPIClientIsDisabledAndItsSecretReplaced(t *testing.T) {
	b, ada := office(t, "hub:user-read", "hub:user-update", "hub:self-update")
	created := strings.TrimPrefix(ada.post("/admin/users/0190-BOT/api-clients/new", "label", "Payroll").Header.Get("Location"), b.server.URL)
	ada.get(created).want(t, 200, "hubcs_")
	at := strings.TrimSuffix(created, "/created")
	state := func() string { return fieldOf(ada.get(at+"/change").want(t, 200, `value="Payroll`).text, "version") }
	ada.follow(ada.post(at+"/change", "version", state(), "label", "Payroll 2", "disabled", "1", "replace", "keep")).
		want(t, 200, "API client Payroll 2 is saved.", "Disabled</span>")
	ada.post(at+"/change", "version", state(), "label", "", "replace", "keep").want(t, 422, "label-e")
	replaced := ada.post(at+"/change", "version", state(), "label", "Payroll 2", "replace", "0s").leads(b, at+"/replaced")
	ada.follow(replaced).want(t, 200, "hubcs_")
	ada.post("/admin/users/0190-BEN"+strings.TrimPrefix(at, "/admin/users/0190-BOT")+"/change", "label", "x", "replace", "keep").want(t, 404)
}

func TestThePagesOfPeopleAreSoundHTML(t *testing.T) {
	b, ada := office(t, "*")
	hostile := `<script>"'&`
	b.addUser(hub.User{ID: "h", Login: "hostile", Name: hostile, Kind: hub.Person, Banned: true, BanReason: hostile}, correct)
	for _, path := range []string{
		"/admin/users", "/admin/users/h", "/admin/users/h/groups", "/admin/users/h/security", "/admin/users/h/api-clients",
		"/admin/users/h/leave", "/admin/users/h/merge", "/admin/users/h/delete", "/admin/users/h/groups/roles/grant",
		"/admin/users/h/groups/add", "/admin/users/new", "/admin/groups", "/admin/groups/all-users", "/admin/roles",
		"/admin/roles/observer", "/admin/organisations", "/admin/users/h/security/tokens/new",
	} {
		page := ada.get(path).want(t, 200)
		for _, problem := range lint(page.text) {
			t.Errorf("%s: %s", path, problem)
		}
		if strings.Contains(page.text, hostile) {
			t.Errorf("%s: a name is markup", path)
		}
	}
}

func TestAFormThatWaitedForASignInTellsWhatOthersChangedMeanwhile(t *testing.T) {
	b, ada := office(t, "hub:role-read", "hub:role-manage")
	b.tx(func(tx *store.Tx) error {
		return tx.InsertRole(t.Context(), hub.Role{ID: "r1", Key: "writer", Name: "Writer", CreatedAt: hub.Now(), UpdatedAt: hub.Now()})
	})
	version := versionOf(t, ada.get("/admin/roles/r1"))
	b.age()
	ada.post("/admin/roles/r1", "version", version, "name", "Mine", "handle", "writer", "description", "").
		leads(b, "/auth/login?back=%2Fadmin%2Froles%2Fr1")
	b.tx(func(tx *store.Tx) error {
		return tx.UpdateRole(t.Context(), hub.Role{
			ID: "r1", Key: "writer", Name: "Theirs", CreatedAt: hub.Now(), UpdatedAt: hub.Now().Add(time.Second),
		})
	})
	back := ada.post("/auth/login?back=%2Fadmin%2Froles%2Fr1", "username", "ada", "password", correct)
	page := ada.follow(back).want(t, 200, "Somebody else has changed this meanwhile.", "Name is now “Theirs”.", `value="Mine"`)
	ada.follow(ada.post("/admin/roles/r1", "version", versionOf(t, page), "name", "Mine", "handle", "writer", "description", "")).
		want(t, 200, "Mine is saved.")
}

func TestAFormThatIsSentTwiceIsSavedOnce(t *testing.T) {
	b, ada := office(t, "hub:role-read", "hub:role-manage", "hub:service-read", "hub:service-update",
		"hub:group-read", "hub:group-update", "hub:user-read", "hub:user-update")
	b.addWiki()
	b.tx(func(tx *store.Tx) error {
		if err := tx.InsertGroup(t.Context(), hub.Group{ID: "g1", Name: "Writers", CreatedAt: hub.Now(), UpdatedAt: hub.Now()}); err != nil {
			return err
		}
		return tx.InsertRole(t.Context(), hub.Role{ID: "r1", Key: "writer", Name: "Writer", CreatedAt: hub.Now(), UpdatedAt: hub.Now()})
	})
	for at, typed := range map[string][]string{
		"/admin/roles/r1": {
			"name", "Author", "handle", "writer", "description", "", "permission", "hub:user-read", "permission", "hub:role-read",
		},
		"/admin/groups/g1":      {"name", "Authors", "description", "All", "factor", "on", "twoFactorGrace", "3"},
		"/admin/users/0190-BEN": {"name", "Ben Other", "login", "ben", "email", "ben@example.test"},
	} {
		typed = append(typed, "version", versionOf(t, ada.get(at)))
		ada.post(at, typed...).leads(b, at)
		ada.post(at, typed...).leads(b, at)
	}
	at := "/admin/services/" + wikiID
	typed := []string{"permissions", "read Read\nwrite Write pages", "version", versionOf(t, ada.get(at))}
	ada.post(at+"/edit/permissions", typed...).leads(b, at)
	ada.post(at+"/edit/permissions", typed...).leads(b, at)
}
