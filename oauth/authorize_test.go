package oauth_test

import (
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

const (
	landing  = "https://client.example.test/landing"
	verifier = "a-code-verifier.of_exactly~43-characters-00"
)

func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

var everyFlow = []string{"authorization_code", "refresh_token", "client_credentials", oauth.Implicit}

// counter is a desk at which one person is signed in, of a client that may use every flow.
type counter struct {
	desk
	userID  string
	session *oauthtest.Session
}

func newCounter(t testing.TB, service oauthtest.Service) *counter {
	t.Helper()
	if service.Key == "" {
		service.Key = "shop"
	}
	if service.Grants == nil {
		service.Grants = everyFlow
	}
	if service.RedirectURIs == nil {
		service.RedirectURIs = []string{landing}
	}
	c := &counter{desk: newDesk(t, service)}
	c.userID = c.memory.NewUser(oauthtest.User{Login: "ada"})
	c.session = &oauthtest.Session{ID: "session-1", UserID: c.userID, AuthTime: time.Now().Add(-5 * time.Minute), Consented: true, Methods: []string{"pwd"}, Level: "1"}
	return c
}

// ask sends an authorization request; changes are names and values in turn, a value of "-" takes the parameter away.
func (c *counter) ask(t testing.TB, changes ...string) *oauth.AuthorizeAnswer {
	t.Helper()
	return c.send(t, c.parameters(changes...))
}

func (c *counter) parameters(changes ...string) oauth.Parameters {
	parameters := oauth.Parameters{
		"response_type": {"code"}, "client_id": {c.id}, "redirect_uri": {landing}, "scope": {"openid shop"}, "state": {"the state"}, "nonce": {"the nonce"},
		"code_challenge": {challengeOf(verifier)}, "code_challenge_method": {"S256"},
	}
	for i := 0; i < len(changes); i += 2 {
		if changes[i+1] == "-" {
			delete(parameters, changes[i])
		} else {
			parameters[changes[i]] = []string{changes[i+1]}
		}
	}
	return parameters
}

func (c *counter) send(t testing.TB, parameters oauth.Parameters) *oauth.AuthorizeAnswer {
	t.Helper()
	request := &oauth.AuthorizeRequest{Origin: here, Parameters: parameters}
	if c.session != nil {
		request.Session = c.session
	}
	answer := c.Authorize(t.Context(), request)
	if answer.Asked == nil {
		t.Fatal("an answer without what was asked")
	}
	return answer
}

func find(redirect *oauth.Redirect, name string) string {
	for _, parameter := range redirect.Parameters {
		if parameter.Name == name {
			return parameter.Value
		}
	}
	return ""
}

func names(redirect *oauth.Redirect) []string {
	var names []string
	for _, parameter := range redirect.Parameters {
		names = append(names, parameter.Name)
	}
	return names
}

// granted checks that the client got what it asked for, with state and issuer.
func granted(t testing.TB, answer *oauth.AuthorizeAnswer) *oauth.Redirect {
	t.Helper()
	switch {
	case answer.Problem != nil:
		t.Fatalf("a problem page: %v", answer.Problem)
	case answer.Step != nil:
		t.Fatalf("a page: %s", answer.Step.Kind)
	case answer.Redirect.Refusal != nil:
		t.Fatalf("refused: %v", answer.Redirect.Refusal)
	case find(answer.Redirect, "iss") != issuer || find(answer.Redirect, "error") != "":
		t.Fatalf("got %v", answer.Redirect.Parameters)
	}
	return answer.Redirect
}

// told checks that the client was told what is wrong, at its redirect URI, with state, issuer and error id.
func told(t testing.TB, c *counter, answer *oauth.AuthorizeAnswer, want oauth.Code) *oauth.Redirect {
	t.Helper()
	if answer.Redirect == nil || answer.Redirect.Refusal == nil {
		t.Fatalf("got %+v with problem %v and step %+v, want the client to be told %s", answer, answer.Problem, answer.Step, want)
	}
	redirect := answer.Redirect
	if redirect.Refusal.Code != want || find(redirect, "error") != string(want) {
		t.Fatalf("told %v, want %s", redirect.Refusal, want)
	}
	if find(redirect, "iss") != issuer || find(redirect, "code") != "" || find(redirect, "access_token") != "" || find(redirect, "error_description") == "" {
		t.Errorf("told %v", redirect.Parameters)
	}
	if _, recorded := c.memory.Record.Refusal(redirect.Refusal.ID); !recorded {
		t.Error("the refusal was not recorded")
	}
	return redirect
}

// shown checks that a problem is shown on a page of our own and nothing goes to the client.
func shown(t testing.TB, c *counter, answer *oauth.AuthorizeAnswer, want oauth.Code) {
	t.Helper()
	if answer.Problem == nil || answer.Redirect != nil || answer.Step != nil {
		t.Fatalf("got %+v, want a problem page", answer)
	}
	if answer.Problem.Code != want {
		t.Errorf("shown %v, want %s", answer.Problem, want)
	}
	if _, recorded := c.memory.Record.Refusal(answer.Problem.ID); !recorded {
		t.Error("the problem was not recorded")
	}
}

func stepped(t testing.TB, answer *oauth.AuthorizeAnswer, want oauth.StepKind) {
	t.Helper()
	if answer.Step == nil || answer.Step.Kind != want {
		t.Errorf("got step %+v, problem %v, redirect %+v; want the page %s", answer.Step, answer.Problem, answer.Redirect, want)
	}
}

func TestACodeComesBackWithStateAndIssuerAndNothingElse(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	redirect := granted(t, c.ask(t))
	if got := names(redirect); !slices.Equal(got, []string{"code", "state", "iss"}) || find(redirect, "state") != "the state" {
		t.Errorf("got %v", redirect.Parameters)
	}
	if redirect.Mode != oauth.ModeQuery || redirect.URI != landing {
		t.Errorf("it goes to %s by %s", redirect.URI, redirect.Mode)
	}
	if got := names(granted(t, c.ask(t, "state", "-"))); !slices.Equal(got, []string{"code", "iss"}) {
		t.Errorf("without state: %v", got)
	}
}

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
		landing + "/", landing + "?", landing + "?x=y", landing + "#x", landing + "%20", landing + " ", " " + landing, landing + "/../evil", strings.ToUpper(landing),
		"https://client.example.test:443/landing", "http://client.example.test/landing", "https://client.example.test@evil.example/landing",
		"https://evil.example/landing", "https://client.example.test.evil.example/landing", "//client.example.test/landing", "/landing",
		"javascript:alert(1)", "https://client.example.test/landing\x00", "https://client.example.test\\@evil.example/landing", "http://127.0.0.1/landing",
	} {
		shown(t, c, c.ask(t, "redirect_uri", uri), oauth.InvalidRequest)
	}
	c.memory.Disable(c.id)
	shown(t, c, c.ask(t), oauth.InvalidRequest)
}

func TestOnlyThePortOfAPublicClientsLoopbackAddressIsFree(t *testing.T) {
	registered := []string{"http://127.0.0.1/cb", "http://[::1]:8080/cb", "http://localhost/cb?x=1", "app.example:/cb"}
	public := newCounter(t, oauthtest.Service{Key: "native", Public: true, AuthMethod: oauth.AuthNone, RedirectURIs: registered})
	confidential := newCounter(t, oauthtest.Service{RedirectURIs: registered})
	for uri, good := range map[string]bool{
		"http://127.0.0.1/cb": true, "http://127.0.0.1:49152/cb": true, "http://[::1]:1/cb": true, "http://[::1]/cb": true, "http://localhost:3000/cb?x=1": true,
		"app.example:/cb":            true,
		"http://127.0.0.1:49152/cb/": false, "http://127.0.0.1:49152/other": false, "http://127.0.0.2:49152/cb": false, "https://127.0.0.1:49152/cb": false,
		"http://localhost:3000/cb": false, "http://localhost:3000/cb?x=2": false, "http://127.0.0.1:49152@evil.example/cb": false,
		"http://127.0.0.1:x/cb": false, "http://127.0.0.1:99999999/cb#x": false, "http://localhost.evil.example/cb?x=1": false, "http://127.0.0.1.evil.example/cb": false,
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

func (c *counter) redemption(code string) *oauth.TokenRequest {
	return &oauth.TokenRequest{Origin: here, Auth: c.auth(), GrantType: "authorization_code", Code: code, RedirectURI: landing, CodeVerifier: verifier}
}

func (c *counter) redeem(t testing.TB, redirect *oauth.Redirect) *oauth.TokenResponse {
	t.Helper()
	response, err := c.Token(t.Context(), c.redemption(find(redirect, "code")))
	if err != nil {
		t.Fatal(err)
	}
	return response
}

func TestWhatIsWrongIsToldToTheClient(t *testing.T) {
	for _, c := range []struct {
		name    string
		changes []string
		code    oauth.Code
	}{
		{"no response_type", []string{"response_type", "-"}, oauth.InvalidRequest},
		{"unknown response_type", []string{"response_type", "ticket"}, oauth.UnsupportedResponseType},
		{"half known response_type", []string{"response_type", "code ticket"}, oauth.UnsupportedResponseType},
		{"doubled response_type", []string{"response_type", "code code"}, oauth.UnsupportedResponseType},
		{"none", []string{"response_type", "none"}, oauth.UnsupportedResponseType},
		{"unknown response_mode", []string{"response_mode", "pigeon"}, oauth.InvalidRequest},
		{"tokens in a query", []string{"response_type", "id_token", "response_mode", "query"}, oauth.InvalidRequest},
		{"long nonce", []string{"nonce", strings.Repeat("n", 5000)}, oauth.InvalidRequest},
		{"plain challenge", []string{"code_challenge_method", "plain"}, oauth.InvalidRequest},
		{"challenge without method", []string{"code_challenge_method", "-"}, oauth.InvalidRequest},
		{"method without challenge", []string{"code_challenge", "-"}, oauth.InvalidRequest},
		{"short challenge", []string{"code_challenge", "abc"}, oauth.InvalidRequest},
		{"challenge of another alphabet", []string{"code_challenge", strings.Repeat("+", 43)}, oauth.InvalidRequest},
		{"unknown scope", []string{"scope", "nothing known"}, oauth.InvalidScope},
		{"resource that is no URI", []string{"resource", "shop"}, oauth.InvalidTarget},
		{"resource with a fragment", []string{"resource", issuer + "/services/shop#x"}, oauth.InvalidTarget},
		{"resource of nobody", []string{"resource", "https://nobody.example"}, oauth.InvalidTarget},
		{"ID token without openid", []string{"response_type", "id_token", "scope", "shop"}, oauth.InvalidScope},
		{"ID token without nonce", []string{"response_type", "id_token", "nonce", "-"}, oauth.InvalidRequest},
		{"hybrid without nonce", []string{"response_type", "code id_token", "nonce", "-"}, oauth.InvalidRequest},
		{"prompt none and more", []string{"prompt", "none login"}, oauth.InvalidRequest},
		{"max_age of words", []string{"max_age", "soon"}, oauth.InvalidRequest},
		{"negative max_age", []string{"max_age", "-1"}, oauth.InvalidRequest},
		{"endless max_age", []string{"max_age", "99999999999999999999"}, oauth.InvalidRequest},
		{"claims that are no JSON", []string{"claims", "{"}, oauth.InvalidRequest},
		{"claims of the wrong kind", []string{"claims", `{"userinfo":["email"]}`}, oauth.InvalidRequest},
		{"registration", []string{"registration", "{}"}, oauth.RegistrationNotSupported},
		{"request that is no JWT", []string{"request", "x"}, oauth.InvalidRequestObject},
		{"request_uri of nobody", []string{"request_uri", "https://nobody.example/r"}, oauth.RequestURINotSupported},
		{"both request and request_uri", []string{"request", "x", "request_uri", "https://nobody.example/r"}, oauth.InvalidRequest},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := newCounter(t, oauthtest.Service{})
			redirect := told(t, at, at.ask(t, c.changes...), c.code)
			if find(redirect, "state") != "the state" {
				t.Error("the state is missing")
			}
			wantMode := oauth.ModeQuery
			if slices.Contains(c.changes, "id_token") || slices.Contains(c.changes, "code id_token") {
				wantMode = oauth.ModeFragment
			}
			if redirect.Mode != wantMode {
				t.Errorf("told by %s, want %s", redirect.Mode, wantMode)
			}
		})
	}
}

func TestRepeatedParametersAndLongStatesAreToldWithoutThem(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	for _, name := range []string{"scope", "state", "nonce", "response_type", "prompt", "rnd"} {
		parameters := c.parameters()
		parameters[name] = []string{"a", "a"}
		told(t, c, c.send(t, parameters), oauth.InvalidRequest)
	}
	redirect := told(t, c, c.ask(t, "state", strings.Repeat("s", 5000)), oauth.InvalidRequest)
	if find(redirect, "state") != "" {
		t.Error("an endless state is echoed")
	}
	parameters := c.parameters("scope", "openid")
	parameters["resource"] = []string{issuer + "/services/" + c.id, issuer + "/services/" + c.id}
	granted(t, c.send(t, parameters)) // resource alone may stand twice
	granted(t, c.ask(t, "rnd", "42", "approval_prompt", "auto"))
}

func TestAFlowThatIsSwitchedOffIsNamed(t *testing.T) {
	codeOnly := newCounter(t, oauthtest.Service{Grants: []string{"authorization_code"}})
	frontOnly := newCounter(t, oauthtest.Service{Grants: []string{oauth.Implicit}})
	for kind, c := range map[string]*counter{"token": codeOnly, "id_token": codeOnly, "code id_token": codeOnly, "code": frontOnly, "code token": frontOnly} {
		redirect := told(t, c, c.ask(t, "response_type", kind), oauth.UnauthorizedClient)
		if redirect.Refusal.Explanation.Setting == "" || redirect.Refusal.Explanation.Received == "" {
			t.Errorf("%s: the owner is not told which switch is off: %+v", kind, redirect.Refusal.Explanation)
		}
	}
}

func TestPublicClientsAndThoseThatRequireItMustUsePKCE(t *testing.T) {
	public := newCounter(t, oauthtest.Service{Public: true, AuthMethod: oauth.AuthNone})
	strict := newCounter(t, oauthtest.Service{})
	strict.memory.Change(strict.id, func(client *oauth.Client) { client.RequirePKCE = true })
	for _, c := range []*counter{public, strict} {
		told(t, c, c.ask(t, "code_challenge", "-", "code_challenge_method", "-"), oauth.InvalidRequest)
		granted(t, c.ask(t))
	}
	free := newCounter(t, oauthtest.Service{})
	granted(t, free.ask(t, "code_challenge", "-", "code_challenge_method", "-"))
}

func TestEveryResponseTypeGivesWhatItNamesInItsMode(t *testing.T) {
	for kind, want := range map[string][]string{
		"code":                {"code", "state", "iss"},
		"token":               {"access_token", "token_type", "expires_in", "scope", "state", "iss"},
		"id_token":            {"id_token", "state", "iss"},
		"id_token token":      {"access_token", "token_type", "expires_in", "scope", "id_token", "state", "iss"},
		"token id_token":      {"access_token", "token_type", "expires_in", "scope", "id_token", "state", "iss"},
		"code id_token":       {"code", "id_token", "state", "iss"},
		"code token":          {"code", "access_token", "token_type", "expires_in", "scope", "state", "iss"},
		"code id_token token": {"code", "access_token", "token_type", "expires_in", "scope", "id_token", "state", "iss"},
	} {
		c := newCounter(t, oauthtest.Service{})
		c.memory.Change(c.id, func(client *oauth.Client) { client.IDTokenAlg = "ES256" })
		redirect := granted(t, c.ask(t, "response_type", kind))
		if got := names(redirect); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", kind, got, want)
		}
		if wantMode := map[bool]oauth.ResponseMode{true: oauth.ModeQuery, false: oauth.ModeFragment}[kind == "code"]; redirect.Mode != wantMode {
			t.Errorf("%s: by %s, want %s", kind, redirect.Mode, wantMode)
		}
		if mode := granted(t, c.ask(t, "response_type", kind, "response_mode", "form_post")).Mode; mode != oauth.ModeFormPost {
			t.Errorf("%s: by %s, want form_post", kind, mode)
		}
		if scope := find(redirect, "scope"); slices.Contains(want, "scope") && scope != "openid shop" {
			t.Errorf("%s: scope %q", kind, scope)
		}
	}
}

func TestWhoMustSignInOrConsentIsShownThePage(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	signedIn := *c.session
	for _, step := range []struct {
		name    string
		session *oauthtest.Session
		changes []string
		want    oauth.StepKind
		none    oauth.Code
	}{
		{"nobody is signed in", nil, nil, oauth.StepLogin, oauth.LoginRequired},
		{"the person has not consented", change(signedIn, func(s *oauthtest.Session) { s.Consented = false }), nil, oauth.StepConsent, oauth.ConsentRequired},
		{"the sign-in is too old", &signedIn, []string{"max_age", "60"}, oauth.StepLogin, oauth.LoginRequired},
	} {
		c.session = step.session
		answer := c.ask(t, step.changes...)
		stepped(t, answer, step.want)
		if answer.Asked.Return.Get("client_id") != c.id || answer.Asked.Client == nil {
			t.Errorf("%s: the page does not know how to come back", step.name)
		}
		told(t, c, c.ask(t, append(step.changes, "prompt", "none")...), step.none)
		told(t, c, c.ask(t, append(step.changes, "request_credentials", "silent")...), oauth.AccessDenied)
	}
	c.session = &signedIn
	stepped(t, c.ask(t, "prompt", "login"), oauth.StepLogin)
	stepped(t, c.ask(t, "prompt", "select_account"), oauth.StepSelectAccount)
	stepped(t, c.ask(t, "request_credentials", "required"), oauth.StepLogin)
	granted(t, c.ask(t, "prompt", "none"))
	granted(t, c.ask(t, "request_credentials", "silent"))
	granted(t, c.ask(t, "max_age", "3600"))
	granted(t, c.ask(t, "prompt", "something_new"))
	c.session = change(signedIn, func(s *oauthtest.Session) { s.Fresh = true })
	granted(t, c.ask(t, "prompt", "login"))
	granted(t, c.ask(t, "max_age", "0"))
	c.session = change(signedIn, func(s *oauthtest.Session) { s.Denied = true })
	told(t, c, c.ask(t), oauth.AccessDenied)
}

func change(session oauthtest.Session, by func(*oauthtest.Session)) *oauthtest.Session {
	by(&session)
	return &session
}

func TestAProgramOnThePersonsMachineIsNeverAnsweredUnseen(t *testing.T) {
	for _, uri := range []string{"http://127.0.0.1:4711/cb", "http://localhost/cb", "ytoauth://landing.url"} {
		c := newCounter(t, oauthtest.Service{Public: true, AuthMethod: oauth.AuthNone, RedirectURIs: []string{uri}})
		granted(t, c.ask(t, "redirect_uri", uri))
		told(t, c, c.ask(t, "redirect_uri", uri, "prompt", "none"), oauth.InteractionRequired)
		told(t, c, c.ask(t, "redirect_uri", uri, "request_credentials", "silent"), oauth.InteractionRequired)
	}
}

func TestThePersonAllowsLessThanWasAsked(t *testing.T) {
	c := newCounter(t, oauthtest.Service{Trusted: true})
	c.memory.NewService(oauthtest.Service{Key: "closed", Closed: true, Permissions: []string{"read"}})
	c.memory.NewService(oauthtest.Service{Key: "open"})
	if got := c.redeem(t, granted(t, c.ask(t, "scope", "shop open closed nothing"))); got.Scope != "shop open" {
		t.Errorf("scope %q, want what exists and the person may use", got.Scope)
	}
	c.session.Items = []string{"open"}
	if got := c.redeem(t, granted(t, c.ask(t, "scope", "shop open"))); got.Scope != "open" {
		t.Errorf("scope %q, want what the person consented to", got.Scope)
	}
	c.session.Items = []string{}
	told(t, c, c.ask(t, "scope", "shop open"), oauth.AccessDenied)
	c.session.Items = nil
	told(t, c, c.ask(t, "scope", "closed"), oauth.AccessDenied)
}

func TestARefreshTokenComesWithOfflineAccessOnly(t *testing.T) {
	for name, want := range map[string]bool{"access_type=offline": true, "scope=openid offline_access shop": true, "access_type=online": false, "access_type=": false} {
		c := newCounter(t, oauthtest.Service{})
		parameter, value, _ := strings.Cut(name, "=")
		if got := c.redeem(t, granted(t, c.ask(t, parameter, value))).RefreshToken != ""; got != want {
			t.Errorf("%s: refresh token %v, want %v", name, got, want)
		}
	}
	without := newCounter(t, oauthtest.Service{Grants: []string{"authorization_code"}})
	if got := without.redeem(t, granted(t, without.ask(t, "scope", "shop offline_access"))); got.RefreshToken != "" || got.Scope != "shop" {
		t.Errorf("a client without the refresh flow got %+v", got)
	}
}

func TestResourceNamesTheAudience(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	apiID, _ := c.memory.NewService(oauthtest.Service{Key: "api"})
	uri := issuer + "/services/" + apiID
	redirect := granted(t, c.ask(t, "scope", "openid", "resource", uri))
	if live, err := c.Verify(t.Context(), c.redeem(t, redirect).AccessToken, here.Address); err != nil || !slices.Equal(live.Audience, []string{apiID}) {
		t.Errorf("got %+v, %v", live, err)
	}
	request := c.redemption(find(granted(t, c.ask(t, "scope", "shop api")), "code"))
	request.Resource = []string{uri}
	response, err := c.Token(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if live, err := c.Verify(t.Context(), response.AccessToken, here.Address); err != nil || !slices.Equal(live.Audience, []string{apiID}) {
		t.Errorf("got %+v, %v", live, err)
	}
	request = c.redemption(find(granted(t, c.ask(t, "scope", "shop")), "code"))
	request.Resource = []string{uri}
	if _, err := c.Token(t.Context(), request); code(err) != oauth.InvalidTarget {
		t.Errorf("got %v, want invalid_target", err)
	}
}

func TestAnOpenIDTokenAloneIsGoodForTheIssuerOnly(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	response := c.redeem(t, granted(t, c.ask(t, "scope", "openid")))
	if live, err := c.Verify(t.Context(), response.AccessToken, here.Address); err != nil || !slices.Equal(live.Audience, []string{issuer}) {
		t.Errorf("got %+v, %v", live, err)
	}
}

func TestWithoutScopeTheRequestIsForTheServiceItself(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	if got := c.redeem(t, granted(t, c.ask(t, "scope", "-"))); got.Scope != c.id {
		t.Errorf("scope %q, want %q", got.Scope, c.id)
	}
}

func code(err error) oauth.Code {
	if refusal, ok := err.(*oauth.Error); ok {
		return refusal.Code
	}
	return ""
}

func TestAskedIsWhatAPageNeedsToKnow(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	c.session = nil
	asked := c.ask(t, "login_hint", "ada", "display", "popup", "ui_locales", "de en", "acr_values", "2 1", "auth_mode", "bypass_to_login", "request_credentials", "skip",
		"max_age", "10", "claims", `{"userinfo":{"email":null,"name":{"essential":true}},"id_token":{"acr":{"values":["2"]}}}`).Asked
	if asked.LoginHint != "ada" || asked.Display != "popup" || !slices.Equal(asked.UILocales, []string{"de", "en"}) || !slices.Equal(asked.ACRValues, []string{"2", "1"}) ||
		!asked.BypassToLogin || asked.RequestCredentials != "skip" || *asked.MaxAge != 10*time.Second {
		t.Errorf("got %+v", asked)
	}
	if got := slices.Sorted(maps.Keys(asked.Claims.UserInfo)); !slices.Equal(got, []string{"email", "name"}) || !asked.Claims.UserInfo["name"].Essential {
		t.Errorf("got %+v", asked.Claims)
	}
	if got := c.ask(t, "request_credentials", "nonsense").Asked.RequestCredentials; got != "default" {
		t.Errorf("request_credentials %q", got)
	}
}

func TestNothingIsGivenForWhoIsBanned(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	c.Interaction = careless{&oauth.Step{Kind: oauth.StepIssue, Subject: &oauth.Subject{ID: c.userID}, AuthTime: time.Now()}}
	told(t, c, c.ask(t), oauth.AccessDenied)
}

func TestTokensThatTravelThroughTheBrowserAreObserved(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	granted(t, c.ask(t, "response_type", "token"))
	if issued := c.memory.Record.Clients(); !slices.Equal(issued, []string{c.id}) {
		t.Errorf("observed %v", issued)
	}
}

func TestAPageOfAnyOtherKindIsInteraction(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	for _, kind := range []oauth.StepKind{oauth.StepSecondFactor, oauth.StepSetPassword, "something_new"} {
		c.Interaction = careless{&oauth.Step{Kind: kind}}
		stepped(t, c.ask(t), kind)
		told(t, c, c.ask(t, "prompt", "none"), oauth.InteractionRequired)
	}
}
