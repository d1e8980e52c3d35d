package web

import (
	"html/template"
	"slices"
	"strings"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// usePage is one credential of a holder, and how to use it: recipes with its real values, but never its secret.
type usePage struct {
	frame
	About      template.HTML
	Line, Icon string
	Facts      []fact
	Remark     template.HTML // why the recipes do not fit as they are; empty: they do
	Recipes    []recipe
	Change     string // where it is changed; empty: nowhere
	Delete     string
}

// usePage begins the page of something that a holder has and that is called so. list is where it stands among the others.
func (p *Pages) usePage(h *holder, name, list string) *usePage {
	page := &usePage{}
	page.Title = name
	page.Crumbs = []link{{URL: h.Page, Words: text(newPerson(h.User).Name)}, {URL: h.Page + list, Words: text(name)}}
	return page
}

func (p *Pages) clientUsed(v *visitor, h *holder) error {
	held, err := p.holdings(v, h)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(held.Clients, func(r clientRow) bool { return r.ID == v.PathValue("id") })
	if at < 0 {
		return fault.New(fault.NotFound, "there is no such API client; somebody may have deleted it")
	}
	row := held.Clients[at]
	page := p.usePage(h, row.Label, "#clients")
	page.Crumbs[1].Words, page.Crumb = v.say("clients"), text(row.Label)
	page.About, page.Line, page.Icon = v.say("client.about"), "ln-client", "terminal"
	page.Facts = []fact{{v.say("column.client-id"), "<code>" + text(row.ID) + "</code>"}, {v.say("column.author"), text(row.Author)}, {v.say("column.created"), v.Date(row.Created)}, {v.say("column.used"), v.used(row.Used, row.From)}}
	if row.Disabled {
		page.Remark = v.say("client.disable")
	}
	page.Recipes = p.recipes(v, "client", map[string]string{"issuer": p.Issuer, "id": row.ID})
	page.Change, page.Delete = p.at(h, "/api-clients/"+row.ID+"/change"), p.at(h, "/api-clients/"+row.ID+"/delete")
	return p.show(v, "use", page)
}

func (p *Pages) tokenUsed(v *visitor, h *holder) error {
	held, err := p.holdings(v, h)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(held.Tokens, func(t tokenRow) bool { return t.ID == v.PathValue("id") })
	if at < 0 {
		return fault.New(fault.NotFound, "there is no such token; somebody may have deleted it")
	}
	row := held.Tokens[at]
	page := p.usePage(h, row.Name, "#tokens")
	page.Crumbs[1].Words, page.Crumb = v.say("tokens"), text(row.Name)
	page.About, page.Line, page.Icon = v.say("token.about"), "ln-token", "key"
	page.Facts = []fact{{v.say("token"), "<code>" + text(row.Hint) + "</code>"}, {v.say("column.scope"), text(strings.Join(row.Scope, ", "))}, {v.say("column.author"), text(row.Author)}, {v.say("column.created"), v.Date(row.Created)},
		{v.say("column.used"), v.used(row.Used, row.From)}, {v.say("column.expires"), v.When(row.Expires)}}
	if !slices.Contains(row.Scope, hub.HubServiceName) {
		page.Remark = v.say("token.elsewhere", "services", strings.Join(row.Scope, ", "))
	}
	page.Recipes = p.recipes(v, "token", map[string]string{"issuer": p.Issuer})
	page.Delete = p.at(h, "/tokens/"+row.ID+"/delete")
	return p.show(v, "use", page)
}
