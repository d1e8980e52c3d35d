package oauth_test

import (
	"slices"
	"strings"
	"testing"

	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

func TestBeforeClientAndRedirectURIAreProvenNothingLeavesTheHub(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	bare := newCounter(t, oauthtest.Service{RedirectURIs: []string{}})
	two := newCounter(t, oauthtest.Service{RedirectURIs: []string{landing, landing + "/2"}})
	shown(t, c, c.ask(t, "client_id", "-"), oauth.InvalidRequest)
	shown(t, c, c.ask(t, "client_id", ""), oauth.InvalidRequest)
	shown(t, c, c.ask(t, "client_id", "nobody"), oauth.InvalidRequest)
	shown(t, c, c.ask(t, "redirect_uri", "-"), oauth.InvalidRequest) // OpenID Connect requires it
	shown(t, two, two.ask(t, "redirect_uri", "-", "scope", "shop"), oauth.InvalidRequest)
	shown(t, bare, bare.ask(t), oauth.InvalidRequest)
	for _, repeated := range []string{"client_id", "redirect_uri"} {
		parameters := c.parameters()
		parameters[repeated] = append(parameters[repeated], parameters[repeated][0])
		shown(t, c, c.send(t, parameters), oauth.InvalidRequest)
	}
	for _, uri := range []string{
		landing + "/", landing + "?", landing + "?x=y", landing + "#x", landing + "%20", landing + " ",
		" " + landing, landing + "/../evil", strings.ToUpper(landing),
		"https://client.example.test:443/landing", "http://client.example.test/landing", "https://client.example.test@evil.example/landing",
		"https://evil.example/landing", "https://client.example.test.evil.example/landing", "//client.example.test/landing", "/landing",
		"javascript:alert(1)", "https://client.example.test/landing\x00",
		"https://client.example.test\\@evil.example/landing", "http://127.0.0.1/landing",
	} {
		shown(t, c, c.ask(t, "redirect_uri", uri), oauth.InvalidRequest)
	}
	c.memory.Disable(c.id)
	shown(t, c, c.ask(t), oauth.InvalidRequest)
}

func TestOnlyThePortOfAPublicClientsLoopbackAddressIsFree(t *testing.T) {
	registered := []string{"http://127.0.0.1/cb", "http://[::1]:8080/cb", "http://localhost/cb?x=1", "app.example:/cb"}
	public := newCounter(t, oauthtest.Service{Key: "native", Public: true, AuthMethod: oauth.AuthNone, RedirectURIs: registered})
	public.session.Seen = true
	confidential := newCounter(t, oauthtest.Service{RedirectURIs: registered})
	for uri, good := range map[string]bool{
		"http://127.0.0.1/cb": true, "http://127.0.0.1:49152/cb": true, "http://[::1]:1/cb": true, "http://[::1]/cb": true,
		"http://localhost:3000/cb?x=1": true, "app.example:/cb": true,
		"http://127.0.0.1:49152/cb/": false, "http://127.0.0.1:49152/other": false, "http://127.0.0.2:49152/cb": false,
		"https://127.0.0.1:49152/cb": false, "http://localhost:3000/cb": false, "http://localhost:3000/cb?x=2": false,
		"http://127.0.0.1:49152@evil.example/cb": false, "http://127.0.0.1:x/cb": false, "http://127.0.0.1:99999999/cb#x": false,
		"http://localhost.evil.example/cb?x=1": false, "http://127.0.0.1.evil.example/cb": false,
		"http://[::ffff:127.0.0.1]:1/cb": false, "app.example:1/cb": false, "http://0x7f.1:1/cb": false, "http://127.1:80/cb": false,
	} {
		answer := public.ask(t, "redirect_uri", uri, "scope", "native")
		if good {
			granted(t, answer)
		} else if answer.Problem == nil {
			t.Errorf("%s was taken", uri)
		}
		if exact := slices.Contains(registered, uri); !exact && confidential.ask(t, "redirect_uri", uri).Problem == nil {
			t.Errorf("%s was taken for a confidential client", uri)
		}
	}
}

func TestTheOnlyRedirectURINeedNotBeSent(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	redirect := granted(t, c.ask(t, "redirect_uri", "-", "scope", "shop"))
	if redirect.URI != landing {
		t.Errorf("it goes to %s", redirect.URI)
	}
	request := c.redemption(find(redirect, "code"))
	request.RedirectURI = ""
	if _, err := c.Token(t.Context(), request); err != nil {
		t.Errorf("a redirect URI that was not sent need not be sent at redemption: %v", err)
	}
}
