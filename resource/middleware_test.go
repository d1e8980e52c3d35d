package resource_test

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"example.org/hub/resource"
	"github.com/google/go-cmp/cmp"
)

const unauthorized = `{"status":"error","error_type":"unauthorized",` +
	`"title":"Authentication with the API failed, please check your details and try again.","instance":`

func TestMiddlewareLetsGoodTokensThrough(t *testing.T) {
	hub := start(t)
	for name, v := range map[string]*resource.Verifier{"offline": hub.verifier(nil), "online": hub.verifier(online)} {
		token := hub.token(nil)
		hub.answer(token, map[string]any{})
		for _, header := range []string{
			"Authorization: Bearer " + token, "authorization: bearer " + token, "Authorization: BEARER   " + token + " ",
		} {
			response := call(t, v.Middleware(subject), "/v1/payment-link", header)
			if got := text(t, response); response.StatusCode != 200 || got != "u-1" {
				t.Errorf("%s: %s: %d %s", name, header[:20], response.StatusCode, got)
			}
		}
	}
}

// Without a good token the answer is the body callers know, and the challenge, which names an error only if a token was sent.
func TestMiddlewareRefusesInTheBodyCallersKnow(t *testing.T) {
	hub := start(t)
	v := hub.verifier(func(o *resource.Options) { o.Audience, o.Resource = serviceKey, "https://payments.example.test" })
	const where = `resource_metadata="https://payments.example.test/.well-known/oauth-protected-resource"`
	const unknown = `Bearer realm="payments", error="invalid_token", ` +
		`error_description="The token is unknown, has ended, or is not for this API.", ` + where
	for name, tc := range map[string]struct {
		headers   []string
		challenge string
	}{
		"nothing":          {nil, `Bearer realm="payments", ` + where},
		"Basic":            {[]string{"Authorization: Basic YWRhOnNlY3JldA=="}, `Bearer realm="payments", ` + where},
		"Bearer alone":     {[]string{"Authorization: Bearer"}, `Bearer realm="payments", ` + where},
		"a longer scheme":  {[]string{"Authorization: Bearerish x"}, `Bearer realm="payments", ` + where},
		"rubbish":          {[]string{"Authorization: Bearer rubbish"}, unknown},
		"two tokens":       {[]string{"Authorization: Bearer a b"}, unknown},
		"odd characters":   {[]string{`Authorization: Bearer "x"`}, unknown},
		"a cookie":         {[]string{"Cookie: access_token=" + hub.token(nil)}, `Bearer realm="payments", ` + where},
		"another audience": {[]string{"Authorization: Bearer " + hub.token(map[string]any{"aud": "x"})}, unknown},
		"permanent token": {[]string{"Authorization: Bearer hubpat_x"}, `Bearer realm="payments", error="invalid_token", ` +
			`error_description="This API checks tokens offline: permanent and opaque tokens need online checking. Please use an access token.", ` + where},
	} {
		response := call(t, v.Middleware(subject), "/v1/payment-link?access_token="+hub.token(nil), tc.headers...)
		if response.StatusCode != 401 {
			t.Errorf("%s: status %d", name, response.StatusCode)
		}
		if diff := cmp.Diff(unauthorized+`"/v1/payment-link"}`, text(t, response)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if diff := cmp.Diff(tc.challenge, response.Header.Get("WWW-Authenticate")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if got := response.Header.Get("Content-Type") + " " + response.Header.Get("Cache-Control"); got != "application/json no-store" {
			t.Errorf("%s: headers %s", name, got)
		}
	}
}

func TestTwoAuthorizationHeadersAreABadRequest(t *testing.T) {
	hub := start(t)
	token := "Authorization: Bearer " + hub.token(nil)
	response := call(t, hub.verifier(nil).Middleware(subject), "/x", token, token)
	var body struct {
		Type    string                      `json:"error_type"`
		Invalid []resource.InvalidParameter `json:"invalid_parameters"`
	}
	if err := json.NewDecoder(response.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != 400 || body.Type != "bad_request" || len(body.Invalid) != 1 || body.Invalid[0].Parameter != "Authorization" {
		t.Errorf("%d %+v", response.StatusCode, body)
	}
	if got := response.Header.Get("WWW-Authenticate"); !strings.Contains(got, `error="invalid_request"`) {
		t.Errorf("the challenge is %s", got)
	}
}

func TestRequireNeedsThePermission(t *testing.T) {
	hub := start(t)
	offline, asking := hub.verifier(nil), hub.verifier(online)
	with := hub.token(nil)
	without := hub.token(map[string]any{"entitlements": []string{"payments:read"}})
	silent := hub.token(map[string]any{"entitlements": nil})
	hub.answer(with, map[string]any{})
	hub.answer(without, map[string]any{"permissions": []string{"payments:read"}})
	hub.answer(silent, map[string]any{"permissions": nil})
	for name, tc := range map[string]struct {
		v     *resource.Verifier
		token string
		want  int
	}{
		"offline, granted": {offline, with, 200}, "offline, not granted": {offline, without, 403}, "offline, not said": {offline, silent, 403},
		"online, granted": {asking, with, 200}, "online, not granted": {asking, without, 403}, "online, not said": {asking, silent, 403},
		"offline, no token": {offline, "", 401}, "online, unknown": {asking, "unknown", 401},
	} {
		guard := tc.v.Require("payments:create")
		for shape, handler := range map[string]http.Handler{"alone": guard(subject), "within Middleware": tc.v.Middleware(guard(subject))} {
			response := call(t, handler, "/v1/payment-link", "Authorization: Bearer "+tc.token)
			challenge := response.Header.Get("WWW-Authenticate")
			if response.StatusCode != tc.want {
				t.Errorf("%s, %s: %d", name, shape, response.StatusCode)
			}
			if tc.want == 403 && (!strings.Contains(challenge, `error="insufficient_scope"`) ||
				!strings.Contains(challenge, `scope="payments:create"`)) {
				t.Errorf("%s, %s: the challenge is %s", name, shape, challenge)
			}
			if body := text(t, response); tc.want == 403 && !strings.Contains(body, `"error_type":"forbidden"`) {
				t.Errorf("%s, %s: the body is %s", name, shape, body)
			}
		}
	}
}

func TestTroubleWithTheHubIsNoVerdict(t *testing.T) {
	hub := start(t)
	hub.setDown(true)
	for name, v := range map[string]*resource.Verifier{"offline": hub.verifier(nil), "online": hub.verifier(online)} {
		response := call(t, v.Middleware(subject), "/v1/payment-link", "Authorization: Bearer "+hub.token(nil))
		if body := text(t, response); response.StatusCode != 503 || response.Header.Get("Retry-After") != "5" ||
			!strings.Contains(body, `"error_type":"unavailable"`) {
			t.Errorf("%s: %d, Retry-After %q, %s", name, response.StatusCode, response.Header.Get("Retry-After"), body)
		}
		if got := response.Header.Get("WWW-Authenticate"); got != "" {
			t.Errorf("%s: a challenge without a verdict: %s", name, got)
		}
	}
}

func TestRedirectsOfTheHubAreNotFollowed(t *testing.T) {
	hub := start(t)
	var reached bool
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer elsewhere.Close()
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	}))
	defer door.Close()
	hub.metadata = map[string]any{"jwks_uri": door.URL, "introspection_endpoint": door.URL}
	for name, v := range map[string]*resource.Verifier{"offline": hub.verifier(nil), "online": hub.verifier(online),
		"with a client of one's own": hub.verifier(func(o *resource.Options) { online(o); o.HTTPClient = http.DefaultClient })} {
		if _, err := v.Check(t.Context(), hub.token(nil), nowhere); status(t, err) != 503 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if reached {
		t.Error("a redirect was followed")
	}
}

func TestInstanceIsThePathAsSent(t *testing.T) {
	hub := start(t)
	handler := http.StripPrefix("/test", hub.verifier(nil).Middleware(subject))
	for path, want := range map[string]string{
		"/test/v1/payment-link": "/test/v1/payment-link", "/test/v1/a%2Fb?x=1": "/test/v1/a%2Fb", "/test/%22%3Cscript%3E": "/test/%22%3Cscript%3E",
	} {
		var body struct{ Instance string }
		if err := json.NewDecoder(call(t, handler, path).Body).Decode(&body); err != nil {
			t.Fatal(err)
		}
		if body.Instance != want {
			t.Errorf("%s: instance %q", path, body.Instance)
		}
	}
	for target, want := range map[string]string{"http://api.example.test/v1/x?y": "/v1/x", "*": "*"} {
		request := httptest.NewRequest(http.MethodOptions, target, nil)
		recorder := httptest.NewRecorder()
		resource.WriteError(recorder, request, errors.New("inner"))
		if !strings.Contains(recorder.Body.String(), `"instance":"`+want+`"`) || strings.Contains(recorder.Body.String(), "inner") {
			t.Errorf("%s: %s", target, recorder.Body)
		}
	}
}

func TestEveryStatusHasItsType(t *testing.T) {
	for status, want := range map[int]string{
		400: "bad_request", 401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "bad_request", 409: "conflict", 413: "bad_request",
		415: "bad_request", 429: "too_many_requests", 500: "internal_server_error", 502: "internal_server_error", 503: "unavailable",
	} {
		e := resource.NewError(status)
		if e.Type != want || e.Status != status || !strings.HasSuffix(e.Title, ".") {
			t.Errorf("%d: %+v", status, e)
		}
	}
}

func TestDocumentOfTheAPI(t *testing.T) {
	hub := start(t)
	plain := hub.verifier(nil)
	named := hub.verifier(func(o *resource.Options) { o.Resource = "https://www.example.test/payments/" })
	for name, tc := range map[string]struct {
		v              *resource.Verifier
		path, identity string
	}{
		"configured":           {named, "/.well-known/oauth-protected-resource", "https://www.example.test/payments/"},
		"configured, its path": {named, "/.well-known/oauth-protected-resource/payments", "https://www.example.test/payments/"},
		"on loopback":          {plain, "/.well-known/oauth-protected-resource", ""},
	} {
		var document struct {
			Resource string
			Servers  []string `json:"authorization_servers"`
			Methods  []string `json:"bearer_methods_supported"`
		}
		response := call(t, tc.v.Middleware(subject), tc.path)
		if err := json.NewDecoder(response.Body).Decode(&document); err != nil {
			t.Fatalf("%s: %d %v", name, response.StatusCode, err)
		}
		if tc.identity == "" {
			tc.identity = "http://" + response.Request.URL.Host
		}
		if document.Resource != tc.identity || len(document.Servers) != 1 || document.Servers[0] != hub.url || document.Methods[0] != "header" {
			t.Errorf("%s: %+v, expected %s", name, document, tc.identity)
		}
	}
	response := call(t, named.Middleware(subject), "/payments/x")
	if got := response.Header.Get("WWW-Authenticate"); !strings.Contains(got,
		`resource_metadata="https://www.example.test/.well-known/oauth-protected-resource/payments"`) {
		t.Errorf("the challenge is %s", got)
	}
}

// A Host header is a stranger's word: it decides nothing unless caller, name and address are this machine.
func TestHostHeaderIsNotBelieved(t *testing.T) {
	hub := start(t)
	v := hub.verifier(func(o *resource.Options) { o.Audience = serviceKey })
	for host, believed := range map[string]bool{
		"localhost:8080": true, "127.0.0.1:1": true, "[::1]": true, "api.localhost": true,
		"evil.example": false, "localhost.evil.example": false, "localhost:1@evil.example": false, "evil.example/localhost": false, "": false,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Host = host
			v.Middleware(subject).ServeHTTP(w, r)
		}))
		response, err := server.Client().Get(server.URL + "/x")
		server.Close()
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		want := `resource_metadata="` + hub.url + `/.well-known/oauth-protected-resource/services/payments"`
		if believed {
			want = `resource_metadata="http://` + host + `/.well-known/oauth-protected-resource"`
		}
		if got := response.Header.Get("WWW-Authenticate"); !strings.Contains(got, want) {
			t.Errorf("Host %q: %s", host, got)
		}
	}
	request := httptest.NewRequest(http.MethodGet, "https://localhost/.well-known/oauth-protected-resource", nil)
	request.TLS = &tls.ConnectionState{}
	recorder := httptest.NewRecorder()
	v.Middleware(subject).ServeHTTP(recorder, request)
	if recorder.Code != 404 {
		t.Errorf("without a local address: %d %s", recorder.Code, recorder.Body)
	}
}

func TestClientAddressIsFoundFromRightToLeft(t *testing.T) {
	hub := start(t)
	v := hub.verifier(func(o *resource.Options) {
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")}
		o.Addresses = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	})
	token := "Authorization: Bearer " + hub.token(map[string]any{"ip_restricted": true})
	for forwarded, want := range map[string]int{
		"192.0.2.7": 200, "198.51.100.1, 192.0.2.7": 200, "192.0.2.7, 10.1.2.3": 200, " 192.0.2.7 ,10.1.2.3, 127.0.0.2": 200, "::ffff:192.0.2.7": 200,
		"192.0.2.7, 198.51.100.1": 401, "192.0.2.7, rubbish": 401, "192.0.2.7, 192.0.2.7:80": 401,
		"": 401, ",": 401, "192.0.2.7,": 401, "10.0.0.1": 401,
	} {
		if response := call(t, v.Middleware(subject), "/x", token, "X-Forwarded-For: "+forwarded); response.StatusCode != want {
			t.Errorf("X-Forwarded-For %q: %d, expected %d", forwarded, response.StatusCode, want)
		}
	}
	if response := call(t, v.Middleware(subject), "/x", token,
		"X-Forwarded-For: 192.0.2.7", "X-Forwarded-For: 198.51.100.1"); response.StatusCode != 401 {
		t.Errorf("two headers: %d", response.StatusCode)
	}
	naive := hub.verifier(func(o *resource.Options) { o.Addresses = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} })
	if response := call(t, naive.Middleware(subject), "/x", token, "X-Forwarded-For: 192.0.2.7"); response.StatusCode != 401 {
		t.Errorf("an untrusted peer's X-Forwarded-For was believed: %d", response.StatusCode)
	}
}

func TestLogNamesTheReasonAndNoToken(t *testing.T) {
	hub := start(t)
	var log bytes.Buffer
	v := hub.verifier(func(o *resource.Options) {
		o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	token := hub.token(map[string]any{"aud": "another"})
	for _, sent := range []string{token, "hubpat_secret", "sec ret", "\"quoted\""} {
		call(t, v.Middleware(subject), "/x%0ay", "Authorization: Bearer "+sent)
		if strings.Contains(log.String(), sent) {
			t.Errorf("the log holds the token: %s", log.String())
		}
	}
	if !strings.Contains(log.String(), "audience") || strings.Count(log.String(), "\n") != 4 {
		t.Errorf("the log is %s", log.String())
	}
}

func TestOptionsAreChecked(t *testing.T) {
	good := resource.Options{Issuer: "https://hub.example.test", Audience: serviceKey}
	for name, change := range map[string]func(*resource.Options){
		"no issuer":               func(o *resource.Options) { o.Issuer = "" },
		"issuer without a host":   func(o *resource.Options) { o.Issuer = "hub.example.test" },
		"issuer over http":        func(o *resource.Options) { o.Issuer = "http://hub.example.test" },
		"issuer like loopback":    func(o *resource.Options) { o.Issuer = "http://localhost.example.test" },
		"issuer with a query":     func(o *resource.Options) { o.Issuer = "https://hub.example.test?x" },
		"issuer with a fragment":  func(o *resource.Options) { o.Issuer = "https://hub.example.test#" },
		"issuer with credentials": func(o *resource.Options) { o.Issuer = "https://a:b@hub.example.test" },
		"no audience":             func(o *resource.Options) { o.Audience = "" },
		"two audiences":           func(o *resource.Options) { o.Audience = "a b" },
		"audience with a quote":   func(o *resource.Options) { o.Audience = `a"` },
		"online without secret":   func(o *resource.Options) { o.Online, o.ClientID = true, "a" },
		"resource is a path":      func(o *resource.Options) { o.Resource = "/payments" },
	} {
		options := good
		change(&options)
		if _, err := resource.New(options); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	for _, issuer := range []string{"https://hub.example.test/test", "http://localhost:8080", "http://127.0.0.1:1/x", "http://[::1]:1"} {
		options := good
		options.Issuer = issuer
		if _, err := resource.New(options); err != nil {
			t.Errorf("%s: %v", issuer, err)
		}
	}
	if _, found := resource.FromContext(t.Context()); found {
		t.Error("a token where none was checked")
	}
}
