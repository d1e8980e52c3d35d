package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
)

func TestEverythingIsRevokedWithThePasswordOnly(t *testing.T) {
	h := console(t)
	b, other := newTab(t), newTab(t)
	b.look(false, 1440, 900)
	b.enter(h, "ada")
	other.enter(h, "ada")
	b.open(h.URL + "/account/security/revoke")
	b.fill("password", "wrong password")
	b.click("#question .btn--danger-solid")
	b.see("#password-e")
	b.inEveryView("revoke-wrong")
	b.look(false, 1440, 900)
	b.fill("password", correct)
	b.click("#question .btn--danger-solid")
	b.until("the remark", `document.querySelector(".note--ok")?.textContent.includes("It is revoked.")`)
	if count := b.text(`document.querySelectorAll("#tokens tbody tr, #clients tbody tr").length`); count != "0" {
		t.Errorf("%s credentials are left", count)
	}
	other.open(h.URL + "/account")
	other.see("#username")
}

func TestADeviceIsSignedOutFromAnother(t *testing.T) {
	h := console(t)
	b, other := newTab(t), newTab(t)
	b.look(false, 1440, 900)
	call(other, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"})
	b.enter(h, "ada")
	other.enter(h, "ada")
	b.open(h.URL + "/account/activity")
	b.inEveryView("activity-two-devices")
	b.look(false, 1440, 900)
	b.click(`#sessions form[action$="/confirm"] .btn`)
	b.until("the remark", `document.querySelector(".note--ok")?.textContent.includes("You know Safari on iPhone.")`)
	if b.holds(`document.querySelector("#sessions .badge--warn") !== null`) {
		t.Error("a place that its owner vouches for still stands out")
	}
	b.click("#sessions .rows .act .btn")
	b.see("#question")
	b.click("#question .btn--danger-solid")
	b.until("the remark", `document.querySelector(".note--ok")?.textContent.includes("is signed out.")`)
	other.open(h.URL + "/account")
	other.see("#username")
	b.open(h.URL + "/account")
	b.see("#about")
}

func TestTheSecondFactorIsTurnedOnAndOffAndOpensApplicationPasswords(t *testing.T) {
	h := console(t)
	b := newTab(t)
	b.look(false, 1440, 900)
	b.enter(h, "ada")
	b.open(h.URL + "/account/security")
	b.click(`#methods .act a[href*="set-up"]`)
	b.see("#seed")
	b.fill("code", code(t, strings.ReplaceAll(b.text(`document.getElementById("seed").textContent`), " ", "")))
	b.send()
	b.see("#codes")
	b.click("main a.btn--primary")
	b.see("#new-password")
	b.click("#new-password")
	b.fill("name", "Mail on phone")
	b.click("#new-thing-d .btn--primary")
	b.see("#ticket-value")
	b.inEveryView("app-password-created")
	b.look(false, 1440, 900)
	b.click(`#ticket-d .ticket .btn--primary`)
	b.until("the copy", `document.querySelector("#ticket-d [data-saved], #ticket-d[data-saved]") !== null`)
	b.click("#ticket-d .dialog__foot .btn")
	b.until("the list", `location.pathname === "/account/security" && document.getElementById("app-passwords").textContent.includes("Mail on phone")`)
	b.click("#factor-off")
	b.see("#question")
	b.click("#question .btn--danger-solid")
	b.until("the remark", `document.querySelector(".note--ok")?.textContent.includes("Two-factor is off.")`)
	b.silent("the second factor")
}

func TestTheConsoleSpeaksGermanToWhoWantsIt(t *testing.T) {
	h := console(t)
	b := newTab(t)
	b.withoutScripts()
	b.look(false, 1440, 900)
	b.enter(h, "ada")
	b.open(h.URL + "/account/security")
	b.click(`[popovertarget="me"]`)
	b.click(`#me [value="de"]`)
	b.until("German", `document.documentElement.lang === "de" && document.querySelector("h1").textContent === "Kontosicherheit"`)
	b.click(`[popovertarget="me"]`)
	b.click(`#me [value="dark"]`)
	b.until("the dark theme", `document.documentElement.dataset.theme === "dark" && location.pathname === "/account/security"`)
}
