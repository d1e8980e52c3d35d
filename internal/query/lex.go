package query

import (
	"strings"
	"unicode"
)

// sign is a kind of lexeme.
type sign uint8

const (
	end    sign = iota
	word        // a bare word, without blanks, brackets and quotes at its beginning
	braced      // {several words}
	quoted      // "a phrase"
	opening
	closing
	comma
	colon
)

// lexeme is one piece of the text.
type lexeme struct {
	sign sign
	text string
	at   int  // index of its first character
	to   int  // index behind its last character
	star bool // a * stood directly behind it and ended it
}

// lexer cuts a text. It works on characters, so that positions are those that people count.
type lexer struct {
	text []rune
	at   int
}

func (l *lexer) blanks() {
	for l.at < len(l.text) && unicode.IsSpace(l.text[l.at]) {
		l.at++
	}
}

// next gives the next lexeme. What is read as a value may hold colons and commas: addresses and times do; inside the
// brackets of a tuple a comma ends it.
func (l *lexer) next(asValue, inTuple bool) lexeme {
	l.blanks()
	start := l.at
	if start == len(l.text) {
		return lexeme{sign: end, at: start, to: start}
	}
	single := map[rune]sign{'(': opening, ')': closing, ',': comma, ':': colon}[l.text[start]]
	if single == comma && !inTuple || single == colon && asValue {
		single = end
	}
	if single != end {
		l.at++
		return lexeme{sign: single, text: string(l.text[start]), at: start, to: l.at}
	}
	switch l.text[start] {
	case '{':
		return l.enclosed(braced, '}')
	case '"':
		return l.enclosed(quoted, '"')
	}
	for l.at < len(l.text) && !l.endsWord(asValue, inTuple) {
		l.at++
	}
	text := string(l.text[start:l.at])
	bare, star := strings.CutSuffix(text, "*")
	return lexeme{sign: word, text: bare, at: start, to: l.at, star: star}
}

func (l *lexer) endsWord(asValue, inTuple bool) bool {
	switch r := l.text[l.at]; r {
	case '(', ')':
		return true
	case ',':
		return inTuple
	case ':':
		return !asValue
	default:
		return unicode.IsSpace(r)
	}
}

// enclosed reads up to the closing character, or to the end of the text where it is missing. A backslash takes the meaning
// from the character behind it.
func (l *lexer) enclosed(sign sign, last rune) lexeme {
	start := l.at
	var text strings.Builder
	for l.at++; l.at < len(l.text) && l.text[l.at] != last; l.at++ {
		if l.text[l.at] == '\\' && l.at+1 < len(l.text) {
			l.at++
		}
		text.WriteRune(l.text[l.at])
	}
	l.at = min(l.at+1, len(l.text))
	found := lexeme{sign: sign, text: text.String(), at: start}
	if l.at < len(l.text) && l.text[l.at] == '*' {
		l.at++
		found.star = true
	}
	found.to = l.at
	return found
}
