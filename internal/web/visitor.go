package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/signin"
	"example.org/hub/oauth/oauthhttp"
)

// visitor is one request of a browser, with what is known of who is behind it.
type visitor struct {
	out http.ResponseWriter
	*http.Request
	signin.Visit
	query  url.Values // of the URL
	asked  *Asked     // what the service asks for that sent the browser here; nil if none did or it is not sound
	held   hub.Permissions
	sent   form     // what was posted, once it was read
	unread error    // why it could not be
	secret bool     // the page at hand holds one
	taken  []string // cookies that the page at hand has read
	again  bool     // the form at hand is filled with what was kept
	tongue
}

// door names these pages in events and refusals.
const door = "page"

// visitor finds who is behind a request.
func (p *Pages) visitor(w http.ResponseWriter, r *http.Request) (*visitor, error) {
	v := &visitor{out: w, Request: r, query: asText(r.URL.Query())}
	var err error
	if v.Visit, err = p.visit(r, v.query); err != nil {
		return v, err
	}
	if v.service() && p.Asked != nil {
		v.asked, err = p.Asked(r.Context(), v.Visit, request(v.query))
	}
	if v.SignedIn() && err == nil {
		v.held, err = p.Held(r.Context(), p.Environment, v.User.ID)
	}
	return v, err
}

// actor is the visitor as who does something, with all that the visitor holds here.
func (p *Pages) actor(v *visitor) hub.Actor {
	actor := v.Actor(p.origin(v.Request))
	actor.Permissions = v.held
	return actor
}

// may reports whether a visitor holds a permission of Hub ("user-read") anywhere, so that a page or a button may be shown.
// Whether something may be done is decided where it is done.
func (v *visitor) may(permission string) bool {
	return v.held.HasAnywhere(hub.HubServiceKey + ":" + permission)
}

// visit finds the session of a request, and what is pending for the service that sent it.
func (p *Pages) visit(r *http.Request, query url.Values) (signin.Visit, error) {
	visit, err := p.Desk.Visit(r.Context(), cookie(r))
	if err == nil {
		visit.Pending = p.Desk.OpenPending(request(query).Encode(), query.Get(pendingName), visit.User.ID)
	}
	return visit, err
}

// origin is where the request comes from.
func (p *Pages) origin(r *http.Request) signin.Origin {
	return signin.Origin{Environment: p.Environment, Door: door, Address: oauthhttp.Address(r), Agent: r.UserAgent()}
}

// service reports whether the page belongs to the request of a service.
func (v *visitor) service() bool { return v.query.Has("client_id") || v.query.Has("request_uri") }

// cookie gives the session's cookie; empty if there is none, or several that differ, of which nobody knows which is true.
func cookie(r *http.Request) secret.Value {
	var found secret.Value
	for i, one := range r.CookiesNamed(signin.CookieName) {
		if i > 0 && secret.Value(one.Value) != found {
			return ""
		}
		found = secret.Value(one.Value)
	}
	return found
}

// keep gives the browser the cookie of a session that has come further. A remembered one outlives the browser.
func (p *Pages) keep(v *visitor, cookie secret.Value) error {
	visit, err := p.Desk.Visit(v.Context(), cookie)
	if err != nil {
		return err
	}
	v.Visit = visit
	set := &http.Cookie{Name: signin.CookieName, Value: cookie.Reveal(), Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if visit.Session.Remembered {
		set.MaxAge = int(visit.Session.ExpiresAt.Sub(hub.Now()) / time.Second)
	}
	http.SetCookie(v.out, set)
	return nil
}

// forget takes the session's cookie from a browser.
func forget(w http.ResponseWriter) {
	http.SetCookie(w, &http.Cookie{Name: signin.CookieName, Path: "/", MaxAge: -1, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// backName is the parameter that says to which page of Hub a sign-in leads back.
const backName = "back"

// back gives that page; empty if there is none.
func (p *Pages) back(v *visitor) string { return p.ownPath(v.query.Get(backName)) }

// ownPath gives a path back if it is one of this hub, and nothing that a browser could take for another host; else nothing.
func (p *Pages) ownPath(path string) string {
	parsed, err := url.Parse(path)
	switch {
	case err != nil, parsed.Host != "", len(path) > 2048, !strings.HasPrefix(path, p.base+"/"), strings.HasPrefix(path, "//"):
		return ""
	case strings.ContainsAny(path, "\\\t\r\n"), strings.Contains(parsed.Path+"/", "/../"):
		return ""
	}
	return path
}

// below is the path of the page at hand below the issuer's base path, as it was asked for.
func (p *Pages) below(v *visitor) string { return strings.TrimPrefix(v.URL.EscapedPath(), p.base) }
