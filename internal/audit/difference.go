package audit

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Difference is where what was received departs from the nearest of what was expected, in phrases. The zero value: they have too
// little in common for that to help, or nothing differs.
type Difference struct {
	Parts []string // which parts of an address differ, such as "the host"; empty: they are no addresses
	Where string   // by the character, with both
}

// String puts the phrases together.
func (d Difference) String() string {
	if len(d.Parts) == 0 {
		return d.Where
	}
	return "what differs is " + strings.Join(d.Parts, " and ") + ": " + d.Where
}

// Compare holds what was received against what was expected, a list with blanks between.
func Compare(expected, received string) Difference {
	nearest, common := "", -1
	for candidate := range strings.FieldsSeq(expected) {
		if candidate == received {
			return Difference{}
		}
		if alike := alike(candidate, received); alike > common {
			nearest, common = candidate, alike
		}
	}
	if common*2 < max(utf8.RuneCountInString(nearest), utf8.RuneCountInString(received)) {
		return Difference{}
	}
	d := Difference{Parts: differingParts(nearest, received), Where: atCharacter(nearest, received)}
	if len(d.Parts) == 0 && strings.EqualFold(nearest, received) {
		d.Where = "only the letter case differs: " + d.Where
	}
	return d
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
	return fmt.Sprintf("at character %d %s was expected and %s came; expected %q, received %q",
		at+1, character(one, at), character(two, at), expected, received)
}

func character(text []rune, at int) string {
	if at >= len(text) {
		return "the end"
	}
	return fmt.Sprintf("%q", string(text[at]))
}

// differingParts names the parts of two addresses that differ, if some do and they are addresses.
func differingParts(expected, received string) []string {
	one, errOne := url.Parse(expected)
	two, errTwo := url.Parse(received)
	if errOne != nil || errTwo != nil || one.Scheme == "" || two.Scheme == "" {
		return nil
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
	return parts
}

func onlyCase(one, two string) string {
	if strings.EqualFold(one, two) {
		return " (its letter case)"
	}
	return ""
}

func port(u *url.URL) string {
	if u.Port() == "" {
		return "the usual one"
	}
	return u.Port()
}
