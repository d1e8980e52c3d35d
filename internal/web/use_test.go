package web_test

import (
	"regexp"
	"strings"
	"testing"
)

func TestACredentialHasAPageWithRecipesAndWithoutItsSecret(t *testing.T) {
	bench := newBench(t)
	bench.allow("*")
	b := bench.browser()
	b.signIn()
	made := b.follow(b.post("/account/security/api-clients/new", "label", "Payroll <sync>")).want(t, 200, "hubcs_")
	id := regexp.MustCompile(`href="[^"]*/api-clients/([0-9a-f-]{36})"`).FindStringSubmatch(made.text)[1]
	page := b.get("/account/security/api-clients/"+id).want(t, 200, "Payroll &lt;sync&gt;", "Recipes",
		"curl", "Python", "JavaScript", "client_id="+id, "HUB_SECRET", "/oauth/create_token")
	bench.addWiki()
	token := b.follow(b.post("/account/security/tokens/new", "name", "export", "scope", wikiID, "expires", "30d")).want(t, 200, "hubpat_")
	tokenID := regexp.MustCompile(`href="[^"]*/tokens/([0-9a-f-]{36})"`).FindStringSubmatch(token.text)[1]
	shown := b.get("/account/security/tokens/"+tokenID).want(t, 200, "export", "Recipes", "/api/rest/users/me", "It does not open Hub itself")
	shown.want(t, 200, "<title>export · Hub</title>")
	for _, one := range []answer{page, shown} {
		for _, problem := range lint(one.text) {
			t.Error(problem)
		}
		if regexp.MustCompile(`hub(cs|pat)_[0-9A-Za-z]{38}`).MatchString(one.text) ||
			strings.Contains(one.text, "{id}") || strings.Contains(one.text, "{issuer}") {
			t.Errorf("%s shows a secret, or a value is not filled in", one.Request.URL)
		}
	}
	b.get("/admin/users/0190-ADA/api-clients/"+id).want(t, 200, "Payroll &lt;sync&gt;", "Recipes")
	b.get("/admin/users/0190-ADA/security/tokens/"+tokenID).want(t, 200, "Recipes")
	b.get("/account/security/tokens/none").want(t, 404)
	b.get("/account/security/api-clients/none").want(t, 404)
}
