package hub_test

import (
	"slices"
	"strings"
	"testing"

	"example.org/hub/internal/hub"
)

func TestARelativeRedirectURIStandsForAddressesOfItsService(t *testing.T) {
	for name, c := range map[string]struct {
		home  string
		bases []string
		uris  []string
		want  []string
	}{
		"below the home":      {home: "https://a.example/app", uris: []string{"./oauth/cb"}, want: []string{"https://a.example/app/oauth/cb"}},
		"below a home folder": {home: "https://a.example/app/", uris: []string{"./cb"}, want: []string{"https://a.example/app/cb"}},
		"on the host":         {home: "https://a.example/app?x=1#y", uris: []string{"/cb?z"}, want: []string{"https://a.example/cb?z"}},
		"at each address": {
			home: "https://a.example", bases: []string{"https://b.example/x", "https://a.example"},
			uris: []string{"./cb"}, want: []string{"https://a.example/cb", "https://b.example/x/cb"},
		},
		"absolute ones stay": {
			home: "https://a.example", uris: []string{"https://c.example/%7Ecb", "my.app:/cb"},
			want: []string{"https://c.example/%7Ecb", "my.app:/cb"},
		},
		"plain http is dropped": {
			home: "http://a.example", bases: []string{"http://127.0.0.1:80"},
			uris: []string{"./cb"}, want: []string{"http://127.0.0.1:80/cb"},
		},
		"nothing to stand on": {uris: []string{"./cb", "/cb"}, want: []string{}},
	} {
		service := hub.Service{ServiceSettings: hub.ServiceSettings{HomeURL: c.home, BaseURLs: c.bases, RedirectURIs: c.uris}}
		if got := service.AnswerURIs(); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestARelativeRedirectURIIsRegisteredOnlyWhereItStandsForGoodOnes(t *testing.T) {
	for uri, c := range map[string]struct {
		home string
		want string
	}{
		"./cb":            {"https://a.example", ""},
		"/cb":             {"https://a.example/x", ""},
		"./cb#x":          {"https://a.example", "fragment"},
		"./*":             {"https://a.example", "wildcard"},
		"./x":             {"", "home or base URL"},
		"./y":             {"http://a.example", "https"},
		"//evil.example":  {"https://a.example", "absolute"},
		"../cb":           {"https://a.example", "absolute"},
		"callback":        {"https://a.example", "absolute"},
		"./a b":           {"https://a.example", "characters"},
		"./\\evil":        {"https://a.example", "characters"},
		"/\\evil.example": {"https://a.example", "characters"},
	} {
		service := hub.HubService(hub.Production)
		service.ID, service.Key, service.Name = "a", "a", "A"
		service.HomeURL, service.RedirectURIs = c.home, []string{uri}
		var reasons []string
		for _, field := range service.Check() {
			if field.Name == "redirectUris" {
				reasons = append(reasons, field.Reason)
			}
		}
		switch got := strings.Join(reasons, "; "); {
		case c.want == "" && got != "", c.want != "" && !strings.Contains(got, c.want):
			t.Errorf("%q: %q, want %q in it", uri, got, c.want)
		}
	}
}
