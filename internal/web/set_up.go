package web

import (
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
)

// setUpPage makes the first administrator.
type setUpPage struct {
	frame
	Action                string
	Username, Name, Email string
	Wrong                 mistakes
}

func (p *Pages) setUpPage(v *visitor) *setUpPage {
	page := &setUpPage{Action: own(v)}
	page.Title = v.plain("setup.title")
	return page
}

func (p *Pages) setUp(v *visitor) error {
	if err := p.Desk.CheckSetUp(v.Context(), secret.Value(v.PathValue("code"))); err != nil {
		return err
	}
	return p.show(v, "set-up", p.setUpPage(v))
}

func (p *Pages) setUpPosted(v *visitor) error {
	form, err := readForm(v)
	if err != nil {
		return err
	}
	user := hub.User{Login: form.text("username"), Name: form.text("name"), Email: form.text("email")}
	_, err = p.Desk.SetUp(v.Context(), secret.Value(v.PathValue("code")), user, form.text("password"), p.origin(v.Request))
	if fault.Is(err, fault.NotFound) && v.SignedIn() { // the button was pressed twice
		return p.goOn(v)
	}
	if err != nil {
		page := p.setUpPage(v)
		page.Username, page.Name, page.Email = user.Login, user.Name, user.Email
		return p.again(v, err, "set-up", page, &page.Wrong)
	}
	next, err := p.Desk.SignIn(v.Context(), cookie(v.Request), user.Login, form.text("password"), false, p.origin(v.Request))
	if err != nil {
		return err
	}
	if err := p.keep(v, next); err != nil {
		return err
	}
	see(v.out, p.Issuer+"/")
	return nil
}
