package web

import (
	"slices"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/fault"
)

func (p *Pages) clientForm(v *visitor, h *holder, typed form, wrong mistakes) *newThingForm {
	f := &newThingForm{
		Action: p.at(h, "/api-clients/new"), Back: p.under(h, "#new-client"),
		Title: v.say("client.new"), Text: v.say("client.text"),
		Name: newField("label", "text", "off", v.say("column.label"), typed.text("label"),
			v.say("client.hint"), wrong.Of("label"), "focus").like("Payroll sync"),
		Note: v.say("client.note.own"), Do: v.say("client.create"), Wrong: wrong,
	}
	if !h.Own {
		name := newPerson(h.User).Name
		f.Text, f.Note = v.say("client.text.other", "name", name), v.say("client.note.other", "name", name)
	}
	return f
}

func (p *Pages) clientNew(v *visitor, h *holder) error {
	return p.showMaking(v, h, v.plain("client.new"), "#new-client", func(page *securityPage) error {
		page.NewThing = p.clientForm(v, h, p.kept(v), mistakes{})
		return nil
	})
}

func (p *Pages) clientNewPosted(v *visitor, h *holder) error {
	client, value, err := p.Credentials.CreateAPIClient(v.Context(), p.actor(v), credential.NewAPIClient{
		UserID: h.User.ID, Environment: p.Environment, Label: trimmed(v.sent, "label"),
	})
	if err == nil {
		return p.giveTicket(v, h.At+"/api-clients/"+client.ID+"/created", value)
	}
	wrong, mends := p.mistakes(v, err)
	if !mends {
		return err
	}
	page, trouble := p.securityPage(v, h)
	if trouble != nil {
		return trouble
	}
	page.Over, page.NewThing = v.plain("client.new"), p.clientForm(v, h, v.sent, wrong)
	return p.draw(v, statusOf(err), h.Template, page)
}

// clientSecret shows the secret of an API client once, under a title.
func (p *Pages) clientSecret(title string) func(*visitor, *holder) error {
	return func(v *visitor, h *holder) error {
		page, err := p.securityPage(v, h)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(page.Holdings.Clients, func(r clientRow) bool { return r.ID == v.PathValue("id") })
		if at < 0 {
			return fault.New(fault.NotFound, "there is no such API client")
		}
		client, value := page.Holdings.Clients[at], p.ticket(v)
		if value == "" {
			page.Said = v.say("ticket.shown")
			return p.show(v, h.Template, page)
		}
		snippet := newSnippet(v, "try", v.say("snippet.terminal"), p.clientCall(client.ID))
		page.Over = v.plain(title)
		page.Ticket = &ticketView{
			Back: p.under(h, "#new-client"), BackPath: p.under(h, ""),
			Title: v.say(title), Text: v.say("client.made.text", "label", client.Label), ID: client.ID,
			Label: v.say("client.secret"), Value: value.Reveal(), Copy: v.say("client.copy"), Copied: v.say("client.copied"),
			Guard: v.say("client.guard"), Remark: v.say("client.store"), Snippet: &snippet,
		}
		if !h.Own {
			name := newPerson(h.User).Name
			page.Ticket.Text, page.Ticket.Remark = v.say("client.made.text.other", "label", client.Label, "name", name),
				v.say("client.store.other", "name", name)
		}
		return p.show(v, h.Template, page)
	}
}

// clientCall gets an access token for an API client, in a terminal.
func (p *Pages) clientCall(id string) string {
	return "curl " + p.Issuer + "/oauth/create_token \\\n  -d grant_type=client_credentials \\\n  -d client_id=" + id +
		" \\\n  -d client_secret=$HUB_CLIENT_SECRET"
}

// clientUse shows how the first of the API clients gets a token, and what it is answered.
func (p *Pages) clientUse(v *visitor, held *holdings) (call, answer snippet) {
	id := "$HUB_CLIENT_ID"
	if len(held.Clients) > 0 {
		id = held.Clients[0].ID
	}
	return newSnippet(v, "use", v.say("client.get-token"), p.clientCall(id)),
		newSnippet(v, "answer", v.say("client.answer"), "{\n  \"access_token\": \"…\",\n  \"token_type\": \"Bearer\",\n  \"expires_in\": 3600\n}")
}
