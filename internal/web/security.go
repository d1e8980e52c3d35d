package web

import (
	"net/http"
)

// securityPage is every key to an account. The dialogs over it have URLs of their own.
type securityPage struct {
	frame
	Holdings     *holdings
	Factor       bool // the holder has a second factor
	CodesLeft    int  // recovery codes
	Environments []place

	// At most one of these lies over the page.
	NewToken *newTokenForm
	NewThing *newThingForm
	Ticket   *ticketView
}

// securityTemplate draws it.
const securityTemplate = "security"

func (p *Pages) securityPage(v *visitor, h *holder) (*securityPage, error) {
	page := &securityPage{Environments: p.places(v, h.At)}
	page.Title = v.plain("nav.security")
	page.Crumbs = []link{{URL: profilePath, Words: v.say("nav.account")}}
	var err error
	if page.Holdings, err = p.holdings(v, h); err != nil {
		return nil, err
	}
	if page.Factor, err = p.Desk.HasSecondFactor(v.Context(), h.User); err != nil {
		return nil, err
	}
	left, err := p.Desk.RecoveryCodesLeft(v.Context(), h.User.ID)
	page.CodesLeft = int(left)
	return page, err
}

// own is the holder of the pages of one's own account; nil if the visitor was sent to sign in.
func (p *Pages) ownHolder(v *visitor) (*holder, error) {
	if !p.signedIn(v) {
		return nil, nil
	}
	return &holder{User: v.User, At: securityPath, Own: true}, nil
}

// mountCredentials mounts the pages on which the credentials of a holder are seen, made and deleted. at is their common path;
// whose finds the holder, or nil if the visitor was sent elsewhere.
func (p *Pages) mountCredentials(page func(string, func(*visitor) error), at string, whose func(*visitor) (*holder, error)) {
	of := func(answer func(*visitor, *holder) error) func(*visitor) error {
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
	page("GET "+at, of(p.security))
	page("GET "+at+"/tokens/new", of(p.tokenNew))
	page("POST "+at+"/tokens/new", of(p.tokenNewPosted))
	page("GET "+at+"/tokens/{id}/created", of(p.tokenCreated))
	page("GET "+at+"/tokens/delete", of(p.tokensDelete))
	page("POST "+at+"/tokens/delete", of(p.tokensDeletePosted))
	page("GET "+at+"/app-passwords/new", of(p.appPasswordNew))
	page("POST "+at+"/app-passwords/new", of(p.appPasswordNewPosted))
	page("GET "+at+"/app-passwords/{id}/created", of(p.appPasswordCreated))
	page("GET "+at+"/api-clients/new", of(p.clientNew))
	page("POST "+at+"/api-clients/new", of(p.clientNewPosted))
	page("GET "+at+"/api-clients/{id}/created", of(p.clientCreated))
	page("GET "+at+"/{kind}/{id}/delete", of(p.remove))
	page("POST "+at+"/{kind}/{id}/delete", of(p.removePosted))
}

func (p *Pages) security(v *visitor, h *holder) error {
	page, err := p.securityPage(v, h)
	if err != nil {
		return err
	}
	return p.show(v, securityTemplate, page)
}

// at is the address of a page below that of a holder's credentials.
func (p *Pages) at(h *holder, path string) string { return p.base + h.At + path }
