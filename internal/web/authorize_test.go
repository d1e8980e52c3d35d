package web_test

import (
	"net/url"
	"strings"
	"testing"

	"example.org/hub/internal/web"
)

func TestFormsMayLeadToHubAndToTheServiceOnly(t *testing.T) {
	for uri, want := range map[string]string{
		"":                                    "'self'",
		"https://Wiki.example.test/cb?x=1":    "'self' https://wiki.example.test",
		"http://localhost:8080/cb":            "'self' http://localhost:8080",
		"http://[::1]:8080/cb":                "'self' http:",
		"com.example.App:/oauth":              "'self' com.example.app:",
		"https://a.test;script-src *//cb":     "'self'",
		"https://a.test, https://b.test/cb":   "'self'",
		"https://a.test 'unsafe-inline'/cb":   "'self'",
		"//wiki.example.test/cb":              "'self'",
		"https://user:pass@wiki.example.test": "'self' https://wiki.example.test",
	} {
		if got := web.FormTargets(uri); got != want {
			t.Errorf("%s: %s, want %s", uri, got, want)
		}
	}
}

func FuzzASignInNeverLeadsOutOfTheHub(f *testing.F) {
	for _, seed := range []string{
		"/", "/account/security/password?x=1#y", "//evil.test", `/\evil.test`, "https://evil.test",
		"/%2F/evil.test", "/\t/evil.test", "\x00/", "/..//evil.test",
		"/test/account", "/test/../other", "/test/%2e%2e/other", "/testing",
	} {
		f.Add(seed)
	}
	base, err := url.Parse("https://hub.example.test/test/auth/login")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, value string) {
		back := web.Back("/test", value)
		if back == "" {
			return
		}
		// Browsers take a backslash for a slash, and leave out tabs and line breaks.
		for _, as := range []string{back, strings.ReplaceAll(back, `\`, "/"), strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(back)} {
			at, err := base.Parse(as)
			if err != nil || at.Host != base.Host || at.Scheme != base.Scheme || at.User != nil || !strings.HasPrefix(at.Path, "/test/") {
				t.Errorf("%q leads to %v, %v", value, at, err)
			}
		}
	})
}
