package web

import (
	"html"
	"slices"
	"strings"
)

// The rooms below say in English what is wrong. A sentence of theirs that stands among the words of the pages, as reason.something
// of a field or as message.something, is said in the language of the page. It may hold {placeholders}, for what changes from
// one refusal to the next.

// saying is such a sentence: the words around its placeholders, of which there is one less.
type saying struct {
	key   string
	words []string
	names []string
}

// nested are the placeholders for what is a saying itself.
var nested = []string{"reason", "act", "what", "kind"}

// sayings finds them among the English texts, the most telling first: one of few words fits much that others fit better.
func sayings(english map[string]string) []saying {
	var all []saying
	for key, text := range english {
		if strings.HasPrefix(key, "reason.") || strings.HasPrefix(key, "message.") {
			all = append(all, newSaying(key, html.UnescapeString(text)))
		}
	}
	slices.SortFunc(all, func(a, b saying) int {
		if longer := len(strings.Join(b.words, "")) - len(strings.Join(a.words, "")); longer != 0 {
			return longer
		}
		return strings.Compare(a.key, b.key)
	})
	return all
}

func newSaying(key, text string) saying {
	s := saying{key: key}
	for {
		before, rest, found := strings.Cut(text, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			s.words = append(s.words, text)
			return s
		}
		s.words, s.names, text = append(s.words, before), append(s.names, name), after
	}
}

// read gives what stands at the placeholders of a sentence, if it is this one.
func (s saying) read(sentence string) (values []string, fits bool) {
	rest, fits := strings.CutPrefix(sentence, s.words[0])
	for i := range s.names {
		last := i == len(s.names)-1
		at := strings.Index(rest, s.words[i+1])
		if last {
			at = len(rest) - len(s.words[i+1])
		}
		if !fits || at < 1 || !strings.HasPrefix(rest[at:], s.words[i+1]) {
			return nil, false
		}
		values, rest = append(values, rest[:at]), rest[at+len(s.words[i+1]):]
	}
	return values, fits && rest == ""
}

// translated says a sentence of the rooms below in the language of the page. known is false if there are no words for it.
func (t tongue) translated(sentence string) (text string, known bool) {
	for _, s := range t.sayings {
		if values, fits := s.read(sentence); fits {
			if text, known = t.filled(s, values); known {
				return text, true
			}
		}
	}
	return sentence, false
}

// filled is a saying with what stands at its placeholders. It fits not if the reason within it has no words.
func (t tongue) filled(s saying, values []string) (text string, known bool) {
	pairs := make([]string, 0, 2*len(values))
	for i, name := range s.names {
		if slices.Contains(nested, name) {
			if values[i], known = t.translated(values[i]); !known && name == "reason" {
				return "", false
			}
		}
		pairs = append(pairs, "{"+name+"}", values[i])
	}
	return strings.NewReplacer(pairs...).Replace(html.UnescapeString(t.text(s.key))), true
}
