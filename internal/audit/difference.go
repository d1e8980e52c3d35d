package audit

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Difference says in words where what was received departs from the nearest of what was expected (a list with blanks between),
// by the character; empty where they have too little in common for that to help, or nothing differs.
func Difference(expected, received string) string {
	nearest, common := "", -1
	for candidate := range strings.FieldsSeq(expected) {
		if candidate == received {
			return ""
		}
		if alike := alike(candidate, received); alike > common {
			nearest, common = candidate, alike
		}
	}
	if common*2 < max(utf8.RuneCountInString(nearest), utf8.RuneCountInString(received)) {
		return ""
	}
	words := atCharacter(nearest, received)
	if part := differingPart(nearest, received); part != "" {
		words = part + ": " + words
	}
	return words
}

// alike counts the characters that two texts share at their beginnings and ends, whatever their letter case.
func alike(a, b string) int {
	one, two := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	begin := 0
	for begin < min(len(one), len(two)) && one[begin] == two[begin] {
		begin++
	}
	end := 0
	for end < min(len(one), len(two))-begin && one[len(one)-1-end] == two[len(two)-1-end] {
		end++
	}
	return begin + end
}

// atCharacter names the first character that differs, counted from 1.
func atCharacter(expected, received string) string {
	one, two := []rune(expected), []rune(received)
	at := 0
	for at < min(len(one), len(two)) && one[at] == two[at] {
		at++
	}
	return fmt.Sprintf("at character %d %s was expected and %s came; expected %q, received %q", at+1, character(one, at), character(two, at), expected, received)
}

func character(text []rune, at int) string {
	if at >= len(text) {
		return "the end"
	}
	return fmt.Sprintf("%q", string(text[at]))
}

// differingPart names the part of two addresses that differs, if one does and they are addresses.
func differingPart(expected, received string) string {
	one, errOne := url.Parse(expected)
	two, errTwo := url.Parse(received)
	if errOne != nil || errTwo != nil || one.Scheme == "" || two.Scheme == "" {
		if strings.EqualFold(expected, received) {
			return "only the letter case differs"
		}
		return ""
	}
	var parts []string
	note := func(differs bool, what string) {
		if differs {
			parts = append(parts, what)
		}
	}
	note(one.Scheme != two.Scheme, fmt.Sprintf("the scheme (%s, not %s)", one.Scheme, two.Scheme))
	note(one.Hostname() != two.Hostname(), "the host"+onlyCase(one.Hostname(), two.Hostname()))
	note(one.Port() != two.Port(), fmt.Sprintf("the port (%s, not %s)", port(one), port(two)))
	pathOne, pathTwo := one.Opaque+one.EscapedPath(), two.Opaque+two.EscapedPath()
	switch {
	case pathOne == pathTwo:
	case strings.TrimSuffix(pathOne, "/") == strings.TrimSuffix(pathTwo, "/"):
		parts = append(parts, "a slash at the end of the path")
	default:
		parts = append(parts, "the path"+onlyCase(pathOne, pathTwo))
	}
	note(one.RawQuery != two.RawQuery, "the query")
	note(one.Fragment != two.Fragment, "the fragment")
	if len(parts) == 0 {
		if strings.EqualFold(expected, received) {
			return "only the letter case differs"
		}
		return ""
	}
	return "what differs is " + strings.Join(parts, " and ")
}

func onlyCase(one, two string) string {
	if strings.EqualFold(one, two) {
		return " (its letter case)"
	}
	return ""
}

func port(u *url.URL) string {
	if u.Port() == "" {
		return "none"
	}
	return u.Port()
}
