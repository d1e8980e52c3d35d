package browser_test

import (
	"strings"
	"testing"

	"example.org/hub/test/blackbox"
)

// logsIn says whether app_id and app_key get a token at the payments door.
func logsIn(t testing.TB, h *blackbox.Hub, path, id, key string, want int) {
	t.Helper()
	if answer := h.Post(t, path+"/login", `{"app_id": "`+id+`", "app_key": "`+key+`"}`); answer.Status != want {
		t.Errorf("%s/login answers %d, want %d: %s", path, answer.Status, want, answer.Body)
	}
}

// Seed document 001, step 1: Settings > API Access, click into the app_key field, copy both values.
func TestAnAppKeyIsShownOnAClickAndWorksFromAnAllowedAddress(t *testing.T) {
	const key = "843a8f1c9e60d24b7753aa19c0de55f2"
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
			b.click(`nav a[href$="/settings/api-access"]`)
			b.see("#app-key")
			if page := b.text("document.documentElement.outerHTML"); strings.Contains(page, key) {
				t.Error("the key is in the page before anybody asked for it")
			}
			if id := b.text(`document.getElementById("app-id").textContent`); id != "98434376" {
				t.Errorf("app_id is %q", id)
			}
			b.click("#app-key")
			b.until("the key", `document.getElementById("app-key").textContent === "`+key+`"`)
			logsIn(t, h, "", "98434376", key, 401) // not from here yet
			b.click(`button[name="mine"]`)
			b.until("the address", `document.querySelector(".note--ok")?.textContent.includes("is allowed.")`)
			b.fill("address", "127.0.0.0/8")
			b.click(`[action*="addresses"] button:not([name])`)
			b.until("the range", `document.getElementById("ips").textContent.includes("127.0.0.0/8")`)
			logsIn(t, h, "", "98434376", key, 200)

			b.fill("address", "not an address")
			b.click(`[action*="addresses"] button:not([name])`)
			b.see("#address-e")
			if typed := b.text(`document.getElementById("address").value`); typed != "not an address" {
				t.Errorf("what was typed has become %q", typed)
			}
			b.click(`.seg a[href$="env=test"]`)
			b.until("the test environment", `document.getElementById("app-id")?.textContent === "20117745"`)
			b.click("#rotate")
			b.see("#question")
			b.click(`#question [value="0s"]`)
			b.click("#question .btn--primary")
			b.until("the remark", `document.querySelector(".note--ok")?.textContent.includes("The key is new.")`)
			logsIn(t, h, "/test", "20117745", "t5b19c0de55f2843a8f1c9e60d24b7753", 401)
			b.click("#app-key")
			b.until("the new key", `document.getElementById("app-key").textContent.startsWith("hubkey_test_")`)
			logsIn(t, h, "/test", "20117745", b.text(`document.getElementById("app-key").textContent`), 200)
			b.silent("API access")
		})
	}
}

func TestAddressesAreTakenOffByKeyboardWithAWarningAtTheLastAndPutBack(t *testing.T) {
	h := console(t)
	b := newTab(t)
	b.look(false, 1440, 900)
	b.enter(h, "ada")
	b.open(h.URL + "/settings/api-access?env=production")
	for _, address := range []string{"203.0.113.24", "198.51.100.0/28"} {
		b.tabTo(`document.activeElement.ariaLabel === "Remove ` + address + `"`)
		b.press("\r")
		b.until("the question", `document.activeElement.textContent === "Cancel"`)
		if last := b.holds(`document.getElementById("question-d").textContent.includes("Nobody will be able to log in.")`); last !=
			(address == "198.51.100.0/28") {
			t.Errorf("before %s is removed the warning of the last one is shown: %t", address, last)
		}
		b.press("\t", "\r")
		b.until("the remark", `document.querySelector(".note--ok")?.textContent.includes("The address is removed.")`)
	}
	b.see("#ips .empty")
	b.inEveryView("api-access-no-address")
	b.look(false, 1440, 900)
	b.tabTo(`document.activeElement.name === "address"`)
	b.press("127.0.0.0/8", "\t", "the office", "\r")
	b.until("the address", `document.getElementById("ips").textContent.includes("the office")`)
	logsIn(t, h, "", "98434376", "843a8f1c9e60d24b7753aa19c0de55f2", 200)
}

func TestAnAppIsMadeByKeyboardAndItsKeyCopiedWhileMasked(t *testing.T) {
	h := console(t)
	b := newTab(t)
	b.look(false, 1440, 900)
	b.enter(h, "ben")
	b.open(h.URL + "/settings/api-access")
	b.tabTo(`document.activeElement.id === "new-app"`)
	b.press("\r")
	b.until("the dialog", `document.activeElement.name === "label"`)
	b.press("Checkout", "\r")
	b.until("the app", `document.querySelector(".note--ok")?.textContent.includes("The app is made.")`)
	b.tabTo(`document.activeElement.ariaLabel === "Copy app_key"`)
	b.press("\r")
	b.see(".toast")
	if key := b.text(`document.getElementById("app-key").textContent`); strings.Contains(key, "hubkey_") {
		t.Error("copying shows the key")
	}
	b.silent("an app by keyboard")
}
