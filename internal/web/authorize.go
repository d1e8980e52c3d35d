package web

import (
	"net/http"
	"net/url"
	"strings"

	"example.org/hub/internal/signin"
	"example.org/hub/oauth"
)

// pendingName is the parameter that carries signin.Pending beside the request it belongs to.
const pendingName = "hub_pending"

// request is the request of a service in a page's query: all of it but what we added.
func request(query url.Values) url.Values {
	request := make(url.Values, len(query))
	for name, values := range query {
		if name != pendingName {
			request[name] = values
		}
	}
	return request
}

// stepPages says which page a step of the authorization endpoint is.
var stepPages = map[oauth.StepKind]string{
	oauth.StepLogin:         loginPath,
	oauth.StepSelectAccount: accountPath,
	oauth.StepSecondFactor:  secondFactorPath,
	oauth.StepSetPassword:   newPasswordPath,
	oauth.StepConsent:       consentPath,
}

// Session gives the authorization endpoint the browser behind a request: a signin.Visit, with what is pending; or an error,
// since trouble of ours must not look as if nobody were signed in.
func (p *Pages) Session(r *http.Request) any {
	visit, err := p.visit(r, r.URL.Query())
	if err != nil {
		return err
	}
	return visit
}

// Show sends the browser to what the authorization endpoint wants shown: a problem, or the page of a step.
func (p *Pages) Show(w http.ResponseWriter, r *http.Request, answer *oauth.AuthorizeAnswer) {
	p.page(func(v *visitor) error {
		if answer.Problem != nil {
			p.toProblem(v, answer.Problem)
			return nil
		}
		return p.showStep(v, answer)
	})(w, r)
}

// toProblem sends the browser to the page that tells of a refusal.
func (p *Pages) toProblem(v *visitor, problem *oauth.Error) {
	v.out.Header().Set(errorHeader, problem.ID)
	query := url.Values{"error": {string(problem.Code)}, "error_id": {problem.ID}}
	see(v.out, p.Issuer+problemPath+"?"+query.Encode())
}

func (p *Pages) showStep(v *visitor, answer *oauth.AuthorizeAnswer) error {
	path := stepPages[answer.Step.Kind]
	if answer.Step.Kind == oauth.StepSecondFactor && v.Next == signin.Enrol {
		path = enrolPath
	}
	pending := v.Pending
	if pending.AskedAt.IsZero() {
		pending = signin.Pending{AskedAt: p.Desk.Now()}
	}
	// A service that asks for credentials whatever there is has its person sign out (its "log out" button).
	if answer.Step.Kind == oauth.StepLogin && answer.Asked.RequestCredentials == "required" &&
		v.SignedIn() && v.Session.SignedInAt.Before(pending.AskedAt) {
		if err := p.Desk.SignOut(v.Context(), cookie(v.Request), p.origin(v.Request)); err != nil {
			return err
		}
		forget(v.out)
	}
	query := make(url.Values, len(answer.Asked.Return)+1)
	for name, values := range answer.Asked.Return {
		query[name] = values
	}
	see(v.out, p.Issuer+path+"?"+p.with(request(query), pending))
	return nil
}

// with writes a request with what is pending for it.
func (p *Pages) with(request url.Values, pending signin.Pending) string {
	encoded := request.Encode()
	return encoded + "&" + pendingName + "=" + p.Desk.SealPending(encoded, pending)
}

// onward is what is next for a browser whose page is done: the authorization endpoint with the request it came with, the page
// of Hub it came from, or home.
func (p *Pages) onward(v *visitor) string {
	switch {
	case v.service():
		return p.Issuer + oauth.AuthorizePath + "?" + v.URL.RawQuery
	case p.back(v) != "":
		return p.back(v)
	}
	return p.Issuer + "/"
}

// goOn sends a browser there.
func (p *Pages) goOn(v *visitor) error {
	see(v.out, p.onward(v))
	return nil
}

// answered sends a browser to the authorization endpoint with an answer to the request it came with.
func (p *Pages) answered(v *visitor, answer func(*signin.Pending)) error {
	pending := v.Pending
	if pending.AskedAt.IsZero() {
		pending.AskedAt = p.Desk.Now()
	}
	pending.UserID = v.User.ID
	answer(&pending)
	see(v.out, p.Issuer+oauth.AuthorizePath+"?"+p.with(request(v.query), pending))
	return nil
}

// signedIn lets only those on who may go in, for pages of Hub itself; others are sent to the page they lack, and come back.
func (p *Pages) signedIn(v *visitor) bool {
	path := map[signin.Step]string{
		signin.SignIn: loginPath, signin.SecondFactor: secondFactorPath,
		signin.Enrol: enrolPath, signin.NewPassword: newPasswordPath,
	}[v.Next]
	if path == "" {
		return true
	}
	p.keepForm(v)
	see(v.out, p.Issuer+path+p.comeBack(v))
	return false
}

// comeBack is the query that leads back to the page at hand.
func (p *Pages) comeBack(v *visitor) string {
	if v.URL.Path == p.base+"/" {
		return ""
	}
	back := v.URL.EscapedPath()
	if v.URL.RawQuery != "" {
		back += "?" + v.URL.RawQuery
	}
	return "?" + url.Values{backName: {back}}.Encode()
}

// see sends the browser elsewhere with a GET, whatever it came with.
func see(w http.ResponseWriter, location string) {
	header := w.Header()
	header.Set("Location", location)
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(http.StatusSeeOther)
}

// formTargets is where a form of a page may lead, redirects included: Hub itself, and the address to which the request of a
// service returns. Browsers hold it against every hop.
func formTargets(redirectURI string) string {
	const own = "'self'"
	parsed, err := url.Parse(redirectURI)
	switch {
	case redirectURI == "" || err != nil || parsed.Scheme == "":
		return own
	case parsed.Scheme != "https" && parsed.Scheme != "http":
		return own + " " + strings.ToLower(parsed.Scheme) + ":"
	case strings.Trim(strings.ToLower(parsed.Host), "abcdefghijklmnopqrstuvwxyz0123456789.-:") != "":
		return own + " " + parsed.Scheme + ":" // an IPv6 literal: policies have no word for it
	}
	return own + " " + parsed.Scheme + "://" + strings.ToLower(parsed.Host)
}
