package web

// done sends the browser to a page below the issuer after a form was carried out, and has that page, whichever it is, say
// so. key and values are those of T. The browser may come back to the page at will: nothing is done twice.
func (p *Pages) done(v *visitor, to, key string, values ...string) error {
	p.hand(v, saidCookie, "", moments, append([]string{key}, values...)...)
	see(v.out, p.Issuer+to)
	return nil
}

// said is the remark that done left for the page at hand, in its words, or that its form holds what was typed before.
func (p *Pages) said(v *visitor, page *frame) {
	text := p.take(v, saidCookie, "")
	switch {
	case page.Said != "":
	case v.again:
		page.Said = v.say("kept.said")
	case len(text) > 0:
		page.Said = v.say(text[0], text[1:]...)
	}
}
