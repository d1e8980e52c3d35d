package web_test

import (
	"regexp"
	"strings"
	"testing"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/oauth"
)

const wikiID = "98071167-004c-4ddf-ba37-5d4599fdf319"

func (b *bench) addWiki() {
	b.Helper()
	b.addService(wikiID, "Wiki", func(s *hub.Service) {
		s.RedirectURIs = []string{"https://wiki.example.test/cb"}
		s.Permissions = []hub.Permission{{Key: "read", Name: "Read pages", Description: "All of them"}}
	})
}

func TestAServiceIsChangedCardByCard(t *testing.T) {
	bench := newBench(t)
	bench.addWiki()
	b := bench.administer()
	at := "/admin/services/" + wikiID
	page := b.get(at).want(t, 200, "Wiki", wikiID, "OAuth 2.0 endpoints", "https://wiki.example.test/cb", "read Read pages", `href="#recipes"`)
	for _, problem := range lint(page.text) {
		t.Error(problem)
	}
	version := fieldOf(page.text, "version")
	b.post(at+"/edit/redirects", "version", version, "uris", "https://wiki.example.test/cb\nhttp://plain.example.test/cb", "bye", "").
		want(t, 422, "plain.example.test", `id="uris-e"`)
	for _, change := range []struct {
		part, said string
		form       []string
	}{
		{"redirects", "The addresses are saved.", []string{
			"uris", " https://wiki.example.test/cb \n\nhttps://wiki.example.test/other", "bye", "https://wiki.example.test/bye",
		}},
		{"flows", "The flows are saved.", []string{"flow", "authorization_code"}},
		{"settings", "The settings are saved.", []string{
			"s-name", "Handbook", "s-key", "wiki", "s-homeUrl", "https://wiki.example.test", "s-description", "All pages",
			"s-applicationName", "", "s-vendor", "Works", "s-version", "", "pkce", "true", "accessToken", "opaque",
		}},
		{"permissions", "The permissions are saved.", []string{"permissions", "read Read\nwrite Write pages"}},
		{"access", "It is saved who may open it.", []string{"viewers", ""}},
	} {
		version := fieldOf(b.get(at).text, "version")
		b.follow(b.post(at+"/edit/"+change.part, append(change.form, "version", version)...)).want(t, 200, change.said)
	}
	service, err := bench.store.Service(t.Context(), hub.Production, wikiID)
	if err != nil {
		t.Fatal(err)
	}
	if service.Name != "Handbook" || len(service.RedirectURIs) != 2 || len(service.Flows) != 1 || !service.PKCERequired ||
		service.AccessToken != hub.Opaque || len(service.Permissions) != 2 ||
		service.Permissions[0].Description != "All of them" || service.Permissions[1].Name != "Write pages" {
		t.Errorf("it became %+v", service)
	}
}

func TestWhoChangesAServiceThatAnotherHasChangedIsToldWhoAndWhat(t *testing.T) {
	bench := newBench(t)
	bench.addWiki()
	b := bench.administer()
	at := "/admin/services/" + wikiID
	version := fieldOf(b.get(at).text, "version")
	b.post(at+"/edit/permissions", "version", version, "permissions", "read First").leads(bench, at)
	page := b.post(at+"/edit/permissions", "version", version, "permissions", "read Second").want(t, 422, "Ada Demo", "read First", "read Second")
	b.follow(b.post(at+"/edit/permissions", "version", fieldOf(page.text, "version"), "permissions", "read Second")).want(t, 200, "read Second")
}

func TestASecretIsChangedWithTheOldOneAcceptedForAWhile(t *testing.T) {
	bench := newBench(t)
	bench.addWiki()
	b := bench.administer()
	at := "/admin/services/" + wikiID
	b.get(at+"/ask/secret").want(t, 200, "Change the secret of Wiki?", `value="24h" checked`, `name="secret"`)
	first := b.follow(b.post(at+"/ask/secret", "overlap", "24h", "secret", "")).want(t, 200, "The new secret", "hubcs_")
	if again := b.follow(b.get(at+"/new-secret")).want(t, 200, "already shown"); strings.Contains(again.text, "hubcs_") {
		t.Error("it is shown twice")
	}
	b.follow(b.post(at+"/ask/secret", "overlap", "24h", "secret", "a secret of my own")).
		want(t, 200, "The secret is changed.", "The old one is accepted until", "End now…")
	b.post(at+"/ask/secret", "overlap", "24h", "secret", "short").want(t, 422, `id="secret-e"`)
	b.post(at+"/ask/secret", "overlap", "24h", "secret", regexp.MustCompile(`hubcs_\w+`).FindString(first.text)).want(t, 422)
	secrets, err := bench.store.Secrets(t.Context(), hub.Production, wikiID)
	if err != nil || len(secrets) != 2 {
		t.Fatalf("%v %v", secrets, err)
	}
	b.get(at+"/secrets/"+secrets[0].ID+"/end").want(t, 200, "401 Unauthorized")
	b.follow(b.post(at+"/secrets/"+secrets[0].ID+"/end")).want(t, 200, "is no longer accepted")
	b.post(at+"/secrets/"+secrets[0].ID+"/end").want(t, 404)
}

func TestARejectedAddressIsRegisteredOrForgotten(t *testing.T) {
	bench := newBench(t)
	bench.addWiki()
	var tried []hub.TriedRedirectURI
	for _, uri := range []string{"https://wiki.example.test/cb/", "https://evil.example.test/<b>"} {
		tried = append(tried, hub.TriedRedirectURI{
			Environment: hub.Production, ClientID: wikiID, URI: uri, TriedFrom: "203.0.113.24", TriedAt: hub.Now(),
		})
	}
	if err := bench.store.InsertTriedRedirectURIs(t.Context(), append(tried, tried[0])); err != nil {
		t.Fatal(err)
	}
	bench.office()
	b := bench.administer()
	at := "/admin/services/" + wikiID
	b.get("/admin").want(t, 200, "Wiki uses an unknown return address", at+"#redirects")
	list := b.get("/admin/services").want(t, 200, "Health", "2 rejected addresses",
		"Sign-ins, 30 days", `aria-sort="ascending"`, `Services <span class="count">`)
	for _, problem := range lint(list.text) {
		t.Error(problem)
	}
	b.get("/admin/services?order=desc").want(t, 200, `aria-sort="descending"`)
	page := b.get(at).want(t, 200, "Someone was turned away <time", "https://wiki.example.test/cb/",
		"2 attempts, the last <time", "1 attempt, <time", "203.0.113.24", "&lt;b&gt;")
	if strings.Contains(page.text, `href="https://evil`) {
		t.Error("an address that a stranger sent is a link")
	}
	b.follow(b.post(at+"/tried", "uri", "https://wiki.example.test/cb/", "register", "true")).want(t, 200, "The address is registered.")
	b.post(at+"/tried", "uri", "https://wiki.example.test/cb/", "register", "true").leads(bench, at+"#redirects")
	b.follow(b.post(at+"/tried", "uri", "https://evil.example.test/<b>")).want(t, 200, "The address is forgotten.")
	if again := b.get("/admin/services"); strings.Contains(again.text, "rejected") {
		t.Error("an address that is forgotten is told of again")
	}
	service, err := bench.store.Service(t.Context(), hub.Production, wikiID)
	if err != nil || len(service.RedirectURIs) != 2 {
		t.Errorf("%v %v", service.RedirectURIs, err)
	}
}

func TestARefusedRequestIsExplainedOnThePageOfItsService(t *testing.T) {
	bench := newBench(t)
	bench.addWiki()
	err := bench.store.InsertRefusals(t.Context(), []hub.Refusal{{
		ErrorID: "abcdefghabcdefgh", At: hub.Now(), Environment: hub.Production,
		Door: "authorize", ClientID: wikiID, Address: "203.0.113.24",
		Code: "invalid_request", Reason: "redirect_uri is not registered",
		Expected: "https://wiki.example.test/cb", Received: "https://wiki.example.test/cb/", Setting: "redirect_uris", Count: 3,
	}})
	if err != nil {
		t.Fatal(err)
	}
	bench.administer().get("/admin/services/"+wikiID).want(t, 200,
		"redirect_uri is not registered", "3 times", "abcdefghabcdefgh", "Expected", "Difference")
}

func TestARefusedRequestIsExplainedInTheLanguageOfThePage(t *testing.T) {
	bench := newBench(t)
	bench.addWiki()
	err := bench.store.InsertRefusals(t.Context(), []hub.Refusal{{
		ErrorID: "abcdefghabcdefgh", At: hub.Now(), Environment: hub.Production, Door: "authorize", ClientID: wikiID,
		Code: "invalid_request", Reason: "the redirect URI is not registered, byte for byte",
		Expected: "https://wiki.example.test/cb", Received: "http://wiki.example.test/CB",
		Setting: oauth.SettingRedirectURIs, Count: 1,
	}, {
		ErrorID: "bbcdefghabcdefgh", At: hub.Now(), Environment: hub.Production, Door: "token", ClientID: wikiID,
		Code: "invalid_client", Reason: "it is so for a reason that nobody has put into words", Count: 1,
	}})
	if err != nil {
		t.Fatal(err)
	}
	b := bench.administer()
	b.post("/preferences", "language", "de", "back", "/")
	b.get("/admin/services/"+wikiID).want(t, 200, "Die Rücksprungadresse ist nicht registriert, Byte für Byte",
		"Anders ist das Schema (https, nicht http) und der Pfad (Groß- und Kleinschreibung): an Stelle 5 wurde &#34;s&#34; erwartet",
		"Rücksprungadressen, in den Einstellungen des Dienstes", `<b lang="en">It is so for a reason`)
}

func TestWhatHurtsAServiceAsksFirstAndSaysWhatHappens(t *testing.T) {
	bench := newBench(t)
	bench.addWiki()
	b := bench.administer()
	at := "/admin/services/" + wikiID
	for _, act := range []struct{ name, text, said string }{
		{"trust", "People are no longer asked", "Wiki is trusted now."},
		{"distrust", "can say no", "Wiki is not trusted any more."},
		{"disable", "Nobody can sign in to Wiki", "Wiki is switched off."},
		{"enable", "People can sign in again", "Wiki is switched on."},
		{"delete", "401 Unauthorized", "Wiki is deleted."},
	} {
		b.get(at+"/ask/"+act.name).want(t, 200, act.text, `data-modal`)
		b.follow(b.post(at+"/ask/"+act.name)).want(t, 200, act.said)
	}
	b.get(at).want(t, 404, "This line ends here")
	b.post(at+"/edit/flows", "version", "1", "flow", "password").want(t, 404)
	b.post(at+"/ask/delete").want(t, 404)
	b.get(at+"/ask/nothing").want(t, 404)

	poor := newBench(t)
	poor.addWiki()
	poor.allow("hub:service-read")
	reader := poor.browser()
	reader.signIn()
	if page := reader.get(at).want(t, 200, "Wiki"); strings.Contains(page.text, "/ask/") || strings.Contains(page.text, "Save flows") {
		t.Error("who may only read is offered to change")
	}
	reader.post(at+"/edit/flows", "version", "1", "flow", "password").want(t, 403)
	reader.post(at+"/ask/trust").want(t, 403)
	poor.tx(func(tx *store.Tx) error { return tx.DeleteService(t.Context(), hub.Production, wikiID) })
	reader.get(at).want(t, 404)
}
