package oauth_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

// newOffice is a counter at which clients register themselves.
func newOffice(t testing.TB, who oauth.Registration) *counter {
	t.Helper()
	c := newCounter(t, oauthtest.Service{})
	c.Registration = who
	return c
}

func (c *counter) register(t testing.TB, bearer string, changes map[string]any) (*oauth.Registered, error) {
	t.Helper()
	return c.Register(t.Context(), &oauth.RegisterRequest{Origin: here, Bearer: bearer, Body: document(t, changes)})
}

// document is a good registration, changed.
func document(t testing.TB, changes map[string]any) []byte {
	t.Helper()
	metadata := map[string]any{"client_name": "Photo Print", "redirect_uris": []string{landing}}
	maps.Copy(metadata, changes)
	body, err := json.Marshal(metadata)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestAClientThatRegistersCanSignPeopleIn(t *testing.T) {
	c := newOffice(t, oauth.RegistrationOpen)
	registered, err := c.register(t, "", map[string]any{"trusted": true, "scope": "everything", "id_token_signed_response_alg": "ES256"})
	if err != nil {
		t.Fatal(err)
	}
	m := registered.Metadata
	if registered.Secret == "" || registered.AccessToken == "" || m.AuthMethod != oauth.AuthBasic ||
		!slices.Equal(m.GrantTypes, []string{"authorization_code"}) || !slices.Equal(m.ResponseTypes, []string{"code"}) ||
		m.ApplicationType != "web" {
		t.Errorf("got %+v with %+v", registered, m)
	}
	client, err := c.Clients.Client(t.Context(), registered.ClientID)
	if err != nil || client.Trusted {
		t.Errorf("got %+v, %v", client, err)
	}
	redirect := granted(t, c.ask(t, "client_id", registered.ClientID, "scope", "openid"))
	request := c.redemption(find(redirect, "code"))
	request.Auth = oauth.ClientAuth{Basic: true, BasicID: registered.ClientID, BasicSecret: registered.Secret}
	if _, err := c.Token(t.Context(), request); err != nil {
		t.Error(err)
	}
}

func TestWhoMayRegister(t *testing.T) {
	c := newOffice(t, oauth.RegistrationByToken)
	may := c.memory.NewPermanentToken(oauthtest.PermanentToken{UserID: c.userID, Scope: []string{"register"}})
	mayNot := c.memory.NewPermanentToken(oauthtest.PermanentToken{UserID: c.userID, Scope: []string{"shop"}})
	if _, err := c.register(t, may, nil); err != nil {
		t.Error(err)
	}
	for bearer, want := range map[string]oauth.Code{
		"": oauth.InvalidToken, "garbage": oauth.InvalidToken,
		mayNot: oauth.InsufficientScope, c.token(t): oauth.InsufficientScope,
	} {
		if _, err := c.register(t, bearer, nil); code(err) != want {
			t.Errorf("%q: got %v, want %s", bearer, err, want)
		}
	}
	c.Registration = oauth.RegistrationOff
	if _, err := c.register(t, may, nil); code(err) != oauth.AccessDenied {
		t.Errorf("switched off: got %v", err)
	}
	if c.Metadata().RegistrationEndpoint != "" {
		t.Error("metadata names an endpoint that is switched off")
	}
}

func TestWhatMayNotBeRegistered(t *testing.T) {
	c := newOffice(t, oauth.RegistrationOpen)
	list := func(texts ...string) map[string]any { return map[string]any{"redirect_uris": texts} }
	public := func(uri string) map[string]any {
		return map[string]any{"redirect_uris": []string{uri}, "token_endpoint_auth_method": "none"}
	}
	for _, wrong := range []struct {
		name    string
		changes map[string]any
		code    oauth.Code
	}{
		{"no redirect URI", list(), oauth.InvalidRedirectURI},
		{"fragment", list(landing + "#x"), oauth.InvalidRedirectURI},
		{"wildcard", list("https://*.example.test/cb"), oauth.InvalidRedirectURI},
		{"plain http", list("http://client.example.test/cb"), oauth.InvalidRedirectURI},
		{"user name", list("https://a@client.example.test/cb"), oauth.InvalidRedirectURI},
		{"relative", list("/cb"), oauth.InvalidRedirectURI},
		{"no host", list("https:///cb"), oauth.InvalidRedirectURI},
		{"opaque https", list("https:cb"), oauth.InvalidRedirectURI},
		{"javascript", public("javascript:alert(1)"), oauth.InvalidRedirectURI},
		{"JavaScript", public("JavaScript://%0aalert(1)"), oauth.InvalidRedirectURI},
		{"data", public("data:text/html,x"), oauth.InvalidRedirectURI},
		{"scheme of its own, confidential", list("app.example:/cb"), oauth.InvalidRedirectURI},
		{"backslash", list("https://client.example.test\\@evil.example/"), oauth.InvalidRedirectURI},
		{"endless", list("https://client.example.test/" + strings.Repeat("x", 3000)), oauth.InvalidRedirectURI},
		{"too many", list(slices.Repeat([]string{landing}, 21)...), oauth.InvalidClientMetadata},
		{"bad address after signing out", map[string]any{"post_logout_redirect_uris": []string{"javascript:x"}}, oauth.InvalidRedirectURI},
		{"password grant", map[string]any{"grant_types": []string{"password"}}, oauth.InvalidClientMetadata},
		{"unknown grant", map[string]any{"grant_types": []string{"magic"}}, oauth.InvalidClientMetadata},
		{"public with client_credentials", map[string]any{
			"grant_types": []string{"client_credentials"}, "token_endpoint_auth_method": "none",
		}, oauth.InvalidClientMetadata},
		{"unknown response type", map[string]any{"response_types": []string{"ticket"}}, oauth.InvalidClientMetadata},
		{"token without implicit", map[string]any{"response_types": []string{"token"}}, oauth.InvalidClientMetadata},
		{"code without its grant", map[string]any{
			"response_types": []string{"code"}, "grant_types": []string{"implicit"},
		}, oauth.InvalidClientMetadata},
		{"unknown method", map[string]any{"token_endpoint_auth_method": "client_secret_jwt"}, oauth.InvalidClientMetadata},
		{"key method without keys", map[string]any{"token_endpoint_auth_method": "private_key_jwt"}, oauth.InvalidClientMetadata},
		{"keys that are none", map[string]any{"jwks": map[string]any{"keys": []any{}}}, oauth.InvalidClientMetadata},
		{"keys twice", map[string]any{"jwks": map[string]any{}, "jwks_uri": "https://client.example.test/jwks"}, oauth.InvalidClientMetadata},
		{"plain keys", map[string]any{"jwks_uri": "http://client.example.test/jwks"}, oauth.InvalidClientMetadata},
		{"no algorithm", map[string]any{"id_token_signed_response_alg": "none"}, oauth.InvalidClientMetadata},
		{"symmetric assertions", map[string]any{"token_endpoint_auth_signing_alg": "HS256"}, oauth.InvalidClientMetadata},
		{"assertions of no algorithm", map[string]any{"token_endpoint_auth_signing_alg": "none"}, oauth.InvalidClientMetadata},
		{"negative default_max_age", map[string]any{"default_max_age": -1}, oauth.InvalidClientMetadata},
		{"default_acr_values of one text", map[string]any{"default_acr_values": "2"}, oauth.InvalidClientMetadata},
		{"require_auth_time of words", map[string]any{"require_auth_time": "yes"}, oauth.InvalidClientMetadata},
		{"plain sector", map[string]any{"sector_identifier_uri": "http://client.example.test/sector"}, oauth.InvalidClientMetadata},
		{"sector of nothing", map[string]any{"sector_identifier_uri": "https://client.example.test/nothing"}, oauth.InvalidClientMetadata},
		{"symmetric algorithm", map[string]any{"request_object_signing_alg": "HS256"}, oauth.InvalidClientMetadata},
		{"pairwise", map[string]any{"subject_type": "pairwise"}, oauth.InvalidClientMetadata},
		{"logo of script", map[string]any{"logo_uri": "javascript:x"}, oauth.InvalidClientMetadata},
		{"name with a line", map[string]any{"client_name": "a\nb"}, oauth.InvalidClientMetadata},
		{"name without end", map[string]any{"client_name": strings.Repeat("n", 300)}, oauth.InvalidClientMetadata},
		{"name of the wrong kind", map[string]any{"client_name": 7}, oauth.InvalidClientMetadata},
	} {
		_, err := c.register(t, "", wrong.changes)
		if code(err) != wrong.code || err.(*oauth.Error).ID == "" {
			t.Errorf("%s: got %v, want %s", wrong.name, err, wrong.code)
		}
	}
	for _, body := range []string{"", "[]", "{", `{"redirect_uris":["https://a.example"],"redirect_uris":["https://b.example"]}`, `{"a":1,"A":2}`} {
		if _, err := c.Register(t.Context(), &oauth.RegisterRequest{Origin: here, Body: []byte(body)}); code(err) != oauth.InvalidRequest {
			t.Errorf("%q: got %v, want invalid_request", body, err)
		}
	}
	for _, uri := range []string{
		"http://127.0.0.1/cb", "http://[::1]:8080/cb", "http://localhost/cb", "app.example:/cb", "ytoauth://landing.url", landing,
	} {
		if _, err := c.register(t, "", public(uri)); err != nil {
			t.Errorf("%s: %v", uri, err)
		}
	}
}

// OpenID Connect Dynamic Client Registration 1.0 section 2.
func TestTheTypeOfApplicationSaysWhereItIsAnswered(t *testing.T) {
	c := newOffice(t, oauth.RegistrationOpen)
	for _, test := range []struct {
		kind, uri        string
		implicit, public bool
		good             bool
	}{
		{"web", landing, true, false, true},
		{"", "http://localhost/cb", true, false, false},
		{"web", "https://localhost/cb", true, false, false},
		{"web", "http://127.0.0.1/cb", true, true, false},
		{"web", "app.example:/cb", true, true, false},
		{"web", "http://localhost/cb", false, false, true},
		{"native", "http://localhost:8080/cb", true, true, true},
		{"native", "http://[::1]/cb", false, true, true},
		{"native", "app.example:/cb", false, true, true},
		{"native", landing, false, true, false},
	} {
		said := map[string]any{"redirect_uris": []string{test.uri}, "application_type": test.kind, "grant_types": []string{"authorization_code"}}
		if test.implicit {
			said["grant_types"] = []string{"authorization_code", "implicit"}
		}
		if test.public {
			said["token_endpoint_auth_method"] = "none"
		}
		if _, err := c.register(t, "", said); (err == nil) != test.good || err != nil && code(err) != oauth.InvalidRedirectURI {
			t.Errorf("%+v: %v", test, err)
		}
	}
}

// OpenID Connect Dynamic Client Registration 1.0 section 5.
func TestASectorListsEveryRedirectURI(t *testing.T) {
	c := newOffice(t, oauth.RegistrationOpen)
	sector := "https://client.example.test/sector"
	said := map[string]any{"redirect_uris": []string{landing, landing + "/2"}, "sector_identifier_uri": sector}
	for document, good := range map[string]bool{
		`["` + landing + `","` + landing + `/2","https://other.example.test/cb"]`: true,
		`["` + landing + `"]`: false, `[]`: false, `{"redirect_uris":[]}`: false, `[1]`: false, `nothing`: false,
	} {
		c.memory.Serve(sector, document)
		made, err := c.register(t, "", said)
		if (err == nil) != good || err != nil && code(err) != oauth.InvalidClientMetadata {
			t.Errorf("%s: %v", document, err)
		}
		if good && made.Metadata.SectorIdentifierURI != sector {
			t.Errorf("%s is not told back", sector)
		}
	}
}

// OpenID Connect Dynamic Client Registration 1.0 section 2: what a client registers holds where its request says nothing.
func TestWhatAClientRegistersHoldsWhereItsRequestIsSilent(t *testing.T) {
	c := newOffice(t, oauth.RegistrationOpen)
	made, err := c.register(t, "", map[string]any{"default_max_age": 60, "default_acr_values": []string{"2", "1"}, "require_auth_time": true})
	if err != nil {
		t.Fatal(err)
	}
	if m := made.Metadata; *m.DefaultMaxAge != 60 || !slices.Equal(m.DefaultACRValues, []string{"2", "1"}) || !m.RequireAuthTime {
		t.Errorf("told back %+v", m)
	}
	mine := []string{"client_id", made.ClientID, "scope", "openid"}
	answer := c.ask(t, mine...) // the session is older than a minute
	stepped(t, answer, oauth.StepLogin)
	if !slices.Equal(answer.Asked.ACRValues, []string{"2", "1"}) {
		t.Errorf("acr values %v", answer.Asked.ACRValues)
	}
	if answer := c.ask(t, append(mine, "max_age", "3600", "acr_values", "1")...); granted(t, answer) == nil ||
		!slices.Equal(answer.Asked.ACRValues, []string{"1"}) {
		t.Errorf("acr values %v", answer.Asked.ACRValues)
	}
	wish := c.ask(t, append(mine, "max_age", "3600", "claims", `{"id_token":{"acr":{"values":["1"]}}}`)...)
	if granted(t, wish); len(wish.Asked.ACRValues) != 0 {
		t.Errorf("beside a wish for acr: %v", wish.Asked.ACRValues)
	}
}

// Who registered itself asks for a refresh token where the person sees it, and nowhere else.
func TestNobodyGetsARefreshTokenBehindThePersonsBack(t *testing.T) {
	c := newOffice(t, oauth.RegistrationOpen)
	for name, unvouched := range map[string]bool{"an administrator's": false, "a stranger's": true} {
		c.memory.Change(c.id, func(client *oauth.Client) { client.Unvouched = unvouched })
		request := c.redemption(find(granted(t, c.ask(t)), "code"))
		request.AccessType = oauth.Offline
		if response, err := c.Token(t.Context(), request); err != nil || (response.RefreshToken == "") != unvouched {
			t.Errorf("%s client: %+v, %v", name, response, err)
		}
		shown := c.redemption(find(granted(t, c.ask(t, "access_type", oauth.Offline)), "code"))
		if response, err := c.Token(t.Context(), shown); err != nil || response.RefreshToken == "" {
			t.Errorf("%s client, where the person saw it: %+v, %v", name, response, err)
		}
	}
}

func TestAClientIsHeldToTheAlgorithmOfItsAssertions(t *testing.T) {
	c, key := signing(t)
	for algorithm, good := range map[string]bool{"": true, string(key.Algorithm()): true, "RS256": false} {
		c.memory.Change(c.id, func(client *oauth.Client) { client.AuthMethod, client.AssertionAlg = oauth.AuthJWT, algorithm })
		request := c.request()
		request.Auth = c.assertion(t, key, "held to "+algorithm, issuer)
		if _, err := c.Token(t.Context(), request); (err == nil) != good || err != nil && code(err) != oauth.InvalidClient {
			t.Errorf("%q: %v", algorithm, err)
		}
	}
}

func TestAClientManagesItsOwnRegistration(t *testing.T) {
	c := newOffice(t, oauth.RegistrationOpen)
	mine, err := c.register(t, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	other, err := c.register(t, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	request := func(bearer string, changes map[string]any) *oauth.RegisterRequest {
		return &oauth.RegisterRequest{Origin: here, Bearer: bearer, ClientID: mine.ClientID, Body: document(t, changes)}
	}
	for _, bearer := range []string{"", "x", other.AccessToken, mine.AccessToken + "x"} {
		if _, err := c.Registered(t.Context(), request(bearer, nil)); code(err) != oauth.InvalidToken {
			t.Errorf("got %v, want invalid_token", err)
		}
		if _, err := c.Reregister(t.Context(), request(bearer, nil)); code(err) != oauth.InvalidToken {
			t.Errorf("got %v, want invalid_token", err)
		}
		if err := c.Unregister(t.Context(), request(bearer, nil)); code(err) != oauth.InvalidToken {
			t.Errorf("got %v, want invalid_token", err)
		}
	}
	got, err := c.Registered(t.Context(), request(mine.AccessToken, nil))
	if err != nil || got.ClientID != mine.ClientID || got.Metadata.Name != "Photo Print" || got.Secret != "" || got.AccessToken != mine.AccessToken {
		t.Errorf("got %+v, %v", got, err)
	}
	changed, err := c.Reregister(t.Context(), request(mine.AccessToken, map[string]any{
		"client_id": mine.ClientID, "client_secret": mine.Secret, "redirect_uris": []string{landing + "/2"},
	}))
	if err != nil || !slices.Equal(changed.Metadata.RedirectURIs, []string{landing + "/2"}) {
		t.Fatalf("got %+v, %v", changed, err)
	}
	shown(t, c, c.ask(t, "client_id", mine.ClientID, "scope", "openid"), oauth.InvalidRequest)
	for name, changes := range map[string]map[string]any{
		"no client_id":    nil,
		"other client_id": {"client_id": other.ClientID},
		"own secret":      {"client_id": mine.ClientID, "client_secret": "chosen-by-myself"},
	} {
		if _, err := c.Reregister(t.Context(), request(mine.AccessToken, changes)); code(err) != oauth.InvalidRequest {
			t.Errorf("%s: got %v, want invalid_request", name, err)
		}
	}
	if err := c.Unregister(t.Context(), request(mine.AccessToken, nil)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Registered(t.Context(), request(mine.AccessToken, nil)); code(err) != oauth.InvalidToken {
		t.Errorf("a client that is gone: got %v, want invalid_token", err)
	}
	if _, err := c.Token(t.Context(), &oauth.TokenRequest{
		Origin: here, Auth: oauth.ClientAuth{ID: mine.ClientID, Secret: mine.Secret}, GrantType: "client_credentials",
	}); code(err) != oauth.InvalidClient {
		t.Errorf("its secret: got %v, want invalid_client", err)
	}
	for tries := 0; ; tries++ { // RFC 7592 section 5
		if _, err := c.Registered(t.Context(), request("guessed", nil)); code(err) == oauth.TooManyRequests {
			break
		} else if tries == 1000 {
			t.Fatalf("whoever guesses is not slowed down: %v", err)
		}
	}
}
