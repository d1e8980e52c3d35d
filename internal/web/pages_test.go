package web_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/oauth"
)

func codeOf(t testing.TB, seed string) string {
	t.Helper()
	text, err := totp.GenerateCode(seed, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestARecoveryCodeGoesIntoTheSameField(t *testing.T) {
	bench := newBench(t)
	bench.enrol()
	b := bench.browser()
	b.signIn()
	b.get("/auth/recovery-code").want(t, 200, "1 of your 10 codes are left", `name="code"`)
	b.post("/auth/second-factor", "code", "K7MP-2WXD").leads(bench, "/")
	b.get("/").want(t, 200)
	other := bench.browser()
	other.signIn()
	other.post("/auth/recovery-code", "code", "k7mp-2wxd").want(t, 422, "used before")
}

func TestThePasswordIsChangedWithTheCurrentOne(t *testing.T) {
	bench := newBench(t)
	b, other := bench.browser(), bench.browser()
	b.signIn()
	other.signIn()
	b.post("/account/security/password", "currentPassword", "wrong", "newPassword", another).
		want(t, 422, "The current password is not right.", `id="currentPassword-e"`)
	b.post("/account/security/password", "currentPassword", correct, "newPassword", "short").
		want(t, 422, "Must have at least 8 characters.", `id="newPassword-e"`)
	a := b.post("/account/security/password", "currentPassword", correct, "newPassword", another).leads(bench, "/account/security/password?changed=1")
	b.follow(a).want(t, 200, "Your password is changed.")
	other.get("/").leads(bench, "/auth/login")
	bench.browser().post("/account/security/password", "currentPassword", another, "newPassword", correct).
		leads(bench, "/auth/login?back=%2Faccount%2Fsecurity%2Fpassword")
}

func TestAForgottenPasswordIsReplacedByTheMailedLink(t *testing.T) {
	bench := newBench(t)
	b := bench.browser()
	b.get("/auth/restore").want(t, 200, `name="username"`)
	var seen []string
	for _, name := range []string{"ada", "nobody"} {
		a := b.post("/auth/restore", "username", name).leads(bench, "/auth/restore-sent")
		seen = append(seen, b.follow(a).want(t, 200, "Look into your mailbox").text)
	}
	if seen[0] != seen[1] || len(bench.letters) != 2 || bench.letters[0].To != "ada@example.test" || bench.letters[1].To != "" {
		t.Errorf("letters: %+v", bench.letters)
	}
	link := bench.letters[0].Link
	b.get(link).want(t, 200, "For the account <b>ada</b>", `name="password"`)
	b.post(link, "password", "short").want(t, 422, "at least 8 characters")
	b.follow(b.post(link, "password", another).leads(bench, "/auth/login?changed=1")).want(t, 200, "Your new password is set.")
	b.get(link).want(t, 404, "This link has ended")
	b.post(link, "password", another).want(t, 404)
	b.post("/auth/login", "username", "ada", "password", correct).want(t, 422)
	b.post("/auth/login", "username", "ada", "password", another).leads(bench, "/")
	bench.noMail = &fault.Error{Kind: fault.Unavailable, Code: "no_mail", Message: "this hub sends no mail: --smtp"}
	b.get("/auth/restore").want(t, 503, "This hub sends no mail")
	b.post("/auth/restore", "username", "ada").want(t, 503)
}

func TestTheSetUpLinkMakesAnAdministratorWhoIsSignedIn(t *testing.T) {
	bench := newBench(t)
	bench.tx(func(tx *store.Tx) error { return tx.InsertRole(t.Context(), hub.DefaultRoles()[0]) })
	link := bench.pages.SetUpURL(bench.desk.OpenSetUp())
	b := bench.browser()
	b.get(link[:len(link)-1]).want(t, 404, "This link has ended")
	b.get(link).want(t, 200, "Set up Hub")
	b.post(link, "username", "r t", "name", "Root", "email", "", "password", "short").
		want(t, 422, `value="r t"`, `value="Root"`, `id="username-e"`, `id="password-e"`)
	b.post(link, "username", "ada", "password", another).want(t, 422, "already a user")
	b.follow(b.post(link, "username", "root", "name", "", "email", "root@example.test", "password", another).leads(bench, "/")).
		want(t, 200, "Hello, root")
	b.get(link).want(t, 404)
}

func TestADeviceIsAllowedByWhoTypesItsCode(t *testing.T) {
	bench := newBench(t)
	b := bench.browser()
	b.get("/device?user_code=wdjb-mjht").want(t, 200, `value="wdjb-mjht"`, "Only go on if you started this yourself.")
	if a := b.post("/device", "user_code", "AAAA-AAAA").want(t, 422, "There is no such code"); a.Header.Get("Hub-Error-Id") != "abcdefghabcdefgh" {
		t.Errorf("the refusal got another id: %v", a.Header)
	}
	a := b.follow(b.post("/device", "user_code", "wdjb-mjht")).want(t, 200, "<h1>Sign in</h1>")
	a = b.follow(b.post(a.Request.URL.RequestURI(), "username", "ada", "password", correct)).want(t, 200, "on your device?", "WDJB-MJHT", "Tracker")
	b.post(a.Request.URL.RequestURI(), "decision", "").want(t, 422)
	b.follow(b.post(a.Request.URL.RequestURI(), "decision", "accept")).want(t, 200, "Your device is connected")
	b.follow(b.post(a.Request.URL.RequestURI(), "decision", "deny")).want(t, 200, "Your device is not connected")
	if strings.Join(bench.decided, ", ") != "ada wdjb-mjht yes, ada wdjb-mjht no" {
		t.Errorf("decided: %v", bench.decided)
	}
	b.get("/device/confirm?user_code=AAAA-AAAA").want(t, 422, "There is no such code")
}

func TestTheProblemPageShowsNothingAStrangerWrote(t *testing.T) {
	bench := newBench(t)
	b := bench.browser()
	a := b.get("/auth/oauth/error?error=invalid_request&error_id=abcdefghabcdefgh&error_description=Call+555").
		want(t, 400, "You can’t sign in to Wiki", "https://evil.example.test/&#34;&gt;&lt;script&gt;",
			"abcdefghabcdefgh", "redirect_uri is not registered")
	if strings.Contains(a.text, "555") || strings.Contains(a.text, `href="https://evil`) || strings.Contains(a.text, "Expected") {
		t.Errorf("%s", a.text)
	}
	b.signIn()
	b.get("/auth/oauth/error?error_id=abcdefghabcdefgh").want(t, 400, "https://wiki.example.test/cb", "How to fix it.")
	for _, query := range []string{"", "?error_id=unknownunknownun", "?error_id=<b>&error=<i>", "?error=call-555"} {
		if a := b.get("/auth/oauth/error"+query).want(t, 400, "This link doesn’t lead to a service"); strings.Contains(a.text, "<i>") ||
			strings.Contains(a.text, "555") {
			t.Errorf("%s", a.text)
		}
	}
	b.get("/auth/oauth/error?error=temporarily_unavailable").want(t, 503, "Hub can’t sign you in")
}

func TestARefusalAtTheEndpointLeadsToTheProblemPage(t *testing.T) {
	bench := newBench(t)
	b := bench.browser()
	request, err := http.NewRequest(http.MethodGet, bench.server.URL+oauth.AuthorizePath, nil)
	if err != nil {
		t.Fatal(err)
	}
	answerer := newRecorder()
	bench.pages.Show(answerer, request, &oauth.AuthorizeAnswer{
		Problem: &oauth.Error{Code: oauth.InvalidRequest, ID: "abcdefghabcdefgh"}, Asked: &oauth.Asked{},
	})
	if location := answerer.Header().Get("Location"); location !=
		bench.server.URL+"/auth/oauth/error?error=invalid_request&error_id=abcdefghabcdefgh" {
		t.Errorf("%s", location)
	}
	b.get(answerer.Header().Get("Location")).want(t, 400)
}

func TestSigningOutEndsTheSessionAndAsksFirstWhenAStrangerWantsIt(t *testing.T) {
	bench := newBench(t)
	b := bench.browser()
	b.signIn()
	b.get("/auth/logout").want(t, 200, "Sign out?", "<b>Ada Demo</b>")
	b.get("/").want(t, 200)
	b.follow(b.post("/auth/logout").leads(bench, "/auth/signed-out")).want(t, 200, "You are signed out")
	b.get("/").leads(bench, "/auth/login")
	b.get("/auth/logout").leads(bench, "/auth/signed-out")
	b.post("/auth/logout?client_id=wiki&state=x").leads(bench, oauth.LogoutPath+"?client_id=wiki&state=x")
}

func TestTheEndSessionEndpointIsServedByThePages(t *testing.T) {
	bench := newBench(t)
	b := bench.browser()
	b.signIn()
	signOut := func(answer *oauth.LogoutAnswer) *recorder {
		request, err := http.NewRequest(http.MethodGet, bench.server.URL+oauth.LogoutPath+"?client_id=wiki", nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, cookie := range b.client.Jar.Cookies(request.URL) {
			request.AddCookie(cookie)
		}
		answered := newRecorder()
		bench.pages.SignOut(answered, request, answer)
		return answered
	}
	asked := signOut(&oauth.LogoutAnswer{Confirm: true, Redirect: "https://wiki.example.test/bye"})
	if !strings.Contains(asked.text(), `action="/auth/logout?client_id=wiki"`) ||
		!strings.Contains(asked.Header().Get("Content-Security-Policy"), "form-action 'self' https://wiki.example.test;") {
		t.Errorf("%s %s", asked.Header(), asked.text())
	}
	b.get("/").want(t, 200)
	if problem := signOut(&oauth.LogoutAnswer{
		Problem: &oauth.Error{Code: oauth.InvalidRequest, ID: "abcdefghabcdefgh"},
	}); problem.status != http.StatusSeeOther {
		t.Errorf("%d", problem.status)
	}
	if done := signOut(&oauth.LogoutAnswer{
		Redirect: "https://wiki.example.test/bye?state=x",
	}); done.Header().Get("Location") != "https://wiki.example.test/bye?state=x" ||
		!strings.Contains(done.Header().Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("%v", done.Header())
	}
	b.get("/").leads(bench, "/auth/login")
}

func TestWhatTheEdgeRefusesIsAPageForPeopleAlone(t *testing.T) {
	bench := newBench(t)
	b := bench.browser()
	if a := b.get("/nowhere"); a.StatusCode != 404 || a.text != "" {
		t.Errorf("a program gets %d %s", a.StatusCode, a.text)
	}
	ask := func(status int, want ...string) {
		t.Helper()
		request, err := http.NewRequest(http.MethodPost,
			fmt.Sprintf("%s/nowhere?refused=%d", bench.server.URL, status), strings.NewReader("name=typed"))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept", "text/html,application/xhtml+xml")
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		a := b.do(request).want(t, status, want...)
		if a.Header.Get("Hub-Error-Id") == "" || len(a.Header["Set-Cookie"]) > 0 {
			t.Errorf("%d: %v", status, a.Header)
		}
		for _, problem := range lint(a.text) {
			t.Errorf("%d: %s", status, problem)
		}
	}
	ask(404, "This line ends here")
	b.signIn()
	ask(404, "This line ends here", "Ada Demo")
	ask(403, "This form came from another site", "Nothing was changed")
	ask(405, "Nothing can be sent here", "Nothing was changed")
}

func TestStaticFilesAreKeptForEverUnderTheirVersion(t *testing.T) {
	b := newBench(t).browser()
	page := b.get("/auth/login").text
	_, path, _ := strings.Cut(page, `href="/static/`)
	version, _, _ := strings.Cut(path, "/")
	for name, media := range map[string]string{
		"hub.css": "text/css; charset=utf-8", "hub.js": "text/javascript; charset=utf-8",
		"toast.js": "text/javascript; charset=utf-8", "logo.svg": "image/svg+xml",
	} {
		a := b.get("/static/"+version+"/"+name).want(t, 200)
		if a.Header.Get("Content-Type") != media || !strings.Contains(a.Header.Get("Cache-Control"), "immutable") || len(a.text) == 0 {
			t.Errorf("%s: %v", name, a.Header)
		}
		if a := b.get("/static/0000/"+name).want(t, 200); a.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s of another version: %v", name, a.Header)
		}
	}
	b.get("/static/"+version+"/nothing.css").want(t, 404)
}

func TestEveryPageIsGuardedAgainstFramesScriptsAndCaches(t *testing.T) {
	bench := newBench(t)
	b := bench.browser()
	for path, form := range map[string]string{
		"/auth/login": "'self'", "/auth/login?" + wikiQuery: "'self' https://wiki.example.test",
		"/device": "'self'", "/auth/oauth/error": "'self'",
	} {
		header := b.get(path).Header
		policy := header.Get("Content-Security-Policy")
		for _, want := range []string{
			"default-src 'none'", "script-src 'self'", "style-src 'self'",
			"frame-ancestors 'none'", "base-uri 'none'", "form-action " + form + ";",
		} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: the policy lacks %s: %s", path, want, policy)
			}
		}
		if header.Get("Cache-Control") != "no-store" || header.Get("Referrer-Policy") != "no-referrer" || header.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s: %v", path, header)
		}
	}
}

func TestWhoHasLeftIsNobodysTrouble(t *testing.T) {
	bench := newBench(t)
	var log bytes.Buffer
	bench.pages.Log = slog.New(slog.NewTextHandler(&log, nil))
	mux := http.NewServeMux()
	bench.pages.Mount(func(pattern string, handler http.HandlerFunc) { mux.Handle(pattern, handler) })
	ask := func(ctx context.Context) {
		mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/auth/restore/"+strings.Repeat("x", 43), nil))
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	ask(gone)
	if log.Len() > 0 || len(bench.refusals) > 0 {
		t.Errorf("it is logged as %s and counted as %v", log.String(), bench.refusals)
	}
	late, stop := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer stop()
	if ask(late); log.Len() == 0 {
		t.Error("what took too long is not logged")
	}
}
