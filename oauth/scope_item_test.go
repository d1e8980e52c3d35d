package oauth_test

import (
	"slices"
	"testing"

	"example.org/hub/oauth"
)

func TestAScopeConfinesAServiceAlsoUnderTheNameItHad(t *testing.T) {
	for scope, want := range map[string][]string{
		"payments":                      nil,
		"payments:read":                 {"read"},
		"PAYMENTS:read p1:write":        {"read", "write"},
		"payments:read payments":        nil,
		"Payments%20API%3Aread":         {"read"},
		"openid payments":               nil,
		"purse:read":                    {"read"}, // as it was called when the token was made
		"purse%3Aread users:list p-old": {"read", "list"},
		"purse users":                   nil,
		"users:list payments":           nil,
		"users:list payments:read":      {"read"},
	} {
		token := oauth.AccessToken{Scope: scope}
		got, confined := token.Confined("p1", "payments", "Payments API")
		if confined != (want != nil) || !slices.Equal(got, want) {
			t.Errorf("%q: %q, %v; want %q", scope, got, confined, want)
		}
	}
}
