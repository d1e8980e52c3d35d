package web

import (
	"net/http"

	"example.org/hub/oauth"
)

// logoutPage asks whether to sign out: a service that cannot prove for whom it asks may not do so by itself.
type logoutPage struct {
	frame
	Action  string
	Account person
}

// SignedIn gives the end-session endpoint the id of the user who is signed in; empty for nobody.
func (p *Pages) SignedIn(r *http.Request) string {
	visit, err := p.Desk.Visit(r.Context(), cookie(r))
	if err != nil || !visit.SignedIn() {
		return "" // trouble of ours is met again, and told, when the session is to be ended
	}
	return visit.User.ID
}

// SignOut does what the end-session endpoint wants done: it tells of a problem, asks, or signs out and sends the browser on.
func (p *Pages) SignOut(w http.ResponseWriter, r *http.Request, answer *oauth.LogoutAnswer) {
	p.page(func(v *visitor) error {
		switch {
		case answer.Problem != nil:
			p.toProblem(v, answer.Problem)
			return nil
		case answer.Confirm && v.SignedIn():
			v.asked = &Asked{RedirectURI: answer.Redirect} // where the form of this page may lead
			return p.show(v, "logout", p.logoutPage(v))
		}
		if err := p.Desk.SignOut(v.Context(), cookie(v.Request), p.origin(v.Request)); err != nil {
			return err
		}
		forget(v.out)
		if answer.Redirect == "" {
			answer.Redirect = p.Issuer + signedOutPath
		}
		see(v.out, answer.Redirect)
		return nil
	})(w, r)
}

// logoutPage posts to the page's own URL; on the end-session endpoint with the request that was made there.
func (p *Pages) logoutPage(v *visitor) *logoutPage {
	page := &logoutPage{Action: p.beside(v, logoutPath), Account: *newPerson(v.User)}
	page.Title = v.plain("logout.title")
	return page
}

func (p *Pages) logout(v *visitor) error {
	if !v.SignedIn() {
		return p.loggedOut(v)
	}
	return p.show(v, "logout", p.logoutPage(v))
}

func (p *Pages) logoutPosted(v *visitor) error {
	if err := p.Desk.SignOut(v.Context(), cookie(v.Request), p.origin(v.Request)); err != nil {
		return err
	}
	forget(v.out)
	return p.loggedOut(v)
}

// loggedOut goes on with the request that a service made at the logout endpoint, or ends here.
func (p *Pages) loggedOut(v *visitor) error {
	if v.URL.RawQuery != "" {
		see(v.out, p.Issuer+oauth.LogoutPath+"?"+v.URL.RawQuery)
	} else {
		see(v.out, p.Issuer+signedOutPath)
	}
	return nil
}

func (p *Pages) signedOut(v *visitor) error {
	return p.notice(v, "signed-out", &link{URL: p.base + loginPath, Words: v.say("signed-out.do")})
}
