package web

import (
	"example.org/hub/internal/secret"
)

// restorePage asks whose password was forgotten.
type restorePage struct {
	frame
	Action   string
	Username string
	Wrong    mistakes
}

func (p *Pages) restorePage(v *visitor) *restorePage {
	page := &restorePage{Action: p.base + restorePath}
	page.Title = v.plain("restore.title")
	return page
}

func (p *Pages) restore(v *visitor) error {
	if err := p.Desk.MailReady(); err != nil {
		return err
	}
	return p.show(v, "restore", p.restorePage(v))
}

func (p *Pages) restorePosted(v *visitor) error {
	form, err := readForm(v)
	if err != nil {
		return err
	}
	username := form.text("username")
	if err := p.Desk.AskRestore(v.Context(), username, p.Issuer+restorePath+"/", p.origin(v.Request)); err != nil {
		page := p.restorePage(v)
		page.Username = shortened(username)
		return p.again(v, err, "restore", page, &page.Wrong)
	}
	see(v.out, p.Issuer+restorePath+"-sent")
	return nil
}

func (p *Pages) restoreSent(v *visitor) error {
	return p.notice(v, "restore.sent", &link{URL: p.base + loginPath, Words: v.say("restore.back")})
}

// restoreCode is where the mailed link leads.
func (p *Pages) restoreCode(v *visitor) error {
	user, err := p.Desk.RestoreUser(v.Context(), secret.Value(v.PathValue("code")))
	if err != nil {
		return err
	}
	return p.show(v, "new-password", p.newPasswordOf(v, "restore.new.title", "restore.new", user.Login))
}

func (p *Pages) restoreCodePosted(v *visitor) error {
	form, err := readForm(v)
	if err != nil {
		return err
	}
	code := secret.Value(v.PathValue("code"))
	user, err := p.Desk.RestoreUser(v.Context(), code)
	if err != nil {
		return err
	}
	if err := p.Desk.Restore(v.Context(), code, form.text("password"), p.origin(v.Request)); err != nil {
		page := p.newPasswordOf(v, "restore.new.title", "restore.new", user.Login)
		return p.again(v, err, "new-password", page, &page.Wrong)
	}
	forget(v.out)
	see(v.out, p.Issuer+loginPath+"?"+changedName+"=1")
	return nil
}

// RestoreURL is the page on which a person chooses a password, up to the code of a mailed link.
func (p *Pages) RestoreURL() string { return p.Issuer + restorePath + "/" }
