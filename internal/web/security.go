package web

import (
	"html/template"
	"net/http"
	"strconv"
	"time"

	"example.org/hub/internal/signin"
)

// securityPage is every key to an account. The dialogs over it have URLs of their own.
type securityPage struct {
	frame
	User         *userHead // of another user's pages; nil on one's own
	Holdings     *holdings
	Factor       signin.Factor
	Passkeys     []passkeyRow
	HasPassword  bool // of one's own
	PasswordSet  time.Time
	CanPasskey   bool         // passkeys can be made at this address
	Sessions     []sessionRow // of another user
	Use, Answer  snippet      // how an API client gets a token
	Environments []place

	// At most one of these lies over the page.
	NewToken   *newTokenForm
	NewThing   *newThingForm
	NewPasskey *newPasskeyForm
	Ticket     *ticketView
}

// Says says something about the holder: of another user in the words of key.other, with the name put in.
func (s *securityPage) Says(key string) template.HTML {
	if s.User == nil || s.Holdings.Holder.Own {
		return s.say(key)
	}
	return s.say(key+".other", "name", s.User.Name)
}

// Bot reports whether the holder is a machine.
func (s *securityPage) Bot() bool { return s.User != nil && s.User.Bot() }

func (p *Pages) securityPage(v *visitor, h *holder) (*securityPage, error) {
	page := &securityPage{User: h.Head, Environments: p.places(v, h.Page)}
	page.Title = v.plain("nav.security")
	page.Crumbs = []link{{URL: profilePath, Words: v.say("nav.account")}}
	if h.Tab == clientsTab {
		return page, p.fillClients(v, h, page)
	}
	var err error
	if page.Holdings, err = p.holdings(v, h); err != nil {
		return nil, err
	}
	if h.Head != nil {
		clients := len(page.Holdings.Clients)
		p.headOf(v, &page.frame, h.Head, h.Tab, &held{clients, page.Holdings.Count() - clients})
		if page.Sessions, err = p.sessionsOf(v, h.User.ID, nil); err != nil {
			return nil, err
		}
	}
	if page.Factor, err = p.Desk.FactorOf(v.Context(), p.actor(v), h.User.ID); err != nil {
		return nil, err
	}
	if h.Own {
		if page.HasPassword, page.PasswordSet, err = p.Desk.PasswordSet(v.Context(), p.actor(v)); err != nil {
			return nil, err
		}
	}
	page.CanPasskey = p.passkeys()
	if page.Factor.Keys > 0 {
		page.Passkeys, err = p.passkeyRows(v, h.User.ID)
	}
	return page, err
}

// CodesLeft says how many recovery codes the holder has.
func (s *securityPage) CodesLeft() template.HTML {
	return s.say("methods.codes", "n", strconv.FormatInt(s.Factor.RecoveryCodes, 10), "all", strconv.Itoa(signin.RecoveryCodes))
}

// Means says by what the holder proves more than the password.
func (s *securityPage) Means() template.HTML {
	switch {
	case s.Factor.Enrolled && s.Factor.Passkeys > 0:
		return s.say("security.both")
	case s.Factor.Passkeys > 0:
		return s.say("passkeys")
	}
	return s.say("security.authenticator")
}

// own is the holder of the pages of one's own account; nil if the visitor was sent to sign in.
func (p *Pages) ownHolder(v *visitor) (*holder, error) {
	if !p.signedIn(v) {
		return nil, nil
	}
	return &holder{User: v.User, At: securityPath, Page: securityPath, Own: true, Template: "security"}, nil
}

// mountCredentials mounts the pages on which the credentials of a holder are seen, made and deleted. at is their common path;
// whose finds the holder, or nil if the visitor was sent elsewhere.
func (p *Pages) mountCredentials(page func(string, func(*visitor) error), at string, whose func(*visitor) (*holder, error)) {
	of := p.holding(whose)
	page("GET "+at, of(p.security))
	page("GET "+at+"/tokens/new", of(p.tokenNew))
	page("POST "+at+"/tokens/new", of(p.tokenNewPosted))
	page("GET "+at+"/tokens/{id}/created", of(p.tokenCreated))
	page("GET "+at+"/tokens/{id}", of(p.tokenUsed))
	page("GET "+at+"/tokens/delete", of(p.tokensDelete))
	page("POST "+at+"/tokens/delete", of(p.tokensDeletePosted))
	page("GET "+at+"/app-passwords/new", of(p.appPasswordNew))
	page("POST "+at+"/app-passwords/new", of(p.appPasswordNewPosted))
	page("GET "+at+"/app-passwords/{id}/created", of(p.appPasswordCreated))
	page("GET "+at+"/api-clients/new", of(p.clientNew))
	page("POST "+at+"/api-clients/new", of(p.clientNewPosted))
	page("GET "+at+"/api-clients/{id}/created", of(p.clientSecret("client.made")))
	page("GET "+at+"/api-clients/{id}/replaced", of(p.clientSecret("client.replaced")))
	page("GET "+at+"/api-clients/{id}", of(p.clientUsed))
	p.mountClientChange(page, at, whose)
	page("GET "+at+"/{kind}/{id}/delete", of(p.remove))
	page("POST "+at+"/{kind}/{id}/delete", of(p.removePosted))
}

// holding turns a page that shows a holder's credentials into one that finds the holder first, and reads what was posted.
func (p *Pages) holding(whose func(*visitor) (*holder, error)) func(func(*visitor, *holder) error) func(*visitor) error {
	return func(answer func(*visitor, *holder) error) func(*visitor) error {
		return func(v *visitor) error {
			if v.Method == http.MethodPost {
				if _, err := readForm(v, "scope", "token", "what"); err != nil {
					return err
				}
			}
			h, err := whose(v)
			if h == nil || err != nil {
				return err
			}
			return answer(v, h)
		}
	}
}

func (p *Pages) security(v *visitor, h *holder) error {
	page, err := p.securityPage(v, h)
	if err != nil {
		return err
	}
	return p.show(v, h.Template, page)
}

// at is the address of a dialog over the page of a holder's credentials.
func (p *Pages) at(h *holder, path string) string { return p.base + h.At + path }

// under is the address of that page itself, with the element that has an id.
func (p *Pages) under(h *holder, fragment string) string { return p.base + h.Page + fragment }
