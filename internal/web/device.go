package web

import (
	"html/template"
	"net/url"
	"strings"

	"example.org/hub/internal/fault"
)

// devicePage is where people type the code that a device shows (RFC 8628 section 3.3).
type devicePage struct {
	frame
	Action string
	Code   string
	Wrong  mistakes
}

func (p *Pages) devicePage(v *visitor, code string) *devicePage {
	page := &devicePage{Action: p.base + devicePath, Code: shortened(code)}
	page.Title = v.plain("device.title")
	return page
}

// device shows the form. A code in the URL (RFC 8628 section 3.3.1) only fills it in: the person has to compare and confirm.
func (p *Pages) device(v *visitor) error {
	return p.show(v, "device", p.devicePage(v, v.query.Get("user_code")))
}

func (p *Pages) devicePosted(v *visitor) error {
	form, err := readForm(v)
	if err != nil {
		return err
	}
	code := form.text("user_code")
	if _, err := p.Device(v.Context(), p.origin(v.Request), code); err != nil {
		page := p.devicePage(v, code)
		return p.again(v, deviceError(err), "device", page, &page.Wrong)
	}
	see(v.out, p.Issuer+devicePath+"/confirm?"+url.Values{"user_code": {code}}.Encode())
	return nil
}

// deviceError says of a code that there is none, whatever the reason.
func deviceError(err error) error {
	err = toFault(err)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) {
		return &fault.Error{Kind: fault.Invalid, Code: "wrong_user_code", Message: "There is no such code, or it has ended.", Cause: err}
	}
	return err
}

// deviceConsent asks a person who is signed in about a device; ok is false if an answer has been given already.
func (p *Pages) deviceConsent(v *visitor) (page *consentPage, ok bool, err error) {
	if !p.signedIn(v) {
		return nil, false, nil
	}
	code := v.query.Get("user_code")
	asked, err := p.Device(v.Context(), p.origin(v.Request), code)
	if err != nil {
		form := p.devicePage(v, code)
		return nil, false, p.again(v, deviceError(err), "device", form, &form.Wrong)
	}
	v.asked = asked
	page = p.consentPage(v)
	page.Device = strings.ToUpper(shortened(code))
	page.Other = p.base + loginPath + p.comeBack(v)
	page.Title = v.plain("device.allow", "service", asked.Service.Name)
	page.Who = v.say("device.who", "service", asked.Service.Name)
	return page, true, nil
}

func (p *Pages) deviceConfirm(v *visitor) error {
	page, ok, err := p.deviceConsent(v)
	if !ok || err != nil {
		return err
	}
	return p.show(v, "consent", page)
}

func (p *Pages) deviceConfirmPosted(v *visitor) error {
	form, err := readForm(v)
	if err != nil {
		return err
	}
	page, ok, err := p.deviceConsent(v)
	if !ok || err != nil {
		return err
	}
	decision := form.text("decision")
	if decision != "accept" && decision != "deny" {
		return p.again(v, fault.New(fault.Invalid, "Choose one of the two."), "consent", page, &page.Wrong)
	}
	err = p.DecideDevice(v.Context(), v.Visit, p.origin(v.Request), v.query.Get("user_code"), decision == "accept")
	if err != nil {
		form := p.devicePage(v, v.query.Get("user_code"))
		return p.again(v, deviceError(err), "device", form, &form.Wrong)
	}
	if decision == "accept" {
		see(v.out, p.Issuer+devicePath+"/done")
	} else {
		see(v.out, p.Issuer+devicePath+"/denied")
	}
	return nil
}

func (p *Pages) deviceDone(v *visitor) error   { return p.notice(v, "device.done", nil) }
func (p *Pages) deviceDenied(v *visitor) error { return p.notice(v, "device.denied", nil) }

// noticePage says one thing, and offers at most one thing to do.
type noticePage struct {
	frame
	Text template.HTML
	Do   *link
}

// link leads somewhere.
type link struct {
	URL   string
	Words template.HTML
}

func (p *Pages) notice(v *visitor, key string, do *link) error {
	page := &noticePage{Text: v.say(key + ".text"), Do: do}
	page.Title = v.plain(key)
	return p.show(v, "notice", page)
}
