package browser_test

import (
	"strings"
	"testing"

	"example.org/hub/test/blackbox"
)

// opens says that a permanent token opens the API, or that it does not any more.
func opens(t testing.TB, h *blackbox.Hub, token string, want int) {
	t.Helper()
	if answer := h.Get(t, "/api/rest/users/me", blackbox.Bearer(token)); answer.Status != want {
		t.Errorf("with the token users/me answers %d, want %d: %s", answer.Status, want, answer.Body)
	}
}

// Seed document 004, "Generate Permanent Tokens" and "Delete Authentication Tokens", for the own account.
func TestAPermanentTokenIsMadeCopiedAndDeletedByMouse(t *testing.T) {
	for _, scripts := range []bool{true, false} {
		name := map[bool]string{true: "with scripts", false: "without scripts"}[scripts]
		t.Run(name, func(t *testing.T) {
			h := console(t)
			b := newTab(t)
			if !scripts {
				b.withoutScripts()
			}
			b.look(false, 1440, 900)
			b.enter(h, "ada")
			b.open(h.URL + "/account/security")
			b.click("#new-token")
			b.see("#new-token-d")
			b.fill("name", "my export")
			b.click(`#new-token-d [value="0-0-0-0-0"]`)
			b.click("#new-token-d .btn--primary")
			b.see("#ticket-value")
			token := b.text(`document.getElementById("ticket-value").textContent`)
			if !strings.HasPrefix(token, "hubpat_") {
				t.Fatalf("the token is %q", token)
			}
			opens(t, h, token, 200)
			if at := b.text("location.href"); strings.Contains(at, token[7:]) || !strings.HasSuffix(at, "/created") {
				t.Errorf("the token is shown at %s", at)
			}
			if scripts {
				b.click("#ticket-d .ticket .btn--primary")
				b.see(".toast")
			}
			b.click("#ticket-d .dialog__foot .btn")
			b.until("the list", `location.pathname === "/account/security" && !document.querySelector("dialog[open]")`)
			row := b.text(`[...document.querySelectorAll("#tokens tbody tr")].find((r) => r.textContent.includes("my export")).textContent`)
			if !strings.Contains(row, "Ada Demo") || !strings.Contains(row, "…"+token[len(token)-4:]) || strings.Contains(row, token) {
				t.Errorf("the list says %s", row)
			}
			b.click(`[aria-label="Delete my export"]`)
			b.see("#question")
			b.click("#question .btn--danger-solid")
			b.until("the remark", `document.querySelector(".note--ok")?.textContent.includes("Token my export deleted.")`)
			if list := b.text(`document.getElementById("tokens").textContent`); strings.Contains(list, "my export") {
				t.Error("the token is in the list still")
			}
			opens(t, h, token, 401)
			b.silent("the way of a token")
		})
	}
}

func TestAPermanentTokenIsMadeCopiedAndDeletedByKeyboard(t *testing.T) {
	h := console(t)
	b := newTab(t)
	b.look(false, 1440, 900)
	b.enter(h, "ada")
	b.open(h.URL + "/account/security")
	b.tabTo(`document.activeElement.id === "new-token"`)
	b.press("\r")
	b.until("the dialog", `document.activeElement.name === "name"`)
	b.press("by keyboard")
	b.tabTo(`document.activeElement.value === "0-0-0-0-0"`)
	b.press(" ", "\r")
	b.until("the ticket", `document.activeElement.dataset.copy === "ticket-value"`)
	token := b.text(`document.getElementById("ticket-value").textContent`)
	b.press(escape)
	b.until("the guard", `document.querySelector("[data-once-warning]")?.hidden === false`)
	b.tabTo(`document.activeElement.dataset.copy === "ticket-value"`)
	b.press("\r")
	b.until("the copied mark", `document.querySelector("#ticket-d[data-saved]")`)
	b.press(escape)
	b.until("the focus", `document.activeElement.id === "new-token" && location.pathname === "/account/security"`)
	opens(t, h, token, 200)
	b.tabTo(`document.activeElement.ariaLabel === "Delete by keyboard"`)
	b.press("\r")
	b.until("the question", `document.activeElement.textContent === "Cancel"`)
	b.press(escape)
	b.until("the focus where it was", `document.activeElement.ariaLabel === "Delete by keyboard" && location.pathname === "/account/security" && !document.querySelector("dialog[open]")`)
	opens(t, h, token, 200)
	b.press("\r")
	b.until("the question again", `document.activeElement.textContent === "Cancel"`)
	b.press("\t", "\r")
	b.until("the remark", `document.querySelector(".note--ok")?.textContent.includes("Token by keyboard deleted.")`)
	opens(t, h, token, 401)
	b.silent("the way of a token by keyboard")
}

func TestASecretIsShownOnce(t *testing.T) {
	h := console(t)
	b := newTab(t)
	b.look(false, 1440, 900)
	b.enter(h, "ada")
	b.open(h.URL + "/account/security/tokens/new")
	b.fill("name", "once")
	b.click(`#new-token-d [value="0-0-0-0-0"]`)
	b.click("#new-token-d .btn--primary")
	b.see("#ticket-value")
	at := b.text("location.href")
	b.open(at)
	if page := b.text("document.body.textContent"); !strings.Contains(page, "The token was already shown.") ||
		strings.Contains(page, "Your new token") {
		t.Error("a reload shows it again")
	}
	b.open(h.URL + "/account/security/tokens/new")
	b.fill("name", "once")
	b.click(`#new-token-d [value="0-0-0-0-0"]`)
	b.click("#new-token-d .btn--primary")
	b.see("#name-e")
	if name := b.text(`document.querySelector("[name=name]").value`); name != "once" {
		t.Errorf("what was typed has become %q", name)
	}
	b.inEveryView("new-token-taken")
}

func TestSeveralTokensAreDeletedTogether(t *testing.T) {
	h := console(t)
	b := newTab(t)
	b.look(false, 1440, 900)
	b.enter(h, "ada")
	b.open(h.URL + "/account/security")
	b.click(`[aria-label="Select nightly-export"]`)
	b.click(`[aria-label="Select old-dashboard"]`)
	b.until("the count", `document.querySelector("[data-count-for=token]").textContent === "2 selected"`)
	b.click("#delete-selected")
	b.see("#question")
	b.inEveryView("delete-several")
	b.look(false, 1440, 900)
	b.click("#question .btn--danger-solid")
	b.until("the remark", `document.querySelector(".note--ok")?.textContent.includes("2 tokens deleted.")`)
	if list := b.text(`document.getElementById("tokens").textContent`); strings.Contains(list, "nightly-export") ||
		!strings.Contains(list, "release-notes") {
		t.Errorf("the list says %s", list)
	}
}
