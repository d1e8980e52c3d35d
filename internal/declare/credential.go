package declare

import (
	"slices"
	"strings"
	"time"
)

// Credential is a secret as it is given: in the clear, by the name of an environment variable, by its hash, or sealed with
// the master key, as export writes what must be read again.
type Credential struct {
	Value     Given[string] // in the clear
	Env       Given[string]
	Hash      Given[string]
	Sealed    Given[string] // base64
	Hint      Given[string] // its last characters
	Expires   Given[time.Time]
	Suspended Given[bool]
	line      int
}

// String gives a mask, so that printing a document prints no secret.
func (Credential) String() string { return "[secret]" }

// GoString gives a mask, for %#v.
func (Credential) GoString() string { return "[secret]" }

var credentialTable = fields[Credential]{
	textField("value", func(c *Credential) *Given[string] { return &c.Value }),
	textField("env", func(c *Credential) *Given[string] { return &c.Env }),
	textField("hash", func(c *Credential) *Given[string] { return &c.Hash }),
	textField("sealed", func(c *Credential) *Given[string] { return &c.Sealed }),
	textField("hint", func(c *Credential) *Given[string] { return &c.Hint }),
	timeField("expires", func(c *Credential) *Given[time.Time] { return &c.Expires }),
	flagField("suspended", func(c *Credential) *Given[bool] { return &c.Suspended }),
}

// credentialKeys are the keys of which a credential has exactly one.
func credentialKeys() []string { return []string{"value", "env", "hash", "sealed"} }

// credentialForm says which keys a credential may have in one place.
type credentialForm []string

// read reads a credential: a plain text, or a mapping with one of the keys.
func (form credentialForm) read(p *problems, v value, key string) (Credential, bool) {
	if v.kind == text || v.kind == number {
		if !slices.Contains(form, "value") {
			p.add(v.line, "%s must be {%s: ...}", key, form[0])
			return Credential{}, false
		}
		return Credential{Value: Given[string]{Mark{true, v.line}, v.text}, line: v.line}, true
	}
	table := slices.Clone(credentialTable)
	table = slices.DeleteFunc(table, func(f field[Credential]) bool { return !slices.Contains(form, f.key) })
	c, ok := table.read(p, v, key)
	c.line = v.line
	return c, ok && c.one(p, key, v.line, form)
}

// one wants exactly one of the keys that say what the secret is.
func (c *Credential) one(p *problems, what string, line int, form credentialForm) bool {
	choice := slices.DeleteFunc(credentialKeys(), func(key string) bool { return !slices.Contains(form, key) })
	given := 0
	for _, set := range []bool{c.Value.Set, c.Env.Set, c.Hash.Set, c.Sealed.Set} {
		if set {
			given++
		}
	}
	if given != 1 {
		p.add(line, "%s needs exactly one of %s", what, strings.Join(choice, ", "))
		return false
	}
	return true
}

// write writes a credential, in the shortest form.
func (form credentialForm) write(w *writer, c *Credential) {
	shortest := c.Value.Set && !c.Hint.Set && !c.Expires.Set && !c.Suspended.Set
	if shortest {
		w.text(c.Value.Value)
		return
	}
	credentialTable.write(w, c)
}

// The forms that credentials have in different places.
var (
	passwordForm = credentialForm{"value", "env", "hash"}
	sealedForm   = credentialForm{"value", "env", "sealed"}
	secretForm   = credentialForm{"value", "env", "hash", "hint", "expires", "suspended"}
	hashForm     = credentialForm{"hash"}
	previousForm = credentialForm{"value", "env", "hash", "expires"}
)

// credentialField is a key with one credential.
func credentialField[T any](key string, form credentialForm, at func(*T) *Given[Credential]) field[T] {
	return field[T]{key: key, quiet: true, at: func(noun *T) slot { return credentialSlot{at(noun), form} }}
}

type credentialSlot struct {
	*Given[Credential]
	form credentialForm
}

func (s credentialSlot) read(p *problems, key string, v value) { s.Value, _ = s.form.read(p, v, key) }
func (s credentialSlot) write(w *writer)                       { s.form.write(w, &s.Value) }

// credentialsField is a key with a list of credentials.
func credentialsField[T any](key string, form credentialForm, at func(*T) *Given[[]Credential]) field[T] {
	f := listField(key, at, func(p *problems, v value) (Credential, bool) { return form.read(p, v, "an entry of "+key) }, form.write)
	f.quiet = true
	return f
}

// timeForm is how times are written; a day by itself is read too.
const timeForm = "2006-01-02T15:04:05.000Z"

// timeField is a key with a time.
func timeField[T any](key string, at func(*T) *Given[time.Time]) field[T] {
	return field[T]{key: key, at: func(noun *T) slot { return timeSlot{at(noun)} }}
}

type timeSlot struct{ *Given[time.Time] }

func (s timeSlot) read(p *problems, key string, v value) {
	when, err := time.Parse(time.RFC3339, v.text)
	if err != nil {
		when, err = time.Parse(time.DateOnly, v.text)
	}
	if v.kind != text || err != nil || when.Year() < 1970 || when.Year() > 9999 {
		p.add(v.line, "%s must be a time like 2030-01-31T12:00:00Z, or a day like 2030-01-31", key)
		return
	}
	s.Value = when.UTC().Truncate(time.Millisecond)
}

func (s timeSlot) write(w *writer) { w.text(s.Value.Format(timeForm)) }
