package browser_test

import (
	"fmt"
	"testing"
)

// officePages are the pages of who runs Hub, and those that explain to programs how to talk to it.
var officePages = map[string]string{
	"services": "/admin/services", "services-nothing-found": "/admin/services?q=nothing",
	"service-new": "/admin/services/new?kind=web", "service-new-details": "/admin/services/new?kind=web&step=details",
	"service-new-machine": "/admin/services/new?kind=machine&step=details",
	"service":             "/admin/services/98071167-004c-4ddf-ba37-5d4599fdf319",
	"service-secret":      "/admin/services/98071167-004c-4ddf-ba37-5d4599fdf319/ask/secret",
	"service-delete":      "/admin/services/98071167-004c-4ddf-ba37-5d4599fdf319/ask/delete",
	"dashboard":           "/admin", "audit": "/admin/audit",
	"audit-nothing-found": "/admin/audit?q=nothing", "hygiene": "/admin/hygiene",
	"system": "/admin/system", "system-rotate": "/admin/system/rotate",
	"service-users": "/admin/services/98071167-004c-4ddf-ba37-5d4599fdf319/users",
	"client":        "/account/security/api-clients/5a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11",
	"flow":          "/help/flow",
	"reference":     "/help/api",
}

func TestTheBackOfficeIsOpenToEverybodyWhoMayGoThere(t *testing.T) {
	h := console(t)
	ada := newTab(t)
	ada.look(false, 1440, 900)
	ada.enter(h, "ada")
	for name, path := range officePages {
		ada.look(false, 1440, 900)
		ada.open(h.URL + path)
		ada.inEveryView("office-" + name)
	}
}

func TestAServiceIsRegisteredWithAndWithoutScripts(t *testing.T) {
	for _, scripts := range []bool{true, false} {
		t.Run(fmt.Sprintf("scripts=%t", scripts), func(t *testing.T) {
			h := console(t)
			b := newTab(t)
			if !scripts {
				b.withoutScripts()
			}
			b.look(false, 1440, 900)
			b.enter(h, "ada")
			b.click(`.side a[href="/admin/services"]`)
			b.click(`.pagehead .btn--primary`)
			b.click(`input[value="web"]`)
			b.click(`.answer .btn--primary`)
			b.fill("name", "My Service")
			b.fill("homeUrl", "https://myservice.example.test")
			b.click("#redirectUris")
			b.press("http://staging.example.test/authorized")
			b.click("#create")
			b.see("#redirectUris-e")
			if name := b.text(`document.getElementById("name").value`); name != "My Service" {
				t.Errorf("a mistake loses what was typed: %q", name)
			}
			b.fill("redirectUris", "https://myservice.example.test/authorized")
			b.click("#create")
			b.see("#new-secret")
			if scripts {
				b.inEveryView("office-service-created")
			}
			b.silent("a service is registered")
		})
	}
}

func TestAServiceIsRegisteredByKeyboardAlone(t *testing.T) {
	h := console(t)
	b := newTab(t)
	b.look(false, 1440, 900)
	b.enter(h, "ada")
	b.open(h.URL + "/admin/services")
	b.tabTo(`document.activeElement.matches(".pagehead .btn--primary")`)
	b.press("\r")
	b.see(`input[name="kind"]`)
	b.tabTo(`document.activeElement.name === "kind"`)
	b.press(" ")
	b.until("a choice", `document.querySelector('input[name="kind"]:checked') !== null`)
	b.tabTo(`document.activeElement.matches(".answer .btn--primary")`)
	b.press("\r")
	b.see("#name")
	b.press("By Keyboard")
	b.tabTo(`document.activeElement.id === "redirectUris"`)
	b.press("https://keyboard.example.test/cb")
	b.tabTo(`document.activeElement.id === "create"`)
	b.press("\r")
	b.see("#new-id")
	if title := b.text(`document.querySelector("h1").textContent`); title != "By Keyboard is registered" {
		t.Errorf("the page says %q", title)
	}
	b.silent("a service by keyboard")
}
