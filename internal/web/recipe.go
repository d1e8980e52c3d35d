package web

import (
	"embed"
	"html/template"
	"strings"

	"example.org/hub/internal/hub"
)

// recipeTexts are what to paste to use a credential: one file per kind of client and way to talk to Hub, with the client's values
// in place of {issuer}, {id}, {scope} and {redirect}. A secret is never put in: it is read from HUB_SECRET. A test runs each.
//
//go:embed recipes
var recipeTexts embed.FS

// recipe is one of them, ready to paste.
type recipe struct {
	Name    template.HTML
	Open    bool
	Snippet snippet
}

// recipeWays are the ways, in the order in which they are shown, with the ending of their files.
func recipeWays() []struct{ Name, Ending string } {
	return []struct{ Name, Ending string }{
		{"curl", ".curl"}, {"Go", ".go.txt"}, {"Python", ".py"}, {"JavaScript", ".js"},
		{"OpenID Connect (Go)", ".openid.txt"}, {"nginx", ".nginx"},
	}
}

// Recipe gives the text for a kind of client (service, client, app or token) and an ending, filled in; empty if there is none.
func Recipe(kind, ending string, values map[string]string) string {
	text, err := recipeTexts.ReadFile("recipes/" + kind + ending)
	if err != nil {
		return ""
	}
	var pairs []string
	for name, value := range values {
		pairs = append(pairs, "{"+name+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(string(text))
}

// recipes are all of a kind of client.
func (p *Pages) recipes(v *visitor, kind string, values map[string]string) []recipe {
	var found []recipe
	for i, way := range recipeWays() {
		if text := Recipe(kind, way.Ending, values); text != "" {
			name := template.HTML(way.Name)
			found = append(found, recipe{
				Name: name, Open: i == 0,
				Snippet: newSnippet(v, "recipe-"+strings.TrimLeft(strings.ReplaceAll(way.Ending, ".", "-"), "-"), name, text),
			})
		}
	}
	return found
}

// serviceRecipes are those of a service, as far as its flows and what it has allow them.
func (p *Pages) serviceRecipes(v *visitor, service hub.Service) []recipe {
	values := map[string]string{"issuer": p.Issuer, "id": service.ID, "scope": service.ID, "redirect": service.HomeURL}
	if answers := service.AnswerURIs(); len(answers) > 0 {
		values["redirect"] = answers[0]
	}
	var found []recipe
	for _, one := range p.recipes(v, "service", values) {
		signsIn := strings.HasPrefix(string(one.Name), "OpenID")
		switch {
		case one.Name == "nginx", signsIn && service.Allows(hub.AuthorizationCode), !signsIn && service.Allows(hub.ClientCredentials):
			found = append(found, one)
		}
	}
	if len(found) > 0 {
		found[0].Open = true
	}
	return found
}
