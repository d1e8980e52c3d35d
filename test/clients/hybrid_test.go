package clients_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

func TestEveryResponseTypeBringsWhatItNames(t *testing.T) {
	h := serve(t)
	p := newParty(t, h, wiki, wikiSecret, wikiBack, "openid", "wiki")
	ben := newPerson(t, h, "ben", "")
	for _, kind := range []string{"token", "id_token", "id_token token", "code id_token", "code token", "code id_token token"} {
		for _, mode := range []string{"", "fragment", "form_post"} {
			nonce := oauth2.GenerateVerifier()
			options := []oauth2.AuthCodeOption{oauth2.SetAuthURLParam("response_type", kind), oidc.Nonce(nonce)}
			if mode != "" {
				options = append(options, oauth2.SetAuthURLParam("response_mode", mode))
			}
			answer := ben.brought(p.config.AuthCodeURL("s t", options...), mode == "form_post")
			if answer.Get("state") != "s t" || answer.Get("iss") != h.URL || answer.Has("error") {
				t.Errorf("%s by %s: %v", kind, mode, answer)
				continue
			}
			names := strings.Fields(kind)
			for _, name := range []string{"code", "token", "id_token"} {
				parameter := strings.Replace(name, "token", "access_token", 1)
				if name == "id_token" {
					parameter = name
				}
				if wanted := slices.Contains(names, name); wanted != answer.Has(parameter) {
					t.Errorf("%s by %s: %s is there: %t", kind, mode, parameter, !wanted)
				}
			}
			if answer.Has("access_token") && (answer.Get("token_type") != "Bearer" || answer.Get("expires_in") != "3600") {
				t.Errorf("%s by %s: %v", kind, mode, answer)
			}
			p.checkFront(t, kind, answer, nonce)
			if code := answer.Get("code"); code != "" {
				token, err := p.config.Exchange(p.ctx, code)
				if err != nil {
					t.Errorf("%s by %s: %v", kind, mode, err)
					continue
				}
				p.verified(t, token)
			}
		}
	}
	for _, kind := range []string{"token", "id_token", "code token"} {
		answer := ben.brought(p.config.AuthCodeURL("s", oauth2.SetAuthURLParam("response_type", kind), oidc.Nonce("n"),
			oauth2.SetAuthURLParam("response_mode", "query")), false)
		if answer.Get("error") != "invalid_request" || answer.Has("access_token") || answer.Has("id_token") {
			t.Errorf("%s by query: %v", kind, answer)
		}
	}
}

// checkFront checks an ID token that came through the browser: at_hash and c_hash bind what came with it.
func (p *party) checkFront(t *testing.T, kind string, answer url.Values, nonce string) {
	t.Helper()
	if !answer.Has("id_token") {
		return
	}
	id, err := p.provider.VerifierContext(p.ctx, &oidc.Config{ClientID: p.config.ClientID}).Verify(p.ctx, answer.Get("id_token"))
	if err != nil {
		t.Errorf("%s: %v", kind, err)
		return
	}
	if id.Nonce != nonce {
		t.Errorf("%s: the nonce is %q", kind, id.Nonce)
	}
	if answer.Has("access_token") {
		if err := id.VerifyAccessToken(answer.Get("access_token")); err != nil {
			t.Errorf("%s: at_hash: %v", kind, err)
		}
	}
	var claims struct {
		CHash string `json:"c_hash"`
	}
	if err := id.Claims(&claims); err != nil {
		t.Fatal(err)
	}
	want := ""
	if code := answer.Get("code"); code != "" {
		hash := sha256.Sum256([]byte(code))
		want = base64.RawURLEncoding.EncodeToString(hash[:16])
	}
	if claims.CHash != want {
		t.Errorf("%s: c_hash is %q, want %q", kind, claims.CHash, want)
	}
}

// brought is what a service is told in a fragment, or in a form that is posted to it.
func (p *person) brought(address string, posted bool) url.Values {
	p.Helper()
	left := p.goTo(address)
	text := left.URL.EscapedFragment()
	if posted {
		if left.Method != http.MethodPost {
			p.Fatalf("the browser left with %s %s", left.Method, left.URL)
		}
		if err := left.ParseForm(); err != nil {
			p.Fatal(err)
		}
		return left.PostForm
	}
	values, err := url.ParseQuery(text)
	if err != nil {
		p.Fatal(err)
	}
	return values
}
