package hub

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxName is the most characters that a name, label or note may have.
const maxName = 256

// Fold is the form in which logins, e-mail addresses, and ids, keys and names of services are compared: Unicode
// composed (NFC) and lower case. What is no text, in a name that a stranger sent, becomes a sign that no name has.
func Fold(name string) string {
	if isFolded(name) {
		return name
	}
	name = strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", "\ufffd"), "\ufffd")
	return strings.ToLower(norm.NFC.String(strings.TrimSpace(name)))
}

// isFolded reports whether a name is in that form for certain, as the ids that every request brings are: nothing but lower-case
// letters, digits and signs of ASCII.
func isFolded(name string) bool {
	for i := range len(name) {
		if c := name[i]; c <= ' ' || c > '~' || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

// CheckName says what is wrong with a name, label or note meant for people; empty means nothing is. Control and
// direction-changing characters are refused since they make one name look like another.
func CheckName(name string) string {
	switch {
	case strings.TrimSpace(name) == "":
		return "must not be empty"
	case !utf8.ValidString(name):
		return "must be valid UTF-8"
	case utf8.RuneCountInString(name) > maxName:
		return "must have at most 256 characters"
	}
	for _, r := range name {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != '\u200d' && r != '\u200c' {
			return "must not hold control or direction-changing characters"
		}
	}
	return ""
}

// apart gives reason, or why a name cannot be told from one of the words that mean something else where the name stands in URLs.
func apart(reason, name string, words ...string) string {
	if reason == "" && slices.Contains(words, Fold(name)) {
		return fmt.Sprintf("must not be %q: in URLs that means something else", name)
	}
	return reason
}

// CheckKey says what is wrong with a key (of a service, role, organisation, permission) or login; empty means nothing
// is. Keys stand in scopes, URLs and permission names, so they hold no space, colon or slash.
func CheckKey(key string) string {
	if reason := CheckName(key); reason != "" {
		return reason
	}
	for _, r := range key {
		if unicode.IsSpace(r) || strings.ContainsRune(`:/\?#%"<>,`, r) {
			return "must not hold spaces or any of : / \\ ? # % \" < > ,"
		}
	}
	return ""
}
