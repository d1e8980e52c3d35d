package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// keepForm keeps what was typed into a form that cannot be taken before the person has signed in, again or at all: the form
// finds it when the sign-in leads back to it. Secrets are not kept, they have to be typed anew.
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
	if len(kept) > 0 {
		p.hand(v, keptCookie, v.URL.EscapedPath(), keptMinutes*time.Minute, kept.Encode())
	}
}

// secretField reports whether a field holds a secret, by its name.
func secretField(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"password", "code", "secret"}, func(part string) bool { return strings.Contains(name, part) })
}

// kept gives back what keepForm kept for the form at hand, for one time; empty if there is nothing.
func (p *Pages) kept(v *visitor) form {
	text := p.take(v, keptCookie, v.URL.EscapedPath())
	if len(text) == 0 {
		return form{url.Values{}}
	}
	values, err := url.ParseQuery(text[0])
	if err != nil {
		return form{url.Values{}}
	}
	return form{values}
}

// any reports whether a form holds anything.
func (f form) any() bool { return len(f.values) > 0 }
