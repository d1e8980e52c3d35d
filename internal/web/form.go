package web

import (
	"errors"
	"html/template"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"example.org/hub/internal/fault"
)

// The most bytes of a posted form: of anybody, and of who is signed in, whose forms hold whole lists.
const (
	maxForm    = 64 << 10
	maxOwnForm = 512 << 10
)

// form is what was posted.
type form struct{ values url.Values }

// readForm reads a posted form. A field that stands twice, or is no text, is refused: whoever sent it is no page of ours.
// Only the fields named in many, which lists of boxes are, may stand there any number of times.
func readForm(v *visitor, many ...string) (form, error) {
	if err := v.parsed(); err != nil {
		return form{}, err
	}
	sent := make(url.Values, len(v.PostForm))
	for name, values := range v.PostForm {
		twice := len(values) > 1 && !slices.Contains(many, name)
		for _, text := range values {
			if twice || !utf8.ValidString(text) || secretField(name) && !isText(text) {
				return form{}, fault.New(fault.Invalid, "The form could not be read: a field stands twice in it, or is no text.")
			}
			sent.Add(name, cleanText(text))
		}
	}
	v.sent = form{sent}
	return v.sent, nil
}

// parsed takes in what was posted, once, however many ask for it.
func (v *visitor) parsed() error {
	if v.PostForm == nil {
		v.unread = v.parse()
	}
	return v.unread
}

func (v *visitor) parse() error {
	media, _, err := mime.ParseMediaType(v.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" {
		v.PostForm = url.Values{}
		return &fault.Error{Kind: fault.Invalid, Code: codeMedia, Message: "This page takes its own form only."}
	}
	most := int64(maxForm)
	if v.SignedIn() {
		most = maxOwnForm
	}
	v.Body = http.MaxBytesReader(v.out, v.Body, most)
	if err := v.ParseForm(); err != nil {
		var long *http.MaxBytesError
		if errors.As(err, &long) {
			return &fault.Error{Kind: fault.Invalid, Code: codeLong, Message: "What was sent is too long."}
		}
		return fault.New(fault.Invalid, "The form could not be read.")
	}
	return nil
}

// isText reports whether somebody may have typed it: a database that keeps text takes nothing else.
func isText(text string) bool { return utf8.ValidString(text) && !strings.ContainsRune(text, 0) }

// asText is a query of which every value is text.
func asText(query url.Values) url.Values {
	for _, values := range query {
		for i := range values {
			if !isText(values[i]) {
				values[i] = strings.ToValidUTF8(cleanText(values[i]), "\ufffd")
			}
		}
	}
	return query
}

// cleanText gives a field as it is kept: browsers end lines as the wire has them, and what is no character is none that a database
// takes.
func cleanText(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\x00", "\ufffd")
}

// text gives a field.
func (f form) text(name string) string { return f.values.Get(name) }

// texts gives a field that may stand there several times.
func (f form) texts(name string) []string { return f.values[name] }

// has reports whether a box was ticked.
func (f form) has(name string) bool { return f.values.Has(name) && f.values.Get(name) != "false" }

// mistakes is what is wrong with a form that is shown again.
type mistakes struct {
	Summary template.HTML            // of all; empty: nothing is wrong
	Fields  map[string]template.HTML // by the field's name
	Links   []link                   // to the fields, where several are wrong
	Wait    int                      // seconds until another try makes sense; 0: at once
}

// Note is what to say above a form: nothing if only one field is wrong, which says so itself.
func (m mistakes) Note() template.HTML {
	if len(m.Fields) == 1 {
		return ""
	}
	return m.Summary
}

// Of gives what is wrong with a field.
func (m mistakes) Of(name string) template.HTML { return m.Fields[name] }

// Any reports whether anything is wrong.
func (m mistakes) Any() bool { return m.Summary != "" || len(m.Fields) > 0 }

// field is one input with its label, for the template of that name.
type field struct {
	Name, Type, Value, Complete string
	Label, Hint, Mistake        template.HTML
	Optional                    bool
	Focus                       bool
	Fixed                       bool     // it may be read, not changed
	List                        []string // to choose from, beside what may be typed
	Example                     template.HTML
}

// like is the field with an example of what may be typed, which stands in it while it is empty.
func (f field) like(example template.HTML) field {
	f.Example = example
	return f
}

// newField describes an input. Templates call it with the label in words and change what they need.
func newField(name, kind, complete string, label template.HTML, value string, hint, mistake template.HTML, flags ...string) field {
	f := field{Name: name, Type: kind, Value: value, Complete: complete, Label: label, Hint: hint, Mistake: mistake}
	for _, flag := range flags {
		f.Optional = f.Optional || flag == "optional"
		f.Focus = f.Focus || flag == "focus"
	}
	return f
}

// copyable is a value with a button that copies it, for the template "copy".
type copyable struct {
	ID               string        // of the element that holds the value
	Label, Said, Can template.HTML // of the button; when it was copied; when the browser would not
}

func newCopy(id string, label, said, can template.HTML) copyable {
	return copyable{id, label, said, can}
}

// pick is one of several to choose from, for the template "pick".
type pick struct {
	Name, Value, Kind string // kind: radio or checkbox
	Words             template.HTML
	Checked           bool
}

func newPick(name, kind, value string, words template.HTML, chosen ...string) pick {
	return pick{Name: name, Kind: kind, Value: value, Words: words, Checked: slices.Contains(chosen, value)}
}
