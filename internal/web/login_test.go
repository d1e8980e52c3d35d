package web_test

import (
	"net/http"
	"strings"
	"testing"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store"
	"example.org/hub/oauth"
)

const wikiQuery = "client_id=wiki&redirect_uri=https%3A%2F%2Fwiki.example.test%2Fcb&response_type=code&state=a%20b&scope=openid"

func TestSigningInGoesBackToTheEndpointWithTheRequestAsItCame(t *testing.T) {
	b := newBench(t).browser()
	b.get("/auth/login?"+wikiQuery).want(t, 200, "to continue to <b>Wiki &amp; &lt;Friends&gt;</b>",
		`value="ada@example.test"`, `action="/auth/login?client_id=wiki&amp;redirect_uri=`)
	a := b.post("/auth/login?"+wikiQuery, "username", "ada", "password", correct, "rememberMe", "on").
		leads(b.bench, oauth.AuthorizePath+"?"+wikiQuery)
	cookies := a.Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%v", cookies)
	}
	c := cookies[0]
	if c.Name != "__Host-hub-session" || c.Path != "/" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode ||
		c.MaxAge < 29*24*3600 || c.Domain != "" || len(c.Value) < 22 {
		t.Errorf("cookie %+v", c)
	}
	b.follow(a).want(t, 200, "endpoint ada done")
	if c := b.post("/auth/login", "username", "ada", "password", correct).Cookies()[0]; c.MaxAge != 0 {
		t.Errorf("a session that is not remembered outlives the browser: %+v", c)
	}
}

func TestSigningInWithoutARequestLeadsHome(t *testing.T) {
	b := newBench(t).browser()
	b.get("/").leads(b.bench, "/auth/login")
	a := b.post("/auth/login", "username", "ADA@example.test", "password", correct).leads(b.bench, "/")
	b.follow(a).want(t, 200, "Hello, Ada Demo", `href="https://wiki.example.test/"`)
	b.get("/auth/login").leads(b.bench, "/")
}

func TestAWrongPasswordShowsTheFormAgainWithTheName(t *testing.T) {
	b := newBench(t).browser()
	var bodies []string
	for _, name := range []string{"ada", "eve"} {
		a := b.post("/auth/login?"+wikiQuery, "username", name, "password", "wrong").
			want(t, 422, "The username or the password is not right.", `value="`+name+`"`, `aria-invalid="true"`)
		if id := a.Header.Get("Hub-Error-Id"); len(id) != 16 || len(a.Cookies()) != 0 {
			t.Errorf("Hub-Error-Id %q, cookies %v", id, a.Cookies())
		}
		bodies = append(bodies, strings.ReplaceAll(a.text, name, "NAME"))
	}
	if bodies[0] != bodies[1] {
		t.Errorf("a wrong password and an unknown name look different:\n%s\n%s", bodies[0], bodies[1])
	}
	if len(b.refusals) != 2 || b.refusals[0].Reason != "the password is wrong" || b.refusals[0].UserID != "0190-ADA" ||
		b.refusals[1].Reason != "nobody has this name" {
		t.Errorf("refusals: %+v", b.refusals)
	}
	for _, hostile := range []string{`"><script>alert(1)</script>`, strings.Repeat("x", 3000)} {
		if a := b.post("/auth/login", "username", hostile, "password", "wrong").want(t, 422); strings.Contains(a.text, "<script>alert") ||
			len(a.text) > 12000 {
			t.Errorf("a hostile name comes back as it is, %d bytes", len(a.text))
		}
	}
}

func TestTooManyAttemptsSayHowLongToWait(t *testing.T) {
	b := newBench(t).browser()
	for range 10 {
		b.post("/auth/login", "username", "ada", "password", "wrong").want(t, 422)
	}
	a := b.post("/auth/login", "username", "ada", "password", correct).want(t, 429, "Wait 2 minutes and try again.", "data-wait=")
	if a.Header.Get("Retry-After") == "" || len(a.Cookies()) != 0 {
		t.Errorf("Retry-After %q", a.Header.Get("Retry-After"))
	}
}

func TestFormsThatAreNoFormsOfOursAreRefused(t *testing.T) {
	b := newBench(t).browser()
	post := func(media, body string) answer {
		request, err := http.NewRequest(http.MethodPost, b.server.URL+"/auth/login", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", media)
		return b.do(request)
	}
	const form = "application/x-www-form-urlencoded"
	post("application/json", `{"username":"ada"}`).want(t, 415)
	post("multipart/form-data; boundary=x", "--x--").want(t, 415)
	post("", "username=ada").want(t, 415)
	post(form, "username=ada&username=ben&password="+correct).want(t, 422)
	post(form, "username=ada&password=%ff%fe").want(t, 422)
	post(form, "username=a%00da&password=x").want(t, 422)
	post(form, "username=%zz").want(t, 422)
	post(form, "username="+strings.Repeat("x", 70_000)).want(t, 413)
	post(form, "").want(t, 422, "is not right")
	b.get("/auth/login?username=ada&password="+strings.Fields(correct)[0]).want(t, 200)
}

func TestASignInLeadsBackToPagesOfHubOnly(t *testing.T) {
	b := newBench(t).browser()
	b.get("/account/security/password?x=1").leads(b.bench, "/auth/login?back=%2Faccount%2Fsecurity%2Fpassword%3Fx%3D1")
	for back, want := range map[string]string{
		"%2Faccount%2Fsecurity%2Fpassword%3Fx%3D1": "/account/security/password?x=1",
		"https%3A%2F%2Fevil.example.test%2F":       "/",
		"%2F%2Fevil.example.test":                  "/",
		"%2F%5Cevil.example.test":                  "/",
		"%2F%09%2Fevil.example.test":               "/",
		"javascript%3Aalert(1)":                    "/",
		"":                                         "/",
	} {
		b.post("/auth/login?back="+back, "username", "ada", "password", correct).leads(b.bench, want)
	}
}

func TestCookiesThatAreStuffedOrDoubledSignNobodyIn(t *testing.T) {
	b := newBench(t).browser()
	b.signIn()
	good := b.client.Jar.Cookies(b.get("/").Request.URL)[0].Value
	for name, header := range map[string]string{
		"good":     "__Host-hub-session=" + good,
		"doubled":  "__Host-hub-session=" + good + "; __Host-hub-session=" + strings.Repeat("A", len(good)),
		"stuffed":  "__Host-hub-session=" + strings.Repeat("A", 4000),
		"empty":    "__Host-hub-session=",
		"unprefix": "hub-session=" + good,
		"quoted":   `__Host-hub-session="'; DROP TABLE sessions; --"`,
	} {
		request, err := http.NewRequest(http.MethodGet, b.server.URL+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Cookie", header)
		stranger := b.bench.browser()
		stranger.client.Jar = nil
		want := http.StatusSeeOther
		if name == "good" {
			want = http.StatusOK
		}
		if a := stranger.do(request); a.StatusCode != want {
			t.Errorf("%s: %d", name, a.StatusCode)
		}
	}
}

func TestTheEndpointDecidesAndThePagesGoBackToIt(t *testing.T) {
	bench := newBench(t)
	bench.enrol()
	b := bench.browser()
	bench.next = func(visit signin.Visit) *oauth.AuthorizeAnswer {
		switch {
		case visit.Next == signin.SignIn:
			return &oauth.AuthorizeAnswer{Step: &oauth.Step{Kind: oauth.StepLogin}}
		case visit.Next == signin.SecondFactor:
			return &oauth.AuthorizeAnswer{Step: &oauth.Step{Kind: oauth.StepSecondFactor}}
		case visit.Pending.ChosenAt.IsZero():
			return &oauth.AuthorizeAnswer{Step: &oauth.Step{Kind: oauth.StepSelectAccount}}
		case visit.Pending.AllowedAt.IsZero() && visit.Pending.DeniedAt.IsZero():
			return &oauth.AuthorizeAnswer{Step: &oauth.Step{Kind: oauth.StepConsent}}
		}
		return nil
	}
	a := b.follow(b.get(oauth.AuthorizePath+"?"+wikiQuery)).want(t, 200, "<h1>Sign in</h1>")
	at := func(path string) string {
		if a.Request.URL.Path != path || !strings.Contains(a.Request.URL.RawQuery, "client_id=wiki") ||
			strings.Count(a.Request.URL.RawQuery, "hub_pending=") != 1 {
			t.Fatalf("at %s", a.Request.URL)
		}
		return a.Request.URL.RequestURI()
	}
	a = b.follow(b.post(at("/auth/login"), "username", "ada", "password", correct)).want(t, 200, "<h1>Enter your code</h1>")
	// The back button, and another tab, in the middle of it.
	b.get("/auth/login?"+wikiQuery).want(t, 200, "<h1>Sign in</h1>")
	b.follow(b.get("/")).want(t, 200, "Enter your code")
	a = b.follow(b.post(at("/auth/second-factor"), "code", "000000")).want(t, 422, "The code is not right")
	a = b.follow(b.post(at("/auth/second-factor"), "code", code(t))).want(t, 200, "Choose an account", "Continue as Ada Demo")
	a = b.follow(b.post(at("/auth/account"), "account", "this")).want(t, 200, "Allow Wiki &amp; &lt;Friends&gt; to use your account?")
	b.post(at("/auth/consent"), "decision", "perhaps").want(t, 422)
	b.follow(b.post(at("/auth/consent"), "decision", "deny")).want(t, 200, "endpoint ada done")
	a = b.follow(b.post(at("/auth/consent"), "decision", "accept")).want(t, 200, "endpoint ada done")
	if len(bench.approved) != 1 || !strings.HasPrefix(bench.approved[0], "ada client_id=wiki&redirect_uri=") ||
		strings.Contains(bench.approved[0], "hub_pending") {
		t.Errorf("approved: %v", bench.approved)
	}
	if state := a.Request.URL.Query().Get("state"); state != "a b" {
		t.Errorf("the state came back as %q", state)
	}
}

func TestAnswersAreForTheRequestTheyWereGivenTo(t *testing.T) {
	bench := newBench(t)
	b := bench.browser()
	b.signIn()
	a := b.post("/auth/consent?"+wikiQuery, "decision", "accept")
	_, pending, _ := strings.Cut(a.Header.Get("Location"), "hub_pending=")
	var seen signin.Visit
	bench.next = func(visit signin.Visit) *oauth.AuthorizeAnswer { seen = visit; return nil }
	b.follow(a)
	if seen.Pending.AllowedAt.IsZero() {
		t.Error("the answer did not arrive")
	}
	b.get(oauth.AuthorizePath + "?" + strings.Replace(wikiQuery, "scope=openid", "scope=openid+hub", 1) + "&hub_pending=" + pending)
	if !seen.Pending.AllowedAt.IsZero() || seen.User.Login != "ada" {
		t.Errorf("it counts for a wider request too: %+v", seen.Pending)
	}
}

func TestARequestForCredentialsWhateverThereIsSignsOut(t *testing.T) {
	bench := newBench(t)
	b := bench.browser()
	b.signIn()
	bench.next = func(visit signin.Visit) *oauth.AuthorizeAnswer {
		if visit.SignedIn() && !visit.Session.SignedInAt.Before(visit.Pending.AskedAt) && !visit.Pending.AskedAt.IsZero() {
			return nil
		}
		return &oauth.AuthorizeAnswer{Step: &oauth.Step{Kind: oauth.StepLogin}}
	}
	a := b.follow(b.get(oauth.AuthorizePath+"?request_credentials=required&"+wikiQuery)).want(t, 200, "<h1>Sign in</h1>")
	b.get("/").leads(bench, "/auth/login")
	b.follow(b.post(a.Request.URL.RequestURI(), "username", "ada", "password", correct)).want(t, 200, "endpoint ada done")
}

func TestARequestForAFreshSignInAsksWhoIsSignedInToConfirm(t *testing.T) {
	bench := newBench(t)
	b := bench.browser()
	b.signIn()
	bench.next = func(visit signin.Visit) *oauth.AuthorizeAnswer {
		if visit.Session.SignedInAt.After(visit.Pending.AskedAt) && !visit.Pending.AskedAt.IsZero() {
			return nil
		}
		return &oauth.AuthorizeAnswer{Step: &oauth.Step{Kind: oauth.StepLogin}}
	}
	a := b.follow(b.get(oauth.AuthorizePath+"?prompt=login&"+wikiQuery)).want(t, 200, "Confirm that it is you", `value="ada"`)
	b.get("/").want(t, 200) // and is not signed out by it
	b.follow(b.post(a.Request.URL.RequestURI(), "username", "ada", "password", correct)).want(t, 200, "endpoint ada done")
}

func TestWhoMustDoMoreBeforeGoingInIsSentThereFromEveryPage(t *testing.T) {
	bench := newBench(t)
	bench.tx(func(tx *store.Tx) error {
		password, err := tx.Password(t.Context(), "0190-ADA")
		if err != nil {
			return err
		}
		password.MustChange = true
		if err := tx.SetPassword(t.Context(), password); err != nil {
			return err
		}
		if err := tx.InsertGroup(t.Context(), hub.Group{
			ID: "strict", Name: "strict", RequireTwoFactor: true, CreatedAt: hub.Now(), UpdatedAt: hub.Now(),
		}); err != nil {
			return err
		}
		return tx.AddMember(t.Context(), "strict", "0190-ADA")
	})
	b := bench.browser()
	b.signIn()
	a := b.follow(b.get("/account/security/password")).want(t, 200, "Set up a second factor", "A group that you belong to")
	if picture := b.get("/auth/second-factor/set-up/qr.png").want(t, 200); picture.Header.Get("Content-Type") != "image/png" ||
		picture.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", picture.Header)
	}
	b.post(a.Request.URL.RequestURI(), "code", "000000").want(t, 422, "The code is not right")
	_, shown, _ := strings.Cut(a.text, `aria-labelledby="seed-l">`)
	shown, _, _ = strings.Cut(shown, "<")
	a = b.post(a.Request.URL.RequestURI(), "code", codeOf(t, strings.ReplaceAll(shown, " ", ""))).
		want(t, 200, "Save your recovery codes", `href="/account/security/password"`)
	if strings.Count(a.text, "-") < 10 || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("codes: %s", a.text)
	}
	a = b.follow(b.get("/account/security/password")).want(t, 200, "Choose a new password", "has to be changed")
	b.post(a.Request.URL.RequestURI(), "password", "short").want(t, 422, "at least 8 characters")
	b.post(a.Request.URL.RequestURI(), "password", another).leads(bench, "/account/security/password")
	b.get("/account/security/password").want(t, 200, "Change your password")
}

func TestWhoeverFailsOftenIsToldHowManyAttemptsAreLeftAndNotWhoseTheyAre(t *testing.T) {
	bench := newBench(t)
	for _, username := range []string{"ada", "nobody"} {
		b := bench.browser()
		for left := 9; left >= 0; left-- {
			said := b.post("/auth/login", "username", username, "password", "wrong").want(t, 422, "The username or the password is not right.").text
			warning := map[int]string{
				3: "After 3 more attempts you have to wait 2 minutes.", 2: "After 2 more attempts you have to wait 2 minutes.",
				1: "After one more attempt you have to wait 2 minutes.",
			}[left]
			if !strings.Contains(said, warning) || warning == "" && strings.Contains(said, "more attempt") {
				t.Errorf("%s with %d left: %s", username, left, said)
			}
		}
		b.post("/auth/login", "username", username, "password", "wrong").want(t, 429)
	}
}
