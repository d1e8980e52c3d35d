package oauth_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/hub/oauth"
	"example.org/hub/oauth/jose"
	"example.org/hub/oauth/oauthtest"
)

// signing gives a counter whose client has a key of its own.
func signing(t testing.TB) (*counter, *jose.PrivateKey) {
	t.Helper()
	c := newCounter(t, oauthtest.Service{})
	key, err := jose.Generate(jose.ES256)
	if err != nil {
		t.Fatal(err)
	}
	set, err := jose.NewKeySet(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	c.memory.Change(c.id, func(client *oauth.Client) { client.JWKS = string(text) })
	return c, key
}

// object signs a request object that says what a good request says, changed.
func (c *counter) object(t testing.TB, key *jose.PrivateKey, typ string, changes map[string]any) string {
	t.Helper()
	payload := c.objectClaims(t, changes)
	if key == nil {
		encode := base64.RawURLEncoding.EncodeToString
		return encode([]byte(`{"alg":"none"}`)) + "." + encode(payload) + "."
	}
	signer, err := jose.NewSigner(key, typ)
	if err != nil {
		t.Fatal(err)
	}
	text, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (c *counter) objectClaims(t testing.TB, changes map[string]any) []byte {
	t.Helper()
	claims := map[string]any{
		"iss": c.id, "aud": issuer, "client_id": c.id, "response_type": "code", "redirect_uri": landing,
		"scope": "openid shop", "state": "state within", "nonce": "nonce within", "max_age": 3600,
		"claims": map[string]any{"userinfo": map[string]any{"email": nil}},
	}
	maps.Copy(claims, changes)
	maps.DeleteFunc(claims, func(_ string, value any) bool { return value == "-" })
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

func TestARequestObjectSpeaksForTheRequest(t *testing.T) {
	c, key := signing(t)
	c.memory.Change(c.id, func(client *oauth.Client) { client.RequestURIs = []string{"https://client.example.test/request"} })
	for name, changes := range map[string][]string{
		"signed":            {"request", c.object(t, key, "oauth-authz-req+jwt", nil)},
		"signed, plain typ": {"request", c.object(t, key, "JWT", nil)},
		"not signed":        {"request", c.object(t, nil, "", nil)},
		"fetched":           {"request_uri", "https://client.example.test/request"},
		"fetched, hashed":   {"request_uri", "https://client.example.test/request#abc"},
	} {
		c.memory.Serve("https://client.example.test/request", c.object(t, key, "JWT", nil))
		c.memory.Serve("https://client.example.test/request#abc", c.object(t, key, "JWT", nil))
		answer := c.ask(t, changes...)
		redirect := granted(t, answer)
		if find(redirect, "state") != "state within" || answer.Asked.Nonce != "nonce within" ||
			*answer.Asked.MaxAge != time.Hour || len(answer.Asked.Claims.UserInfo) != 1 {
			t.Errorf("%s: got %v and %+v", name, redirect.Parameters, answer.Asked)
		}
		if answer.Asked.Challenge == "" {
			t.Errorf("%s: in an OpenID request what the object leaves out counts as it was sent", name)
		}
	}
	strict := c.object(t, key, "JWT", map[string]any{"scope": "shop", "state": "-"})
	answer := c.ask(t, "request", strict, "scope", "shop")
	if redirect := granted(t, answer); find(redirect, "state") != "" || answer.Asked.Challenge != "" {
		t.Error("outside OpenID Connect only the object counts") // RFC 9101 section 6.3
	}
}

func TestARequestObjectThatIsNotTheClientsIsRefused(t *testing.T) {
	c, key := signing(t)
	stranger, err := jose.Generate(jose.ES256)
	if err != nil {
		t.Fatal(err)
	}
	past, ahead := time.Now().Add(-time.Hour).Unix(), time.Now().Add(time.Hour).Unix()
	for name, object := range map[string]string{
		"signed by a stranger":    c.object(t, stranger, "JWT", nil),
		"another kind of token":   c.object(t, key, "at+jwt", nil),
		"of another client":       c.object(t, key, "JWT", map[string]any{"iss": "other"}),
		"with another client_id":  c.object(t, key, "JWT", map[string]any{"client_id": "other"}),
		"for another issuer":      c.object(t, key, "JWT", map[string]any{"aud": "https://evil.example"}),
		"ended":                   c.object(t, key, "JWT", map[string]any{"exp": past}),
		"not yet":                 c.object(t, key, "JWT", map[string]any{"nbf": ahead}),
		"with a request inside":   c.object(t, key, "JWT", map[string]any{"request": "x"}),
		"with a request_uri":      c.object(t, key, "JWT", map[string]any{"request_uri": "https://x.example"}),
		"iss of the wrong kind":   c.object(t, key, "JWT", map[string]any{"iss": 7}),
		"no JSON":                 base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + ".eA.",
		"none with a signature":   c.object(t, nil, "", nil) + "AAAA",
		"none with a crit header": base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","crit":["x"]}`)) + ".e30.",
	} {
		redirect := told(t, c, c.ask(t, "request", object), oauth.InvalidRequestObject)
		if redirect.Refusal.Explanation.Reason == "" || find(redirect, "state") != "the state" {
			t.Errorf("%s: %+v", name, redirect)
		}
		shown(t, c, c.ask(t, "request", object, "redirect_uri", "https://evil.example"), oauth.InvalidRequest)
	}
	evil := c.object(t, key, "JWT", map[string]any{"redirect_uri": "https://evil.example"})
	shown(t, c, c.ask(t, "request", evil), oauth.InvalidRequest)
	c.memory.Change(c.id, func(client *oauth.Client) { client.RequestObjectAlg = "ES256" })
	told(t, c, c.ask(t, "request", c.object(t, nil, "", nil)), oauth.InvalidRequestObject)
	c.memory.Change(c.id, func(client *oauth.Client) { client.RequestObjectAlg = "RS256" })
	told(t, c, c.ask(t, "request", c.object(t, key, "JWT", nil)), oauth.InvalidRequestObject)
}

func (c *counter) push(t testing.TB, changes ...string) string {
	t.Helper()
	pushed, err := c.Push(t.Context(), &oauth.PushRequest{
		Origin: here, Auth: c.auth(), Parameters: c.parameters(append(changes, "client_secret", c.secret)...),
	})
	if err != nil {
		t.Fatal(err)
	}
	if pushed.ExpiresIn != 90*time.Second {
		t.Errorf("it lives %v", pushed.ExpiresIn)
	}
	return pushed.RequestURI
}

func (c *counter) askPushed(t testing.TB, uri string, more ...string) *oauth.AuthorizeAnswer {
	t.Helper()
	parameters := oauth.Parameters{"client_id": {c.id}, "request_uri": {uri}}
	for i := 0; i < len(more); i += 2 {
		parameters[more[i]] = []string{more[i+1]}
	}
	return c.send(t, parameters)
}

func TestAPushedRequestIsAnsweredOnce(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	uri := c.push(t)
	answer := c.askPushed(t, uri, "state", "evil", "scope", "closed", "redirect_uri", "https://evil.example")
	if redirect := granted(t, answer); find(redirect, "state") != "the state" || redirect.URI != landing {
		t.Errorf("what was sent beside the handle counts: %+v", redirect)
	}
	shown(t, c, c.askPushed(t, uri), oauth.InvalidRequestURI)
	shown(t, c, c.askPushed(t, uri+"x"), oauth.InvalidRequestURI)
}

// OpenID Connect Core 1.0 section 3.1.2.1: whatever may be asked by GET may be asked by POST.
func TestARequestThatIsPostedMayBeKeptElsewhere(t *testing.T) {
	c, key := signing(t)
	const address = "https://client.example.test/request"
	c.memory.Change(c.id, func(client *oauth.Client) { client.RequestURIs = []string{address} })
	c.memory.Serve(address, c.object(t, key, "JWT", nil))
	post := func(uri string) string {
		t.Helper()
		kept, err := c.Stash(t.Context(), &oauth.AuthorizeRequest{
			Origin: here, Parameters: oauth.Parameters{"client_id": {c.id}, "scope": {"openid"}, "request_uri": {uri}},
		})
		if err != nil {
			t.Fatal(err)
		}
		return kept.RequestURI
	}
	if redirect := granted(t, c.askPushed(t, post(address))); find(redirect, "state") != "state within" {
		t.Errorf("fetched: %v", redirect.Parameters)
	}
	pushed := c.push(t)
	if redirect := granted(t, c.askPushed(t, post(pushed))); find(redirect, "state") != "the state" {
		t.Errorf("pushed: %v", redirect.Parameters)
	}
	shown(t, c, c.askPushed(t, post(pushed)), oauth.InvalidRequestURI)          // it was answered
	shown(t, c, c.askPushed(t, post(post(post(pushed)))), oauth.InvalidRequest) // nobody goes round in circles
	c.memory.Change(c.id, func(client *oauth.Client) { client.RequirePAR = true })
	granted(t, c.askPushed(t, post(c.push(t))))
}

// What a person was shown is what is answered, whatever the client puts in its place meanwhile.
func TestARequestThatWasFetchedCannotChangeWhileThePersonReads(t *testing.T) {
	c, key := signing(t)
	const address = "https://client.example.test/request"
	c.memory.Change(c.id, func(client *oauth.Client) { client.RequestURIs = []string{address} })
	c.memory.NewService(oauthtest.Service{Key: "vault"})
	session := c.session
	posted, err := c.Stash(t.Context(), &oauth.AuthorizeRequest{
		Origin: here, Parameters: oauth.Parameters{"client_id": {c.id}, "request_uri": {address}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, changes := range map[string][]string{"sent": {"request_uri", address}, "posted": {"request_uri", posted.RequestURI}} {
		c.memory.Serve(address, c.object(t, key, "JWT", map[string]any{"scope": "openid shop", "prompt": "consent"}))
		c.session = change(*session, func(s *oauthtest.Session) { s.Consented = false })
		first := c.ask(t, changes...)
		stepped(t, first, oauth.StepConsent)
		if !first.Asked.Fetched || first.Asked.Return.Get("request_uri") != "" {
			t.Errorf("%s: the person comes back with %v", name, first.Asked.Return)
		}
		c.memory.Serve(address, c.object(t, key, "JWT", map[string]any{"scope": "openid shop vault", "prompt": "consent"}))
		c.session = change(*session, func(s *oauthtest.Session) { s.Seen = true })
		second := c.send(t, first.Asked.Return)
		if granted(t, second); second.Asked.Fetched || second.Asked.Scope.String() != "openid shop" {
			t.Errorf("%s: shown %q, answered %q", name, first.Asked.Scope, second.Asked.Scope)
		}
	}
	c.memory.Serve(address, c.object(t, key, "JWT", map[string]any{"login_hint": strings.Repeat("x", 6000)}))
	told(t, c, c.ask(t, "request_uri", address), oauth.InvalidRequestURI)
}

// withoutKeys are clients whose keys cannot be had.
type withoutKeys struct {
	oauth.Clients
	err error
}

func (w withoutKeys) ClientKeys(context.Context, *oauth.Client, bool) (*jose.KeySet, error) {
	return nil, w.err
}

// RFC 9101 section 7: the endpoint has codes of its own for what is wrong with a request object.
func TestARequestObjectWhoseKeysCannotBeHadIsNotValid(t *testing.T) {
	c, key := signing(t)
	object := c.object(t, key, "JWT", nil)
	clients := c.Clients
	c.Clients = withoutKeys{clients, &oauth.Error{Code: oauth.InvalidClient, Explanation: oauth.Explanation{Reason: "nothing stands at jwks_uri"}}}
	if redirect := told(t, c, c.ask(t, "request", object), oauth.InvalidRequestObject); redirect.Refusal.Explanation.Reason !=
		"nothing stands at jwks_uri" {
		t.Errorf("explained as %+v", redirect.Refusal.Explanation)
	}
	for name, fault := range map[string]error{
		"passing": oauth.Unavailable(errors.New("it does not answer"), time.Second), "ours": errors.New("the disk is on fire"),
	} {
		c.Clients = withoutKeys{clients, fault}
		if answer := c.ask(t, "request", object); answer.Problem == nil || answer.Problem.Code == oauth.InvalidRequestObject {
			t.Errorf("%s: %+v", name, answer)
		}
	}
}

// RFC 6749 section 3.1: what is sent twice is an error, also where only one of the two would count.
func TestARequestObjectOrItsAddressIsSentOnce(t *testing.T) {
	c, key := signing(t)
	object := c.object(t, key, "JWT", nil)
	pushed := c.push(t)
	for name, values := range map[string][]string{"request": {object, object}, "request_uri": {pushed, pushed}} {
		parameters := c.parameters()
		parameters[name] = values
		shown(t, c, c.send(t, parameters), oauth.InvalidRequest)
	}
	granted(t, c.askPushed(t, pushed))
}

func TestAMemberOfARequestObjectThatIsNullIsNotThere(t *testing.T) {
	c, key := signing(t)
	answer := c.ask(t, "request", c.object(t, key, "JWT", map[string]any{
		"state": nil, "claims": nil, "max_age": nil, "login_hint": nil, "resource": nil,
	}))
	if redirect := granted(t, answer); find(redirect, "state") != "the state" || answer.Asked.LoginHint != "" || answer.Asked.MaxAge != nil {
		t.Errorf("got %v and %+v", redirect.Parameters, answer.Asked)
	}
}

func TestAPushedRequestLeavesThePersonTimeForThePages(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	now := time.Now()
	c.Now = func() time.Time { return now }
	session := c.session
	uri, late := c.push(t), c.push(t)
	c.session = nil
	stepped(t, c.askPushed(t, uri), oauth.StepLogin)
	now = now.Add(10 * time.Minute)
	c.session = session
	granted(t, c.askPushed(t, uri))
	shown(t, c, c.askPushed(t, late), oauth.InvalidRequestURI)
	uri = c.push(t)
	c.session = nil
	stepped(t, c.askPushed(t, uri), oauth.StepLogin)
	now = now.Add(2 * time.Hour)
	shown(t, c, c.askPushed(t, uri), oauth.InvalidRequestURI)
}

func TestOfFiftyAnswersToOnePushedRequestAtOnceOneIsGiven(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	for range 5 {
		uri := c.push(t)
		var wins atomic.Int32
		var together sync.WaitGroup
		for range 50 {
			together.Go(func() {
				if answer := c.askPushed(t, uri); answer.Redirect != nil && answer.Redirect.Refusal == nil {
					wins.Add(1)
				}
			})
		}
		together.Wait()
		if wins.Load() != 1 {
			t.Errorf("%d answers, want 1", wins.Load())
		}
	}
}

func TestAPushedRequestIsOfTheClientThatPushedIt(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	uri := c.push(t)
	otherID, _ := c.memory.NewService(oauthtest.Service{Key: "other", Grants: everyFlow, RedirectURIs: []string{landing}})
	shown(t, c, c.send(t, oauth.Parameters{"client_id": {otherID}, "request_uri": {uri}}), oauth.InvalidRequestURI)
	granted(t, c.askPushed(t, uri))
}

func TestWhatIsWrongWithAPushedRequestIsSaidAtOnce(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	for _, wrong := range []struct {
		changes []string
		code    oauth.Code
	}{
		{[]string{"redirect_uri", "https://evil.example"}, oauth.InvalidRequest},
		{[]string{"response_type", "ticket"}, oauth.UnsupportedResponseType},
		{[]string{"scope", "nothing"}, oauth.InvalidScope},
		{[]string{"client_id", "other"}, oauth.InvalidRequest},
		{[]string{"request_uri", "urn:ietf:params:oauth:request_uri:x"}, oauth.InvalidRequest},
		{[]string{"request", "x"}, oauth.InvalidRequestObject},
	} {
		_, err := c.Push(t.Context(), &oauth.PushRequest{Origin: here, Auth: c.auth(), Parameters: c.parameters(wrong.changes...)})
		if code(err) != wrong.code || err.(*oauth.Error).ID == "" {
			t.Errorf("%v: got %v, want %s", wrong.changes, err, wrong.code)
		}
	}
	_, err := c.Push(t.Context(), &oauth.PushRequest{
		Origin: here, Auth: oauth.ClientAuth{ID: c.id, Secret: "wrong-secret"}, Parameters: c.parameters(),
	})
	if code(err) != oauth.InvalidClient {
		t.Errorf("got %v, want invalid_client", err)
	}
}

func TestAClientThatMustPushIsHeldToIt(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	c.memory.Change(c.id, func(client *oauth.Client) { client.RequirePAR = true })
	told(t, c, c.ask(t), oauth.InvalidRequest)
	granted(t, c.askPushed(t, c.push(t)))
	stashed, err := c.Stash(t.Context(), &oauth.AuthorizeRequest{Origin: here, Parameters: c.parameters()})
	if err != nil {
		t.Fatal(err)
	}
	told(t, c, c.askPushed(t, stashed.RequestURI), oauth.InvalidRequest)
	if _, err := c.Stash(t.Context(), &oauth.AuthorizeRequest{
		Origin: here, Parameters: c.parameters("client_id", "nobody"),
	}); code(err) != oauth.InvalidRequest {
		t.Errorf("a stranger's request was kept: %v", err)
	}
}

func TestAFaultAtTheAuthorizationEndpointIsTroubleOfOurs(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	families := c.Families
	c.Families = nowhere{}
	told(t, c, c.ask(t), oauth.TemporarilyUnavailable)
	c.Families = families
	granted(t, c.ask(t))
	c.Clients = noClients{c.Clients}
	shown(t, c, c.ask(t), oauth.TemporarilyUnavailable)
}
