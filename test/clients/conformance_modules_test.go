package clients_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.org/hub/test/blackbox"
)

// module is one module of the certification plans: what it does and what it demands.
type module struct {
	name string
	fits func(*attempt) bool // for which response types; nil: for all
	run  func(*attempt)
}

func withCode(x *attempt) bool     { return x.has("code") }
func withAccess(x *attempt) bool   { return x.has("code") || x.has("token") }
func frontToken(x *attempt) bool   { return x.has("id_token") }
func noFrontToken(x *attempt) bool { return !x.has("id_token") }

// coreModules are those of the plans Basic, Implicit, Hybrid and Form Post.
var coreModules = []module{
	{"oidcc-server", nil, func(x *attempt) {
		got := x.flow(x.person())
		if got.access != "" {
			x.userInfo(got)
		}
	}},
	{"oidcc-server-client-secret-post", withCode, func(x *attempt) {
		x.client = x.register(map[string]any{"token_endpoint_auth_method": "client_secret_post"})
		x.userInfo(x.flow(x.person()))
	}},
	{"oidcc-response-type-missing", nil, func(x *attempt) {
		who := x.person()
		who.goTo(x.address(x.request(x.client))) // signs in
		left := who.goTo(x.address(x.request(x.client, "response_type", "-", "response_mode", "-")))
		if told := left.URL.Query(); !strings.HasPrefix(left.URL.String(), partyBack) ||
			told.Get("error") != "invalid_request" || told.Get("state") == "" {
			x.Errorf("told %v", left.URL)
		}
	}},
	{"oidcc-idtoken-signature", nil, func(x *attempt) {
		got := x.flow(x.person())
		if text := x.h.Get(x, "/api/rest/oauth2/keys").Body; !strings.Contains(text, header(x, got.idText)["kid"].(string)) ||
			strings.Contains(text, `"d"`) {
			x.Errorf("the keys are %s", text)
		}
	}},
	{"oidcc-idtoken-unsigned", withCode, func(x *attempt) {
		if algorithms := x.h.Get(x, "/.well-known/openid-configuration").
			JSON["id_token_signing_alg_values_supported"].([]any); slices.Contains(algorithms, any("none")) {
			x.Error("unsigned ID tokens are named")
		}
		if _, answer := x.tryRegister(map[string]any{"id_token_signed_response_alg": "none"}); answer.Status != http.StatusBadRequest {
			x.Errorf("registered without a signature: %d", answer.Status)
		}
	}},
	{"oidcc-userinfo-get", withAccess, func(x *attempt) { x.userInfo(x.flow(x.person())) }},
	{"oidcc-userinfo-post-header", withAccess, func(x *attempt) {
		got := x.flow(x.person())
		if answer := x.h.Do(x, http.MethodPost, "/api/rest/oauth2/userinfo", "",
			blackbox.Bearer(got.access)); answer.Status != http.StatusOK || answer.JSON["sub"] != got.subject(x) {
			x.Errorf("%d %s", answer.Status, answer.Body)
		}
	}},
	{"oidcc-userinfo-post-body", withAccess, func(x *attempt) {
		got := x.flow(x.person())
		if answer := x.h.Form(x, "/api/rest/oauth2/userinfo", []string{"access_token", got.access}); answer.Status != http.StatusOK ||
			answer.JSON["sub"] != got.subject(x) {
			x.Errorf("%d %s", answer.Status, answer.Body)
		}
	}},
	{"oidcc-ensure-request-without-nonce-succeeds-for-code-flow", noFrontToken, func(x *attempt) { x.flow(x.person(), "nonce", "-") }},
	{"oidcc-ensure-request-without-nonce-fails", frontToken, func(x *attempt) {
		x.refused(x.person(), "invalid_request", "nonce", "-")
	}},
	{"oidcc-scope-profile", nil, func(x *attempt) { x.scoped("openid profile", "name", "preferred_username", "updated_at") }},
	{"oidcc-scope-email", nil, func(x *attempt) { x.scoped("openid email", "email", "email_verified") }},
	{"oidcc-scope-address", nil, func(x *attempt) { x.unknownScope("address") }},
	{"oidcc-scope-phone", nil, func(x *attempt) { x.unknownScope("phone") }},
	{"oidcc-scope-all", nil, func(x *attempt) {
		x.scoped("openid profile email address phone", "name", "preferred_username", "updated_at", "email", "email_verified")
	}},
	{"oidcc-ensure-other-scope-order-succeeds", nil, func(x *attempt) { x.scoped("email openid", "email", "email_verified") }},
	{"oidcc-display-page", nil, func(x *attempt) { x.flow(x.person(), "display", "page") }},
	{"oidcc-display-popup", nil, func(x *attempt) { x.flow(x.person(), "display", "popup") }},
	{"oidcc-prompt-login", nil, func(x *attempt) {
		who := x.person()
		first := x.flow(who).id()
		blackbox.Soon(x, "a later auth_time", func() bool { // it counts seconds
			second := x.flow(who, "prompt", "login")
			if !slices.Contains(who.seen, "auth/login") {
				x.Errorf("the pages were %v", who.seen)
			}
			return sameSubject(x, first, second.id()) && seconds(second.id(), "auth_time") > seconds(first, "auth_time")
		})
	}},
	{"oidcc-prompt-none-not-logged-in", nil, func(x *attempt) { x.refused(x.person(), "login_required", "prompt", "none") }},
	{"oidcc-prompt-none-logged-in", nil, func(x *attempt) {
		who := x.person()
		first := x.flow(who).id()
		second := x.flow(who, "prompt", "none").id()
		if x.unseen(who); !sameSubject(x, first, second) || seconds(first, "auth_time") != seconds(second, "auth_time") {
			x.Errorf("%v, then %v", first, second)
		}
	}},
	{"oidcc-max-age-1", nil, func(x *attempt) {
		who := x.person()
		first := x.flow(who).id()
		time.Sleep(time.Second) // as the suite does; the sign-in is older than that now, and not by more than it has to be
		second := x.flow(who, "max_age", "1").id()
		if !sameSubject(x, first, second) || seconds(second, "auth_time") <= seconds(first, "auth_time") || !slices.Contains(who.seen, "auth/login") {
			x.Errorf("%v, then %v, by %v", first, second, who.seen)
		}
	}},
	{"oidcc-max-age-10000", nil, func(x *attempt) {
		who := x.person()
		first, second := x.flow(who).id(), x.flow(who, "max_age", "10000").id()
		if x.unseen(who); !sameSubject(x, first, second) || seconds(first, "auth_time") != seconds(second, "auth_time") {
			x.Errorf("%v, then %v", first, second)
		}
	}},
	{"oidcc-ensure-request-with-unknown-parameter-succeeds", nil, func(x *attempt) { x.flow(x.person(), "extra", "foobar") }},
	{"oidcc-id-token-hint", nil, func(x *attempt) {
		who := x.person()
		first := x.flow(who)
		second := x.flow(who, "prompt", "none", "id_token_hint", first.idText)
		sameSubject(x, first.id(), second.id())
	}},
	{"oidcc-login-hint", nil, func(x *attempt) { x.flow(x.person(), "login_hint", "ben") }},
	{"oidcc-ui-locales", nil, func(x *attempt) { x.flow(x.person(), "ui_locales", "se") }},
	{"oidcc-claims-locales", nil, func(x *attempt) { x.flow(x.person(), "claims_locales", "se") }},
	{"oidcc-ensure-request-with-acr-values-succeeds", nil, func(x *attempt) {
		if claims := x.flow(x.person(), "acr_values", "1 2").id(); claims["acr"] != "1" {
			x.Errorf("acr is %v", claims["acr"])
		}
	}},
	{"oidcc-codereuse", withCode, func(x *attempt) { x.reuse() }},
	{"oidcc-codereuse-30seconds", withCode, func(x *attempt) { x.reuse() }}, // a code that was used is dead whatever the time
	{"oidcc-ensure-registered-redirect-uri", nil, func(x *attempt) { x.shown("redirect_uri", partyBack+"/elsewhere") }},
	{"oidcc-ensure-redirect-uri-in-authorization-request", nil, func(x *attempt) { x.shown("redirect_uri", "-") }},
	{"oidcc-ensure-post-request-succeeds", nil, func(x *attempt) {
		who, request := x.person(), x.request(x.client)
		post := who.request(http.MethodPost, x.h.URL+"/api/rest/oauth2/auth", request)
		post.Header.Set("Origin", "https://rp.example.test")
		post.Header.Set("Sec-Fetch-Site", "cross-site")
		x.complete(x.client, x.told(x.client, who.walk(post)), request)
	}},
	{"oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported", nil, func(x *attempt) {
		request := x.request(x.client)
		answer := x.ask(x.person(), "request", x.unsigned(request), "state", "-", "nonce", "-")
		x.complete(x.client, answer, request)
	}},
	{"oidcc-ensure-request-object-with-redirect-uri", nil, func(x *attempt) {
		request := x.request(x.client)
		who := x.person()
		outside := x.request(x.client, "request", x.unsigned(request), "redirect_uri", "https://rp.example.test/not-registered")
		x.complete(x.client, x.told(x.client, who.goTo(x.address(outside))), request) // only what is inside counts
	}},
	{"oidcc-claims-essential", nil, func(x *attempt) {
		place := "userinfo"
		if x.kind == "id_token" {
			place = "id_token"
		}
		got := x.flow(x.person(), "claims", `{"`+place+`":{"name":{"essential":true}}}`)
		if place == "id_token" {
			if got.front["name"] != "Ben Demo" {
				x.Errorf("the ID token says %v", got.front)
			}
			return
		}
		if told := x.userInfo(got); told["name"] != "Ben Demo" || got.id()["name"] != nil {
			x.Errorf("userinfo says %v, the ID token %v", told, got.id())
		}
	}},
	{"oidcc-refresh-token", withCode, func(x *attempt) {
		got := x.flow(x.person(), "scope", "openid offline_access", "prompt", "consent")
		again := x.token(x.client, "grant_type", "refresh_token", "refresh_token", got.refresh)
		if again.Status != http.StatusOK || again.Text("access_token") == got.access {
			x.Fatalf("a refresh: %d %s", again.Status, again.Body)
		}
		fresh := x.claims(x.client, again.Text("id_token"), "") // no nonce any more
		for _, name := range []string{"iss", "sub", "aud", "auth_time", "azp"} {
			if one, other := text(x, fresh[name]), text(x, got.id()[name]); one != other {
				x.Errorf("%s was %s and is %s", name, other, one)
			}
		}
		if other := x.token(x.register(nil), "grant_type", "refresh_token",
			"refresh_token", got.refresh); other.Status != http.StatusBadRequest || other.Text("error") != "invalid_grant" {
			x.Errorf("another client: %d %s", other.Status, other.Body)
		}
	}},
	{"oidcc-ensure-request-with-valid-pkce-succeeds", withCode, func(x *attempt) {
		verifier := "a-verifier-of-forty-three-characters-or-more-than-that"
		answer := x.ask(x.person(), "code_challenge", challengeOf(verifier), "code_challenge_method", "S256")
		if token := x.redeem(x.client, answer.Get("code"), "redirect_uri", partyBack, "code_verifier", verifier); token.Status != http.StatusOK {
			x.Errorf("%d %s", token.Status, token.Body)
		}
	}},
}

// subject is whom a result is of.
func (r result) subject(x *attempt) any {
	if id := r.id(); id != nil {
		return id["sub"]
	}
	return x.userInfo(r)["sub"]
}

func sameSubject(x *attempt, one, other map[string]any) bool {
	x.Helper()
	if one["sub"] != other["sub"] {
		x.Fatalf("the subject was %v and is %v", one["sub"], other["sub"])
	}
	return true
}

func text(x *attempt, value any) string {
	x.Helper()
	written, err := json.Marshal(value)
	if err != nil {
		x.Fatal(err)
	}
	return string(written)
}

// unseen checks that the person had nothing to do; a form that posts itself is no page.
func (x *attempt) unseen(who *person) {
	x.Helper()
	if pages := slices.DeleteFunc(who.seen, func(page string) bool {
		return x.mode == "form_post" && page == "api/rest/oauth2/auth"
	}); len(pages) > 0 {
		x.Errorf("the pages were %v", pages)
	}
}

// scoped asks for a scope, and for its claims where they belong: at userinfo, or in the ID token if there is no access token.
func (x *attempt) scoped(scope string, claims ...string) {
	x.Helper()
	got := x.flow(x.person(), "scope", scope)
	told := got.front
	if got.access != "" {
		told = x.userInfo(got)
	}
	for _, name := range claims {
		if told[name] == nil {
			x.Errorf("%s is not among %v", name, told)
		}
	}
}

// unknownScope asks for claims that Hub has of nobody: the scope is not named, and not granted.
func (x *attempt) unknownScope(item string) {
	x.Helper()
	if scopes := x.h.Get(x, "/.well-known/openid-configuration").JSON["scopes_supported"].([]any); slices.Contains(scopes, any(item)) {
		x.Errorf("%s is named", item)
	}
	got := x.flow(x.person(), "scope", "openid "+item)
	told := got.front
	if got.access != "" {
		told = x.userInfo(got)
	}
	for name := range told {
		if strings.HasPrefix(name, item) {
			x.Errorf("%s is told", name)
		}
	}
}

// reuse redeems a code twice: the second time fails, and ends what the first one brought.
func (x *attempt) reuse() {
	x.Helper()
	got := x.flow(x.person())
	if again := x.redeem(x.client, got.answer.Get("code"), "redirect_uri", partyBack); again.Status != http.StatusBadRequest ||
		again.Text("error") != "invalid_grant" {
		x.Errorf("the second time: %d %s", again.Status, again.Body)
	}
	if info := x.h.Get(x, "/api/rest/oauth2/userinfo", blackbox.Bearer(got.access)); info.Status != http.StatusUnauthorized {
		x.Errorf("the access token lives on: %d", info.Status)
	}
}

// shown asks for what must lead to a page of the hub and nowhere else.
func (x *attempt) shown(changes ...string) {
	x.Helper()
	who := x.person()
	who.stuck = true
	left := who.goTo(x.address(x.request(x.client, changes...)))
	if !strings.HasPrefix(left.URL.String(), x.h.URL+"/auth/oauth/error?") || who.shown.status != http.StatusBadRequest {
		x.Errorf("the browser is at %s, %d", left.URL, who.shown.status)
	}
}

// unsigned makes a request object without a signature.
func (x *attempt) unsigned(request url.Values) string {
	x.Helper()
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString(x.object(request)) + "."
}

// object is a request as the claims of a request object.
func (x *attempt) object(request url.Values) []byte {
	x.Helper()
	claims := map[string]any{"iss": request.Get("client_id"), "aud": x.h.URL}
	for name := range request {
		claims[name] = request.Get(name)
	}
	return []byte(text(x, claims))
}
