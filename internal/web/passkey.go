package web

import (
	"encoding/json"
	"net/http"
	"net/url"

	"example.org/hub/internal/secret"
	"example.org/hub/internal/signin"
)

// A browser is asked for a passkey by a script (static/passkey.js), which fetches the question here, and posts the answer with a form.
// Beside the question the browser gets a cookie that says, sealed, what was asked.
const passkeyCookie = "__Host-hub-passkey"

// site is where the passkeys of these pages are at home.
func (p *Pages) site() signin.Site { return signin.SiteOf(p.Issuer) }

// passkeys reports whether there are any at this address.
func (p *Pages) passkeys() bool { return p.site().Host != "" }

// ask answers a script with a question to the browser.
func (p *Pages) ask(v *visitor, options any, sealed secret.Value) error {
	http.SetCookie(v.out, &http.Cookie{
		Name: passkeyCookie, Value: sealed.Reveal(), Path: "/", MaxAge: 300,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
	header := v.out.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Cache-Control", "no-store")
	v.out.WriteHeader(http.StatusOK)
	_ = json.NewEncoder(v.out).Encode(options) // the browser is gone: there is nobody to tell
	return nil
}

// askedFor takes back what the browser was asked, which it may answer once.
func (p *Pages) askedFor(v *visitor) secret.Value {
	sealed, err := v.Cookie(passkeyCookie)
	if err != nil {
		return ""
	}
	http.SetCookie(v.out, &http.Cookie{Name: passkeyCookie, Path: "/", MaxAge: -1, Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode})
	return secret.Value(sealed.Value)
}

// passkeyForm is the form that the script sends when a passkey was used.
type passkeyForm struct {
	Action, Ask string
	Second      bool // it stands where a password was proven
	Alone       bool // there is no other way
	Wrong       mistakes
}

// knownQuery is the query of a question for a passkey of who is known already.
const knownQuery = "?second=1"

func (p *Pages) passkeyForm(v *visitor, second bool) *passkeyForm {
	if !p.passkeys() {
		return nil
	}
	form := &passkeyForm{Action: p.beside(v, passkeyPath), Ask: p.base + passkeyPath + "/challenge", Second: second}
	if second {
		form.Ask += knownQuery
	}
	return form
}

// passkeyAsked asks for a passkey: of anybody, or of who is known in this browser by a password or a sign-in.
func (p *Pages) passkeyAsked(v *visitor) error {
	if _, err := readForm(v); err != nil {
		return err
	}
	options, sealed, err := p.Desk.AskPasskey(v.Context(), cookie(v.Request), p.site(), v.query.Has("second"))
	if err != nil {
		return err
	}
	return p.ask(v, options, sealed)
}

// passkeyPosted signs in by a passkey. Who fails is where the passkey was asked for.
func (p *Pages) passkeyPosted(v *visitor) error {
	form, err := readForm(v)
	if err != nil {
		return err
	}
	next, err := p.Desk.SignInByPasskey(v.Context(), cookie(v.Request), p.askedFor(v), p.site(),
		form.text("passkey"), form.has("rememberMe"), p.origin(v.Request))
	if err == nil {
		if err := p.keep(v, next); err != nil {
			return err
		}
		return p.goOn(v)
	}
	if v.Next == signin.SecondFactor && form.has("second") {
		page, trouble := p.secondFactorPage(v)
		if trouble != nil || page.Passkey == nil {
			return trouble
		}
		return p.again(v, err, "second-factor", page, &page.Passkey.Wrong)
	}
	page := p.loginPage(v)
	page.Action, page.Remember = p.beside(v, loginPath), form.has("rememberMe")
	if page.Passkey == nil {
		return err
	}
	return p.again(v, err, "login", page, &page.Passkey.Wrong)
}

// besideInstead leads from an address to which only forms post to the page with the form, for the same request.
func (p *Pages) besideInstead(path string) func(*visitor) error {
	return func(v *visitor) error {
		see(v.out, p.beside(v, path))
		return nil
	}
}

// signInAgain is where a script sends a browser whose sign-in is too old for what it asks.
func (p *Pages) signInAgain(to string) string {
	return p.base + loginPath + "?" + url.Values{backName: {p.base + to}}.Encode()
}
