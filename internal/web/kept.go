package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/secret"
)

// keepForm keeps what was typed into a form that cannot be taken now: before the person has signed in, again or at all, or since
// something of ours is not working. The form finds it when the person comes back to it. Secrets are not kept, they have to be typed
// anew. The browser keeps what a cookie holds; the rest waits at the desk, and the cookie is the ticket for it. Nothing is kept, and
// false given, of a form into which nobody typed anything.
func (p *Pages) keepForm(v *visitor) bool {
	if v.Method != http.MethodPost || v.parsed() != nil {
		return false
	}
	kept := url.Values{}
	for name, values := range v.PostForm {
		if name == onceName || secretField(name) {
			continue
		}
		for _, text := range values {
			if !utf8.ValidString(text) {
				return false
			}
			kept.Add(name, cleanText(text))
		}
	}
	if !(form{kept}).filled() {
		return false
	}
	text, lasts := kept.Encode(), keptMinutes*time.Minute
	if p.hand(v, keptCookie, v.URL.EscapedPath(), lasts, v.User.ID, text) {
		return true
	}
	ticket, err := p.Desk.KeepForm(v.Context(), p.origin(v.Request), v.User.ID, folded([]byte(text)), lasts)
	if err != nil {
		p.refused(v, err)
		v.taken = []string{keptCookie} // an earlier form would be taken for this one
		v.given()
		return false
	}
	return p.hand(v, keptCookie, v.URL.EscapedPath(), lasts, v.User.ID, "", ticket.Reveal())
}

// ofConsole reports whether the page at hand is one of the console, whose forms wait for whoever typed them.
func (p *Pages) ofConsole(v *visitor) bool {
	return slices.ContainsFunc([]string{profilePath, "/settings/", "/admin/"}, func(at string) bool { return strings.HasPrefix(p.below(v), at) })
}

// secretField reports whether a field holds a secret, by its name.
func secretField(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"password", "code", "secret", "passkey"}, func(part string) bool { return strings.Contains(name, part) })
}

// kept gives back what keepForm kept for the form at hand, for one time, and has the page say so; empty if there is nothing, or
// somebody else has typed it.
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
	v.again = len(values) > 0
	return form{values}
}

// any reports whether a form holds anything.
func (f form) any() bool { return len(f.values) > 0 }

// filled reports whether there is anything in a form that somebody typed or chose.
func (f form) filled() bool {
	for name, values := range f.values {
		if name != onceName && name != versionName && strings.Join(values, "") != "" {
			return true
		}
	}
	return false
}
