package web

import (
	"net/http"

	"example.org/hub/internal/fault"
)

// People prove that an address is theirs by a code that is mailed to it.

// emailAsked mails one, and asks for it.
func (p *Pages) emailAsked(v *visitor) error {
	if _, err := readForm(v); err != nil {
		return err
	}
	if !p.signedIn(v) {
		return nil
	}
	err := p.Directory.AskEmailCode(v.Context(), p.actor(v), v.User.ID)
	if err == nil {
		see(v.out, p.Issuer+emailPath)
		return nil
	}
	if fault.Is(err, fault.Unavailable) {
		err = fault.Wrap(fault.Conflict, err, "%s", v.plain("email.no-mail"))
	}
	wrong, mends := p.mistakes(v, err)
	if !mends {
		return err
	}
	page, trouble := p.profilePage(v, v.User, form{}, wrong)
	if trouble != nil {
		return trouble
	}
	return p.draw(v, statusOf(err), "profile", page)
}

// emailQuestion asks for the code.
func (p *Pages) emailQuestion(v *visitor, status int, wrong mistakes) error {
	page, err := p.profilePage(v, v.User, form{}, mistakes{})
	if err != nil {
		return err
	}
	page.over(v.plain("email.title"), &question{
		Title: v.say("email.title"), Text: v.say("email.text", "address", v.User.Email),
		Action: p.base + emailPath, Back: p.base + profilePath + "#verify",
		Fields: []field{newField("code", "text", "one-time-code",
			v.say("email.code"), "", v.say("email.hint"), wrong.Of("code"), "focus")},
		Do: v.say("email.do"), Gentle: true, Wrong: wrong,
	})
	return p.draw(v, status, "profile", page)
}

func (p *Pages) email(v *visitor) error {
	if !p.signedIn(v) {
		return nil
	}
	if v.User.Email == "" || v.User.EmailVerified {
		see(v.out, p.Issuer+profilePath)
		return nil
	}
	return p.emailQuestion(v, http.StatusOK, mistakes{})
}

func (p *Pages) emailPosted(v *visitor) error {
	typed, err := readForm(v)
	if err != nil {
		return err
	}
	if !p.signedIn(v) {
		return nil
	}
	_, err = p.Directory.ConfirmEmail(v.Context(), p.actor(v), v.User.ID, typed.text("code"))
	if err == nil {
		return p.done(v, profilePath, "email.done", "address", v.User.Email)
	}
	if fault.Is(err, fault.Invalid) {
		err = wrongField("code", v.plain("email.wrong"))
	}
	wrong, mends := p.mistakes(v, err)
	if !mends {
		return err
	}
	return p.emailQuestion(v, statusOf(err), wrong)
}
