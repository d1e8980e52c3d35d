package web

import (
	"html/template"
	"slices"
	"strconv"
	"time"
)

// removal is a credential that is about to be deleted: what is asked before, and how it is done.
type removal struct {
	question
	name string // of what is deleted
	said string // key of the remark when it is done
	do   func(v *visitor, typed form) error
}

// text is a value as text in a page.
func text(value string) template.HTML { return template.HTML(template.HTMLEscapeString(value)) }

// removal finds what is to be deleted among what the holder has: of a kind, which is a part of the URL, and with an id.
func (p *Pages) removal(v *visitor, page *securityPage) (*removal, error) {
	held, id := page.Holdings, v.PathValue("id")
	of := held.Holder.User.ID
	var found *removal
	switch v.PathValue("kind") {
	case "tokens":
		if at := slices.IndexFunc(held.Tokens, func(t tokenRow) bool { return t.ID == id }); at >= 0 {
			t := held.Tokens[at]
			found = &removal{name: t.Name, said: "token.deleted", do: func(v *visitor, _ form) error {
				return p.Credentials.DeletePermanentToken(v.Context(), p.actor(v), of, id)
			}}
			found.Title, found.Text, found.Back = v.say("token.delete"), v.say("token.delete.text", "name", t.Name), "#t-"+id
			found.Facts = []fact{{v.say("token"), "<code>" + text(t.Hint) + "</code>"}, {v.say("column.used"), v.used(t.Used, t.From)}}
		}
	case "app-passwords":
		if at := slices.IndexFunc(held.Passwords, func(r passwordRow) bool { return r.ID == id }); at >= 0 {
			r := held.Passwords[at]
			found = &removal{name: r.Name, said: "app-password.deleted", do: func(v *visitor, _ form) error {
				return p.Credentials.DeleteApplicationPassword(v.Context(), p.actor(v), of, id)
			}}
			found.Title, found.Text, found.Back = v.say("app-password.delete"), v.say("app-password.delete.text", "name", r.Name), "#p-"+id
			found.Facts = []fact{{v.say("column.used"), v.used(r.Used, r.From)}}
			found.Remark = v.say("app-password.delete.others")
		}
	case "connected":
		if at := slices.IndexFunc(held.Connected, func(r connectedRow) bool { return r.ID == id }); at >= 0 {
			r := held.Connected[at]
			found = &removal{name: r.Service.Name, said: "connected.deleted", do: func(v *visitor, typed form) error {
				return p.disconnect(v, held, r, typed.has("scopes"))
			}}
			found.Title, found.Text, found.Back = v.say("connected.delete"), v.say("connected.delete.text", "service", r.Service.Name), "#r-"+id
			found.Boxes = []pick{{Name: "scopes", Value: "1", Words: v.say("connected.delete.scopes", "service", r.Service.Name), Checked: true}}
		}
	case "scopes":
		if at := slices.IndexFunc(held.Scopes, func(r scopeRow) bool { return r.ID == id }); at >= 0 {
			r := held.Scopes[at]
			found = &removal{name: r.Service.Name, said: "scopes.deleted", do: func(v *visitor, _ form) error {
				return p.Credentials.DeleteApprovedScope(v.Context(), p.actor(v), of, id)
			}}
			found.Title, found.Text, found.Back = v.say("scopes.delete"), v.say("scopes.delete.text", "service", r.Service.Name), "#s-"+id
		}
	case "api-clients":
		if at := slices.IndexFunc(held.Clients, func(r clientRow) bool { return r.ID == id }); at >= 0 {
			r := held.Clients[at]
			found = &removal{name: r.Label, said: "client.deleted", do: func(v *visitor, _ form) error {
				return p.Credentials.DeleteAPIClient(v.Context(), p.actor(v), p.Environment, of, id)
			}}
			found.Title, found.Text, found.Back = v.say("client.delete"), v.say("client.delete.text", "label", r.Label), "#d-"+id
			found.Facts = []fact{{v.say("column.client-id"), "<code>" + text(id) + "</code>"}, {v.say("column.used"), v.used(r.Used, r.From)}}
		}
	}
	if found == nil {
		return nil, gone("credential")
	}
	if !held.Holder.Own {
		found.Remark = v.say("delete.told", "login", held.Holder.User.Login)
	}
	found.Back = p.under(held.Holder, found.Back)
	found.Action, found.Do = own(v), v.say("delete")
	return found, nil
}

// used says when something was used last, and from where.
func (v *visitor) used(at time.Time, from string) template.HTML {
	if from == "" {
		return v.When(at)
	}
	return v.When(at) + " " + v.say("used.from", "from", from)
}

func (p *Pages) remove(v *visitor, h *holder) error {
	page, err := p.securityPage(v, h)
	if err != nil {
		return err
	}
	found, err := p.removal(v, page)
	if err != nil {
		return err
	}
	if kept := p.kept(v); kept.any() {
		for i := range found.Boxes {
			found.Boxes[i].Checked = kept.has(found.Boxes[i].Name)
		}
	}
	page.over(string(found.Title), &found.question)
	return p.show(v, h.Template, page)
}

func (p *Pages) removePosted(v *visitor, h *holder) error {
	page, err := p.securityPage(v, h)
	if err != nil {
		return err
	}
	found, err := p.removal(v, page)
	if err != nil {
		return err
	}
	if err := found.do(v, v.sent); err != nil {
		return err
	}
	return p.done(v, h.Page, found.said, "name", found.name)
}

// disconnect ends a refresh token and, if wanted, takes back what the service was allowed.
func (p *Pages) disconnect(v *visitor, held *holdings, row connectedRow, scopes bool) error {
	of := held.Holder.User.ID
	for _, approved := range held.Scopes {
		if scopes && approved.Service.ID == row.Service.ID { // the refresh token goes with it
			return p.Credentials.DeleteApprovedScope(v.Context(), p.actor(v), of, approved.ID)
		}
	}
	return p.Credentials.DeleteRefreshToken(v.Context(), p.actor(v), of, row.ID)
}

// tokensDelete asks before several tokens are deleted at once.
func (p *Pages) tokensDelete(v *visitor, h *holder) error {
	page, err := p.securityPage(v, h)
	if err != nil {
		return err
	}
	q := &question{
		Title: v.say("tokens.delete"), Text: v.say("tokens.delete.text"),
		Action: p.at(h, "/tokens/delete"), Back: p.under(h, "#delete-selected"),
		Remark: v.say("delete.recorded"), Do: v.say("delete"),
	}
	chosen := v.query["token"]
	if kept := p.kept(v); kept.any() {
		chosen = kept.texts("token")
	}
	var names []string
	for _, token := range page.Holdings.Tokens {
		if slices.Contains(chosen, token.ID) {
			names = append(names, token.Name)
			q.Hidden = append(q.Hidden, hidden{"token", token.ID})
			q.Facts = append(q.Facts, fact{text(token.Name), "<code>" + text(token.Hint) + "</code>"})
		}
	}
	switch len(names) {
	case 0:
		see(v.out, p.Issuer+h.Page+"#tokens")
		return nil
	case 1:
		q.Title, q.Text = v.say("token.delete"), v.say("token.delete.text", "name", names[0])
	}
	page.over(string(q.Title), q)
	return p.show(v, h.Template, page)
}

func (p *Pages) tokensDeletePosted(v *visitor, h *holder) error {
	held, err := p.holdings(v, h)
	if err != nil {
		return err
	}
	var chosen, names []string
	for _, token := range held.Tokens { // somebody may have deleted one
		if slices.Contains(v.sent.texts("token"), token.ID) {
			chosen, names = append(chosen, token.ID), append(names, token.Name)
		}
	}
	if err := p.Credentials.DeletePermanentTokens(v.Context(), p.actor(v), h.User.ID, chosen); err != nil {
		return err
	}
	if len(names) == 1 {
		return p.done(v, h.Page, "token.deleted", "name", names[0])
	}
	return p.done(v, h.Page, "tokens.deleted", "n", strconv.Itoa(len(names)))
}
