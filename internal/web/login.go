package web

import (
	"html/template"
	"strings"

	"example.org/hub/internal/fault"
)

// loginPage is the form for name and password.
type loginPage struct {
	frame
	Action   string
	Service  *Service      // that sent the browser here; nil: none did
	Why      template.HTML // the form is here, if somebody is signed in already
	Username string
	Remember bool
	Passkey  *passkeyForm // nil: there are no passkeys at this address
	Wrong    mistakes
}

func (p *Pages) loginPage(v *visitor) *loginPage {
	page := &loginPage{Action: own(v), Remember: true, Passkey: p.passkeyForm(v, false)}
	page.Title = v.plain("login.title")
	if v.asked != nil {
		page.Service, page.Username = &v.asked.Service, v.asked.LoginHint
	}
	if v.SignedIn() && !v.query.Has(otherName) {
		page.Title = v.plain("login.again")
		page.Why, page.Username, page.Remember = v.say("login.why"), v.User.Login, v.Session.Remembered
	}
	return page
}

// own is the URL of the page at hand, to which its form posts: it carries the query on.
func own(v *visitor) string {
	if v.URL.RawQuery == "" {
		return v.URL.EscapedPath()
	}
	return v.URL.EscapedPath() + "?" + v.URL.RawQuery
}

func (p *Pages) login(v *visitor) error {
	if v.SignedIn() && !v.service() && !v.query.Has(otherName) && (p.back(v) == "" || v.Fresh(v.At)) {
		return p.goOn(v)
	}
	page := p.loginPage(v)
	if v.query.Has(changedName) {
		page.Said = v.say("login.changed")
	}
	return p.show(v, "login", page)
}

func (p *Pages) loginPosted(v *visitor) error {
	form, err := readForm(v)
	if err != nil {
		return err
	}
	username, remember := form.text("username"), form.has("rememberMe")
	next, err := p.Desk.SignIn(v.Context(), cookie(v.Request), username, form.text("password"), remember, p.origin(v.Request))
	if err != nil {
		page := p.loginPage(v)
		page.Username, page.Remember = shortened(username), remember
		return p.again(v, err, "login", page, &page.Wrong)
	}
	if err := p.keep(v, next); err != nil {
		return err
	}
	return p.goOn(v)
}

// shortened is what a stranger typed, or what is named in a sentence, as far as it is worth showing. What people who are signed in
// typed into a form is shown to them whole.
func shortened(text string) string {
	const most = 512
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "")
	}
	return text
}

// changedName is the parameter by which the sign-in page says that a new password was set.
const changedName = "changed"

// otherName is the parameter by which the sign-in page is there also for who is signed in: to use another account.
const otherName = "other"

// chooseAccountPage asks whether to go on with the account that is signed in.
type chooseAccountPage struct {
	frame
	Action  string
	Service *Service
	Account person
	Other   string
}

func (p *Pages) chooseAccount(v *visitor) error {
	if !v.SignedIn() || !v.service() {
		return p.goOn(v)
	}
	page := &chooseAccountPage{Action: own(v), Account: *newPerson(v.User), Other: p.base + loginPath + "?" + v.URL.RawQuery}
	page.Title = v.plain("account.title")
	if v.asked != nil {
		page.Service = &v.asked.Service
	}
	return p.show(v, "account", page)
}

func (p *Pages) chooseAccountPosted(v *visitor) error {
	form, err := readForm(v)
	if err != nil {
		return err
	}
	if !v.SignedIn() || !v.service() {
		return p.goOn(v)
	}
	if form.text("account") != "this" {
		return fault.New(fault.Invalid, "The form could not be read: it does not say which account.")
	}
	return p.answered(v, chosen)
}
