package browser_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"os"
	"strings"
	"testing"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/signin"
)

// signIn fills in the sign-in form.
func (b *tab) signIn(s *site) {
	b.Helper()
	b.open(s.server.URL + "/auth/login")
	b.fill("username", "ada")
	b.fill("password", correct)
	b.send()
	b.see(".apps")
}

// view is one way to look at a page.
type view struct {
	name          string
	dark          bool
	width, height int64
}

// views are the ways in which a page is looked at: in both themes and at both widths. Half of the pages are looked at in light and
// wide and in dark and narrow, the others the other way round, so that what pages share is seen in all four. Pictures are taken of
// every page in all four.
func views(page string) []view {
	all := []view{{"light", false, 1440, 900}, {"phone-dark", true, 360, 740}, {"dark", true, 1440, 900}, {"phone", false, 360, 740}}
	half := fnv.New32a()
	half.Write([]byte(page))
	switch {
	case os.Getenv(shots) != "":
		return all
	case half.Sum32()%2 == 0:
		return all[:2]
	}
	return all[2:]
}

// inEveryView looks at a page as everybody may see it.
func (b *tab) inEveryView(name string) {
	b.Helper()
	for _, view := range views(name) {
		b.look(view.dark, view.width, view.height)
		for _, barrier := range b.barriers() {
			b.Errorf("%s, %s: %s", name, view.name, barrier)
		}
		if wide := b.text(`document.documentElement.scrollWidth > innerWidth`); wide != "false" {
			b.Errorf("%s, %s: it scrolls sideways (%s of %s)", name, view.name, b.text(`document.documentElement.scrollWidth`), b.text(`innerWidth`))
		}
		b.shot(name + "-" + view.name)
	}
	b.silent(name)
}

func TestEveryPageIsOpenToEverybody(t *testing.T) {
	s := newSite(t)
	stranger := newTab(t)
	for name, path := range map[string]string{
		"sign-in": "/auth/login", "sign-in-service": "/auth/login?client_id=wiki", "sign-in-changed": "/auth/login?changed=1",
		"problem": "/auth/oauth/error?error_id=abcdefghabcdefgh", "problem-unknown": "/auth/oauth/error",
		"signed-out": "/auth/signed-out", "restore": "/auth/restore", "restore-sent": "/auth/restore-sent",
		"restore-ended": "/auth/restore/none", "device": "/device", "device-done": "/device/done", "not-found": "/nowhere",
	} {
		stranger.open(s.server.URL + path)
		stranger.inEveryView(name)
	}
	stranger.open(s.server.URL + "/auth/login?client_id=wiki")
	stranger.fill("username", "eve")
	stranger.fill("password", "wrong")
	stranger.send()
	stranger.see("#password-e")
	stranger.inEveryView("sign-in-wrong")
	link := s.setUpURL()
	stranger.open(link)
	stranger.inEveryView("set-up")
	stranger.fill("username", "a b")
	stranger.fill("password", "password1")
	stranger.send()
	stranger.see("#username-e")
	stranger.inEveryView("set-up-wrong")
	if err := s.desk.AskRestore(context.Background(), "ada", s.server.URL+"/auth/restore/",
		signin.Origin{Environment: hub.Production, Door: "page"}); err != nil {
		t.Fatal(err)
	}
	stranger.open(s.letters[len(s.letters)-1].Link)
	stranger.inEveryView("restore-new")

	ada := newTab(t)
	ada.look(false, 1440, 900)
	ada.signIn(s)
	for name, path := range map[string]string{
		"home": "/", "password": "/account/security/password", "password-changed": "/account/security/password?changed=1",
		"consent": "/auth/consent?client_id=wiki", "device-consent": "/device/confirm?user_code=WDJB-MJHT",
		"account": "/auth/account?client_id=wiki", "sign-in-again": "/auth/login?client_id=wiki",
		"sign-out": "/auth/logout", "not-found-signed-in": "/nowhere", "enrol": "/auth/second-factor/set-up",
	} {
		ada.open(s.server.URL + path)
		ada.inEveryView(name)
	}
	ada.look(false, 1440, 900)
	ada.open(s.server.URL + "/")
	ada.click(`[popovertarget="me"]`)
	ada.see("#me")
	ada.inEveryView("home-menu")
	ada.open(s.server.URL + "/auth/second-factor/set-up")
	ada.fill("code", code(t, strings.ReplaceAll(ada.text(`document.getElementById("seed").textContent`), " ", "")))
	ada.send()
	ada.see("#codes")
	ada.inEveryView("recovery-codes")
	ada.click(`[data-copy="codes"]`)
	ada.see(".toast")

	half := newTab(t)
	half.open(s.server.URL + "/auth/login")
	half.fill("username", "ada")
	half.fill("password", correct)
	half.send()
	half.see("#code")
	half.inEveryView("second-factor")
	half.open(s.server.URL + "/auth/recovery-code")
	half.inEveryView("recovery-code")
	half.fill("code", "none")
	half.send()
	half.see("#code-e")
	half.inEveryView("recovery-code-wrong")
}

func TestAServiceGetsItsAnswerThroughEveryPage(t *testing.T) {
	for _, scripts := range []bool{true, false} {
		t.Run(fmt.Sprintf("scripts=%t", scripts), func(t *testing.T) {
			s := newSite(t)
			s.enrol("ada")
			b := newTab(t)
			if !scripts {
				b.withoutScripts()
			}
			b.open(s.authorizeURL())
			b.fill("username", "ada")
			b.fill("password", correct)
			b.send()
			b.see("#code")
			b.fill("code", code(t, seed))
			b.send()
			b.click(`button[value="accept"]`)
			b.see("#q")
			if url := b.text("location.href"); url != s.service.URL+"/cb?code=x" {
				t.Errorf("the browser is at %s", url)
			}
			b.silent("the way to the service")
		})
	}
}

// The way of somebody with a second factor, with no mouse: sign-in, code, and either answer to a service.
func TestEverythingCanBeDoneByKeyboard(t *testing.T) {
	for answer, told := range map[string]string{"deny": "error%3Daccess_denied", "accept": "code%3Dx"} {
		t.Run(answer, func(t *testing.T) {
			s := newSite(t)
			s.enrol("ada")
			b := newTab(t)
			b.open(s.authorizeURL())
			b.see("#password")
			if focus := b.text(`document.activeElement.id`); focus != "username" {
				t.Errorf("the first to type into is %q", focus)
			}
			// Tab leads from the name over "Forgot password?" to the password; Enter sends.
			b.press("ada", "\t", "\t", correct, "\r")
			b.until("the code", `document.activeElement.id === "code"`)
			b.press(code(t, seed), "\r")
			b.see(".decide")
			b.tabTo(`document.activeElement.value === "` + answer + `"`)
			b.press("\r")
			b.see("#q")
			if heard := b.text(`document.getElementById("q").textContent`); heard != told {
				t.Errorf("the service was told %s", heard)
			}
		})
	}
}

func TestTheChosenThemeIsDrawnByTheServer(t *testing.T) {
	s := newSite(t)
	b := newTab(t)
	b.look(false, 1440, 900)
	b.open(s.server.URL + "/auth/login")
	b.click("[data-theme-toggle]")
	if theme := b.text(`document.documentElement.dataset.theme`); theme != "dark" {
		t.Errorf("after the click it is %s", theme)
	}
	b.withoutScripts()
	b.open(s.server.URL + "/auth/login")
	if theme := b.text(`document.documentElement.dataset.theme`); theme != "dark" {
		t.Errorf("on the next page it is %s", theme)
	}
	b.forget()
	b.open(s.server.URL + "/auth/login")
	if theme := b.text(`document.documentElement.dataset.theme`); theme == "dark" {
		t.Error("the next test is left the theme that was chosen")
	}
	b.silent("theme")
}

func TestAPasswordCanBeShownAndIsNeverBlocked(t *testing.T) {
	s := newSite(t)
	b := newTab(t)
	b.open(s.server.URL + "/auth/login")
	b.fill("password", "secret")
	b.click(`[data-show-password="password"]`)
	if kind := b.text(`document.getElementById("password").type`); kind != "text" {
		t.Errorf("shown, the field is of type %s", kind)
	}
	b.click(`[data-show-password="password"]`)
	if kind := b.text(`document.getElementById("password").type`); kind != "password" {
		t.Errorf("hidden again, it is of type %s", kind)
	}
}

func TestAPageWeighsLittle(t *testing.T) {
	s := newSite(t)
	client := s.server.Client()
	b := newTab(t)
	b.signIn(s)
	b.open(s.server.URL + "/")
	sum := len(b.text(`document.documentElement.outerHTML`))
	for _, part := range []string{
		`document.querySelector("link[rel=stylesheet]").href`, `document.querySelector("script").src`,
		`document.querySelector("script").src.replace("hub.js", "toast.js")`,
	} {
		sum += size(t, client, b.text(part))
	}
	if sum > 60_000 {
		t.Errorf("the home page weighs %d bytes", sum)
	}
}
