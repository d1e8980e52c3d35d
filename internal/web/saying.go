package web

import (
	"slices"
	"sort"
	"strings"

	"example.org/hub/internal/audit"
)

// The rooms below say in English what is wrong. What they say is said on a page in its language: locale/said/ holds a file per
// language, from the sentence as they have it to the sentence as it is said. Both may hold {placeholders}, for what changes from one
// refusal to the next. English says it as it is.

// saying is such a sentence: the words around its placeholders, of which there is one less.
type saying struct {
	sentence string
	words    []string
	names    []string
}

// nested are the placeholders for what is a saying itself.
var nested = []string{"reason", "act", "what", "kind"}

// sayings are the sentences of all languages, the most telling first: one of few words fits much that others fit better.
func sayings(languages []map[string]string) []saying {
	known := map[string]bool{}
	var all []saying
	for _, said := range languages {
		for sentence := range said {
			if !known[sentence] {
				known[sentence] = true
				all = append(all, newSaying(sentence))
			}
		}
	}
	sort.Slice(all, func(i, j int) bool {
		if longer := len(strings.Join(all[i].words, "")) - len(strings.Join(all[j].words, "")); longer != 0 {
			return longer > 0
		}
		return all[i].sentence < all[j].sentence
	})
	return all
}

func newSaying(sentence string) saying {
	s, text := saying{sentence: sentence}, sentence
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
	text = s.sentence
	if said, is := t.said[text]; is {
		text = said
	}
	return strings.NewReplacer(pairs...).Replace(text), true
}

// remark is what a room below says, as a page says it.
type remark struct {
	Text string
	Lang string // of the text, where it is not that of the page; else empty
}

// begun is the remark where it stands for itself, as a sentence.
func (r remark) begun() remark {
	r.Text = upper(r.Text)
	return r
}

// tell says a sentence of the rooms below. One without words in the language of the page stays English.
func (t tongue) tell(sentence string) remark {
	text, known := t.translated(strings.TrimSuffix(sentence, "."))
	if known || t.Lang == "en" {
		return remark{Text: text}
	}
	return remark{Text: text, Lang: "en"}
}

// difference says where what came departs from what was expected.
func (t tongue) difference(d audit.Difference) string {
	where := t.tell(d.Where).Text
	if len(d.Parts) == 0 {
		return upper(where)
	}
	parts := make([]string, len(d.Parts))
	for i, part := range d.Parts {
		parts[i] = t.tell(part).Text
	}
	return upper(t.plain("difference", "parts", strings.Join(parts, " "+t.plain("and")+" "), "where", where))
}
