package query

import (
	"strings"
	"unicode/utf8"

	"example.org/hub/internal/fault"
)

// The bounds of a query: it comes from strangers.
const (
	MaxLength = 8192 // bytes
	maxDepth  = 32
	maxTerms  = 256
)

// Parse reads a query. `or` binds less than `and`, that less than `not`; what stands side by side is joined by `and`.
// An item is `field: value`, `tuple(field: value, ...)`, a query in brackets, a "quoted phrase", or free text, where
// successive bare words are one text. Values and field names of several words stand in {braces}, in which \ takes the
// meaning of the character behind it; a * behind a value leaves its end open. Letter case says nothing. A brace, bracket or
// quote that is not closed ends with the text.
//
// Errors: fault.Invalid that names the position.
func Parse(text string) (Node, error) {
	switch {
	case len(text) > MaxLength:
		return Node{}, invalid("has more than %d bytes", MaxLength)
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return Node{}, invalid("is not text in UTF-8")
	}
	p := parser{lexer: lexer{text: []rune(text)}}
	p.advance()
	if p.now.sign == end {
		return Node{}, nil
	}
	node, err := p.or(0)
	if err == nil && p.now.sign != end {
		err = p.unexpected("the end, or and, or, not and another condition")
	}
	if err != nil {
		return Node{}, err
	}
	return node, nil
}

type parser struct {
	lexer
	now   lexeme
	terms int
}

func (p *parser) advance() { p.now = p.next(false, false) }

// is reports whether the lexeme at hand is this keyword.
func (p *parser) is(keyword string) bool {
	return p.now.sign == word && !p.now.star && strings.EqualFold(p.now.text, keyword)
}

func (p *parser) or(depth int) (Node, error) { return p.chain(Or, "or", depth, p.and) }

func (p *parser) and(depth int) (Node, error) { return p.chain(And, "and", depth, p.not) }

// chain reads what keyword joins. Between conditions of And the keyword may be missing.
func (p *parser) chain(op Op, keyword string, depth int, part func(int) (Node, error)) (Node, error) {
	first, err := part(depth)
	if err != nil {
		return Node{}, err
	}
	of := []Node{first}
	for {
		switch {
		case p.is(keyword):
			p.advance()
		case op == Or || p.now.sign == end || p.now.sign == closing || p.is("or"):
			return join(op, of), nil
		}
		next, err := part(depth)
		if err != nil {
			return Node{}, err
		}
		of = append(of, next)
	}
}

func (p *parser) not(depth int) (Node, error) {
	if depth > maxDepth {
		return Node{}, invalid("is nested more than %d levels deep, at character %d", maxDepth, p.now.at+1)
	}
	if !p.is("not") {
		return p.item(depth)
	}
	at := p.now.at + 1
	p.advance()
	of, err := p.not(depth + 1)
	return Node{Op: Not, Of: []Node{of}, At: at}, err
}

func (p *parser) item(depth int) (Node, error) {
	switch p.now.sign {
	case opening:
		p.advance()
		node, err := p.or(depth + 1)
		if err == nil && p.now.sign == closing {
			p.advance()
		}
		return node, err
	case word, braced, quoted:
		if p.is("or") || p.is("and") {
			break
		}
		return p.term()
	}
	return Node{}, p.unexpected("a condition such as login: ada, a word, or a query in brackets")
}

// term reads what begins with a word: a field, a tuple or free text.
func (p *parser) term() (Node, error) {
	if p.terms++; p.terms > maxTerms {
		return Node{}, invalid("has more than %d conditions, at character %d", maxTerms, p.now.at+1)
	}
	first := p.now
	p.advance()
	if first.sign != quoted && !first.star {
		switch {
		case p.now.sign == colon:
			return p.field(first, false)
		case p.now.sign == opening && p.now.at == first.to:
			return p.tuple(first)
		}
	}
	node := Node{Op: Text, Value: first.text, Prefix: first.star, At: first.at + 1}
	for first.sign == word && !node.Prefix && p.bare() {
		node.Value += " " + p.now.text
		node.Prefix = p.now.star
		p.advance()
	}
	if strings.TrimSpace(node.Value) == "" {
		return Node{At: node.At}, nil // "", {} and * say nothing
	}
	return node, nil
}

// bare reports whether the word at hand goes on a free text: it is no keyword, and no field or tuple begins with it.
func (p *parser) bare() bool {
	if p.now.sign != word || p.is("or") || p.is("and") || p.is("not") {
		return false
	}
	ahead := p.lexer
	next := ahead.next(false, false)
	return next.sign != colon && (next.sign != opening || next.at != p.now.to)
}

// field reads the value behind the colon at hand.
func (p *parser) field(name lexeme, inTuple bool) (Node, error) {
	p.now = p.next(true, inTuple)
	if p.now.sign != word && p.now.sign != braced && p.now.sign != quoted {
		return Node{}, p.unexpected("a value of " + name.text + ", in braces if it has several words")
	}
	node := Node{Op: Field, Name: strings.ToLower(strings.TrimSpace(name.text)), Value: p.now.text, Prefix: p.now.star, At: name.at + 1}
	p.now = p.next(false, inTuple)
	return node, nil
}

// tuple reads the fields behind the bracket at hand.
func (p *parser) tuple(name lexeme) (Node, error) {
	node := Node{Op: Tuple, Name: strings.ToLower(strings.TrimSpace(name.text)), At: name.at + 1}
	p.now = p.next(false, true)
	for p.now.sign != closing && p.now.sign != end {
		key := p.now
		if key.sign != word && key.sign != braced {
			return Node{}, p.unexpected("a field of " + name.text + ", as in " + name.text + "(field: value)")
		}
		if p.now = p.next(false, true); p.now.sign != colon {
			return Node{}, p.unexpected("a colon and a value")
		}
		if p.terms++; p.terms > maxTerms {
			return Node{}, invalid("has more than %d conditions, at character %d", maxTerms, key.at+1)
		}
		field, err := p.field(key, true)
		if err != nil {
			return Node{}, err
		}
		node.Of = append(node.Of, field)
		if p.now.sign == comma {
			p.now = p.next(false, true)
		}
	}
	p.advance()
	return node, nil
}

func (p *parser) unexpected(expected string) error {
	if p.now.sign == end {
		return invalid("ends too early, at character %d: expected %s", p.now.at+1, expected)
	}
	return invalid("has an unexpected %q at character %d: expected %s", p.now.text, p.now.at+1, expected)
}

func invalid(format string, args ...any) error {
	err := fault.New(fault.Invalid, "query "+format, args...)
	err.Fields = []fault.Field{{Name: "query", Reason: err.Message}}
	return err
}
