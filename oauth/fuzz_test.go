package oauth_test

import (
	"net/url"
	"slices"
	"testing"

	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

// FuzzAuthorize holds that whatever a stranger puts into the address, the answer goes to a registered redirect URI or nowhere,
// and names no more than was asked for.
func FuzzAuthorize(f *testing.F) {
	for _, seed := range []string{
		"response_type=code&client_id=ID&redirect_uri=https%3A%2F%2Fclient.example.test%2Flanding&scope=openid+shop&state=s&nonce=n",
		"response_type=token&client_id=ID&redirect_uri=http%3A%2F%2F127.0.0.1%3A99%2Fcb&scope=shop&response_mode=form_post",
		"response_type=code&client_id=ID&redirect_uri=http%3A%2F%2Flocalhost%3A99%40evil%2Fcb&prompt=none&max_age=0",
		"client_id=ID&request=eyJhbGciOiJub25lIn0.e30.", "client_id=ID&claims=%7B%22userinfo%22%3A%7B%7D%7D&response_type=code&scope=shop",
		"client_id=ID&client_id=ID", "client_id=ID&resource=https://hub.example.test/services/x&response_type=code&response_type=code",
	} {
		f.Add(seed)
	}
	registered := []string{landing, "http://127.0.0.1/cb"}
	c := newCounter(f, oauthtest.Service{RedirectURIs: registered, Public: true, AuthMethod: oauth.AuthNone})
	c.memory.Change(c.id, func(client *oauth.Client) { client.IDTokenAlg = "EdDSA" })
	f.Fuzz(func(t *testing.T, query string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		for i, id := range values["client_id"] {
			if id == "ID" {
				values["client_id"][i] = c.id
			}
		}
		answer := c.send(t, oauth.Parameters(values))
		given := 0
		for _, there := range []bool{answer.Problem != nil, answer.Step != nil, answer.Redirect != nil} {
			if there {
				given++
			}
		}
		if given != 1 {
			t.Fatalf("not one answer: %+v", answer)
		}
		if answer.Redirect == nil {
			return
		}
		if uri := answer.Redirect.URI; !slices.Contains(registered, uri) {
			parsed, err := url.Parse(uri)
			if err != nil || parsed.Scheme != "http" || parsed.Hostname() != "127.0.0.1" || parsed.Path != "/cb" ||
				parsed.User != nil || parsed.RawQuery != "" || parsed.Fragment != "" {
				t.Fatalf("it goes to %q", uri)
			}
		}
		if answer.Redirect.Refusal == nil && answer.Redirect.Mode == oauth.ModeQuery &&
			(find(answer.Redirect, "access_token") != "" || find(answer.Redirect, "id_token") != "") {
			t.Fatal("tokens travel in a query")
		}
	})
}

// FuzzRedirectURI holds that what may be registered is an address a browser takes to where it says.
func FuzzRedirectURI(f *testing.F) {
	for _, seed := range []string{
		landing, "http://127.0.0.1/cb", "app.example:/cb", "javascript:alert(1)",
		"https://a@b", "https:\\\\x", "https://*", "http://localhost#",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, uri string) {
		if oauth.CheckRedirectURI(uri, false) != nil {
			return
		}
		parsed, err := url.Parse(uri)
		if err != nil || parsed.Host == "" || parsed.Fragment != "" || parsed.User != nil || parsed.Scheme != "https" && parsed.Scheme != "http" {
			t.Fatalf("%q was taken", uri)
		}
		if parsed.Scheme == "http" && !slices.Contains([]string{"localhost", "::1"}, parsed.Hostname()) && parsed.Hostname()[:4] != "127." {
			t.Fatalf("%q was taken", uri)
		}
		if oauth.CheckRedirectURI(uri, true) != nil {
			t.Fatalf("%q is good for a confidential client and not for a public one", uri)
		}
	})
}

// FuzzRegistration holds that no body, however odd, registers what could not be used safely.
func FuzzRegistration(f *testing.F) {
	for _, seed := range []string{
		`{"redirect_uris":["https://a.example"]}`, `{"jwks":{"keys":[{"kty":"oct","k":"AA"}]}}`,
		`{"grant_types":["implicit"],"response_types":["id_token"]}`, `[]`, `{"client_name":null}`,
	} {
		f.Add(seed)
	}
	c := newOffice(f, oauth.RegistrationOpen)
	f.Fuzz(func(t *testing.T, body string) {
		registered, err := c.Register(t.Context(), &oauth.RegisterRequest{Origin: here, Body: []byte(body)})
		if err != nil {
			if code(err) == oauth.ServerError {
				t.Fatalf("%q: %v", body, err)
			}
			return
		}
		for _, uri := range registered.Metadata.RedirectURIs {
			if err := oauth.CheckRedirectURI(uri, registered.Metadata.AuthMethod == oauth.AuthNone); err != nil {
				t.Fatalf("%q registered %q", body, uri)
			}
		}
		if slices.Contains(registered.Metadata.GrantTypes, "password") {
			t.Fatalf("%q registered the password grant", body)
		}
	})
}
