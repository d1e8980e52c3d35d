package resource

import (
	"strings"
	"testing"
)

// The parser is inside the package: what it takes must be a token that every log and header can carry without harm.
func FuzzParseBearer(f *testing.F) {
	for _, seed := range []string{
		"", "Bearer", "Bearer x", "bearer  perm:YWRh.bmFtZQ==.abc ",
		"Bearer a b", "Bearer a\tb", "Basic x", "Bearerx", "Bearer ey.a-_~+/=:",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		token, err := parseBearer(header)
		if err != nil && token != "" {
			t.Fatalf("%q: both %q and %v", header, token, err)
		}
		if token == "" {
			return
		}
		if !strings.EqualFold(header[:7], "bearer ") || strings.Trim(header[7:], " ") != token {
			t.Fatalf("%q gave %q", header, token)
		}
		if strings.ContainsFunc(token, func(c rune) bool { return c <= ' ' || c > '~' || strings.ContainsRune(`"\,;<>{}`, c) }) {
			t.Fatalf("%q gave a token that is none: %q", header, token)
		}
	})
}
