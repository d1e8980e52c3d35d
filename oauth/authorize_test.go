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
	c.session = &oauthtest.Session{
		ID: "session-1", UserID: c.userID, AuthTime: time.Now().Add(-5 * time.Minute),
		Consented: true, Methods: []string{"pwd"}, Level: "1",
	}
	return c
}

// ask sends an authorization request; changes are names and values in turn, a value of "-" takes the parameter away.
func (c *counter) ask(t testing.TB, changes ...string) *oauth.AuthorizeAnswer {
	t.Helper()
	return c.send(t, c.parameters(changes...))
}

func (c *counter) parameters(changes ...string) oauth.Parameters {
	parameters := oauth.Parameters{
		"response_type": {"code"}, "client_id": {c.id}, "redirect_uri": {landing},
		"scope": {"openid shop"}, "state": {"the state"}, "nonce": {"the nonce"},
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
	if find(redirect, "iss") != issuer || find(redirect, "code") != "" ||
		find(redirect, "access_token") != "" || find(redirect, "error_description") == "" {
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

func (c *counter) redemption(code string) *oauth.TokenRequest {
	return &oauth.TokenRequest{
		Origin: here, Auth: c.auth(), GrantType: "authorization_code", Code: code, RedirectURI: landing, CodeVerifier: verifier,
	}
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
	for kind, c := range map[string]*counter{
		"token": codeOnly, "id_token": codeOnly, "code id_token": codeOnly, "code": frontOnly, "code token": frontOnly,
	} {
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

func code(err error) oauth.Code {
	if refusal, ok := err.(*oauth.Error); ok {
		return refusal.Code
	}
	return ""
}

func TestAskedIsWhatAPageNeedsToKnow(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	c.session = nil
	asked := c.ask(t,
		"login_hint", "ada", "display", "popup", "ui_locales", "de en", "acr_values", "2 1",
		"auth_mode", "bypass_to_login", "request_credentials", "skip", "max_age", "10",
		"claims", `{"userinfo":{"email":null,"name":{"essential":true}},"id_token":{"acr":{"values":["2"]}}}`).Asked
	if asked.LoginHint != "ada" || asked.Display != "popup" ||
		!slices.Equal(asked.UILocales, []string{"de", "en"}) || !slices.Equal(asked.ACRValues, []string{"2", "1"}) ||
		!asked.BypassToLogin || asked.RequestCredentials != "skip" || *asked.MaxAge != 10*time.Second {
		t.Errorf("got %+v", asked)
	}
	if got := slices.Sorted(maps.Keys(asked.Claims.UserInfo)); !slices.Equal(got, []string{"email", "name"}) ||
		!asked.Claims.UserInfo["name"].Essential {
		t.Errorf("got %+v", asked.Claims)
	}
	if got := c.ask(t, "request_credentials", "nonsense").Asked.RequestCredentials; got != "default" {
		t.Errorf("request_credentials %q", got)
	}
}

func TestASignInIsObservedWhenTheBrowserGoesBackWithWhatWasAskedFor(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	granted(t, c.ask(t))
	granted(t, c.ask(t, "response_type", "token"))
	c.session.Consented = false
	stepped(t, c.ask(t), oauth.StepConsent)
	if seen := c.memory.Record.SignIns(); !slices.Equal(seen, []string{c.id, c.id}) {
		t.Errorf("observed %v, want two sign-ins", seen)
	}
}

func TestTokensThatTravelThroughTheBrowserAreObserved(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	granted(t, c.ask(t, "response_type", "token"))
	if issued := c.memory.Record.Clients(); !slices.Equal(issued, []string{c.id}) {
		t.Errorf("observed %v", issued)
	}
}
