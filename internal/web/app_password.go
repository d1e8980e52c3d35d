package web

import (
	"html/template"
	"slices"

	"example.org/hub/internal/fault"
)

// An application password is made for oneself only, and only beside a second factor: without one a program uses the password.

func (p *Pages) appPasswordForm(v *visitor, h *holder, typed form, wrong mistakes) *newThingForm {
	return &newThingForm{
		Action: p.at(h, "/app-passwords/new"), Back: p.under(h, "#new-password"),
		Title: v.say("app-password.new"), Text: v.say("app-password.text"),
		Name: newField("name", "text", "off", v.say("app-password.name"), typed.text("name"),
			v.say("app-password.hint"), wrong.Of("name"), "focus"),
		Do: v.say("app-password.create"), Wrong: wrong,
	}
}

// appPasswordPage is the page below, or an error for who may not make one.
func (p *Pages) appPasswordPage(v *visitor, h *holder) (*securityPage, error) {
	page, err := p.securityPage(v, h)
	if err != nil {
		return nil, err
	}
	if !h.Own || !page.Factor.Any() {
		return nil, fault.New(fault.NotFound, "application passwords are made on the own account, beside a second factor")
	}
	page.Over = v.plain("app-password.new")
	return page, nil
}

func (p *Pages) appPasswordNew(v *visitor, h *holder) error {
	page, err := p.appPasswordPage(v, h)
	if err != nil {
		return err
	}
	if err := p.actor(v).StepUp(); err != nil {
		return err
	}
	page.NewThing = p.appPasswordForm(v, h, p.kept(v), mistakes{})
	return p.show(v, h.Template, page)
}

func (p *Pages) appPasswordNewPosted(v *visitor, h *holder) error {
	page, err := p.appPasswordPage(v, h)
	if err != nil {
		return err
	}
	password, value, err := p.Credentials.CreateApplicationPassword(v.Context(), p.actor(v), h.User.ID, trimmed(v.sent, "name"))
	if err == nil {
		return p.giveTicket(v, h.At+"/app-passwords/"+password.ID+"/created", value)
	}
	wrong, mends := p.mistakes(v, err)
	if !mends {
		return err
	}
	page.NewThing = p.appPasswordForm(v, h, v.sent, wrong)
	return p.draw(v, statusOf(err), h.Template, page)
}

func (p *Pages) appPasswordCreated(v *visitor, h *holder) error {
	page, err := p.securityPage(v, h)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(page.Holdings.Passwords, func(r passwordRow) bool { return r.ID == v.PathValue("id") })
	if at < 0 {
		return fault.New(fault.NotFound, "there is no such application password")
	}
	value := p.ticket(v)
	if value == "" {
		page.Said = v.say("ticket.shown")
		return p.show(v, h.Template, page)
	}
	page.Over = v.plain("app-password.made")
	page.Ticket = &ticketView{
		Back: p.under(h, "#new-password"), BackPath: p.under(h, ""),
		Title: v.say("app-password.made"), Text: template.HTML(template.HTMLEscapeString(page.Holdings.Passwords[at].Name)),
		Label: v.say("login.password"), Value: value.Reveal(),
		Copy: v.say("app-password.copy"), Copied: v.say("app-password.copied"),
		Guard: v.say("app-password.guard"), Remark: v.say("app-password.store", "login", h.User.Login),
	}
	return p.show(v, h.Template, page)
}
