package rest

import (
	"encoding/json"
	"strings"
	"testing"

	"example.org/hub/internal/fault"
)

const sampleUser = `{"id":"1","name":"Ada","profile":{"email":{"email":"a@b","verified":true},"avatar":{"url":"u"}},"groups":[{"id":"g","name":"staff"}]}`

func TestFieldsCutAnAnswerToWhatWasAskedFor(t *testing.T) {
	for asked, want := range map[string]string{
		"id":                                    `{"id":"1"}`,
		"id, name":                              `{"id":"1","name":"Ada"}`,
		"profile/email/verified":                `{"profile":{"email":{"verified":true}}}`,
		"profile(email(verified),avatar)":       `{"profile":{"email":{"verified":true},"avatar":{"url":"u"}}}`,
		"profile/avatar,profile/email/email":    `{"profile":{"email":{"email":"a@b"},"avatar":{"url":"u"}}}`,
		"profile,profile/avatar":                `{"profile":{"email":{"email":"a@b","verified":true},"avatar":{"url":"u"}}}`,
		"groups(name)":                          `{"groups":[{"name":"staff"}]}`,
		"groups/id,nobody,nothing(of/the,kind)": `{"groups":[{"id":"g"}]}`,
	} {
		wanted, err := parseFields(asked)
		if err != nil {
			t.Errorf("%s: %v", asked, err)
			continue
		}
		if got := string(wanted.cut([]byte(sampleUser))); got != want {
			t.Errorf("%s: got %s, want %s", asked, got, want)
		}
	}
}

func TestFieldsThatCannotBeReadAreBadInput(t *testing.T) {
	for _, text := range []string{
		",", "a,", "a(", "a()", "a)", "a(b", "a/", "/a", "a(b))",
		strings.Repeat("a/", 40) + "a", strings.Repeat("a(", 40), strings.Repeat("a", 5000),
	} {
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
		if kept := wanted.cut([]byte(sampleUser)); !json.Valid(kept) {
			t.Errorf("%s makes %s", text, kept)
		}
	})
}
