package declare

import (
	"slices"
	"strings"
)

// Mark says whether a key was given, and on which line.
type Mark struct {
	Set  bool
	Line int
}

// Given is the value of a key that may be left out, which means: keep what is there.
type Given[V any] struct {
	Mark
	Value V
}

// slot is where a noun has the value of a key: how it is read, and how it is written again, whatever noun that is.
type slot interface {
	mark() *Mark
	read(p *problems, key string, v value)
	write(w *writer)
}

// mark makes a slot of whatever holds a Given.
func (m *Mark) mark() *Mark { return m }

// field is one key of a noun. Each noun has a table of them, and everything about the form of hub.yaml is in these tables: what
// is read is what is written, and there is no third place.
type field[T any] struct {
	key   string
	at    func(*T) slot
	quiet bool // it holds secrets: a plan says that it changes, not how
}

func (f field[T]) mark(noun *T) *Mark       { return f.at(noun).mark() }
func (f field[T]) write(w *writer, noun *T) { f.at(noun).write(w) }

// fields is the table of a noun, in the order in which its keys are written.
type fields[T any] []field[T]

// read takes a mapping apart. What is wrong with it is told key by key.
func (table fields[T]) read(p *problems, v value, what string) (T, bool) {
	var noun T
	known := make([]string, len(table))
	for i, f := range table {
		known[i] = f.key
	}
	ok := readKeys(p, v, what, known, func(i int, one pair) {
		at := table[i].at(&noun)
		*at.mark() = Mark{Set: true, Line: one.at()}
		at.read(p, one.key, one.value)
	})
	return noun, ok
}

// readKeys is what read does whatever the noun is.
func readKeys(p *problems, v value, what string, known []string, take func(i int, one pair)) bool {
	if v.kind != mapping {
		p.add(v.line, "expected %s as a mapping (key: value), not %s", what, v.kind)
		return false
	}
	before := p.count
	for _, one := range v.keys {
		switch i := slices.Index(known, one.key); {
		case i < 0:
			p.add(one.at(), "%s", unknown(one.key, what, known))
		case one.value.kind == nothing:
			p.add(one.at(), `%s has no value: leave the key out to keep what is there, or write "" or [] to clear it`, one.key)
		default:
			take(i, one)
		}
	}
	return p.count == before
}

// at is the line of a key; one that came by a merge stands where its value does.
func (p pair) at() int {
	if p.line == 0 {
		return p.value.line
	}
	return p.line
}

// unknown says that a key is unknown, and which one may have been meant.
func unknown(key, what string, known []string) string {
	for _, one := range known {
		if strings.EqualFold(strings.ReplaceAll(key, "_", ""), one) {
			return "unknown key " + quoted(key) + " in " + what + ": did you mean " + one + "?"
		}
	}
	what = "in " + what
	if !slices.Contains(known, "value") { // where a secret belongs, an unknown key may be one
		what = quoted(key) + " " + what
	}
	return "unknown key " + what + ": expected one of " + strings.Join(known, ", ")
}

// write writes the keys that are given, as a mapping.
func (table fields[T]) write(w *writer, noun *T) {
	w.open('{')
	for _, f := range table {
		if f.mark(noun).Set {
			w.key(f.key)
			f.write(w, noun)
		}
	}
	w.close('}')
}

// line is the line of a key, or of the noun itself where the key was left out.
func (table fields[T]) line(noun *T, key string, otherwise int) int {
	for _, f := range table {
		if f.key == key && f.mark(noun).Set {
			return f.mark(noun).Line
		}
	}
	return otherwise
}

// textField is a key with a text. A number that was written without quotes is the text that was written.
func textField[T any](key string, at func(*T) *Given[string]) field[T] {
	return field[T]{key: key, at: func(noun *T) slot { return textSlot{at(noun)} }}
}

type textSlot struct{ *Given[string] }

func (s textSlot) read(p *problems, key string, v value) {
	if v.kind != text && v.kind != number {
		p.add(v.line, "%s must be text, not %s", key, v.kind)
		return
	}
	s.Value = v.text
}

func (s textSlot) write(w *writer) { w.text(s.Value) }

// flagField is a key that is true or false.
func flagField[T any](key string, at func(*T) *Given[bool]) field[T] {
	return field[T]{key: key, at: func(noun *T) slot { return flagSlot{at(noun)} }}
}

type flagSlot struct{ *Given[bool] }

func (s flagSlot) read(p *problems, key string, v value) {
	if v.kind != flag {
		p.add(v.line, "%s must be true or false, without quotes, not %s", key, v.describe())
		return
	}
	s.Value = v.text == "true"
}

func (s flagSlot) write(w *writer) { w.flag(s.Value) }

// describe names a value in a message: a short word by itself, anything else by its kind.
func (v value) describe() string {
	if v.kind == text && len(v.text) <= 5 {
		return quoted(v.text)
	}
	return v.kind.String()
}

// textsField is a key with a list of texts.
func textsField[T any](key string, at func(*T) *Given[[]string]) field[T] {
	return field[T]{key: key, at: func(noun *T) slot { return textsSlot{at(noun)} }}
}

type textsSlot struct{ *Given[[]string] }

func (s textsSlot) read(p *problems, key string, v value) {
	if v.kind != list {
		p.add(v.line, "%s must be a list, such as [a, b], not %s", key, v.kind)
		return
	}
	texts := make([]string, 0, len(v.items))
	for _, item := range v.items {
		if item.kind != text && item.kind != number {
			p.add(item.line, "an entry of %s must be text, not %s", key, item.kind)
			continue
		}
		texts = append(texts, item.text)
	}
	s.Value = texts
}

func (s textsSlot) write(w *writer) {
	w.open('[')
	for _, one := range s.Value {
		w.text(one)
	}
	w.close(']')
}

// listField is a key with a list of other things.
func listField[T, E any](key string, at func(*T) *Given[[]E], read func(*problems, value) (E, bool), write func(*writer, *E)) field[T] {
	return field[T]{key: key, at: func(noun *T) slot { return listSlot[E]{at(noun), read, write} }}
}

type listSlot[E any] struct {
	*Given[[]E]
	readOne  func(*problems, value) (E, bool)
	writeOne func(*writer, *E)
}

func (s listSlot[E]) read(p *problems, key string, v value) {
	if v.kind != list {
		p.add(v.line, "%s must be a list, not %s", key, v.kind)
		return
	}
	entries := make([]E, 0, len(v.items))
	for _, item := range v.items {
		if e, ok := s.readOne(p, item); ok {
			entries = append(entries, e)
		}
	}
	s.Value = entries
}

func (s listSlot[E]) write(w *writer) {
	w.open('[')
	for i := range s.Value {
		s.writeOne(w, &s.Value[i])
	}
	w.close(']')
}
