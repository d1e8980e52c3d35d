package declare

import (
	"strconv"
	"strings"
)

// writer makes values in flow style, on one line, such as {key: create, name: "Create payment"}. The same value gives the
// same bytes.
type writer struct {
	line []byte
	next bool // something stands before in the bracket at hand
}

func (w *writer) open(bracket byte) {
	w.separate()
	w.line = append(w.line, bracket)
	w.next = false
}

func (w *writer) close(bracket byte) {
	w.line = append(w.line, bracket)
	w.next = true
}

func (w *writer) separate() {
	if w.next {
		w.line = append(w.line, ", "...)
	}
	w.next = true
}

// key writes a key; its value follows.
func (w *writer) key(name string) {
	w.separate()
	w.line = append(append(w.line, name...), ": "...)
	w.next = false
}

func (w *writer) flag(b bool) {
	w.separate()
	w.line = strconv.AppendBool(w.line, b)
}

// plain reports whether YAML takes a text for text without quotes, wherever it stands and whoever reads it: a letter, then
// letters, digits and . _ / -, and no word that is a value of another type in any version of YAML.
func plain(s string) bool {
	if s == "" || !letter(s[0]) {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !letter(c) && (c < '0' || c > '9') && c != '.' && c != '_' && c != '/' && c != '-' {
			return false
		}
	}
	if len(s) > 5 {
		return true
	}
	switch strings.ToLower(s) {
	case "y", "yes", "n", "no", "on", "off", "true", "false", "null", "nan", "inf":
		return false
	}
	return true
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func (w *writer) text(s string) {
	w.separate()
	if plain(s) {
		w.line = append(w.line, s...)
		return
	}
	w.line = append(w.line, quoted(s)...)
}

// quoted writes a text in double quotes with escapes that YAML and Go share.
func quoted(s string) string { return strconv.Quote(s) }

// take gives what was written and begins anew.
func (w *writer) take() []byte {
	line := w.line
	w.line, w.next = nil, false
	return line
}
