package web

import (
	"net/http"
	"slices"
)

// The cookies of what a browser shall look like. They are no secret: scripts set the theme too.
const (
	themeCookie    = "theme"
	languageCookie = "language"
	yearOfSeconds  = 365 * 24 * 60 * 60
)

// theme is the colour scheme that a person chose; empty: that of the system.
func theme(r *http.Request) string {
	if c, err := r.Cookie(themeCookie); err == nil && (c.Value == "light" || c.Value == "dark") {
		return c.Value
	}
	return ""
}

// preferences sets theme and language of a browser, signed in or not, and goes back to the page where they were chosen.
func (p *Pages) preferences(v *visitor) error {
	form, err := readForm(v)
	if err != nil {
		return err
	}
	words, err := p.Material.words()
	if err != nil {
		return err
	}
	set := func(name, value string) {
		age := yearOfSeconds
		if value == "" {
			age = -1 // the browser's own
		}
		http.SetCookie(v.out, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, Secure: true, SameSite: http.SameSiteLaxMode})
	}
	if form.has("theme") {
		set(themeCookie, map[string]string{"light": "light", "dark": "dark"}[form.text("theme")])
	}
	if tag := form.text("language"); form.has("language") &&
		(tag == "" || slices.ContainsFunc(words.languages(), func(l language) bool { return l.Tag == tag })) {
		set(languageCookie, tag)
	}
	to := p.base + "/"
	if back := p.ownPath(form.text(backName)); back != "" {
		to = back
	}
	see(v.out, to)
	return nil
}
