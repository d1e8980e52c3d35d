package query_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"example.org/hub/internal/query"
)

var assisted = []query.Key{{Name: "login"}, {Name: "name"}, {Name: "is", Values: []string{"banned", "bot"}}, {Name: "organisation"}}

// offered shows each suggestion as the text would be with it, the caret being |.
func offered(text string) []string {
	bare := []rune(strings.Replace(text, "|", "", 1))
	caret := utf8.RuneCountInString(text[:strings.Index(text, "|")])
	var all []string
	for _, s := range query.Assist(string(bare), caret, assisted).Suggestions {
		whole := []rune(string(bare[:s.From]) + s.Prefix + s.Option + s.Suffix + string(bare[s.To:]))
		all = append(all, string(whole[:s.Caret])+"|"+string(whole[s.Caret:]))
	}
	return all
}

func TestSuggestionsFitWhereTheCaretIs(t *testing.T) {
	for text, want := range map[string]string{
		"|":               "[login: | name: | is: | organisation: | not |]",
		"l|":              "[login: |]",
		"N|":              "[name: | not |]",
		"x|":              "[]",
		"is: |":           "[is: banned | is: bot |]",
		"is:bo|":          "[is:bot |]",
		"is: B|":          "[is: banned | is: bot |]",
		"login: |":        "[]",
		"login: ада |":    "[login: ада login: | login: ада name: | login: ада is: | login: ада organisation: | login: ада and | login: ада or | login: ада not |]",
		"login: ада a|":   "[login: ада and |]",
		"is: bot and |":   "[is: bot and login: | is: bot and name: | is: bot and is: | is: bot and organisation: | is: bot and not |]",
		"(or|":            "[(organisation: |]",
		"l| is: bot":      "[login: | is: bot]",
		"nothing:b|":      "[]",
		"login: {ada lo|": "[]",
		`"a lo|`:          "[]",
		"a is|":           "[a is: |]",
	} {
		if got := fmt.Sprint(offered(text)); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestWordsAreShownAsWhatTheyAre(t *testing.T) {
	var got []string
	text := "login: ada OR not (free text) {full name}: {x y}"
	for _, s := range query.Assist(text, 0, assisted).Styles {
		got = append(got, text[s.Start:s.Start+s.Length]+"="+s.Style)
	}
	want := "login=field_name ada=field_value OR=operator not=operator free=text text=text {full name}=field_name {x y}=field_value"
	if strings.Join(got, " ") != want {
		t.Errorf("%v", got)
	}
}

func FuzzAssist(f *testing.F) {
	f.Add("login: ada", 3)
	f.Fuzz(func(t *testing.T, text string, caret int) {
		length := utf8.RuneCountInString(text)
		a := query.Assist(text, caret, assisted)
		for _, s := range a.Suggestions {
			if s.From < 0 || s.To < s.From || s.To > length || s.Caret < s.From || s.Matching > len([]rune(s.Option)) {
				t.Fatalf("%+v", s)
			}
		}
		for _, s := range a.Styles {
			if s.Start < 0 || s.Length <= 0 || s.Start+s.Length > length {
				t.Fatalf("%+v", s)
			}
		}
	})
}
