package query

import "strings"

// Key is something that a list can be searched by, as people are told of it.
type Key struct {
	Name   string
	Hint   string
	Values []string // all that it can have; nil: anything
}

// Assistance is what could be typed next, and how what is there is to be shown. Positions are counted in characters from 0.
type Assistance struct {
	Caret       int
	Styles      []Style
	Suggestions []Suggestion
}

// Style says what a piece of the text is: "field_name", "field_value", "operator", "text".
type Style struct {
	Start, Length int
	Style         string
}

// Suggestion is one thing that could stand at the caret: Prefix, Option and Suffix take the place of the characters from
// From up to To, and the caret goes to Caret. The first Matching characters of Option are there already.
type Suggestion struct {
	Prefix, Option, Suffix string
	Description            string
	Matching               int
	From, To, Caret        int
}

// mostSuggestions bounds an answer.
const mostSuggestions = 50

// Assist says what could stand at the caret of a query about these keys. Text that is too long or no text gets nothing.
func Assist(text string, caret int, keys []Key) Assistance {
	all := []rune(text)
	if len(text) > MaxLength {
		return Assistance{}
	}
	a := Assistance{Caret: min(max(caret, 0), len(all))}
	words := styled(all)
	for _, w := range words {
		a.Styles = append(a.Styles, Style{w.at, w.to - w.at, w.style})
	}
	before := styled(all[:a.Caret])
	at := place{from: a.Caret, to: a.Caret}
	if n := len(before); n > 0 && before[n-1].to == a.Caret && before[n-1].sign == word && before[n-1].style != "field_name" {
		at.from, at.typed = before[n-1].at, before[n-1].text
		before = before[:n-1]
	}
	if n := len(before); n > 0 && before[n-1].to == a.Caret && (before[n-1].sign == braced || before[n-1].sign == quoted) {
		return a // within words of the writer's own
	}
	if n := len(before); n > 0 && before[n-1].style == "field_name" && strings.Contains(string(all[before[n-1].to:at.from]), ":") {
		a.valuesOf(before[n-1].text, keys, at)
		return a
	}
	for _, key := range keys {
		a.suggest(at, key.Name, ": ", key.Hint)
	}
	if len(before) > 0 && before[len(before)-1].style != "operator" {
		a.suggest(at, "and", " ", "both")
		a.suggest(at, "or", " ", "one or the other")
	}
	a.suggest(at, "not", " ", "the opposite")
	return a
}

// place is where a suggestion would stand, and what of it was typed.
type place struct {
	from, to int
	typed    string
}

func (a *Assistance) valuesOf(name string, keys []Key, at place) {
	for _, key := range keys {
		if strings.EqualFold(key.Name, strings.TrimSpace(name)) {
			for _, value := range key.Values {
				a.suggest(at, value, " ", key.Hint)
			}
		}
	}
}

func (a *Assistance) suggest(at place, option, suffix, description string) {
	typed := len([]rune(at.typed))
	if len(a.Suggestions) == mostSuggestions || len([]rune(option)) < typed || !strings.EqualFold(string([]rune(option)[:typed]), at.typed) {
		return
	}
	a.Suggestions = append(a.Suggestions, Suggestion{Option: option, Suffix: suffix, Description: description, Matching: typed,
		From: at.from, To: at.to, Caret: at.from + len([]rune(option)) + len([]rune(suffix))})
}

// styledWord is a lexeme with what it is.
type styledWord struct {
	lexeme
	style string
}

// styled cuts a text into words, and says of each what it is. Unlike Parse it never fails.
func styled(text []rune) []styledWord {
	var all []styledWord
	l := lexer{text: text}
	for value := false; ; {
		next := l.next(value, false)
		w := styledWord{next, "text"}
		switch {
		case next.sign == end:
			return all
		case next.sign == colon:
			if n := len(all); n > 0 && (all[n-1].sign == word || all[n-1].sign == braced) {
				all[n-1].style, value = "field_name", true
			}
			continue
		case next.sign == opening || next.sign == closing || next.sign == comma:
			value = false
			continue
		case value:
			w.style, value = "field_value", false
		case next.sign == word && !next.star && isKeyword(next.text):
			w.style = "operator"
		}
		all = append(all, w)
	}
}

func isKeyword(text string) bool {
	return strings.EqualFold(text, "and") || strings.EqualFold(text, "or") || strings.EqualFold(text, "not")
}
