package web

import (
	"net/http"
	"net/url"
	"slices"
)

// FormTargets is formTargets, for tests.
func FormTargets(redirectURI string) string { return formTargets(redirectURI) }

// Back is where a sign-in with this value of back leads, at a hub below a path.
func Back(base, value string) string {
	return (&Pages{base: base}).back(&visitor{Request: &http.Request{}, query: url.Values{backName: {value}}})
}

// Spoken says in a language what the rooms below say in English, X standing for anything. known is false if there are no words for it.
func Spoken(m *Material, lang, sentence string) (text string, known bool) {
	words, err := m.words()
	if err != nil {
		return err.Error(), false
	}
	for i, tag := range words.tags {
		if tag.String() == lang {
			anything := newSaying("X")
			return tongue{
				texts: words.texts[i], english: words.texts[0],
				said: words.said[i], sayings: append(slices.Clone(words.sayings), anything),
			}.translated(sentence)
		}
	}
	return "", false
}

// SecretField is secretField, for tests.
func SecretField(name string) bool { return secretField(name) }

// Coloured is coloured, for tests.
func Coloured(code string) string { return string(coloured(code)) }
