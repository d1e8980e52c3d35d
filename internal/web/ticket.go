package web

import "example.org/hub/internal/secret"

// A new secret is shown once, on a page of its own, to the session in which it was made. Until that page is opened it travels
// in a sealed cookie, never in a URL.

// giveTicket sends the browser to the page, below the issuer, that shows a secret.
func (p *Pages) giveTicket(v *visitor, to string, value secret.Value) error {
	p.hand(v, ticketCookie, to, moments, value.Reveal())
	see(v.out, p.Issuer+to)
	return nil
}

// ticket takes the secret for the page at hand; empty if it was shown before.
func (p *Pages) ticket(v *visitor) secret.Value {
	if text := p.take(v, ticketCookie, p.below(v)); len(text) == 1 {
		v.secret = true
		return secret.Value(text[0])
	}
	return ""
}
