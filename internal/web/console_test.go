package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

// allow gives ada a role with these permissions.
func (b *bench) allow(permissions ...string) {
	b.Helper()
	b.tx(func(tx *store.Tx) error {
		role := hub.Role{
			ID: hub.NewID(), Key: "r" + hub.NewID()[:8], Name: "Some", Permissions: permissions,
			CreatedAt: hub.Now(), UpdatedAt: hub.Now(),
		}
		if err := tx.InsertRole(b.Context(), role); err != nil {
			return err
		}
		return tx.InsertGrant(b.Context(), hub.Grant{
			ID: hub.NewID(), RoleID: role.ID, HolderKind: hub.HolderUser, HolderID: "0190-ADA", CreatedAt: hub.Now(),
		})
	})
}

// age makes every sign-in older than what needs a fresh one allows.
func (b *bench) age() {
	b.Helper()
	b.tx(func(tx *store.Tx) error {
		sessions, err := tx.SessionsOfUser(b.Context(), "0190-ADA")
		for _, s := range sessions {
			if err == nil {
				s.SignedInAt = s.SignedInAt.Add(-time.Hour)
				err = tx.UpdateSession(b.Context(), s)
			}
		}
		return err
	})
}

func TestTheSideLeadsOnlyToWhereOneMayGo(t *testing.T) {
	bench := newBench(t)
	b := bench.browser()
	b.signIn()
	home := b.get("/").want(t, 200, ">Account Security<", ">API Access<")
	for _, hidden := range []string{"Back Office", "/admin"} {
		if strings.Contains(home.text, hidden) {
			t.Errorf("somebody without permissions is shown %q", hidden)
		}
	}
	bench.allow("hub:user-read")
	home = b.get("/").want(t, 200, "Back Office · Administration", "Access Management", `href="/admin/users"`)
	for _, hidden := range []string{"Server Settings", "/admin/services", "/admin/audit"} {
		if strings.Contains(home.text, hidden) {
			t.Errorf("somebody who may read users is shown %q", hidden)
		}
	}
}

func TestThemeAndLanguageAreKeptByTheBrowserAndLeadBack(t *testing.T) {
	bench := newBench(t)
	b := bench.browser()
	b.signIn()
	b.post("/preferences", "theme", "dark", "back", "/account?x=1").leads(bench, "/account?x=1")
	b.get("/").want(t, 200, `data-theme="dark"`)
	b.post("/preferences", "theme", "", "back", "https://evil.example.test/").leads(bench, "/")
	if page := b.get("/"); strings.Contains(page.text, "data-theme=") {
		t.Error("the theme of the system cannot be had back")
	}
	b.post("/preferences", "language", "xx", "back", "//evil.example.test").leads(bench, "/")
	b.get("/").want(t, 200, `<html lang="en"`)
}

func TestAFormWaitsForASignInWithoutItsSecrets(t *testing.T) {
	bench := newBench(t)
	bench.allow("hub:self-update")
	b := bench.browser()
	b.signIn()
	version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(b.get("/account").text)[1]
	bench.age()
	// Another address is a way in, which needs a fresh sign-in.
	a := b.post("/account", "version", version, "name", "Ada <Typed>", "login", "ada", "email", "new@example.test")
	a.leads(bench, "/auth/login?back="+url.QueryEscape("/account"))
	b.get(a.Header.Get("Location")).want(t, 200, "Confirm that it is you")
	back := b.post("/auth/login?back=%2Faccount", "username", "ada", "password", correct).leads(bench, "/account")
	b.follow(back).want(t, 200, "what you had typed is still here", `value="Ada &lt;Typed&gt;"`, `value="new@example.test"`)
	b.follow(b.post("/account", "version", version, "name", "Ada Typed", "login", "ada", "email", "new@example.test")).
		want(t, 200, "Your profile is saved.", `value="Ada Typed"`)
	if page := b.get("/account"); strings.Contains(page.text, "Your profile is saved.") || strings.Contains(page.text, "still here") {
		t.Error("it is said twice")
	}

	// The session has ended altogether.
	b.post("/auth/logout")
	a = b.post("/account/security/revoke", "what", "tokens", "password", "my-secret-password")
	a.leads(bench, "/auth/login?back="+url.QueryEscape("/account/security/revoke"))
	for _, cookie := range a.Cookies() {
		if strings.Contains(cookie.Value, "my-secret-password") {
			t.Error("a password is kept")
		}
	}
	back = b.post("/auth/login?back=%2Faccount%2Fsecurity%2Frevoke", "username", "ada", "password", correct)
	page := b.follow(back).want(t, 200, `value="tokens" checked`)
	if strings.Contains(page.text, "my-secret-password") || strings.Contains(page.text, `value="sessions" checked`) {
		t.Error("the form is not as it was sent, or holds a secret")
	}
}

func TestWhoChangesWhatAnotherHasChangedIsTold(t *testing.T) {
	bench := newBench(t)
	bench.allow("hub:self-update")
	b := bench.browser()
	b.signIn()
	version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(b.get("/account").text)[1]
	b.post("/account", "version", version, "name", "First", "login", "ada", "email", "ada@example.test").leads(bench, "/account")
	page := b.post("/account", "version", version, "name", "Second", "login", "ada", "email", "ada@example.test").
		want(t, 422, "Ada Demo has changed this meanwhile:", "Full name is now “First”.", `value="Second"`)
	version = regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(page.text)[1]
	b.follow(b.post("/account", "version", version, "name", "Second", "login", "ada", "email", "ada@example.test")).want(t, 200, `value="Second"`)
}

func TestASecretIsShownOnceAndOnlyToTheSessionThatMadeIt(t *testing.T) {
	bench := newBench(t)
	bench.allow("hub:self-update")
	b, other := bench.browser(), bench.browser()
	b.signIn()
	other.signIn()
	made := b.post("/account/security/api-clients/new", "label", "Payroll")
	at := strings.TrimPrefix(made.Header.Get("Location"), bench.server.URL)
	if made.StatusCode != 303 || !regexp.MustCompile(`^/account/security/api-clients/[0-9a-f-]{36}/created$`).MatchString(at) {
		t.Fatalf("making one answers %d to %q", made.StatusCode, at)
	}
	stolen, _ := url.Parse(bench.server.URL)
	other.client.Jar.SetCookies(stolen, made.Cookies())
	other.get(at).want(t, 200, "It was already shown.")
	if _, err := b.client.Head(bench.server.URL + at); err != nil { // nobody has seen anything by it
		t.Fatal(err)
	}
	b.get(at).want(t, 200, "API client created", "hubcs_", "Payroll")
	if again := b.get(at).want(t, 200, "It was already shown."); strings.Contains(again.text, "hubcs_") {
		t.Error("a reload shows the secret again")
	}
	other.get("/account/security/api-clients/none/created").want(t, 404)
}

func TestHostileNamesStayText(t *testing.T) {
	bench := newBench(t)
	bench.allow("hub:self-update")
	b := bench.browser()
	b.signIn()
	hostile := `<script>alert(1)</script>"'&`
	b.follow(b.post("/account/security/api-clients/new", "label", hostile)).want(t, 200, "&lt;script&gt;")
	long := strings.Repeat("x", 10_000)
	b.post("/account/security/api-clients/new", "label", long).want(t, 422, `id="label-e"`)
	b.post("/account/security/api-clients/new", "label", "a\u202eb").want(t, 422)
	if page := b.get("/account/security"); strings.Contains(page.text, hostile) {
		t.Error("markup in a name becomes markup of the page")
	}
	for _, problem := range lint(b.get("/account/security").text) {
		t.Error(problem)
	}
}

func TestTheLinksOfOldLeadToTheirPages(t *testing.T) {
	bench := newBench(t)
	b := bench.browser()
	for from, to := range map[string]string{
		"/users/me?tab=account-security": "/account/security", "/users/me": "/account", "/users/42?tab=account-security": "/admin/users/42/security",
		"/users": "/admin/users", "/services/42": "/admin/services/42", "/loginOptions": "/auth/login",
	} {
		b.get(from).leads(bench, to)
	}
}

func TestAnAddressIsProvedByTheCodeThatIsMailedToIt(t *testing.T) {
	bench := newBench(t)
	bench.allow("hub:self-update")
	b := bench.browser()
	b.signIn()
	b.get("/account").want(t, 200, "Not verified", "Verify address")
	b.follow(b.post("/account/email/code").leads(bench, "/account/email")).want(t, 200, "We sent a code to ada@example.test.")
	b.post("/account/email", "code", "WRONGWRONGWRONG1").want(t, 422, "The code is not right", `id="code-e"`)
	b.follow(b.post("/account/email", "code", strings.ToLower(bench.code)).leads(bench, "/account")).
		want(t, 200, "ada@example.test is verified.", ">Verified<")
	b.get("/account/email").leads(bench, "/account")
	b.post("/account/email/code").want(t, 422, "verified already")

	other := newBench(t)
	other.allow("hub:self-update")
	other.noMail = fault.New(fault.Unavailable, "this hub sends no mail")
	b = other.browser()
	b.signIn()
	b.post("/account/email/code").want(t, 422, "This hub sends no mail")
}

func TestPagesAreCompressedButForThoseWithASecret(t *testing.T) {
	bench := newBench(t)
	bench.allow("hub:self-update")
	b := bench.browser()
	b.signIn()
	plain := func(path string) string {
		request, err := http.NewRequest(http.MethodGet, bench.server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept-Encoding", "gzip") // asked for so, the client leaves the answer as it is
		return b.do(request).Header.Get("Content-Encoding")
	}
	if how := plain("/account/security"); how != "gzip" {
		t.Errorf("the largest page comes as %q", how)
	}
	at := strings.TrimPrefix(b.post("/account/security/api-clients/new", "label", "Payroll").Header.Get("Location"), bench.server.URL)
	if how := plain(at); how != "" {
		t.Errorf("a page with a secret comes as %q", how)
	}
}
