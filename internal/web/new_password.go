package web

import (
	"html/template"

	"example.org/hub/internal/signin"
)

// newPasswordPage asks for a new password, of who must change it or has a link that allows it.
type newPasswordPage struct {
	frame
	Action string
	Text   template.HTML
	Login  string // for password managers
	Once   string // names the form
	Wrong  mistakes
}

func (p *Pages) newPasswordOf(v *visitor, title, text string, login string) *newPasswordPage {
	page := &newPasswordPage{Action: own(v), Once: p.risingID(v), Text: v.say(text, "login", login), Login: login}
	page.Title = v.plain(title)
	return page
}

func (p *Pages) newPassword(v *visitor) error {
	if v.Next != signin.NewPassword {
		return p.goOn(v)
	}
	return p.show(v, "new-password", p.newPasswordOf(v, "password.must.title", "password.must", v.User.Login))
}

func (p *Pages) newPasswordPosted(v *visitor) error {
	form, err := readForm(v)
	if err != nil {
		return err
	}
	if v.Next != signin.NewPassword {
		return p.goOn(v)
	}
	next, err := p.Desk.SetPassword(v.Context(), cookie(v.Request), form.text("password"), p.origin(v.Request))
	if err != nil {
		page := p.newPasswordOf(v, "password.must.title", "password.must", v.User.Login)
		return p.again(v, err, "new-password", page, &page.Wrong)
	}
	if err := p.keep(v, next); err != nil {
		return err
	}
	return p.goOn(v)
}

// passwordPage is where people change their own password.
type passwordPage struct {
	frame
	Action string
	Once   string // names the form
	Wrong  mistakes
}

func (p *Pages) passwordPage(v *visitor) *passwordPage {
	page := &passwordPage{Action: p.base + passwordPath, Once: p.risingID(v)}
	page.Title, page.Crumbs = v.plain("password.title"), []link{
		{URL: profilePath, Words: v.say("nav.account")}, {URL: securityPath, Words: v.say("nav.security")},
	}
	return page
}

func (p *Pages) password(v *visitor) error {
	if !p.signedIn(v) {
		return nil
	}
	page := p.passwordPage(v)
	if v.query.Has(changedName) {
		page.Said = v.say("password.changed")
	}
	return p.show(v, "password", page)
}

func (p *Pages) passwordPosted(v *visitor) error {
	form, err := readForm(v)
	if err != nil {
		return err
	}
	if !p.signedIn(v) {
		return nil
	}
	next, err := p.Desk.ChangePassword(v.Context(), cookie(v.Request), form.text("currentPassword"), form.text("newPassword"), p.origin(v.Request))
	if err != nil {
		page := p.passwordPage(v)
		return p.again(v, err, "password", page, &page.Wrong)
	}
	if err := p.keep(v, next); err != nil {
		return err
	}
	see(v.out, p.Issuer+passwordPath+"?"+changedName+"=1")
	return nil
}
