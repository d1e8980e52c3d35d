package matrix_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.org/hub/test/blackbox"
)

// mistake is something that people who connect a service do wrong.
type mistake struct {
	name string
	// make makes the mistake with somebody's clients, and gives the refusal. bystander is somebody else, of whom nothing must show.
	make    func(s *scene, who, bystander *subject) *blackbox.Answer
	cause   string // what the explanation has to say
	setting string // begins the setting that it names
	differs string // what it has to say of the difference; empty: nothing
	by      uint8  // who has it explained
}

// Who has a refusal explained.
const (
	keeper  uint8 = iota // the owner of the service, who may update services and is no administrator
	itself               // the user whose API client or app it is
	manager              // an administrator: there is no other owner
)

// mistakes are the usual ones.
func mistakes() []mistake {
	return []mistake{
		{name: "redirect URI with a slash too many", make: redirecting(func(uri string) string { return uri + "/" }), cause: "not registered",
			setting: "Redirect URIs", differs: "a slash at the end of the path"},
		{name: "redirect URI with a port", make: redirecting(func(uri string) string {
			return strings.Replace(uri, ".test/", ".test:8443/", 1)
		}), cause: "not registered", setting: "Redirect URIs", differs: "the port (the usual one, not 8443)"},
		{name: "redirect URI in other letter case", make: redirecting(func(uri string) string {
			return strings.Replace(uri, "/cb", "/CB", 1)
		}), cause: "not registered", setting: "Redirect URIs", differs: "the path (its letter case)"},
		{name: "redirect URI with another scheme", make: redirecting(func(uri string) string {
			return strings.Replace(uri, "https:", "http:", 1)
		}), cause: "not registered", setting: "Redirect URIs", differs: "the scheme (https, not http)"},
		{name: "redirect URI with a query", make: redirecting(func(uri string) string { return uri + "?from=hub" }), cause: "not registered",
			setting: "Redirect URIs", differs: "the query"},
		{name: "redirect URI is another one at the token endpoint", make: func(s *scene, who, _ *subject) *blackbox.Answer {
			return s.token(who, "grant_type", "authorization_code", "code", s.code(who, wholeScope), "redirect_uri", who.back+"/")
		}, cause: "redirect_uri is not the one of the authorization request", setting: "the request", differs: "a slash at the end of the path"},
		{name: "wrong environment", make: func(s *scene, who, _ *subject) *blackbox.Answer {
			return s.other.Form(s, tokenPath, []string{"grant_type", "client_credentials"},
				s.from(s.address), blackbox.Basic(who.robot, who.robotSecret))
		}, cause: "the client belongs to the", setting: "client_id"},
		{name: "flow switched off for a page", make: func(s *scene, who, _ *subject) *blackbox.Answer {
			return s.asked(nil, who, "response_type", "token")
		}, cause: "the flow is switched off", setting: "Flows"},
		{name: "flow switched off for a program", make: func(s *scene, who, _ *subject) *blackbox.Answer {
			return s.form(tokenPath, []string{"grant_type", "password", "username", "u", "password", "p", "scope", "api"},
				blackbox.Basic(who.robot, who.robotSecret))
		}, cause: "the flow is switched off", setting: "Flows"},
		{name: "grant that an API client never has", make: func(s *scene, who, _ *subject) *blackbox.Answer {
			return s.form(tokenPath, []string{"grant_type", "refresh_token", "refresh_token", "r"}, blackbox.Basic(who.client, who.clientSecret))
		}, cause: "the flow is switched off", setting: "Flows", by: itself},
		{name: "secret that was rotated", make: func(s *scene, who, _ *subject) *blackbox.Answer {
			secretEnded(func(who *subject) string { return who.robot }, readyMachine)(s, who)
			return readyMachine(s, who)()
		}, cause: "the secret was rotated: it ended at", setting: "Secrets"},
		{name: "secret of another client", make: func(s *scene, who, bystander *subject) *blackbox.Answer {
			return s.form(tokenPath, []string{"grant_type", "client_credentials"}, blackbox.Basic(who.service, bystander.serviceSecret))
		}, cause: "the secret is that of another client", setting: "Secrets"},
		{name: "secret of nobody", make: func(s *scene, who, _ *subject) *blackbox.Answer { return wrongMachine(s, who)() },
			cause: "none that is known here", setting: "Secrets"},
		{name: "secret that was cut off", make: func(s *scene, who, _ *subject) *blackbox.Answer {
			return s.form(tokenPath, []string{"grant_type", "client_credentials"}, blackbox.Basic(who.service, "hubcs_0123456789"))
		}, cause: "cut off", setting: "Secrets"},
		{name: "clock of the client is behind", make: asserting(-time.Hour, 5*time.Minute), cause: "exp is there, not over", setting: "the clock"},
		{name: "clock of the client is ahead", make: asserting(10*time.Minute, 5*time.Minute), cause: "iat, if there, is not ahead",
			setting: "the clock"},
		{name: "assertion for another server", make: func(s *scene, who, _ *subject) *blackbox.Answer {
			return s.asserted("https://elsewhere.example.test", time.Now(), time.Minute)
		}, cause: "aud is this issuer", setting: "the request"},
		{name: "scope of no service", make: func(s *scene, who, _ *subject) *blackbox.Answer {
			return s.form(tokenPath, []string{"grant_type", "client_credentials", "scope", "no-such-service"},
				blackbox.Basic(who.robot, who.robotSecret))
		}, cause: "no item of the scope is a service", setting: "Trusted"},
		{name: "scope wider than granted", make: func(s *scene, who, _ *subject) *blackbox.Answer {
			text := s.granted(s.redeem(who, s.code(who, "offline_access api:read")), "refresh_token")
			return s.refreshed(who, text, "scope", "api")
		}, cause: "an item was not granted"},
		{name: "token for another audience", make: func(s *scene, who, _ *subject) *blackbox.Answer {
			return s.forward(machineToken(s, who, "r-"+who.login))
		}, cause: "the token is for other services", setting: "scope"},
		{name: "address that is not on the allowlist", make: func(s *scene, who, _ *subject) *blackbox.Answer {
			return s.login(who.app, who.appKey, "api", "172.16.0.9")
		}, cause: "not on the allowlist", setting: "IP allowlist", by: itself},
		{name: "PKCE left out", make: func(s *scene, _, _ *subject) *blackbox.Answer {
			return s.get("/api/rest/oauth2/auth?" + url.Values{
				"response_type": {"code"}, "client_id": {phoneID(s)}, "redirect_uri": {phoneBack},
			}.Encode())
		}, cause: "must use PKCE", setting: "PKCE"},
		{name: "PKCE plain", make: func(s *scene, _, _ *subject) *blackbox.Answer {
			return s.get("/api/rest/oauth2/auth?" + url.Values{"response_type": {"code"}, "client_id": {phoneID(s)}, "redirect_uri": {phoneBack},
				"code_challenge": {strings.Repeat("a", 43)}, "code_challenge_method": {"plain"}}.Encode())
		}, cause: "not one of S256", setting: "PKCE"},
		{name: "PKCE with another verifier", make: challenged(strings.Repeat("w", 43)), cause: "code_verifier does not fit", setting: "PKCE"},
		{name: "PKCE with no verifier", make: challenged(""), cause: "code_verifier is missing", setting: "PKCE"},
		{name: "PKCE with a verifier and no challenge", make: func(s *scene, who, _ *subject) *blackbox.Answer {
			return s.token(who, "grant_type", "authorization_code", "code", s.code(who, wholeScope),
				"redirect_uri", who.back, "code_verifier", strings.Repeat("v", 43))
		}, cause: "had no code_challenge", setting: "PKCE"},
		{name: "consent refused", make: refusing, cause: "did not allow on the consent page", setting: "Consent"},
		{name: "consent that must not be asked for", make: func(s *scene, who, _ *subject) *blackbox.Answer {
			return s.asked(s.signedIn(who), who, "response_type", "code", "prompt", "none")
		}, cause: "prompt=none forbids to ask", setting: "Consent"},
		{name: "user who is banned", make: func(s *scene, who, _ *subject) *blackbox.Answer {
			banned(s, who)
			return readyClient(s, who)()
		}, cause: "the user who owns the client is banned", setting: "Banned", by: manager},
		{name: "user who was banned after the consent", make: func(s *scene, who, _ *subject) *blackbox.Answer {
			code := s.code(who, wholeScope)
			banned(s, who)
			return s.redeem(who, code)
		}, cause: "the user who allowed it is banned", setting: "Banned"},
		{name: "code that has ended", make: func(s *scene, who, _ *subject) *blackbox.Answer {
			code := s.code(who, wholeScope)
			ended(codeEnded)(s, who)
			return s.redeem(who, code)
		}, cause: "the code has ended", setting: "the request"},
		{name: "code that was redeemed before", make: func(s *scene, who, _ *subject) *blackbox.Answer {
			code := s.code(who, wholeScope)
			s.granted(s.redeem(who, code), "access_token")
			return s.redeem(who, code)
		}, cause: "redeemed before", setting: "the request"},
		{name: "code of another client", make: func(s *scene, who, bystander *subject) *blackbox.Answer {
			return s.redeem(who, s.code(bystander, wholeScope))
		}, cause: "never one of this client", setting: "the request"},
		{name: "token that has ended", make: func(s *scene, who, _ *subject) *blackbox.Answer { return s.forward(s.endedToken(who)) },
			cause: "the token has ended", setting: "the request"},
		{name: "body that is no form", make: func(s *scene, who, _ *subject) *blackbox.Answer {
			return s.json(tokenPath, `{"grant_type":"client_credentials"}`, blackbox.Basic(who.service, who.serviceSecret))
		}, cause: "another format than a form", setting: "the request"},
		{name: "two client ids that differ", make: func(s *scene, who, _ *subject) *blackbox.Answer {
			return s.token(who, "grant_type", "client_credentials", "client_id", "another")
		}, cause: "credentials were sent twice", setting: "the request"},
		{name: "two secrets that differ", make: func(s *scene, who, _ *subject) *blackbox.Answer {
			return s.token(who, "grant_type", "client_credentials", "client_id", who.service, "client_secret", "another")
		}, cause: "credentials were sent twice", setting: "the request"},
		{name: "secret from a client that has none", make: func(s *scene, _, _ *subject) *blackbox.Answer {
			return s.form(tokenPath, []string{"grant_type", "authorization_code", "code", "c"}, blackbox.Basic(phoneID(s), "some-secret"))
		}, cause: "the client is public", setting: "Authentication method"},
		{name: "no secret from a client that has one", make: func(s *scene, who, _ *subject) *blackbox.Answer {
			return s.form(tokenPath, []string{"grant_type", "client_credentials", "client_id", who.service})
		}, cause: "sent neither secret nor assertion", setting: "Authentication method"},
		{name: "secret where a key is wanted", make: func(s *scene, _, _ *subject) *blackbox.Answer {
			return s.form(tokenPath, []string{"grant_type", "client_credentials"}, blackbox.Basic(signerID(s), "some-secret"))
		}, cause: "authenticates in another way", setting: "Authentication method"},
		{name: "client that is switched off", make: func(s *scene, who, _ *subject) *blackbox.Answer {
			disabled(servicePath)(s, who)
			return s.refreshed(who, "r")
		}, cause: "switched off", setting: "Disabled"},
		{name: "client that nobody knows", make: func(s *scene, _, _ *subject) *blackbox.Answer {
			return s.form(tokenPath, []string{"grant_type", "client_credentials"}, blackbox.Basic("nobody", "some-secret"))
		}, cause: "no client of this environment has this id", setting: "client_id", by: manager},
		{name: "user without the permission", make: func(s *scene, who, _ *subject) *blackbox.Answer {
			return s.forward(createdToken(s, who, "api:read"), "&permission=api:create")
		}, cause: "a permission is missing", setting: "the roles of the user", by: itself},
	}
}

func TestEveryUsualMistakeIsExplainedToWhoCanMendIt(t *testing.T) {
	h := serve(t)[0]
	for _, m := range mistakes() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			s := h.scene(t, nil)
			who, bystander := s.somebody(), s.somebody()
			refused := m.make(s, who, bystander)
			id := refused.Header.Get("Hub-Error-Id")
			if id == "" || refused.Status < http.StatusMultipleChoices {
				t.Fatalf("it was not refused, or has no id: %d %s", refused.Status, refused.Body)
			}
			bearer := s.as(ownerToken)
			if m.by != keeper {
				bearer = map[uint8]blackbox.Option{itself: blackbox.Bearer(who.token), manager: s.as(rootToken)}[m.by]
			}
			var told *blackbox.Answer
			blackbox.Soon(t, "the explanation", func() bool { // refusals are written within a second of the answer
				told = s.get(restPath+"/explain/"+id, bearer)
				return told.Status != http.StatusNotFound
			})
			if told.Status != http.StatusOK {
				t.Fatalf("no explanation: %d %s", told.Status, told.Body)
			}
			if m.by != keeper {
				if answer := s.get(restPath+"/explain/"+id, s.as(ownerToken)); answer.Status != http.StatusNotFound {
					t.Errorf("what is no service's is explained to the owner of services: %d %s", answer.Status, answer.Body)
				}
			}
			setting, _ := told.JSON["setting"].(map[string]any)
			name, _ := setting["name"].(string)
			if !strings.Contains(told.Text("reason"), m.cause) || !strings.HasPrefix(name, m.setting) ||
				!strings.Contains(told.Text("difference"), m.differs) {
				t.Errorf("the explanation is %s", told.Body)
			}
			for _, secret := range []string{
				bystander.login, bystander.service, bystander.client, bystander.app,
				"secret-of", "key-of", "token-of", "password-of", password,
			} {
				if strings.Contains(told.Body, secret) {
					t.Errorf("%q shows in %s", secret, told.Body)
				}
			}
			if answer := s.get(restPath+"/explain/"+id, blackbox.Bearer(bystander.token)); answer.Status != http.StatusNotFound {
				t.Errorf("it is explained to somebody else: %d %s", answer.Status, answer.Body)
			}
		})
	}
}

// The owner of services, who is no administrator.
const ownerToken = "token-of-the-owner-of-services"

func (s *scene) as(token string) blackbox.Option {
	return blackbox.Bearer(token + "-of-" + string(s.environment))
}

// redirecting asks for a code with another redirect URI than the registered one.
func redirecting(alter func(string) string) func(*scene, *subject, *subject) *blackbox.Answer {
	return func(s *scene, who, _ *subject) *blackbox.Answer {
		return s.asked(nil, who, "response_type", "code", "redirect_uri", alter(who.back))
	}
}

// asked sends a browser to the authorization endpoint with further parameters.
func (s *scene) asked(b *browser, who *subject, pairs ...string) *blackbox.Answer {
	s.Helper()
	if b == nil {
		b = &browser{scene: s}
	}
	values := url.Values{"client_id": {who.service}, "redirect_uri": {who.back}, "scope": {"api"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return b.open("/api/rest/oauth2/auth?" + values.Encode())
}

// refusing says no on the consent page.
func refusing(s *scene, who, _ *subject) *blackbox.Answer {
	b := s.signedIn(who)
	page := strings.TrimPrefix(s.asked(b, who, "response_type", "code").Header.Get("Location"), s.url())
	on := strings.TrimPrefix(b.post(page, "decision", "deny").Header.Get("Location"), s.url())
	return b.open(on)
}

// challenged redeems a code that was asked for with a code_challenge, with this verifier.
func challenged(verifier string) func(*scene, *subject, *subject) *blackbox.Answer {
	return func(s *scene, who, _ *subject) *blackbox.Answer {
		b := s.signedIn(who)
		s.codeIn(b, who, wholeScope) // the consent
		sum := sha256.Sum256([]byte(strings.Repeat("v", 43)))
		answer := s.asked(b, who, "response_type", "code", "code_challenge_method", "S256",
			"code_challenge", base64.RawURLEncoding.EncodeToString(sum[:]))
		back, err := url.Parse(answer.Header.Get("Location"))
		if err != nil || back.Query().Get("code") == "" {
			s.Fatalf("no code: %d %s", answer.Status, answer.Header.Get("Location"))
		}
		return s.token(who, "grant_type", "authorization_code", "code", back.Query().Get("code"), "redirect_uri", who.back, "code_verifier", verifier)
	}
}

// Two services of an environment that prove themselves otherwise: phone has no secret, signer a key.
const phoneBack = "https://phone.example.test/cb"

func phoneID(s *scene) string  { return strings.Replace(apiID(s.environment), "7000-", "7010-", 1) }
func signerID(s *scene) string { return strings.Replace(apiID(s.environment), "7000-", "7011-", 1) }

// newKey makes the signer's key, and its public half as a JWK in YAML.
func newKey() (*ecdsa.PrivateKey, string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	point, err := key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		panic(err)
	}
	text := base64.RawURLEncoding.EncodeToString
	return key, fmt.Sprintf(`{kty: EC, crv: P-256, alg: ES256, use: sig, kid: signer-1, x: %q, y: %q}`, text(point[1:33]), text(point[33:]))
}

// asserting authenticates by a client assertion that was made while the clock was off.
func asserting(off, life time.Duration) func(*scene, *subject, *subject) *blackbox.Answer {
	return func(s *scene, _, _ *subject) *blackbox.Answer { return s.asserted(s.url(), time.Now().Add(off), life) }
}

func (s *scene) asserted(audience string, now time.Time, life time.Duration) *blackbox.Answer {
	s.Helper()
	part := func(value any) string {
		text, err := json.Marshal(value)
		if err != nil {
			s.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(text)
	}
	id := signerID(s)
	signed := part(map[string]any{"alg": "ES256", "kid": "signer-1", "typ": "JWT"}) + "." + part(map[string]any{"iss": id, "sub": id, "aud": audience,
		"iat": now.Unix(), "exp": now.Add(life).Unix(), "jti": fmt.Sprint(s.addresses.Add(1))})
	sum := sha256.Sum256([]byte(signed))
	r, t, err := ecdsa.Sign(rand.Reader, s.signer, sum[:])
	if err != nil {
		s.Fatal(err)
	}
	signature := append(r.FillBytes(make([]byte, 32)), t.FillBytes(make([]byte, 32))...)
	return s.form(tokenPath, []string{"grant_type", "client_credentials",
		"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
		"client_assertion", signed + "." + base64.RawURLEncoding.EncodeToString(signature)})
}
