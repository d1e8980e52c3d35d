package web

import (
	"html/template"
	"slices"
	"unicode/utf8"
)

// question is a dialog that asks before something is done, over the page where it was asked for. It has a URL of its own, and its
// form posts there. Its template is "question".
type question struct {
	Title   template.HTML // a question with the thing in it
	Text    template.HTML // what will happen
	Action  string        // where the form posts
	Back    string        // the page below, with the element that opened the dialog behind #
	Facts   []fact
	Legend  template.HTML // of Picks, or of Boxes where there are none
	Picks   []pick
	Boxes   []pick
	Fields  []field
	Selects []*selection
	Hidden  []hidden
	Passkey *passkeyForm // with which to answer instead of a password; nil: with none
	Remark  template.HTML
	Do      template.HTML // on the button; empty: there is nothing to do but close
	Gentle  bool          // nothing is lost by it: the button is not red
	Wrong   mistakes
}

// Focuses reports whether one of the fields is where typing begins; else it is the button that leaves all as it is.
func (q *question) Focuses() bool {
	return slices.ContainsFunc(q.Fields, func(f field) bool { return f.Focus }) ||
		slices.ContainsFunc(q.Selects, func(s *selection) bool { return s.Focus })
}

// InARow reports whether the picks are short enough to stand beside each other.
func (q *question) InARow() bool {
	const roomFor = 36
	letters := 0
	for _, one := range q.Picks {
		letters += utf8.RuneCountInString(string(one.Words))
	}
	return letters <= roomFor
}

// Note is what to say above the form of what is wrong: nothing if a field says it. What is wrong with picks and boxes no field says.
func (q *question) Note() template.HTML {
	said := slices.ContainsFunc(q.Fields, func(f field) bool { return f.Mistake != "" }) ||
		slices.ContainsFunc(q.Selects, func(s *selection) bool { return s.Mistake != "" })
	if said {
		return q.Wrong.Note()
	}
	return q.Wrong.Summary
}

// fact is something to know, by its name.
type fact struct{ Name, Value template.HTML }

// hidden is a value that a form carries along.
type hidden struct{ Name, Value string }

// over lays a question over a page.
func (f *frame) over(title string, q *question) {
	f.Over, f.Ask = title, q
}
