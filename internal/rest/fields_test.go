package rest

import (
	"encoding/json"
	"strings"
	"testing"

	"example.org/hub/internal/fault"
)

const whole = `{"id":"1","name":"Ada","profile":{"email":{"email":"a@b","verified":true},"avatar":{"url":"u"}},"groups":[{"id":"g","name":"staff"}]}`

func TestFieldsCutAnAnswerToWhatWasAskedFor(t *testing.T) {
	for asked, want := range map[string]string{
		"id":                                    `{"id":"1"}`,
		"id, name":                              `{"id":"1","name":"Ada"}`,
		"profile/email/verified":                `{"profile":{"email":{"verified":true}}}`,
		"profile(email(verified),avatar)":       `{"profile":{"avatar":{"url":"u"},"email":{"verified":true}}}`,
		"profile/avatar,profile/email/email":    `{"profile":{"avatar":{"url":"u"},"email":{"email":"a@b"}}}`,
		"profile,profile/avatar":                `{"profile":{"avatar":{"url":"u"},"email":{"email":"a@b","verified":true}}}`,
		"groups(name)":                          `{"groups":[{"name":"staff"}]}`,
		"groups/id,nobody,nothing(of/the,kind)": `{"groups":[{"id":"g"}]}`,
	} {
		wanted, err := parseFields(asked)
		if err != nil {
			t.Errorf("%s: %v", asked, err)
			continue
		}
		var value any
		if err := json.Unmarshal([]byte(whole), &value); err != nil {
			t.Fatal(err)
		}
		if got, _ := json.Marshal(wanted.cut(value)); string(got) != want {
			t.Errorf("%s: got %s, want %s", asked, got, want)
		}
	}
}

func TestFieldsThatCannotBeReadAreBadInput(t *testing.T) {
	for _, text := range []string{",", "a,", "a(", "a()", "a)", "a(b", "a/", "/a", "a(b))", strings.Repeat("a/", 40) + "a", strings.Repeat("a(", 40), strings.Repeat("a", 5000)} {
		if _, err := parseFields(text); !fault.Is(err, fault.Invalid) {
			t.Errorf("%.40s: %v", text, err)
		}
	}
}

func FuzzFields(f *testing.F) {
	f.Add("id,profile(email/verified),groups")
	f.Fuzz(func(t *testing.T, text string) {
		wanted, err := parseFields(text)
		if err != nil {
			return
		}
		var value any
		if err := json.Unmarshal([]byte(whole), &value); err != nil {
			t.Fatal(err)
		}
		wanted.cut(value)
	})
}
