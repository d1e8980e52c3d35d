package web

import "example.org/hub/internal/signin"

// offQuestion asks before the second factor is taken away.
func (p *Pages) offQuestion(v *visitor, h *holder) *question {
	return &question{
		Title: v.say("methods.off.title"), Text: v.say("methods.off.text"),
		Action: p.at(h, "/two-factor/off"), Back: p.under(h, "#factor-off"),
		Remark: v.say("methods.off.remark"), Do: v.say("methods.off"),
	}
}

// codesQuestion asks before new recovery codes take the place of those that are left.
func (p *Pages) codesQuestion(v *visitor, h *holder) *question {
	return &question{
		Title: v.say("methods.codes.title"), Text: v.say("methods.codes.text"),
		Action: p.at(h, "/recovery-codes"), Back: p.under(h, "#codes"), Do: v.say("methods.codes.make"), Gentle: true,
	}
}

// aboutFactor shows a question about the second factor to who has one and has signed in of late.
func (p *Pages) aboutFactor(v *visitor, ask func(*visitor, *holder) *question, has func(signin.Factor) bool) error {
	h, err := p.ownHolder(v)
	if h == nil || err != nil {
		return err
	}
	if err := p.actor(v).StepUp(); err != nil {
		return err
	}
	page, err := p.securityPage(v, h)
	if err != nil {
		return err
	}
	if !has(page.Factor) {
		see(v.out, p.Issuer+h.Page)
		return nil
	}
	q := ask(v, h)
	page.over(string(q.Title), q)
	return p.show(v, h.Template, page)
}

func (p *Pages) factorOff(v *visitor) error {
	return p.aboutFactor(v, p.offQuestion, func(f signin.Factor) bool { return f.Enrolled })
}

func (p *Pages) recoveryCodes(v *visitor) error {
	return p.aboutFactor(v, p.codesQuestion, signin.Factor.Any)
}

func (p *Pages) factorOffPosted(v *visitor) error {
	if _, err := readForm(v); err != nil {
		return err
	}
	if !p.signedIn(v) {
		return nil
	}
	if err := p.Desk.RemoveFactor(v.Context(), cookie(v.Request), p.origin(v.Request)); err != nil {
		return err
	}
	return p.done(v, securityPath, "methods.off.done")
}

func (p *Pages) recoveryCodesPosted(v *visitor) error {
	if _, err := readForm(v); err != nil {
		return err
	}
	if !p.signedIn(v) {
		return nil
	}
	codes, err := p.Desk.NewRecoveryCodes(v.Context(), cookie(v.Request), p.origin(v.Request))
	if err != nil {
		return err
	}
	return p.showCodes(v, codes, p.base+securityPath)
}
