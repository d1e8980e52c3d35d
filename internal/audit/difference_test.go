package audit_test

import (
	"strings"
	"testing"

	"example.org/hub/internal/audit"
)

func TestDifferencesAreNamedByTheirCharacter(t *testing.T) {
	const registered = "https://wiki.example.test/cb"
	for received, want := range map[string][]string{
		registered:                            {""},
		"https://wiki.example.test/cb/":       {"a slash at the end of the path", "at character 29 the end was expected and \"/\" came"},
		"https://wiki.example.test/Cb":        {"the path (its letter case)", "at character 27 \"c\" was expected and \"C\" came"},
		"http://wiki.example.test/cb":         {"the scheme (https, not http)", "at character 5"},
		"https://wiki.example.test:8443/cb":   {"the port (the usual one, not 8443)", "at character 26"},
		"https://wiki.example.test/cb?a=b":    {"the query"},
		"https://wiki.example.test/cb#x":      {"the fragment"},
		"https://WIKI.example.test/cb":        {"the host (its letter case)"},
		"https://wikis.example.test/cb":       {"the host", "at character 13 \".\" was expected and \"s\" came"},
		"https://wiki.example.test/c":         {"the path", "at character 28 \"b\" was expected and the end came"},
		"https://wiki.example.test/cbcbcb%20": {"the path"},
		"HTTPS://wiki.example.test/cb":        {"only the letter case differs"},
		"nothing of the kind":                 {""},
		"":                                    {""},
		"https://wiki.example.tést/cb":        {"at character 23 \"e\" was expected and \"é\" came"},
	} {
		// The nearest of several is meant.
		got := audit.Compare("com.example.wiki:/cb "+registered+" https://quite.another.test/", received).String()
		for _, part := range want {
			if !strings.Contains(got, part) || (part == "") != (got == "") {
				t.Errorf("%s: %s, want %s", received, got, part)
			}
		}
	}
	if got := audit.Compare("client_secret_basic", "CLIENT_SECRET_BASIC").String(); !strings.HasPrefix(got, "only the letter case differs") {
		t.Error(got)
	}
	if got := audit.Compare("", "x").String(); got != "" {
		t.Error(got)
	}
}

func FuzzDifference(f *testing.F) {
	f.Add("https://a.test/cb https://b.test/", "https://a.test/cb/")
	f.Add("a:b", "\xff\x00")
	f.Fuzz(func(t *testing.T, expected, received string) {
		got := audit.Compare(expected, received).String()
		for candidate := range strings.FieldsSeq(expected) {
			if candidate == received && got != "" {
				t.Errorf("%q is expected, and differs: %s", received, got)
			}
		}
	})
}
