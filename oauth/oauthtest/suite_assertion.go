package oauthtest

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.org/hub/oauth"
	"example.org/hub/oauth/jose"
)

// keyed is a service that authenticates with a key of its own.
type keyed struct {
	party
	private *jose.PrivateKey
}

func (b *bench) keyed(alg jose.Algorithm) keyed {
	b.Helper()
	private, err := jose.Generate(alg)
	if err != nil {
		b.Fatal(err)
	}
	set, err := jose.NewKeySet(private.Public())
	if err != nil {
		b.Fatal(err)
	}
	text, err := json.Marshal(set)
	if err != nil {
		b.Fatal(err)
	}
	return keyed{b.service(Service{Key: "keyed", AuthMethod: oauth.AuthJWT, JWKS: string(text)}), private}
}

// claims are those of a good assertion.
func (b *bench) claims(id string) map[string]any {
	now := b.Server.Now()
	return map[string]any{
		"iss": id, "sub": id, "aud": b.Server.Issuer, "jti": b.name("assertion"),
		"iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
	}
}

func (b *bench) sign(private *jose.PrivateKey, typ string, claims map[string]any) oauth.ClientAuth {
	b.Helper()
	signer, err := jose.NewSigner(private, typ)
	if err != nil {
		b.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		b.Fatal(err)
	}
	text, err := signer.Sign(payload)
	if err != nil {
		b.Fatal(err)
	}
	return oauth.ClientAuth{AssertionType: oauth.AssertionType, Assertion: text}
}

var assertionRules = []rule{
	{"an assertion signed with any algorithm of ours is accepted", func(b *bench) {
		for _, alg := range jose.OwnAlgorithms() {
			k := b.keyed(alg)
			if _, err := b.exchange(b.sign(k.private, "JWT", b.claims(k.id)), ""); err != nil {
				b.Errorf("%s: %v", alg, err)
			}
		}
	}},
	{"client_id may stand beside the assertion when it agrees", func(b *bench) {
		k := b.keyed(jose.ES256)
		auth := b.sign(k.private, "JWT", b.claims(k.id))
		auth.ID = k.id
		if _, err := b.exchange(auth, ""); err != nil {
			b.Error(err)
		}
		auth.ID = "another"
		_, err := b.exchange(auth, "")
		b.refused(err, oauth.InvalidClient)
	}},
	{"the audience is the issuer or one of its endpoints and nobody else", func(b *bench) {
		k := b.keyed(jose.ES256)
		for audience, good := range map[any]bool{
			b.Server.Issuer: true, b.Server.Issuer + oauth.TokenPath: true, b.Server.Issuer + "/": false,
			b.Other.Issuer: false, "https://elsewhere.example": false, "": false,
		} {
			claims := b.claims(k.id)
			claims["aud"] = audience
			_, err := b.exchange(b.sign(k.private, "JWT", claims), "")
			if good && err != nil {
				b.Errorf("aud %v: %v", audience, err)
			}
			if !good {
				b.refused(err, oauth.InvalidClient)
			}
		}
	}},
	{"claims that are wrong, missing or out of time are refused", func(b *bench) {
		k, other := b.keyed(jose.ES256), b.keyed(jose.ES256)
		now := b.Server.Now()
		for name, change := range map[string]map[string]any{
			"expired":           {"exp": now.Add(-2 * time.Minute).Unix()},
			"end years ahead":   {"exp": now.AddDate(3, 0, 0).Unix()},
			"no end":            {"exp": nil},
			"end is a text":     {"exp": "soon"},
			"not yet":           {"nbf": now.Add(5 * time.Minute).Unix()},
			"from the future":   {"iat": now.Add(5 * time.Minute).Unix()},
			"no jti":            {"jti": nil},
			"empty jti":         {"jti": ""},
			"endless jti":       {"jti": strings.Repeat("j", 300)},
			"jti with a NUL":    {"jti": "j\x00"},
			"other issuer":      {"iss": other.id},
			"no issuer":         {"iss": nil},
			"other subject":     {"sub": other.id},
			"subject of nobody": {"sub": "nobody"},
			"no audience":       {"aud": nil},
		} {
			claims := b.claims(k.id)
			for claim, value := range change {
				if claims[claim] = value; value == nil {
					delete(claims, claim)
				}
			}
			b.address = b.stranger()
			_, err := b.exchange(b.sign(k.private, "JWT", claims), "")
			if refusal := b.refused(err, oauth.InvalidClient); refusal.Explanation.Reason == "" {
				b.Errorf("%s: nothing explains the refusal", name)
			}
		}
	}},
	{"an assertion signed with another client's key, no key or no algorithm is refused", func(b *bench) {
		k, other := b.keyed(jose.ES256), b.keyed(jose.ES256)
		good := b.sign(k.private, "JWT", b.claims(k.id))
		parts := strings.Split(good.Assertion, ".")
		none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`))
		symmetric := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT","kid":"` + k.private.ID() + `"}`))
		for name, text := range map[string]string{
			"another client's key": b.sign(other.private, "JWT", b.claims(k.id)).Assertion,
			"alg none":             none + "." + parts[1] + ".",
			"alg none with bytes":  none + "." + parts[1] + "." + parts[2],
			"alg HS256":            symmetric + "." + parts[1] + "." + parts[2],
			"no signature":         parts[0] + "." + parts[1] + ".",
			"two parts":            parts[0] + "." + parts[1],
			"five parts":           good.Assertion + ".a.b",
			"no JWT":               "hello",
			"endless":              strings.Repeat("a", 20<<10) + "." + parts[1] + "." + parts[2],
		} {
			b.address = b.stranger()
			_, err := b.exchange(oauth.ClientAuth{AssertionType: oauth.AssertionType, Assertion: text}, "")
			if refusal := b.refused(err, oauth.InvalidClient); refusal.Explanation.Reason == "" {
				b.Errorf("%s: nothing explains the refusal", name)
			}
		}
	}},
	{"another kind of token signed by the client is no assertion", func(b *bench) {
		k := b.keyed(jose.ES256)
		for _, typ := range []string{"at+jwt", "oauth-authz-req+jwt", "logout+jwt"} {
			_, err := b.exchange(b.sign(k.private, typ, b.claims(k.id)), "")
			b.refused(err, oauth.InvalidClient)
		}
	}},
	{"the assertion type is the one there is", func(b *bench) {
		k := b.keyed(jose.ES256)
		auth := b.sign(k.private, "JWT", b.claims(k.id))
		for _, typ := range []string{"", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"} {
			auth.AssertionType = typ
			_, err := b.exchange(auth, "")
			b.refused(err, oauth.InvalidClient)
		}
		_, err := b.exchange(oauth.ClientAuth{AssertionType: oauth.AssertionType}, "")
		b.refused(err, oauth.InvalidClient)
	}},
	{"secret and assertion at once contradict each other", func(b *bench) {
		k := b.keyed(jose.ES256)
		auth := b.sign(k.private, "JWT", b.claims(k.id))
		auth.ID, auth.Secret = k.id, "a-secret-as-well"
		_, err := b.exchange(auth, "")
		b.refused(err, oauth.InvalidRequest)
	}},
	{"a client with a key has no other way in, and a client with a secret no key", func(b *bench) {
		k := b.keyed(jose.ES256)
		_, err := b.exchange(oauth.ClientAuth{ID: k.id, Secret: k.secret}, "")
		b.refused(err, oauth.InvalidClient)
		p := b.service(Service{Key: "client"})
		_, err = b.exchange(b.sign(k.private, "JWT", b.claims(p.id)), "")
		b.refused(err, oauth.InvalidClient)
	}},
	{"an assertion is good once", func(b *bench) {
		k := b.keyed(jose.ES256)
		auth := b.sign(k.private, "JWT", b.claims(k.id))
		if _, err := b.exchange(auth, ""); err != nil {
			b.Fatal(err)
		}
		_, err := b.exchange(auth, "")
		b.refused(err, oauth.InvalidClient)
	}},
	{"of fifty uses of one assertion at once exactly one succeeds", func(b *bench) {
		k := b.keyed(jose.ES256)
		nodes := append([]*oauth.Server{b.Server}, b.Peers...)
		for range 4 {
			auth := b.sign(k.private, "JWT", b.claims(k.id))
			var wins atomic.Int32
			var together sync.WaitGroup
			for i := range 50 {
				from := b.stranger() // so that the throttle has no part in it
				together.Go(func() {
					_, err := nodes[i%len(nodes)].Token(b.Context(), &oauth.TokenRequest{
						Origin: oauth.Origin{Door: "token", Address: from}, Auth: auth, GrantType: "client_credentials",
					})
					if err == nil {
						wins.Add(1)
					} else if refusal, ok := err.(*oauth.Error); !ok || refusal.Code != oauth.InvalidClient {
						b.Errorf("got %v, want invalid_client", err)
					}
				})
			}
			together.Wait()
			if wins.Load() != 1 {
				b.Errorf("%d uses succeeded, want 1", wins.Load())
			}
		}
	}},
	{"two clients may choose the same jti", func(b *bench) {
		id := b.name("shared")
		for range 2 {
			k := b.keyed(jose.ES256)
			claims := b.claims(k.id)
			claims["jti"] = id
			if _, err := b.exchange(b.sign(k.private, "JWT", claims), ""); err != nil {
				b.Error(err)
			}
		}
	}},
}
