package web

import (
	"html/template"
	"slices"
	"strings"
	"time"

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

// usePage begins the page of something that a holder has and that is called so. list is what it is one of: the name of a list
// among the holdings, and of the words for it.
func (p *Pages) usePage(v *visitor, h *holder, name, list string) *usePage {
	page := &usePage{}
	page.Title = name
	page.Crumbs = []link{{URL: h.Page, Words: text(newPerson(h.User).Name)}, {URL: h.Page + "#" + list, Words: v.say(list)}}
	return page
}

// gone says that a holder has no such thing.
func gone(what string) error {
	return fault.New(fault.NotFound, "there is no such %s; somebody may have deleted it", what)
}

// sinceMade says by whom and when something was made, and when it was used last.
func (v *visitor) sinceMade(author string, made, used time.Time, from string) []fact {
	return []fact{{v.say("column.author"), text(author)}, {v.say("column.created"), v.Date(made)}, {v.say("column.used"), v.used(used, from)}}
}

func (p *Pages) clientUsed(v *visitor, h *holder) error {
	held, err := p.holdings(v, h)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(held.Clients, func(r clientRow) bool { return r.ID == v.PathValue("id") })
	if at < 0 {
		return gone("API client")
	}
	row := held.Clients[at]
	page := p.usePage(v, h, row.Label, "clients")
	page.About, page.Line, page.Icon = v.say("client.about"), "ln-client", "terminal"
	page.Facts = append([]fact{{v.say("column.client-id"), "<code>" + text(row.ID) + "</code>"}},
		v.sinceMade(row.Author, row.Created, row.Used, row.From)...)
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
		return gone("token")
	}
	row := held.Tokens[at]
	scope := strings.Join(row.Scope, ", ")
	page := p.usePage(v, h, row.Name, "tokens")
	page.About, page.Line, page.Icon = v.say("token.about"), "ln-token", "key"
	page.Facts = append([]fact{{v.say("token"), "<code>" + text(row.Hint) + "</code>"}, {v.say("column.scope"), text(scope)}},
		v.sinceMade(row.Author, row.Created, row.Used, row.From)...)
	page.Facts = append(page.Facts, fact{v.say("column.expires"), v.When(row.Expires)})
	if !slices.Contains(row.Scope, hub.HubServiceName) {
		page.Remark = v.say("token.elsewhere", "services", scope)
	}
	page.Recipes = p.recipes(v, "token", map[string]string{"issuer": p.Issuer})
	page.Delete = p.at(h, "/tokens/"+row.ID+"/delete")
	return p.show(v, "use", page)
}
