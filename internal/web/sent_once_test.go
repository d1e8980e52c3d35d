package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

func TestAFormThatArrivesTwiceMakesOneThing(t *testing.T) {
	bench := newBench(t)
	bench.allow("hub:self-update")
	bench.tx(func(tx *store.Tx) error {
		return tx.InsertService(t.Context(), hub.Service{
			ID: "wiki", Environment: hub.Production, Key: "wiki", Name: "Wiki", CreatedAt: hub.Now(), UpdatedAt: hub.Now(),
		})
	})
	for name, form := range map[string]struct {
		at     string
		fields []string
	}{
		"token":      {"/account/security/tokens/new", []string{"name", "nightly", "scope", "wiki"}},
		"API client": {"/account/security/api-clients/new", []string{"label", "nightly"}},
		"app":        {"/settings/api-access/new", []string{"label", "nightly"}},
	} {
		b := bench.browser()
		b.signIn()
		drawn := regexp.MustCompile(`name="once" value="([^"]+)"`).FindStringSubmatch(b.get(form.at).text)
		if drawn == nil {
			t.Fatalf("the form of a new %s has no name", name)
		}
		fields := append([]string{"once", drawn[1]}, form.fields...)
		answers := make([]answer, 8)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() { answers[i] = b.post(form.at, fields...) })
		}
		all.Wait()
		for _, a := range answers {
			a.leads(bench, strings.TrimPrefix(answers[0].Header.Get("Location"), bench.server.URL))
		}
		if made := b.follow(answers[0]); made.StatusCode != 200 || name != "app" && !strings.Contains(made.text, `class="ticket`) {
			t.Errorf("%s: the secret is not shown: %d", name, made.StatusCode)
		}
		another := b.post(form.at, append([]string{"once", drawn[1]}, append(slices.Clone(form.fields[2:]), form.fields[0], "weekly")...)...)
		if another.StatusCode != 303 || another.Header.Get("Location") == answers[0].Header.Get("Location") {
			t.Errorf("%s: with another name the form makes nothing new: %d", name, another.StatusCode)
		}
	}
}

// seedOf is what a page gives to an authenticator app.
func seedOf(page answer) string {
	_, shown, _ := strings.Cut(page.text, `aria-labelledby="seed-l">`)
	shown, _, _ = strings.Cut(shown, "<")
	return strings.ReplaceAll(shown, " ", "")
}

func TestRecoveryCodesAreShownAgainToWhoSetsUpAFactorWithTwoClicks(t *testing.T) {
	bench := newBench(t)
	b, slow := bench.browser(), bench.browser()
	b.signIn()
	const at = "/auth/second-factor/set-up"
	page := b.get(at).want(t, 200)
	here, err := url.Parse(bench.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	slow.client.Jar.SetCookies(here, b.client.Jar.Cookies(here)) // the same browser, which has not taken in the first answer
	sent := formAt(t, page, at).fill("code", codeOf(t, seedOf(page)))
	codes := b.send(at, sent).want(t, 200, "Save your recovery codes")
	for name, one := range map[string]*browser{"the browser with its new cookie": b, "the browser with its old cookie": slow} {
		if again := one.send(at, sent).want(t, 200); again.text != codes.text {
			t.Errorf("%s is shown something else", name)
		}
		one.get("/account").want(t, 200)
	}
	stranger := bench.browser()
	if page := stranger.follow(stranger.send(at, sent)); strings.Contains(page.text, "recovery codes") {
		t.Error("a stranger who sends the same form is shown the codes")
	}
	other := bench.browser()
	other.signIn()
	if page := other.follow(other.send(at, sent)); strings.Contains(page.text, "Save your recovery codes") {
		t.Error("another session is shown the codes")
	}
	b.follow(b.get(at)).want(t, 200, "Two-factor authentication is on already.", "/account/security/recovery-codes")
}

func TestACodeSignsInByTwoClicks(t *testing.T) {
	bench := newBench(t)
	bench.enrol()
	const at = "/auth/second-factor"
	b, slow, stranger := bench.browser(), bench.browser(), bench.browser()
	b.signIn()
	here, err := url.Parse(bench.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	slow.client.Jar.SetCookies(here, b.client.Jar.Cookies(here)) // the same browser, which has not taken in the first answer
	sent := formAt(t, b.get(at), at).fill("code", "K7MP-2WXD")
	b.send(at, sent).leads(bench, "/")
	for name, one := range map[string]*browser{"the browser with its new cookie": b, "the browser with its old cookie": slow} {
		one.send(at, sent).leads(bench, "/")
		if one.get("/account").StatusCode != 200 {
			t.Errorf("%s is not signed in", name)
		}
	}
	stranger.send(at, sent)
	if stranger.get("/account").StatusCode == 200 {
		t.Error("a stranger who sends the same form is signed in")
	}
}

func TestAFormIsCarriedOutThoughItsBrowserHasGivenUpTheFirstRequest(t *testing.T) {
	bench := newBench(t)
	bench.allow("hub:self-update")
	b := bench.browser()
	b.signIn()
	const at = "/account/security/api-clients/new"
	sent := formAt(t, b.get(at), at).fill("label", "Payroll")
	request := httptest.NewRequest(http.MethodPost, bench.server.URL+at, strings.NewReader(sent.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, cookie := range b.client.Jar.Cookies(request.URL) {
		request.AddCookie(cookie)
	}
	ctx, giveUp := context.WithCancel(t.Context())
	bench.pages.Held = func(ctx context.Context, environment hub.Environment, user string) (hub.Permissions, error) {
		defer giveUp() // the button is pressed again while the first request is at work
		return bench.held(ctx, environment, user)
	}
	mux, gone := http.NewServeMux(), httptest.NewRecorder()
	bench.pages.Mount(func(pattern string, handler http.HandlerFunc) { mux.Handle(pattern, handler) })
	mux.ServeHTTP(gone, request.WithContext(ctx))
	b.send(at, sent).leads(bench, strings.TrimPrefix(gone.Header().Get("Location"), bench.server.URL))
	if made, err := bench.pages.Credentials.APIClients(
		t.Context(), hub.Actor{User: hub.User{ID: "0190-ADA"}}, hub.Production, "0190-ADA",
	); err != nil || len(made) != 1 {
		t.Errorf("%d API clients are made, %v", len(made), err)
	}
}

func TestADeviceIsAllowedOnceByTwoClicks(t *testing.T) {
	bench := newBench(t)
	b := bench.browser()
	b.signIn()
	const at = "/device/confirm?user_code=wdjb-mjht"
	sent := formAt(t, b.get(at), at).fill("decision", "accept")
	for range 2 {
		b.send(at, sent).leads(bench, "/device/done")
	}
	if len(bench.decided) != 1 {
		t.Errorf("decided: %v", bench.decided)
	}
}

func TestTheFirstAdministratorIsLedInByTwoClicks(t *testing.T) {
	bench := newBench(t)
	bench.tx(func(tx *store.Tx) error { return tx.InsertRole(t.Context(), hub.DefaultRoles()[0]) })
	link, b := bench.pages.SetUpURL(bench.desk.OpenSetUp()), bench.browser()
	for range 2 {
		b.post(link, "username", "root", "name", "", "email", "", "password", another).leads(bench, "/")
	}
}

func TestAMailedLinkSetsAPasswordByTwoClicks(t *testing.T) {
	bench := newBench(t)
	b := bench.browser()
	b.post("/auth/restore", "username", "ada")
	link := bench.letters[0].Link
	at := strings.TrimPrefix(link, bench.server.URL)
	sent := formAt(t, b.get(link), at).fill("password", another)
	for range 2 {
		b.send(at, sent).leads(bench, "/auth/login?changed=1")
	}
	stranger := bench.browser()
	stranger.post(at, "password", another).want(t, 404, "This link has ended")
}
