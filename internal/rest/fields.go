package rest

import (
	"strings"

	"example.org/hub/internal/fault"
)

// fields is what ?fields= asks for, by name; an entry without entries of its own stands for all that is below it.
type fields map[string]fields

// The bounds of ?fields=: it comes from strangers.
const (
	maxFields     = 4096
	maxFieldDepth = 16
)

// parseFields reads the partial-response syntax: a comma-separated list of names, "a/b" and "a(b,c)" for what is below a
// name, to any depth within reason.
func parseFields(text string) (fields, error) {
	if len(text) > maxFields {
		return nil, fault.New(fault.Invalid, "fields has more than %d characters", maxFields)
	}
	p := fieldsParser{text: text}
	list, err := p.list(0)
	if err == nil && p.at < len(p.text) {
		err = p.unexpected()
	}
	return list, err
}

type fieldsParser struct {
	text string
	at   int
}

func (p *fieldsParser) unexpected() error {
	if p.at >= len(p.text) {
		return fault.New(fault.Invalid, "fields ends too early: a bracket is not closed, or a name is missing")
	}
	return fault.New(fault.Invalid, "fields has an unexpected character at position %d: expected names with commas between them, such as id,profile(email),groups/name", p.at+1)
}

func (p *fieldsParser) list(depth int) (fields, error) {
	if depth > maxFieldDepth {
		return nil, fault.New(fault.Invalid, "fields is nested more than %d levels deep", maxFieldDepth)
	}
	list := fields{}
	for {
		if err := p.item(list, depth); err != nil {
			return nil, err
		}
		if p.at >= len(p.text) || p.text[p.at] != ',' {
			return list, nil
		}
		p.at++
	}
}

func (p *fieldsParser) item(into fields, depth int) error {
	name := p.name()
	if name == "" {
		return p.unexpected()
	}
	below := fields{}
	switch {
	case p.at < len(p.text) && p.text[p.at] == '/':
		p.at++
		if depth >= maxFieldDepth {
			return fault.New(fault.Invalid, "fields is nested more than %d levels deep", maxFieldDepth)
		}
		if err := p.item(below, depth+1); err != nil {
			return err
		}
	case p.at < len(p.text) && p.text[p.at] == '(':
		p.at++
		list, err := p.list(depth + 1)
		if err != nil {
			return err
		}
		if p.at >= len(p.text) || p.text[p.at] != ')' {
			return p.unexpected()
		}
		p.at++
		below = list
	}
	into.add(name, below)
	return nil
}

// add merges, since a name may be asked for twice: "profile/email,profile/avatar".
func (f fields) add(name string, below fields) {
	have, known := f[name]
	switch {
	case !known:
		f[name] = below
	case len(have) == 0 || len(below) == 0:
		f[name] = fields{}
	default:
		for inner, further := range below {
			have.add(inner, further)
		}
	}
}

func (p *fieldsParser) name() string {
	rest := p.text[p.at:]
	end := strings.IndexAny(rest, ",/()")
	if end < 0 {
		end = len(rest)
	}
	p.at += end
	return strings.TrimSpace(rest[:end])
}

// has reports whether a name is asked for, itself or something below it.
func (f fields) has(name string) bool {
	_, asked := f[name]
	return asked
}
