package demo

import (
	"bytes"
	"net/http"
	"time"
)

// The browser's side of the example web application: cookies, and the one page there is.

const (
	stateCookie   = "example-state"
	sessionCookie = "example-session"
)

// cookieName is what a cookie is called: over https so that no other host, path or plain page could have set it.
func (w *WebApp) cookieName(name string) string {
	if w.scheme == "https" {
		return "__Host-" + name
	}
	return name
}

func (w *WebApp) remember(out http.ResponseWriter, name, value string) {
	http.SetCookie(out, &http.Cookie{
		Name: w.cookieName(name), Value: value, Path: "/",
		HttpOnly: true, Secure: w.scheme == "https", SameSite: http.SameSiteLaxMode,
	})
}

func (w *WebApp) recall(r *http.Request, name string) string {
	if cookie, err := r.Cookie(w.cookieName(name)); err == nil {
		return cookie.Value
	}
	return ""
}

func (w *WebApp) find(cookie string) (session, bool) {
	w.lock.Lock()
	defer w.lock.Unlock()
	s, known := w.sessions[cookie]
	return s, known && cookie != ""
}

func (w *WebApp) keep(cookie string, s session) {
	w.lock.Lock()
	defer w.lock.Unlock()
	if _, known := w.sessions[cookie]; !known && len(w.sessions) >= most {
		clear(w.sessions)
	}
	w.sessions[cookie] = s
}

func (w *WebApp) drop(cookie string) {
	w.lock.Lock()
	defer w.lock.Unlock()
	delete(w.sessions, cookie)
}

// view is what the page shows.
type view struct {
	Hub   string
	Who   *session
	Ends  time.Time // of the access token
	Wrong string
}

func (w *WebApp) home(out http.ResponseWriter, r *http.Request) {
	shown := view{}
	if s, known := w.find(w.recall(r, sessionCookie)); known {
		shown.Who, shown.Ends = &s, s.token.Expiry
	}
	w.show(out, http.StatusOK, shown)
}

func (w *WebApp) show(out http.ResponseWriter, status int, shown view) {
	shown.Hub = w.issuer
	var page bytes.Buffer
	if err := w.page.Execute(&page, shown); err != nil {
		http.Error(out, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	header := out.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Content-Security-Policy", "default-src 'none'; form-action 'self' "+w.issuer+"; frame-ancestors 'none'; base-uri 'none'")
	out.WriteHeader(status)
	_, _ = out.Write(page.Bytes()) // the browser may be gone
}

// see sends the browser elsewhere with a GET.
func see(out http.ResponseWriter, location string) {
	out.Header().Set("Location", location)
	out.Header().Set("Cache-Control", "no-store")
	out.Header().Set("Referrer-Policy", "no-referrer")
	out.WriteHeader(http.StatusSeeOther)
}
