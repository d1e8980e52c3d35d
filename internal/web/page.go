package web

import (
	"fmt"
	"hash/fnv"
	"html/template"
	"net/http"
	"strings"

	"example.org/hub/internal/hub"
)

// frame is what every page has. Its methods are for templates.
type frame struct {
	tongue
	Theme  string
	Base   string // path of the issuer, for links
	Static string // where the assets are
	Host   string
	Title  string        // of the document, and the one heading unless the page says otherwise
	Person *person       // who is signed in; nil: nobody
	Said   template.HTML // a short remark on top: what has just been done
	Crumbs []link        // the pages above this one
	Crumb  template.HTML // what this page is called below them; empty: by its title
	Over   string        // title of the dialog that lies over the page; empty: there is none
	Ask    *question     // a dialog that asks whether something shall be done
	Failed bool          // it shows a form again, in which something is wrong

	// Of the shell.
	Nav       template.HTML
	Here      string // the page at hand, to come back to
	Languages []language
	Test      bool // it is the test environment
}

// person is somebody as pages show people.
type person struct{ Login, Name, Email string }

// newPerson shows a user; without a name by the login.
func newPerson(user hub.User) *person {
	name := user.Name
	if name == "" {
		name = user.Login
	}
	return &person{Login: user.Login, Name: name, Email: user.Email}
}

// framed is a page.
type framed interface {
	setFrame(frame)
	ownFrame() *frame
}

func (f *frame) ownFrame() *frame { return f }

func (f *frame) setFrame(to frame) {
	to.Title, to.Said, to.Crumbs, to.Crumb, to.Over, to.Ask = f.Title, f.Said, f.Crumbs, f.Crumb, f.Over, f.Ask
	*f = to
}

// show draws a page with status 200.
func (p *Pages) show(v *visitor, name string, page framed) error {
	return p.draw(v, http.StatusOK, name, page)
}

// draw writes a page. Nothing of it is sent before all of it could be drawn.
func (p *Pages) draw(v *visitor, status int, name string, page framed) error {
	assets, words, templates, err := p.Material.read(v.tongue, p.base)
	if err != nil {
		return err
	}
	of := templates[name]
	if of == nil {
		return fmt.Errorf("there is no template for the page %s", name)
	}
	mine := frame{tongue: v.tongue, Theme: theme(v.Request), Base: p.base, Static: p.base + assets.path, Host: p.host,
		Languages: words.languages(), Here: own(v), Test: p.Environment == hub.Test,
		Failed: status >= http.StatusBadRequest && name != "error" && name != "problem"}
	if v.SignedIn() {
		mine.Person = newPerson(v.User)
		if mine.Nav, err = p.nav(v, of); err != nil {
			return err
		}
	}
	page.setFrame(mine)
	p.said(v, page.ownFrame())
	drawn := p.Material.sheet()
	if err := of.ExecuteTemplate(drawn, "document", page); err != nil {
		return err
	}
	v.given()
	header := v.out.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", p.policy(v))
	header.Set("X-Frame-Options", "DENY")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-store")
	header.Set("Vary", "Cookie, Accept-Language, Accept-Encoding")
	body := p.compressed(v, drawn)
	v.out.WriteHeader(status)
	if _, err := body.WriteTo(v.out); err == nil {
		p.Material.putBack(body)
	} // Otherwise the browser is gone: there is nobody to tell, and what was on its way to it may still be read from the sheet.
	return nil
}

// policy is the content security policy of a page: nothing inline, nothing from elsewhere, framed by nobody.
func (p *Pages) policy(v *visitor) string {
	redirect := ""
	if v.asked != nil {
		redirect = v.asked.RedirectURI
	}
	return "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action " + formTargets(redirect) +
		"; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"
}

// initial is the letter on somebody's or something's tile.
func initial(name string) string {
	for _, r := range name {
		return strings.ToUpper(string(r))
	}
	return "?"
}

// hue is the colour of a tile: always the same for the same name.
func hue(name string) string {
	sum := fnv.New32a()
	sum.Write([]byte(name))
	return fmt.Sprintf("hue-%d", sum.Sum32()%8+1)
}
