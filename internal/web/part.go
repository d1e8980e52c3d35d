package web

// part is a value that a template hands to another, with the language to speak in.
type part struct {
	tongue
	Value any
	More  any
}

// newPart is in templates {{template "name" (in $ .Value)}}.
func newPart(page framed, value any, more ...any) part {
	p := part{tongue: page.ownFrame().tongue, Value: value}
	if len(more) > 0 {
		p.More = more[0]
	}
	return p
}
