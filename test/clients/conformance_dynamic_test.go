package clients_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/hub/oauth/jose"
	"example.org/hub/test/blackbox"
)

// shelf is what a relying party serves by https: documents that the hub fetches.
type shelf struct {
	*httptest.Server
	lock      sync.Mutex
	documents map[string]string
}

// newShelf serves documents, with a certificate that programs started from now on trust.
func newShelf(t *testing.T) *shelf {
	t.Helper()
	s := &shelf{documents: map[string]string{}}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.lock.Lock()
		defer s.lock.Unlock()
		document, found := s.documents[r.URL.Path]
		if !found {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, document)
	}))
	t.Cleanup(s.Close)
	file := filepath.Join(t.TempDir(), "rp.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SSL_CERT_FILE", file)
	return s
}

// put serves a document, and gives its address.
func (s *shelf) put(path, document string) string {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.documents[path] = document
	return s.URL + path
}

// newPartyKey makes a key for RS256, and the key set that tells of it.
func newPartyKey(t testing.TB) (*jose.PrivateKey, string) {
	t.Helper()
	key, err := jose.Generate(jose.RS256)
	if err != nil {
		t.Fatal(err)
	}
	public, err := key.Public().MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return key, `{"keys":[` + string(public) + `]}`
}

// sign makes a JWT with the client's key.
func (x *attempt) sign(key *jose.PrivateKey, typ string, claims []byte) string {
	x.Helper()
	signer, err := jose.NewSigner(key, typ)
	if err != nil {
		x.Fatal(err)
	}
	text, err := signer.Sign(claims)
	if err != nil {
		x.Fatal(err)
	}
	return text
}

// asserted asks the token endpoint with an assertion for an audience.
func (x *attempt) asserted(client registration, audience string, pairs ...string) *blackbox.Answer {
	x.Helper()
	now := time.Now()
	claims := text(x, map[string]any{
		"iss": client.id, "sub": client.id, "aud": audience,
		"jti": fmt.Sprint(now.UnixNano()), "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
	})
	return x.h.Form(x, "/api/rest/oauth2/token", append(pairs, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
		"client_assertion", x.sign(client.key, "JWT", []byte(claims))))
}

// keyed registers a client with a key: in its registration, or at an address where it can change.
func (x *attempt) keyed(s *shelf, path string, changes map[string]any) registration {
	x.Helper()
	key, set := newPartyKey(x)
	said := map[string]any{"token_endpoint_auth_method": "private_key_jwt"}
	for name, value := range changes {
		said[name] = value
	}
	if path == "" {
		said["jwks"] = json.RawMessage(set)
	} else {
		said["jwks_uri"] = s.put(path, set)
	}
	made := x.register(said)
	made.key = key
	return made
}

func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// dynamicModules are those of the plans Dynamic and Config that are not among the core ones.
func dynamicModules(s *shelf) []module {
	return []module{
		{"oidcc-idtoken-rs256", nil, func(x *attempt) {
			x.client = x.keyed(s, "", map[string]any{"id_token_signed_response_alg": "RS256"})
			x.flow(x.person())
		}},
		{"oidcc-userinfo-rs256", nil, func(x *attempt) {
			if x.h.Get(x, "/.well-known/openid-configuration").JSON["userinfo_signing_alg_values_supported"] != nil {
				x.Error("signed answers of userinfo are named")
			}
		}},
		{"oidcc-redirect-uri-query-ok", nil, func(x *attempt) {
			x.client = x.keyed(s, "", map[string]any{"redirect_uris": []string{partyBack + "?foo=bar"}})
			who := x.person()
			left := who.goTo(x.address(x.request(x.client)))
			if left.URL.Query().Get("foo") != "bar" {
				x.Errorf("the browser left for %s", left.URL)
			}
			x.complete(x.client, x.told(x.client, left), x.request(x.client))
		}},
		{"oidcc-redirect-uri-query-mismatch", nil, func(x *attempt) {
			x.client = x.keyed(s, "", map[string]any{"redirect_uris": []string{partyBack + "?foo=bar"}})
			x.shown("redirect_uri", partyBack+"?foo=other")
		}},
		{"oidcc-redirect-uri-query-added", nil, func(x *attempt) { x.shown("redirect_uri", partyBack+"?foo=bar") }},
		{"oidcc-redirect-uri-regfrag", nil, func(x *attempt) {
			if _, answer := x.tryRegister(map[string]any{
				"redirect_uris": []string{partyBack + "#fragment"},
			}); answer.Status != http.StatusBadRequest || answer.Text("error") != "invalid_redirect_uri" {
				x.Errorf("%d %s", answer.Status, answer.Body)
			}
		}},
		{"oidcc-discovery-endpoint-verification", nil, discoveryVerified},
		{"oidcc-registration-logo-uri", nil, func(x *attempt) { // the picture of a stranger is not shown; its name is
			x.client = x.register(map[string]any{"client_name": "Photo Print", "logo_uri": "https://rp.example.test/logo.png"})
			if page := x.consentPage(); !strings.Contains(page, "Photo Print") || strings.Contains(page, "logo.png") {
				x.Errorf("the page says %s", words(page))
			}
		}},
		{"oidcc-registration-policy-uri", nil, func(x *attempt) {
			x.client = x.register(map[string]any{"policy_uri": "https://rp.example.test/policy"})
			if !strings.Contains(x.consentPage(), `href="https://rp.example.test/policy"`) {
				x.Error("the page does not lead to the policy")
			}
		}},
		{"oidcc-registration-tos-uri", nil, func(x *attempt) {
			x.client = x.register(map[string]any{"tos_uri": "https://rp.example.test/terms"})
			if !strings.Contains(x.consentPage(), `href="https://rp.example.test/terms"`) {
				x.Error("the page does not lead to the terms")
			}
		}},
		{"oidcc-3rd_party-init-login", nil, func(x *attempt) {
			x.client = x.register(map[string]any{"initiate_login_uri": "https://rp.example.test/start"})
			told := x.h.Get(x, "/api/rest/oauth2/register/"+x.client.id, blackbox.Bearer(x.client.token))
			if told.Status != http.StatusOK || told.Text("initiate_login_uri") != "https://rp.example.test/start" {
				x.Errorf("%d %s", told.Status, told.Body)
			}
		}},
		{"oidcc-3rd_party-init-login-nohttps", nil, func(x *attempt) {
			_, answer := x.tryRegister(map[string]any{"initiate_login_uri": "http://rp.example.test/start"})
			if answer.Status != http.StatusBadRequest || answer.Text("error") != "invalid_client_metadata" {
				x.Errorf("%d %s", answer.Status, answer.Body)
			}
		}},
		{"oidcc-registration-jwks-uri", nil, func(x *attempt) {
			x.client = x.keyed(s, "/jwks", nil)
			x.flow(x.person())
		}},
		{"oidcc-registration-sector-uri", nil, func(x *attempt) {
			x.client = x.keyed(s, "", map[string]any{"sector_identifier_uri": s.put("/sector", `["`+partyBack+`"]`)})
			x.flow(x.person())
		}},
		{"oidcc-registration-sector-bad", nil, func(x *attempt) {
			_, answer := x.tryRegister(map[string]any{"sector_identifier_uri": s.put("/sector-bad", `["https://elsewhere.example.test/cb"]`)})
			if answer.Status != http.StatusBadRequest || answer.Text("error") != "invalid_client_metadata" ||
				answer.Header.Get("Content-Type") != "application/json" {
				x.Errorf("%d %v %s", answer.Status, answer.Header, answer.Body)
			}
		}},
		{"oidcc-server-rotate-keys", nil, func(x *attempt) {
			before := header(x, x.flow(x.person()).idText)["kid"].(string)
			blackbox.MustRun(x, "", append([]string{"keys", "rotate", "--now"}, x.h.Database()...)...)
			blackbox.Soon(x, "an ID token of the new key", func() bool { return header(x, x.flow(x.person()).idText)["kid"] != before })
			if !strings.Contains(x.h.Get(x, "/api/rest/oauth2/keys").Body, before) {
				x.Error("the old key is gone, while tokens of it live")
			}
		}},
		{"oidcc-refresh-token-rp-key-rotation", nil, func(x *attempt) {
			x.client = x.keyed(s, "/rotated", nil)
			got := x.flow(x.person(), "scope", "openid offline_access", "prompt", "consent")
			key, set := newPartyKey(x)
			s.put("/rotated", set)
			x.client.key = key
			time.Sleep(6 * time.Second) // keys are not fetched again at once; the suite itself waits a minute
			if again := x.token(x.client, "grant_type", "refresh_token", "refresh_token", got.refresh); again.Status != http.StatusOK {
				x.Errorf("with the new key: %d %s", again.Status, again.Body)
			}
		}},
		{"oidcc-request-uri-unsigned", nil, func(x *attempt) {
			address := s.put("/unsigned", "")
			x.client = x.keyed(s, "", map[string]any{"request_uris": []string{address}, "request_object_signing_alg": "none"})
			request := x.request(x.client)
			s.put("/unsigned", x.unsigned(request))
			x.complete(x.client, x.ask(x.person(), "request_uri", address, "state", "-", "nonce", "-"), request)
		}},
		{"oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported", nil, func(x *attempt) {
			x.refused(x.person(), "request_uri_not_supported", "request_uri", "https://rp.example.test/not-registered")
		}},
		{"oidcc-request-uri-signed-rs256", nil, func(x *attempt) {
			address := s.put("/signed", "")
			x.client = x.keyed(s, "", map[string]any{"request_uris": []string{address}, "request_object_signing_alg": "RS256"})
			request := x.request(x.client)
			s.put("/signed", x.sign(x.client.key, "JWT", x.object(request)))
			x.complete(x.client, x.ask(x.person(), "request_uri", address, "state", "-", "nonce", "-"), request)
		}},
		{"oidcc-ensure-client-assertion-with-iss-aud-succeeds", nil, func(x *attempt) {
			x.client = x.keyed(s, "", nil)
			code := x.ask(x.person()).Get("code")
			if token := x.asserted(x.client, x.h.URL,
				"grant_type", "authorization_code", "code", code, "redirect_uri", partyBack); token.Status != http.StatusOK {
				x.Errorf("%d %s", token.Status, token.Body)
			}
		}},
	}
}

// consentPage is what a person reads who is asked for consent.
func (x *attempt) consentPage() string {
	x.Helper()
	who := x.person()
	x.told(x.client, who.goTo(x.address(x.request(x.client))))
	for name, text := range who.pages {
		if name == "auth/consent" {
			return text
		}
	}
	x.Fatalf("nobody was asked; the pages were %v", who.seen)
	return ""
}

// discoveryVerified holds the discovery document against what the profiles demand of it.
func discoveryVerified(x *attempt) {
	x.Helper()
	answer := x.h.Get(x, "/.well-known/openid-configuration")
	if answer.Status != http.StatusOK || !strings.HasPrefix(answer.Header.Get("Content-Type"), "application/json") ||
		answer.Text("issuer") != x.h.URL {
		x.Fatalf("%d %v %s", answer.Status, answer.Header, answer.Body)
	}
	for list, wanted := range map[string][]string{
		"response_types_supported": {"code", "id_token", "id_token token", "code id_token", "code token", "code id_token token"},
		"subject_types_supported":  {"public"}, "id_token_signing_alg_values_supported": {"RS256"},
		"grant_types_supported": {"authorization_code", "implicit", "refresh_token"}, "scopes_supported": {"openid", "profile", "email"},
		"claims_supported": {"sub", "name", "email"}, "request_object_signing_alg_values_supported": {"none", "RS256"},
		"code_challenge_methods_supported": {"S256"}, "acr_values_supported": {"1", "2"},
		"token_endpoint_auth_methods_supported": {"client_secret_basic", "client_secret_post", "private_key_jwt"},
	} {
		have, _ := answer.JSON[list].([]any)
		for _, one := range wanted {
			found := false
			for _, value := range have {
				found = found || value == one
			}
			if !found {
				x.Errorf("%s lacks %s: %v", list, one, have)
			}
		}
	}
	for _, flag := range []string{"claims_parameter_supported", "request_parameter_supported", "request_uri_parameter_supported"} {
		if answer.JSON[flag] != true {
			x.Errorf("%s is %v", flag, answer.JSON[flag])
		}
	}
	for name, value := range answer.JSON {
		if address, is := value.(string); is && (strings.HasSuffix(name, "_endpoint") || name == "jwks_uri") &&
			!strings.HasPrefix(address, "https://") {
			x.Errorf("%s is %s", name, address)
		}
	}
	if keys := x.h.Get(x, strings.TrimPrefix(answer.Text("jwks_uri"), x.h.URL)); keys.Status != http.StatusOK ||
		strings.Contains(keys.Body, `"d"`) || strings.Contains(keys.Body, `"oct"`) {
		x.Errorf("the keys are %d %s", keys.Status, keys.Body)
	}
}
