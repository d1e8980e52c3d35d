package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/signin"
)

func now() time.Time { return hub.Now() }

func chosen(pending *signin.Pending) { pending.ChosenAt = now() }

// secondFactorPage is the form for a code of either kind. Whether it asks for one of an app or for a recovery code is only a
// matter of words: its field takes both.
type secondFactorPage struct {
	frame
	Action   string
	Once     string // names the form
	Recovery bool
	Left     string // recovery codes
	All      string // of them, when they were new
	Login    string
	NotYou   string       // the sign-in page, for who is somebody else
	Other    string       // the page for the other kind of code
	Codes    bool         // codes of an app are an answer
	Saved    bool         // recovery codes are an answer
	Passkey  *passkeyForm // nil: the user has no passkey that works at this address
	Away     string       // host where the user's passkeys were made, if none works here; empty: there are none
	Wrong    mistakes
}

func (p *Pages) secondFactorPage(v *visitor) (*secondFactorPage, error) {
	page := &secondFactorPage{
		Action: own(v), Once: p.risingID(v), Recovery: strings.HasSuffix(v.Pattern, recoveryPath),
		Login: v.User.Login, NotYou: p.beside(v, loginPath),
	}
	page.Title, page.Other = v.plain("factor.title"), p.beside(v, recoveryPath)
	keys, err := p.passkeyRows(v, v.User.ID)
	if err != nil {
		return nil, err
	}
	if page.Away = elsewhere(keys); len(keys) > 0 && page.Away == "" {
		page.Passkey = p.passkeyForm(v, true)
	}
	factor, err := p.Desk.FactorOf(v.Context(), p.actor(v), v.User.ID)
	if err != nil {
		return nil, err
	}
	page.Codes, page.Saved, page.Left = factor.Enrolled, factor.RecoveryCodes > 0, strconv.FormatInt(factor.RecoveryCodes, 10)
	page.All = strconv.Itoa(signin.RecoveryCodes)
	if !page.Codes && page.Passkey != nil {
		page.Title = v.plain("factor.passkey.title")
	}
	page.Recovery = page.Recovery || !page.Codes && page.Passkey == nil // nothing else is left
	if page.Recovery {
		page.Title, page.Other = v.plain("recovery.title"), p.beside(v, secondFactorPath)
	}
	return page, nil
}

// beside is another page for the same request.
func (p *Pages) beside(v *visitor, path string) string {
	if v.URL.RawQuery == "" {
		return p.base + path
	}
	return p.base + path + "?" + v.URL.RawQuery
}

func (p *Pages) secondFactor(v *visitor) error {
	if v.Next != signin.SecondFactor {
		return p.goOn(v)
	}
	page, err := p.secondFactorPage(v)
	if err != nil {
		return err
	}
	return p.show(v, "second-factor", page)
}

func (p *Pages) recovery(v *visitor) error { return p.secondFactor(v) }

func (p *Pages) secondFactorPosted(v *visitor) error {
	form, err := readForm(v)
	if err != nil {
		return err
	}
	if v.Next != signin.SecondFactor { // it ended, or was finished in another tab
		return p.goOn(v)
	}
	next, err := p.Desk.SecondFactor(v.Context(), cookie(v.Request), form.text("code"), p.origin(v.Request))
	if err != nil {
		page, trouble := p.secondFactorPage(v)
		if trouble != nil {
			return trouble
		}
		return p.again(v, err, "second-factor", page, &page.Wrong)
	}
	if err := p.keep(v, next); err != nil {
		return err
	}
	return p.goOn(v)
}

// enrolPage sets up a second factor.
type enrolPage struct {
	frame
	Action string
	Once   string // names the forms
	Forced bool   // without it nobody goes on
	QR     string
	Seed   string
	Wrong  mistakes

	Passkey *newPasskeyForm // a passkey does as well; nil: it does not, or there are none at this address
	Away    string          // host of the user's passkeys that do not work here; empty: there are none
}

// mayEnrol sends those away who have nothing to set up here.
func (p *Pages) mayEnrol(v *visitor) (bool, error) {
	switch {
	case v.Next == signin.Enrol:
		return true, nil
	case !v.SignedIn():
		return false, p.goOn(v)
	}
	return true, v.Actor(p.origin(v.Request)).StepUp()
}

func (p *Pages) enrolPage(v *visitor) (*enrolPage, error) {
	enrolment, err := p.Desk.Enrol(v.Context(), cookie(v.Request), p.host)
	if err != nil {
		return nil, err
	}
	v.secret = true
	page := &enrolPage{
		Action: own(v), Once: p.risingID(v), Forced: v.Next == signin.Enrol,
		QR: p.base + enrolPath + "/qr.png", Seed: inFours(enrolment.Seed),
	}
	page.Title = v.plain("enrol.title")
	if !page.Forced {
		return page, nil
	}
	keys, err := p.passkeyRows(v, v.User.ID)
	page.Away = elsewhere(keys)
	if p.passkeys() {
		device, _ := v.device(v.UserAgent())
		page.Passkey = p.enrolPasskeyForm(v, device, mistakes{})
	}
	return page, err
}

// enrolPasskeyForm asks for a passkey as the second factor.
func (p *Pages) enrolPasskeyForm(v *visitor, name string, wrong mistakes) *newPasskeyForm {
	return &newPasskeyForm{Action: p.beside(v, enrolPath+"/passkey"), Ask: p.base + enrolPath + "/passkey/challenge", Wrong: wrong,
		Name: newField("name", "text", "off", v.say("passkey.name"), name, v.say("passkey.name.hint"), wrong.Of("name"))}
}

// enrolPasskeyPosted takes a passkey as the second factor that a group asks for, and goes on with it.
func (p *Pages) enrolPasskeyPosted(v *visitor) error {
	typed, err := readForm(v)
	if err != nil {
		return err
	}
	if v.Next != signin.Enrol { // it was set up in another tab, or the sign-in has ended
		return p.goOn(v)
	}
	name := strings.TrimSpace(typed.text("name"))
	added, err := p.Desk.AddPasskey(v.Context(), cookie(v.Request), p.askedFor(v), p.site(), typed.text("passkey"), name, p.origin(v.Request))
	if err == nil {
		if err := p.keep(v, added.Cookie); err != nil {
			return err
		}
		return p.showCodes(v, added.Codes, p.onward(v))
	}
	wrong, mends := p.mistakes(v, err)
	if !mends {
		return err
	}
	page, trouble := p.enrolPage(v)
	if trouble != nil {
		return trouble
	}
	page.Action, page.Passkey = p.beside(v, enrolPath), p.enrolPasskeyForm(v, name, wrong)
	return p.draw(v, statusOf(err), "enrol", page)
}

// showCodes shows recovery codes, once, and leads on from there.
func (p *Pages) showCodes(v *visitor, codes []secret.Value, on string) error {
	v.secret = true
	page := &codesPage{On: on}
	page.Title = v.plain("codes.title")
	for _, code := range codes {
		page.Codes = append(page.Codes, code.Reveal())
	}
	return p.show(v, "recovery-codes", page)
}

// inFours makes a long text easier to type.
func inFours(text secret.Value) string {
	var groups strings.Builder
	for i, r := range text.Reveal() {
		if i > 0 && i%4 == 0 {
			groups.WriteByte(' ')
		}
		groups.WriteRune(r)
	}
	return groups.String()
}

func (p *Pages) enrol(v *visitor) error {
	if may, err := p.mayEnrol(v); !may || err != nil {
		return err
	}
	page, err := p.enrolPage(v)
	if fault.Is(err, fault.Conflict) {
		return p.enrolled(v)
	}
	if err != nil {
		return err
	}
	return p.show(v, "enrol", page)
}

// enrolled leads on who has a second factor already: set up in another tab, perhaps, with recovery codes that nobody has read.
func (p *Pages) enrolled(v *visitor) error {
	if v.service() || p.back(v) != "" {
		return p.goOn(v)
	}
	return p.done(v, securityPath, "enrol.already")
}

// enrolQR is the picture that an app reads.
func (p *Pages) enrolQR(v *visitor) error {
	enrolment, err := p.Desk.Enrol(v.Context(), cookie(v.Request), p.host)
	if err != nil {
		return err
	}
	drawing, err := enrolment.QR(440)
	if err != nil {
		return err
	}
	header := v.out.Header()
	header.Set("Content-Type", "image/png")
	header.Set("Cache-Control", "no-store")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	v.out.WriteHeader(http.StatusOK)
	_, _ = v.out.Write(drawing)
	return nil
}

// codesPage shows recovery codes, once.
type codesPage struct {
	frame
	Codes []string
	On    string
}

func (p *Pages) enrolPosted(v *visitor) error {
	form, err := readForm(v)
	if err != nil {
		return err
	}
	if may, err := p.mayEnrol(v); !may || err != nil {
		return err
	}
	codes, next, err := p.Desk.Confirm(v.Context(), cookie(v.Request), form.text("code"), p.origin(v.Request))
	if fault.Is(err, fault.Conflict) {
		return p.enrolled(v)
	}
	if err != nil {
		page, trouble := p.enrolPage(v)
		if trouble != nil {
			return trouble
		}
		return p.again(v, err, "enrol", page, &page.Wrong)
	}
	if err := p.keep(v, next); err != nil {
		return err
	}
	return p.showCodes(v, codes, p.onward(v))
}
