package clients_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"example.org/hub/oauth/jose"
	"example.org/hub/test/blackbox"
)

// The relying party of the conformance modules. It registers itself as they do, asks, and checks whatever comes back.

const (
	partyBack = "https://rp.example.test/cb"
	partyBye  = "https://rp.example.test/bye"
)

// attempt is one module for one response type in one response mode.
type attempt struct {
	*testing.T
	h        *site
	provider *oidc.Provider
	kind     string // response_type
	mode     string // response_mode; empty: the default
	client   registration
}

// has reports whether the response type names something.
func (x *attempt) has(word string) bool { return slices.Contains(strings.Fields(x.kind), word) }

// registration is a client as the registration endpoint made it.
type registration struct {
	id, secret, token string
	back              string
	post              bool             // authenticates in the form
	key               *jose.PrivateKey // authenticates with it
}

// register registers a client for the response type; changes go over what is always said.
func (x *attempt) register(changes map[string]any) registration {
	x.Helper()
	made, answer := x.tryRegister(changes)
	if answer.Status != http.StatusCreated {
		x.Fatalf("registration: %d %s", answer.Status, answer.Body)
	}
	return made
}

func (x *attempt) tryRegister(changes map[string]any) (registration, *blackbox.Answer) {
	x.Helper()
	said := map[string]any{
		"client_name": "Conformance " + x.kind, "redirect_uris": []string{partyBack}, "post_logout_redirect_uris": []string{partyBye},
		"grant_types": x.grants(), "response_types": []string{x.kind}, "token_endpoint_auth_method": "client_secret_basic",
	}
	maps.Copy(said, changes)
	body, err := json.Marshal(said)
	if err != nil {
		x.Fatal(err)
	}
	answer := x.h.Post(x, "/api/rest/oauth2/register", string(body))
	made := registration{id: answer.Text("client_id"), secret: answer.Text("client_secret"), token: answer.Text("registration_access_token"),
		back: partyBack, post: answer.Text("token_endpoint_auth_method") == "client_secret_post"}
	if uris, _ := said["redirect_uris"].([]string); len(uris) > 0 {
		made.back = uris[0]
	}
	return made, answer
}

func (x *attempt) grants() []string {
	var grants []string
	if x.has("code") {
		grants = append(grants, "authorization_code", "refresh_token")
	}
	if x.has("token") || x.has("id_token") {
		grants = append(grants, "implicit")
	}
	return grants
}

// request is an authorization request of the client; changes are names and values in turn, a value of "-" takes one away.
func (x *attempt) request(client registration, changes ...string) url.Values {
	request := url.Values{
		"client_id": {client.id}, "redirect_uri": {client.back}, "response_type": {x.kind},
		"scope": {"openid"}, "state": {"the state & more"}, "nonce": {"the nonce"},
	}
	if x.mode != "" {
		request.Set("response_mode", x.mode)
	}
	for i := 0; i < len(changes); i += 2 {
		if request.Set(changes[i], changes[i+1]); changes[i+1] == "-" {
			request.Del(changes[i])
		}
	}
	return request
}

func (x *attempt) address(request url.Values) string {
	return x.h.URL + "/api/rest/oauth2/auth?" + request.Encode()
}

// ask sends a person with a request, and gives what the client was told: where answers of this type and mode belong, with
// state and issuer.
func (x *attempt) ask(who *person, changes ...string) url.Values {
	x.Helper()
	return x.told(x.client, who.goTo(x.address(x.request(x.client, changes...))))
}

func (x *attempt) told(client registration, left *http.Request) url.Values {
	x.Helper()
	if !strings.HasPrefix(left.URL.String(), client.back) {
		x.Fatalf("the browser left for %s, not for %s", left.URL, client.back)
	}
	query, err := url.ParseQuery(left.URL.RawQuery)
	if err != nil {
		x.Fatal(err)
	}
	answer := query
	switch {
	case x.mode == "form_post":
		if left.Method != http.MethodPost {
			x.Fatalf("the browser left with %s %s", left.Method, left.URL)
		}
		if err := left.ParseForm(); err != nil {
			x.Fatal(err)
		}
		answer = left.PostForm
	case x.kind != "code":
		if answer, err = url.ParseQuery(left.URL.EscapedFragment()); err != nil {
			x.Fatal(err)
		}
	}
	if x.mode == "form_post" || x.kind != "code" {
		for _, name := range []string{"code", "error", "access_token", "id_token"} {
			if query.Has(name) {
				x.Errorf("%s stands in the query", name)
			}
		}
	}
	if answer.Get("iss") != x.h.URL || answer.Get("state") != "the state & more" {
		x.Errorf("told %v", answer)
	}
	return answer
}

// refused asks for something that must be refused, and checks the code of the error.
func (x *attempt) refused(who *person, want string, changes ...string) {
	x.Helper()
	if answer := x.ask(who, changes...); answer.Get("error") != want || answer.Has("code") || answer.Has("access_token") || answer.Has("id_token") {
		x.Errorf("told %v, want %s", answer, want)
	}
}

// result is what a flow brought.
type result struct {
	front, back map[string]any // claims of the ID tokens through the browser and from the token endpoint; nil: none
	access      string
	refresh     string
	idText      string // the last ID token
	answer      url.Values
}

// id gives the claims of the ID token there is.
func (r result) id() map[string]any {
	if r.back != nil {
		return r.back
	}
	return r.front
}

// flow goes through the whole flow.
func (x *attempt) flow(who *person, changes ...string) result {
	x.Helper()
	return x.complete(x.client, x.ask(who, changes...), x.request(x.client, changes...))
}

// complete checks what came through the browser, and fetches what the code brings.
func (x *attempt) complete(client registration, answer, request url.Values) result {
	x.Helper()
	got := result{answer: answer, access: answer.Get("access_token")}
	for name, word := range map[string]string{"code": "code", "access_token": "token", "id_token": "id_token"} {
		if answer.Has(name) != x.has(word) {
			x.Fatalf("%s: %v", x.kind, answer)
		}
	}
	if x.has("token") && (!strings.EqualFold(answer.Get("token_type"), "Bearer") || answer.Get("expires_in") == "") {
		x.Errorf("beside the access token: %v", answer)
	}
	if x.has("id_token") {
		got.idText = answer.Get("id_token")
		got.front = x.claims(client, got.idText, request.Get("nonce"))
		x.bound(got.front, "at_hash", answer.Get("access_token"), true)
		x.bound(got.front, "c_hash", answer.Get("code"), true)
	}
	if !x.has("code") {
		return got
	}
	token := x.redeem(client, answer.Get("code"), "redirect_uri", client.back)
	if token.Status != http.StatusOK || token.Header.Get("Cache-Control") != "no-store" ||
		!strings.EqualFold(token.Text("token_type"), "Bearer") || token.Text("access_token") == "" {
		x.Fatalf("the token endpoint: %d %v %s", token.Status, token.Header, token.Body)
	}
	got.access, got.refresh, got.idText = token.Text("access_token"), token.Text("refresh_token"), token.Text("id_token")
	got.back = x.claims(client, got.idText, request.Get("nonce"))
	x.bound(got.back, "at_hash", got.access, false)
	if got.front != nil && got.front["sub"] != got.back["sub"] {
		x.Errorf("the ID tokens are of %v and %v", got.front["sub"], got.back["sub"])
	}
	return got
}

func (x *attempt) redeem(client registration, code string, more ...string) *blackbox.Answer {
	x.Helper()
	return x.token(client, append([]string{"grant_type", "authorization_code", "code", code}, more...)...)
}

// token asks the token endpoint as the client authenticates.
func (x *attempt) token(client registration, pairs ...string) *blackbox.Answer {
	x.Helper()
	switch {
	case client.key != nil:
		return x.asserted(client, x.h.URL+"/api/rest/oauth2/token", pairs...)
	case client.post:
		return x.h.Form(x, "/api/rest/oauth2/token", append(pairs, "client_id", client.id, "client_secret", client.secret))
	}
	return x.h.Form(x, "/api/rest/oauth2/token", pairs, blackbox.Basic(client.id, client.secret))
}

// claims verifies an ID token and gives what it says: signature by a published key that the header names, issuer, audience, times
// and nonce.
func (x *attempt) claims(client registration, text, nonce string) map[string]any {
	x.Helper()
	ctx := oidc.ClientContext(x.Context(), x.h.Client)
	id, err := x.provider.VerifierContext(ctx, &oidc.Config{ClientID: client.id}).Verify(ctx, text)
	if err != nil {
		x.Fatalf("the ID token %s: %v", text, err)
	}
	claims := map[string]any{}
	if err := id.Claims(&claims); err != nil {
		x.Fatal(err)
	}
	issued, ends := seconds(claims, "iat"), seconds(claims, "exp")
	switch now := float64(time.Now().Unix()); {
	case issued > now+5 || issued < now-300 || ends <= now:
		x.Errorf("issued at %v, ends at %v, it is %v", issued, ends, now)
	case claims["sub"] == "" || len(claims["sub"].(string)) > 255:
		x.Errorf("the subject is %v", claims["sub"])
	case id.Nonce != nonce:
		x.Errorf("the nonce is %q, want %q", id.Nonce, nonce)
	case seconds(claims, "auth_time") == 0 || claims["acr"] == nil:
		x.Errorf("the sign-in is not told: %v", claims)
	}
	if header := header(x, text); header["kid"] == nil || header["alg"] != "RS256" {
		x.Errorf("the header is %v", header)
	}
	return claims
}

func seconds(claims map[string]any, name string) float64 {
	value, _ := claims[name].(float64)
	return value
}

// header is that of a JWT.
func header(t testing.TB, text string) map[string]any {
	t.Helper()
	head, _, _ := strings.Cut(text, ".")
	raw, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		t.Fatal(err)
	}
	header := map[string]any{}
	if err := json.Unmarshal(raw, &header); err != nil {
		t.Fatal(err)
	}
	return header
}

// bound holds a hash in an ID token against what came with it; required says that it must be there if anything did.
func (x *attempt) bound(claims map[string]any, name, text string, required bool) {
	x.Helper()
	want := any(nil)
	if text != "" {
		sum := sha256.Sum256([]byte(text))
		want = base64.RawURLEncoding.EncodeToString(sum[:16])
	}
	if claims[name] != want && (required || claims[name] != nil) {
		x.Errorf("%s is %v, want %v", name, claims[name], want)
	}
}

// userInfo asks for what is told about the person, and checks that it is the one of the ID token.
func (x *attempt) userInfo(got result) map[string]any {
	x.Helper()
	answer := x.h.Get(x, "/api/rest/oauth2/userinfo", blackbox.Bearer(got.access))
	if answer.Status != http.StatusOK || !strings.HasPrefix(answer.Header.Get("Content-Type"), "application/json") || answer.JSON["sub"] == nil ||
		got.id() != nil && answer.JSON["sub"] != got.id()["sub"] {
		x.Fatalf("userinfo: %d %s, for the ID token of %v", answer.Status, answer.Body, got.id()["sub"])
	}
	return answer.JSON
}

// person is somebody with a browser of their own, who is not signed in yet.
func (x *attempt) person() *person {
	x.Helper()
	return newPerson(x, x.h, "ben", "")
}
