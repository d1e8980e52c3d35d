package web_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

// open lists the fields of a page in which something could be typed or ticked and which no form takes: those of forms that have no
// button.
func open(text string) []string {
	var found, fields []string
	button, inForm := false, false
	tokens := html.NewTokenizer(strings.NewReader(text))
	for tokens.Next() != html.ErrorToken {
		token := tokens.Token()
		attributes := map[string]string{}
		for _, a := range token.Attr {
			attributes[a.Key] = a.Val
		}
		_, readonly := attributes["readonly"]
		_, disabled := attributes["disabled"]
		switch {
		case token.Data == "form" && token.Type == html.StartTagToken:
			inForm, button, fields = true, false, nil
		case token.Data == "form":
			if !button {
				found = append(found, fields...)
			}
			inForm = false
		case token.Data == "button":
			button = true
		case inForm && slices.Contains([]string{"input", "select", "textarea"}, token.Data) && token.Type != html.EndTagToken &&
			attributes["type"] != "hidden" && !readonly && !disabled:
			fields = append(fields, attributes["name"])
		}
	}
	return found
}

func TestWhoMayOnlyReadIsShownNoFieldThatNobodyTakes(t *testing.T) {
	bench, reader := office(t, "hub:service-read", "hub:admin-read", "hub:group-read", "hub:role-read", "hub:user-read", "hub:organization-read")
	bench.office()
	bench.addWiki()
	bench.tx(func(tx *store.Tx) error {
		if err := tx.InsertOrganisation(t.Context(), hub.Organisation{
			ID: "o1", Key: "demo", Name: "Demo Ltd", CreatedAt: hub.Now(), UpdatedAt: hub.Now(),
		}); err != nil {
			return err
		}
		return tx.InsertGroup(t.Context(), hub.Group{ID: "g1", Name: "Writers", RequireTwoFactor: true, CreatedAt: hub.Now(), UpdatedAt: hub.Now()})
	})
	for path, says := range map[string]string{
		"/admin/services/" + wikiID: "You may look at this, not change it.", "/admin/system": "New services",
		"/admin/groups/g1":         `name="factor" checked disabled`,
		"/admin/roles/contributor": "Contributor", "/admin/organisations/o1": "Demo Ltd",
		"/admin/users/0190-BEN": "Ben Sample", "/admin/users/0190-BEN/groups": "Ben Sample",
		"/admin/users/0190-BOT/security": "build-bot", "/admin/users/0190-BOT/api-clients": "build-bot",
		"/admin": "Dashboard", "/admin/audit": "Audit", "/admin/roles": "Roles", "/admin/groups": "Groups",
		"/admin/organisations": "Organisations", "/admin/users": "Users", "/admin/services": "Services",
	} {
		page := reader.get(path).want(t, 200, says)
		if fields := open(page.text); len(fields) > 0 {
			t.Errorf("%s asks a reader for %v", path, fields)
		}
		for _, problem := range lint(page.text) {
			t.Errorf("%s: %s", path, problem)
		}
	}
}
