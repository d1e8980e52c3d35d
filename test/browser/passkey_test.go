package browser_test

import (
	"testing"

	"github.com/chromedp/cdproto/webauthn"
)

// authenticator gives the browser a device that keeps passkeys and recognises its owner.
func (b *tab) authenticator() {
	b.Helper()
	call(b, webauthn.Enable, webauthn.EnableParams{})
	call(b, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}})
}

func TestAPasskeyIsAddedNamedUsedAndRemoved(t *testing.T) {
	h := console(t)
	b := freshTab(t)
	b.look(false, 1440, 900)
	b.authenticator()
	b.enter(h, "cleo")
	b.open(h.URL + "/account/security")
	b.click("#new-passkey")
	b.fill("name", "Laptop")
	b.click("#new-passkey-d .btn--primary")
	b.until("the list", `document.getElementById("passkeys")?.textContent.includes("Laptop")`)
	b.silent("adding a passkey")
	b.shot("passkeys")
	b.click(`#passkeys a[href$="/rename"]`)
	b.fill("name", "Old laptop")
	b.click("#question .btn--primary")
	b.until("the new name", `document.getElementById("passkeys")?.textContent.includes("Old laptop")`)
	b.click(`[popovertarget="me"]`)
	b.click(`[form="logout"]`)
	b.see(`a[href$="/auth/login"]`)
	b.open(h.URL + "/account/security")
	b.see("[form=passkey]")
	b.shot("login-passkey")
	b.click("[form=passkey]")
	b.until("the list", `location.pathname === "/account/security" && document.getElementById("passkeys")?.textContent.includes("Old laptop")`)
	b.open(h.URL + "/account/security/revoke")
	b.click(`#question input[value="passkeys"]`)
	b.shot("revoke-passkey")
	b.click("#question button[data-passkey]")
	b.until("the remark", `document.querySelector(".note--ok")?.textContent.includes("It is revoked.")`)
	b.click(`#passkeys a[href$="/remove"]`)
	b.see("#question")
	b.click("#question .btn--danger-solid")
	b.until("the remark", `document.querySelector(".note--ok")?.textContent.includes("is removed") && document.getElementById("passkeys") === null`)
	b.click(`[popovertarget="me"]`)
	b.click(`[form="logout"]`)
	b.see(`a[href$="/auth/login"]`)
	b.open(h.URL + "/account/security")
	b.click("[form=passkey]")
	b.until("the refusal", `/passkey/i.test(document.querySelector("[data-passkey-failed]:not([hidden])")?.textContent)`)
	b.see("#username")
}

// strict is a group that asks cleo for a second factor.
const strict = `version: 1
groups: [{name: strict, requireTwoFactor: true}]
users: [{login: cleo, groups: [strict]}]
`

func TestAPasskeyIsTheSecondFactorThatAGroupAsksFor(t *testing.T) {
	h := console(t)
	h.Apply(t, strict)
	b := freshTab(t)
	b.look(false, 1440, 900)
	b.authenticator()
	enters := func() {
		b.open(h.URL + "/auth/login")
		b.fill("username", "cleo")
		b.fill("password", correct)
		b.send()
	}
	enters()
	b.see("[data-passkey-make]")
	b.inEveryView("enrol-passkey")
	b.look(false, 1440, 900)
	b.fill("name", "Laptop")
	b.click("[data-passkey-make] button")
	b.see("#codes")
	b.click("main a.btn--primary")
	b.see(".shell")
	b.open(h.URL + "/account/security")
	b.until("the summary", `document.querySelector(".health")?.textContent.includes("Two-factor is on")`)
	b.inEveryView("security-passkey")
	b.look(false, 1440, 900)
	b.click(`[popovertarget="me"]`)
	b.click(`[form="logout"]`)
	b.see(`a[href$="/auth/login"]`)
	enters()
	b.see("[data-passkey] button")
	b.shot("second-factor-passkey")
	b.click("[data-passkey] button")
	b.see(".shell")
	b.open(h.URL + "/account/activity")
	b.see("#sessions")
	b.silent("the second factor")
}
