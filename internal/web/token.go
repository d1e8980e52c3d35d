package web

import (
	"html/template"
	"slices"
	"strings"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
)

// newTokenForm asks for name, scope and end of a new permanent token.
type newTokenForm struct {
	Action, Back string
	Text         template.HTML
	Note         template.HTML // why one may make it for another user; empty: it is for oneself
	Name         field
	Services     []scopeChoice
	Expires      []pick
	ReadOnly     bool
	Administer   bool
	More         bool // the rarely needed is open
	Wrong        mistakes
}

// scopeChoice is a service that a token may open.
type scopeChoice struct {
	Service
	About  string
	Chosen bool
}

// newTokenForm is the form with what was typed into it before.
func (p *Pages) newTokenForm(v *visitor, h *holder, typed form, wrong mistakes) (*newTokenForm, error) {
	services, err := p.Services(v.Context(), p.Environment, h.User.ID)
	if err != nil {
		return nil, err
	}
	f := &newTokenForm{Action: p.at(h, "/tokens/new"), Back: p.under(h, "#new-token"), Text: v.say("token.text"), ReadOnly: typed.has("readOnly"),
		Administer: typed.has("administer"), Wrong: wrong}
	if !h.Own {
		f.Text, f.Note = v.say("token.text.other", "name", newPerson(h.User).Name), v.say("token.escalation", "name", newPerson(h.User).Name)
	}
	f.More = f.ReadOnly || f.Administer
	f.Name = newField("name", "text", "off",
		v.say("column.name"), typed.text("name"), v.say("token.name.hint"), wrong.Of("name"), "focus").like("nightly-export")
	for _, service := range services {
		choice := scopeChoice{Service: service, About: service.Description, Chosen: slices.Contains(typed.texts("scope"), service.ID)}
		switch {
		case service.ID == hub.HubServiceID:
			choice.About = v.plain("token.hub")
		case choice.About == "":
			choice.About = service.Host()
		}
		f.Services = append(f.Services, choice)
	}
	for _, span := range []struct{ value, key string }{{"", "time.never"}, {"30d", "span.month"}, {"90d", "span.quarter"}, {"365d", "span.year"}} {
		f.Expires = append(f.Expires, newPick("expires", "radio", span.value, v.say(span.key), typed.text("expires")))
	}
	return f, nil
}

// mayMakeFor says of someone else's account whether the visitor may make credentials that act as its user; if not, with a
// dialog that says why and has nothing to do but close.
func (p *Pages) mayMakeFor(v *visitor, h *holder, title, opener string) (refused *question, err error) {
	if h.Own {
		return nil, nil
	}
	theirs, err := p.Held(v.Context(), p.Environment, h.User.ID)
	if err != nil {
		return nil, err
	}
	lack := p.actor(v).Require("user-update", h.User.Organisation)
	if lack == nil {
		lack = p.actor(v).Cover(theirs, v.plain("token.act-as", "name", newPerson(h.User).Name))
	}
	if lack != nil {
		return &question{
			Title: template.HTML(template.HTMLEscapeString(title)),
			Text:  v.say("token.escalation.no", "name", newPerson(h.User).Name), Back: p.under(h, opener),
			Remark: template.HTML(template.HTMLEscapeString(sentence(v.told(lack)))),
		}, nil
	}
	return nil, nil
}

// showMaking shows, over the page of a holder, the form by which a credential is made that acts as its user, or why the visitor may
// make none.
func (p *Pages) showMaking(v *visitor, h *holder, title, opener string, form func(page *securityPage) error) error {
	page, err := p.securityPage(v, h)
	if err != nil {
		return err
	}
	refused, err := p.mayMakeFor(v, h, title, opener)
	if err != nil {
		return err
	}
	if refused != nil {
		page.over(title, refused)
		return p.show(v, h.Template, page)
	}
	if err := p.actor(v).StepUp(); err != nil {
		return err
	}
	page.Over = title
	if err := form(page); err != nil {
		return err
	}
	return p.show(v, h.Template, page)
}

func (p *Pages) tokenNew(v *visitor, h *holder) error {
	return p.showMaking(v, h, v.plain("token.title"), "#new-token", func(page *securityPage) (err error) {
		page.NewToken, err = p.newTokenForm(v, h, p.kept(v), mistakes{})
		return err
	})
}

func (p *Pages) tokenNewPosted(v *visitor, h *holder) error {
	typed := v.sent
	token, err := p.makeToken(v, h, typed)
	if err == nil {
		return p.giveTicket(v, h.At+"/tokens/"+token.id+"/created", token.value)
	}
	wrong, mends := p.mistakes(v, err)
	if !mends {
		return err
	}
	page, trouble := p.securityPage(v, h)
	if trouble != nil {
		return trouble
	}
	if fault.Is(err, fault.Conflict) && wrong.Of("name") != "" {
		wrong.Fields["name"] = v.say("token.name.taken")
		if !h.Own {
			wrong.Fields["name"] = v.say("token.name.taken.other", "name", newPerson(h.User).Name)
		}
	}
	page.Over = v.plain("token.title")
	if page.NewToken, trouble = p.newTokenForm(v, h, typed, wrong); trouble != nil {
		return trouble
	}
	return p.draw(v, statusOf(err), h.Template, page)
}

// made is a credential that has just come to be.
type made struct {
	id    string
	value secret.Value
}

func (p *Pages) makeToken(v *visitor, h *holder, typed form) (made, error) {
	expires, err := credential.ParseExpiry("expires", typed.text("expires"), hub.Now())
	if err != nil {
		return made{}, err
	}
	scope := typed.texts("scope")
	if len(scope) == 0 && typed.text("name") == "" {
		return made{}, &fault.Error{Kind: fault.Invalid, Message: v.plain("token.empty"), Fields: []fault.Field{
			{Name: "name", Reason: "must not be empty"},
			{Name: "scope", Reason: strings.TrimSuffix(v.plain("token.scope.none"), ".")},
		}}
	}
	if len(scope) == 0 {
		return made{}, wrongField("scope", v.plain("token.scope.none"))
	}
	if typed.has("administer") {
		scope = append(slices.Clone(scope), hub.ScopeAdminister)
	}
	token, value, err := p.Credentials.CreatePermanentToken(v.Context(), p.actor(v), credential.NewPermanentToken{
		UserID: h.User.ID, Environment: p.Environment, Name: strings.TrimSpace(typed.text("name")),
		Scope: scope, ExpiresAt: expires, ReadOnly: typed.has("readOnly"),
	})
	return made{token.ID, value}, err
}

func (p *Pages) tokenCreated(v *visitor, h *holder) error {
	page, err := p.securityPage(v, h)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(page.Holdings.Tokens, func(t tokenRow) bool { return t.ID == v.PathValue("id") })
	if at < 0 {
		return fault.New(fault.NotFound, "there is no such token")
	}
	token, value := page.Holdings.Tokens[at], p.ticket(v)
	if value == "" {
		page.Said = v.say("token.shown")
		return p.show(v, h.Template, page)
	}
	ends := v.plain("token.never")
	if !token.Expires.IsZero() {
		ends = v.plain("token.until", "date", string(v.date(token.Expires)))
	}
	snippet := newSnippet(v, "try", v.say("snippet.terminal"), "curl "+p.Issuer+"/api/rest/users/me \\\n  -H \"Authorization: Bearer $HUB_TOKEN\"")
	page.Over = v.plain("token.made")
	page.Ticket = &ticketView{
		Back: p.under(h, "#new-token"), BackPath: p.under(h, ""), Title: v.say("token.made"),
		Text:  v.say("token.made.text", "name", token.Name, "scope", strings.Join(token.Scope, ", "), "ends", ends),
		Label: v.say("token"), Value: value.Reveal(), Copy: v.say("token.copy"), Copied: v.say("token.copied"),
		Guard: v.say("token.guard"), Remark: v.say("token.store"), Snippet: &snippet,
	}
	return p.show(v, h.Template, page)
}
