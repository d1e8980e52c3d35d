package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"example.org/hub/test/blackbox"
)

// connect lets somebody who is signed in allow a service to stay connected, and gives the service its refresh token.
func (b *tab) connect(h *blackbox.Hub, service string) string {
	b.Helper()
	b.open(asks(h, service, "scope", "openid tracker offline_access", "access_type", "offline", "prompt", "consent"))
	b.see(".decide")
	b.click(`button[value="accept"]`)
	answer := h.Form(b, "/api/rest/oauth2/token", []string{
		"grant_type", "authorization_code", "code", b.arrived(service).Get("code"), "redirect_uri", service + "/cb",
	}, blackbox.Basic("98071167-004c-4ddf-ba37-5d4599fdf319", "a-long-secret"))
	token := answer.Text("refresh_token")
	if token == "" {
		b.Fatalf("the service gets no refresh token: %s", answer.Body)
	}
	return token
}

// refreshes says what becomes of a refresh token.
func refreshes(t testing.TB, h *blackbox.Hub, token string, want int) {
	t.Helper()
	answer := h.Form(t, "/api/rest/oauth2/token", []string{"grant_type", "refresh_token", "refresh_token", token},
		blackbox.Basic("98071167-004c-4ddf-ba37-5d4599fdf319", "a-long-secret"))
	if answer.Status != want {
		t.Errorf("a refresh answers %d, want %d: %s", answer.Status, want, answer.Body)
	}
}

func TestAConnectedServiceIsSeenAndDisconnected(t *testing.T) {
	h := console(t)
	there := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><html lang="en"><title>Wiki</title><main><h1 id="q">Welcome to Wiki</h1></main></html>`)
	}))
	t.Cleanup(there.Close)
	h.Apply(t, fmt.Sprintf(`version: 1
services:
  - {id: 98071167-004c-4ddf-ba37-5d4599fdf319, key: wiki, redirectUris: [%q]}
`, there.URL+"/cb"))
	b := newTab(t)
	b.look(false, 1440, 900)
	b.enter(h, "ada")
	token := b.connect(h, there.URL)
	refreshes(t, h, token, 200)

	b.open(h.URL + "/account/security")
	b.inEveryView("security-connected")
	b.look(false, 1440, 900)
	b.click(`[aria-label="Delete the refresh token of Wiki"]`)
	b.see("#question")
	b.inEveryView("security-delete-connected")
	b.look(false, 1440, 900)
	b.click(`#question [name="scopes"]`) // the approval stays
	b.click("#question .btn--danger-solid")
	b.until("the remark", `document.querySelector(".note--ok")?.textContent.includes("The refresh token of Wiki is deleted.")`)
	refreshes(t, h, token, 400)

	token = b.connect(h, there.URL)
	b.open(h.URL + "/account/security")
	b.tabTo(`document.activeElement.ariaLabel === "Delete the approval for Wiki"`)
	b.press("\r")
	b.until("the question", `document.activeElement.textContent === "Cancel"`)
	b.press("\t", "\r")
	b.until("the remark", `document.querySelector(".note--ok")?.textContent.includes("Wiki has to ask you again.")`)
	refreshes(t, h, token, 400)
	if left := b.text(`document.querySelectorAll("#connected tbody tr, #scopes tbody tr").length`); left != "0" {
		t.Errorf("%s rows are left", left)
	}
	b.silent("a connected service")
}

func TestAnAPIClientIsAddedAndDeletedByKeyboard(t *testing.T) {
	h := console(t)
	b := newTab(t)
	b.look(false, 1440, 900)
	b.enter(h, "ada")
	b.open(h.URL + "/account/security")
	b.tabTo(`document.activeElement.id === "new-client"`)
	b.press("\r")
	b.until("the dialog", `document.activeElement.name === "label"`)
	b.press("Nightly", "\r")
	b.until("the ticket", `document.activeElement.dataset.copy === "ticket-value"`)
	b.inEveryView("client-created")
	b.look(false, 1440, 900)
	id, secret := b.text(`document.getElementById("ticket-id").textContent`), b.text(`document.getElementById("ticket-value").textContent`)
	create := []string{"grant_type", "client_credentials", "client_id", id, "client_secret", secret}
	if answer := h.Form(t, "/oauth/create_token", create); answer.Status != 200 {
		t.Errorf("the door answers %d: %s", answer.Status, answer.Body)
	}
	b.tabTo(`document.activeElement.dataset.copy === "ticket-value"`)
	b.press("\r")
	b.until("the copied mark", `document.querySelector("#ticket-d[data-saved]")`)
	b.press(escape)
	b.until("the focus", `document.activeElement.id === "new-client"`)
	b.tabTo(`document.activeElement.ariaLabel === "Delete Nightly"`)
	b.press("\r")
	b.until("the question", `document.activeElement.textContent === "Cancel"`)
	b.press("\t", "\r")
	b.until("the remark", `document.querySelector(".note--ok")?.textContent.includes("API client Nightly deleted.")`)
	if answer := h.Form(t, "/oauth/create_token", create); answer.Status != 401 {
		t.Errorf("after the deletion the door answers %d: %s", answer.Status, answer.Body)
	}
}
