package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/secret"
)

// keepForm keeps what was typed into a form that cannot be taken before the person has signed in, again or at all: the form
// finds it when the sign-in leads back to it. Secrets are not kept, they have to be typed anew. The browser keeps what a cookie
// holds; the rest waits at the desk, and the cookie is the ticket for it.
func (p *Pages) keepForm(v *visitor) {
	if v.Method != http.MethodPost || v.sent.values == nil {
		return
	}
	kept := url.Values{}
	for name, values := range v.sent.values {
		if !secretField(name) {
			kept[name] = values
		}
	}
	if len(kept) == 0 {
		return
	}
	text, lasts := kept.Encode(), keptMinutes*time.Minute
	if p.hand(v, keptCookie, v.URL.EscapedPath(), lasts, v.User.ID, text) {
		return
	}
	ticket, err := p.Desk.KeepForm(v.Context(), p.origin(v.Request), v.User.ID, folded([]byte(text)), lasts)
	if err != nil {
		p.refused(v, err)
		v.taken = []string{keptCookie} // an earlier form would be taken for this one
		v.given()
		return
	}
	p.hand(v, keptCookie, v.URL.EscapedPath(), lasts, v.User.ID, "", ticket.Reveal())
}

// secretField reports whether a field holds a secret, by its name.
func secretField(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"password", "code", "secret", "passkey"}, func(part string) bool { return strings.Contains(name, part) })
}

// kept gives back what keepForm kept for the form at hand, for one time; empty if there is nothing, or somebody else has typed it.
func (p *Pages) kept(v *visitor) form {
	held := p.take(v, keptCookie, v.URL.EscapedPath())
	if len(held) < 2 || held[0] != "" && held[0] != v.User.ID {
		return form{url.Values{}}
	}
	text := held[1]
	if len(held) > 2 {
		small, err := p.Desk.KeptForm(v.Context(), secret.Value(held[2]))
		if err != nil {
			if !fault.Is(err, fault.NotFound) { // it can be had later
				v.taken = v.taken[:len(v.taken)-1]
			}
			return form{url.Values{}}
		}
		plain, err := unfolded(small)
		if err != nil {
			return form{url.Values{}}
		}
		text = string(plain)
	}
	values, err := url.ParseQuery(text)
	if err != nil {
		return form{url.Values{}}
	}
	return form{values}
}

// any reports whether a form holds anything.
func (f form) any() bool { return len(f.values) > 0 }
