package browser_test

import (
	"net/url"
	"strings"
	"testing"

	"example.org/hub/test/blackbox"
)

// userURL is the page of a user, found in the list as people find it.
func (b *tab) findUser(h *blackbox.Hub, login string) string {
	b.Helper()
	b.open(h.URL + "/admin/users?q=" + login)
	return b.text(`document.querySelector(".who__name").href`)
}

// gets says whether an API client gets an access token.
func gets(t testing.TB, h *blackbox.Hub, id, secret string, want int) {
	t.Helper()
	answer := h.Post(t, "/oauth/create_token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret},
	}.Encode(), blackbox.Header("Content-Type", "application/x-www-form-urlencoded"))
	if answer.Status != want {
		t.Errorf("the API client is answered %d, want %d: %s", answer.Status, want, answer.Body)
	}
}

// Seed document 000, "Generating a token": Back Office, Users, the user, add new API client.
func TestAnAPIClientOfAUserIsMadeByMouse(t *testing.T) {
	for name, scripts := range map[string]bool{"with scripts": true, "without scripts": false} {
		t.Run(name, func(t *testing.T) {
			h := console(t)
			b := newTab(t)
			if !scripts {
				b.withoutScripts()
			}
			b.look(false, 1440, 900)
			b.enter(h, "ada")
			b.click(`.side a[href$="/admin/users"]`)
			b.until("the list", `document.querySelector("h1")?.textContent === "Users"`)
			b.fill("q", "build")
			b.click(".filters .btn")
			b.until("the row", `document.querySelectorAll("tbody tr").length === 1`)
			b.click(".who__name")
			b.until("the user", `document.querySelector("h1")?.textContent === "build-bot"`)
			b.click(`.tabs a[href$="/api-clients"]`)
			b.click("#new-client")
			b.fill("label", "Payroll sync")
			b.click("#new-thing-d .btn--primary")
			b.see("#ticket-value")
			secret := b.text(`document.getElementById("ticket-value").textContent`)
			id := b.text(`document.getElementById("ticket-id").textContent`)
			gets(t, h, id, secret, 200)
			if scripts {
				b.click("#ticket-d .ticket .btn--primary")
				b.see(".toast")
			}
			b.click("#ticket-d .dialog__foot .btn")
			b.until("the list", `location.pathname.endsWith("/api-clients") && !document.querySelector("dialog[open]")`)
			row := b.text(`document.querySelector("#clients tbody tr").textContent`)
			if !strings.Contains(row, "Payroll sync") || !strings.Contains(row, id) ||
				!strings.Contains(row, "Ada Demo") || strings.Contains(b.text("document.body.textContent"), secret) {
				t.Errorf("the list says %s", row)
			}
			b.click(`[aria-label="Delete Payroll sync"]`)
			b.see("#question")
			b.click("#question .btn--danger-solid")
			b.until("the remark", `document.querySelector(".note--ok")?.textContent.includes("API client Payroll sync deleted.")`)
			gets(t, h, id, secret, 401)
			b.silent("the way of an API client")
		})
	}
}

func TestAnAPIClientOfAUserIsMadeByKeyboard(t *testing.T) {
	h := console(t)
	b := newTab(t)
	b.look(false, 1440, 900)
	b.enter(h, "ada")
	b.open(h.URL + "/")
	b.tabTo(`document.activeElement.href?.endsWith("/admin/users")`)
	b.press("\r")
	b.until("the list", `document.querySelector("h1")?.textContent === "Users"`)
	b.tabTo(`document.activeElement.name === "q"`)
	b.press("build-bot", "\r")
	b.until("the row", `document.querySelectorAll("tbody tr").length === 1`)
	b.tabTo(`document.activeElement.className === "who__name"`)
	b.press("\r")
	b.until("the user", `document.querySelector("h1")?.textContent === "build-bot"`)
	b.tabTo(`document.activeElement.href?.endsWith("/api-clients")`)
	b.press("\r")
	b.until("the tab", `location.pathname.endsWith("/api-clients")`)
	b.tabTo(`document.activeElement.id === "new-client"`)
	b.press("\r")
	b.until("the dialog", `document.activeElement.name === "label"`)
	b.press("by keyboard", "\r")
	b.until("the ticket", `document.activeElement.dataset.copy === "ticket-value"`)
	id, secret := b.text(`document.getElementById("ticket-id").textContent`), b.text(`document.getElementById("ticket-value").textContent`)
	b.press("\r")
	b.until("the copied mark", `document.querySelector("#ticket-d[data-saved]")`)
	b.press(escape)
	b.until("the focus", `document.activeElement.id === "new-client" && location.pathname.endsWith("/api-clients")`)
	gets(t, h, id, secret, 200)
	b.tabTo(`document.activeElement.ariaLabel === "Delete by keyboard"`)
	b.press("\r")
	b.until("the question", `document.activeElement.textContent === "Cancel"`)
	b.press("\t", "\r")
	b.until("the remark", `document.querySelector(".note--ok")?.textContent.includes("deleted.")`)
	gets(t, h, id, secret, 401)
	b.silent("the way of an API client by keyboard")
}

// Seed document 004, "Generate Permanent Tokens for Other Users" and "Delete Authentication Tokens".
func TestATokenForAnotherUserIsMadeByMouse(t *testing.T) {
	for name, scripts := range map[string]bool{"with scripts": true, "without scripts": false} {
		t.Run(name, func(t *testing.T) {
			h := console(t)
			b := newTab(t)
			if !scripts {
				b.withoutScripts()
			}
			b.look(false, 1440, 900)
			b.enter(h, "ada")
			b.click(`.side a[href$="/admin/users"]`)
			b.until("the list of users", `location.pathname === "/admin/users"`)
			b.open(b.findUser(h, "build-bot"))
			b.click(`.tabs a[href$="/security"]`)
			b.until("the tab", `document.querySelector(".actingas")?.textContent.includes("build-bot")`)
			if page := b.text(`document.getElementById("app-passwords").textContent`); !strings.Contains(page, "Bots don’t need these") {
				t.Errorf("of application passwords it says %s", page)
			}
			b.click("#new-token")
			b.fill("name", "nightly")
			b.click(`#new-token-d [value="0-0-0-0-0"]`)
			b.click("#new-token-d .btn--primary")
			b.see("#ticket-value")
			token := b.text(`document.getElementById("ticket-value").textContent`)
			if answer := h.Get(t, "/api/rest/users/me", blackbox.Bearer(token)); answer.Status != 200 ||
				!strings.Contains(answer.Body, `"build-bot"`) {
				t.Errorf("with the token users/me answers %d: %s", answer.Status, answer.Body)
			}
			if scripts {
				b.click("#ticket-d .ticket .btn--primary")
				b.see(".toast")
			}
			b.click("#ticket-d .dialog__foot .btn")
			b.until("the list", `location.pathname.endsWith("/security") && !document.querySelector("dialog[open]")`)
			row := b.text(`document.querySelector("#tokens tbody tr").textContent`)
			if !strings.Contains(row, "nightly") || !strings.Contains(row, "Ada Demo") {
				t.Errorf("the list says %s", row)
			}
			b.click(`[aria-label="Select nightly"]`)
			b.click("#delete-selected")
			b.see("#question")
			b.click("#question .btn--danger-solid")
			b.until("the remark", `document.querySelector(".note--ok")`)
			opens(t, h, token, 401)
			b.silent("the way of a token for another user")
		})
	}
}

func TestATokenForAnotherUserIsMadeByKeyboard(t *testing.T) {
	h := console(t)
	b := newTab(t)
	b.look(false, 1440, 900)
	b.enter(h, "ada")
	b.open(b.findUser(h, "build-bot"))
	b.tabTo(`document.activeElement.href?.endsWith("/security")  && document.activeElement.closest(".tabs")`)
	b.press("\r")
	b.until("the tab", `document.querySelector(".actingas")`)
	b.tabTo(`document.activeElement.id === "new-token"`)
	b.press("\r")
	b.until("the dialog", `document.activeElement.name === "name"`)
	b.press("by keyboard")
	b.tabTo(`document.activeElement.value === "0-0-0-0-0"`)
	b.press(" ", "\r")
	b.until("the ticket", `document.activeElement.dataset.copy === "ticket-value"`)
	token := b.text(`document.getElementById("ticket-value").textContent`)
	b.press("\r")
	b.until("the copied mark", `document.querySelector("#ticket-d[data-saved]")`)
	b.press(escape)
	b.until("the focus", `document.activeElement.id === "new-token" && location.pathname.endsWith("/security")`)
	opens(t, h, token, 200)
	b.tabTo(`document.activeElement.ariaLabel === "Delete by keyboard"`)
	b.press("\r")
	b.until("the question", `document.activeElement.textContent === "Cancel"`)
	b.press("\t", "\r")
	b.until("the remark", `document.querySelector(".note--ok")?.textContent.includes("Token by keyboard deleted.")`)
	opens(t, h, token, 401)
	b.silent("the way of a token for another user by keyboard")
}

// opened opens pages of the console, each as everybody may see it.
func opened(t *testing.T, h *blackbox.Hub, paths func(b *tab) map[string]string) {
	t.Helper()
	b := newTab(t)
	b.look(false, 1440, 900)
	b.enter(h, "ada")
	for name, path := range paths(b) {
		b.look(false, 1440, 900)
		b.open(h.URL + path)
		b.inEveryView(name)
	}
}

// linked is the path of the first link in a list whose words begin so.
func (b *tab) linked(h *blackbox.Hub, list, words string) string {
	b.Helper()
	b.open(h.URL + list)
	return strings.TrimPrefix(
		b.text(`[...document.querySelectorAll(".who__name, .matrix thead a")].find((a) => a.textContent.startsWith("`+words+`")).href`), h.URL)
}

func TestUsersAreOpenToEverybody(t *testing.T) {
	h := console(t)
	opened(t, h, func(b *tab) map[string]string {
		ben := b.linked(h, "/admin/users?q=ben", "Ben")
		return map[string]string{
			"admin-users": "/admin/users", "admin-users-none": "/admin/users?q=nobody",
			"admin-user-new": "/admin/users/new", "admin-bot-new": "/admin/users/new?kind=bot",
			"admin-user": ben, "admin-user-ban": ben + "/ban", "admin-user-password": ben + "/password",
			"admin-user-delete": ben + "/delete", "admin-user-merge": ben + "/merge", "admin-user-leave": ben + "/leave",
		}
	})
}

func TestTheCredentialsOfUsersAreOpenToEverybody(t *testing.T) {
	h := console(t)
	opened(t, h, func(b *tab) map[string]string {
		ada, bot := b.linked(h, "/admin/users?q=ada", "Ada"), b.linked(h, "/admin/users?q=build", "build-bot")
		ben := b.linked(h, "/admin/users?q=ben", "Ben")
		return map[string]string{
			"admin-user-api-clients": ada + "/api-clients", "admin-user-security": ben + "/security", "admin-user-own-security": ada + "/security",
			"admin-bot-security": bot + "/security", "admin-bot-new-token": bot + "/security/tokens/new",
			"admin-bot-new-client": bot + "/api-clients/new",
		}
	})
}

func TestTheRightsOfUsersAreOpenToEverybody(t *testing.T) {
	h := console(t)
	opened(t, h, func(b *tab) map[string]string {
		ada, ben := b.linked(h, "/admin/users?q=ada", "Ada"), b.linked(h, "/admin/users?q=ben", "Ben")
		role := b.linked(h, "/admin/roles", "Contributor")
		return map[string]string{
			"admin-user-groups": ada + "/groups", "admin-user-grant": ben + "/groups/roles/grant", "admin-user-join": ben + "/groups/add",
			"admin-roles": "/admin/roles", "admin-role-new": "/admin/roles/new", "admin-role": role, "admin-role-all": "/admin/roles/system-admin",
		}
	})
}

func TestGroupsAndOrganisationsAreOpenToEverybody(t *testing.T) {
	h := console(t)
	opened(t, h, func(b *tab) map[string]string {
		group, demo := b.linked(h, "/admin/groups", "developers"), b.linked(h, "/admin/organisations", "Demo")
		return map[string]string{
			"admin-groups": "/admin/groups", "admin-group-new": "/admin/groups/new", "admin-group": group,
			"admin-group-member": group + "/members/add", "admin-group-nest": group + "/subgroups/add",
			"admin-organisations": "/admin/organisations", "admin-organisation": demo, "admin-organisation-retired": demo + "/retired/add",
		}
	})
}

// Whoever leaves is ended by keyboard alone, and the receipt says what ended.
func TestSomebodyLeavesByKeyboard(t *testing.T) {
	h := console(t)
	b := newTab(t)
	b.look(false, 1440, 900)
	b.enter(h, "ada")
	b.open(b.findUser(h, "ben"))
	b.tabTo(`document.activeElement.id === "leave-do"`)
	b.press("\r")
	b.until("the question", `document.activeElement.textContent === "Cancel"`)
	b.press(escape)
	b.until("the focus", `document.activeElement.id === "leave-do" && !document.querySelector("dialog[open]")`)
	b.press("\r")
	b.until("the question", `document.activeElement.textContent === "Cancel"`)
	b.press("\t", "\r")
	b.until("the receipt", `document.getElementById("receipt")?.textContent.includes("Calendar on phone")`)
	b.inEveryView("admin-user-left")
}

// A person is added, put into a group and given a role, by mouse and without scripts, as an administrator does it on the first day.
func TestAUserIsAddedAndGivenRightsTogether(t *testing.T) {
	for name, scripts := range map[string]bool{"with scripts": true, "without scripts": false} {
		t.Run(name, func(t *testing.T) {
			h := console(t)
			b := newTab(t)
			if !scripts {
				b.withoutScripts()
			}
			b.look(false, 1440, 900)
			b.enter(h, "ada")
			b.open(h.URL + "/admin/users")
			b.click("#new-user")
			b.fill("name", "Dev Placeholder")
			b.fill("login", "dev")
			b.click(`#question [value="later"]`)
			b.click("#question .btn--primary")
			b.until("the user", `document.querySelector("h1")?.textContent === "Dev Placeholder" && !document.querySelector("dialog[open]")`)
			b.click(`.tabs a[href$="/groups"]`)
			b.click("#join")
			b.fill("group", "developers")
			b.click("#question .btn--primary")
			b.until("the group", `document.querySelector(".note--ok")?.textContent.includes("in developers now")`)
			b.click("#grant")
			b.see("#question #role")
			b.click("#question .btn--primary")
			b.until("the role", `document.getElementById("roles")?.querySelector("tbody tr")`)
			if why := b.text(`document.getElementById("reach").textContent`); !strings.Contains(why, "by developers") {
				t.Errorf("why the user may do something: %s", why)
			}
			b.silent("the first day of a user")
		})
	}
}

// A group is made, filled and given a role, and all of it taken back, by keyboard alone.
func TestAGroupIsMadeAndGivenARoleByKeyboard(t *testing.T) {
	h := console(t)
	b := newTab(t)
	b.look(false, 1440, 900)
	b.enter(h, "ada")
	b.open(h.URL + "/admin/groups/new")
	b.until("the dialog", `document.activeElement.name === "name"`)
	b.press("Night shift", "\r")
	b.until("the group", `document.querySelector("h1")?.textContent === "Night shift"`)
	for _, step := range []struct{ opener, typed, told string }{
		{`document.activeElement.href?.endsWith("/members/add")`, "cleo", "Cleo Example"},
		{`document.activeElement.href?.endsWith("/roles/grant")`, "", "Contributor"},
	} {
		b.tabTo(step.opener)
		b.press("\r")
		b.until("the dialog", `document.querySelector("#question:modal")?.contains(document.activeElement)`)
		if step.typed != "" {
			b.press(step.typed, "\r")
		} else {
			b.tabTo(`document.activeElement.name === "role"`)
			b.press("Contributor")
			b.tabTo(`document.activeElement.matches("#question button.btn")`)
			b.press("\r")
		}
		b.until("what was given", `document.querySelector("main").textContent.includes("`+step.told+
			`") && document.querySelector(".note--ok") && !document.querySelector("dialog[open]")`)
	}
	b.tabTo(`document.activeElement.ariaLabel === "Remove Cleo Example"`)
	b.press("\r")
	b.until("the question", `document.activeElement.textContent === "Cancel"`)
	b.press("\t", "\r")
	b.until("nobody in it", `document.querySelector("main").textContent.includes("No members yet")`)
	b.silent("a group by keyboard")
}
