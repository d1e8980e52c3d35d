package jose_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"example.org/hub/oauth/jose"
	gojose "github.com/go-jose/go-jose/v4"
)

// parsePrivate gives the standard library's form of a key, for foreign signers.
func parsePrivate(t testing.TB, key *jose.PrivateKey) any {
	t.Helper()
	der, err := key.MarshalPKCS8()
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// stranger signs as a client would, with a library of its own choice; kid may be empty.
func stranger(t testing.TB, alg jose.Algorithm, secret any, kid string, header map[string]any) string {
	t.Helper()
	options := &gojose.SignerOptions{}
	if kid != "" {
		options = options.WithHeader("kid", kid)
	}
	for name, value := range header {
		options = options.WithHeader(gojose.HeaderKey(name), value)
	}
	signer, err := gojose.NewSigner(gojose.SigningKey{Algorithm: gojose.SignatureAlgorithm(alg), Key: secret}, options)
	if err != nil {
		t.Fatal(err)
	}
	object, err := signer.Sign([]byte(`{"iss":"client"}`))
	if err != nil {
		t.Fatal(err)
	}
	token, err := object.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// jwk writes the public half of a stranger's key.
func jwk(t testing.TB, public any, kid, alg string) string {
	t.Helper()
	text, err := json.Marshal(gojose.JSONWebKey{Key: public, KeyID: kid, Algorithm: alg})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestForeignTokensOfEveryAlgorithm(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	edKey := generate(t, jose.EdDSA)
	secrets := map[string]any{"rsa": rsaKey, "EdDSA": parsePrivate(t, edKey)}
	keys := []string{jwk(t, rsaKey.Public(), "rsa", ""), jwk(t, edKey.Public().Key, "EdDSA", "")}
	for kid, curve := range map[string]elliptic.Curve{"ES256": elliptic.P256(), "ES384": elliptic.P384(), "ES512": elliptic.P521()} {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		secrets[kid] = key
		keys = append(keys, jwk(t, key.Public(), kid, ""))
	}
	set := parseSet(t, keys...)
	for _, alg := range jose.ForeignAlgorithms() {
		kid := string(alg)
		if secrets[kid] == nil {
			kid = "rsa"
		}
		for _, sent := range []string{kid, ""} {
			token := stranger(t, alg, secrets[kid], sent, nil)
			got, err := set.VerifyForeign(token, jose.ForeignAlgorithms()...)
			if err != nil || got.Algorithm != alg || got.KeyID != kid || string(got.Claims) != `{"iss":"client"}` {
				t.Errorf("%s with kid %q: %v, %v", alg, sent, got, err)
			}
			if _, err := set.VerifyForeign(token, other(alg)); !errors.Is(err, jose.ErrAlgorithm) {
				t.Errorf("%s where only %s is allowed: %v", alg, other(alg), err)
			}
		}
	}
}

// other is an algorithm that is not this one.
func other(alg jose.Algorithm) jose.Algorithm {
	if alg == jose.RS256 {
		return jose.PS256
	}
	return jose.RS256
}

func TestForeignTokensAreRefused(t *testing.T) {
	key := generate(t, jose.ES256)
	secret := parsePrivate(t, key)
	rsaKey := generate(t, jose.RS256)
	set := parseSet(t, jwk(t, key.Public().Key, "a", "ES256"), jwk(t, rsaKey.Public().Key, "r", "RS256"))
	published, err := json.Marshal(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		token string
		want  error
	}{
		"unknown kid":           {stranger(t, jose.ES256, secret, "b", nil), jose.ErrUnknownKey},
		"another's key":         {stranger(t, jose.ES256, parsePrivate(t, generate(t, jose.ES256)), "a", nil), jose.ErrSignature},
		"kid of another kind":   {stranger(t, jose.ES256, secret, "r", nil), jose.ErrAlgorithm},
		"key is for RS256 only": {stranger(t, jose.PS256, parsePrivate(t, rsaKey), "r", nil), jose.ErrAlgorithm},
		"no key for it":         {stranger(t, jose.PS256, parsePrivate(t, rsaKey), "", nil), jose.ErrUnknownKey},
		"HMAC with the JWK":     {stranger(t, "HS256", []byte(published), "a", nil), jose.ErrAlgorithm},
		"a key brought along":   {stranger(t, jose.ES256, secret, "a", map[string]any{"jku": "https://evil.example"}), jose.ErrMalformed},
		"JSON form":             {`{"payload":"e30","signatures":[]}`, jose.ErrMalformed},
		"with white space":      {stranger(t, jose.ES256, secret, "a", nil) + " ", jose.ErrMalformed},
		"none":                  {b64(`{"alg":"none","kid":"a"}`) + ".e30.", jose.ErrAlgorithm},
	} {
		if got, err := set.VerifyForeign(tc.token); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, %v; expected %v", name, got, err, tc.want)
		}
	}
	if _, err := set.VerifyForeign(stranger(t, jose.ES256, secret, "a", nil)); err != nil {
		t.Fatal(err)
	}
}

func TestATokenWithoutKidIsHeldAgainstFewKeys(t *testing.T) {
	var keys []string
	for i := range 9 {
		keys = append(keys, jwk(t, generate(t, jose.ES256).Public().Key, fmt.Sprint(i), ""))
	}
	last := generate(t, jose.ES256)
	token := stranger(t, jose.ES256, parsePrivate(t, last), "", nil)
	keys[7] = jwk(t, last.Public().Key, "last", "")
	if _, err := parseSet(t, keys[:8]...).VerifyForeign(token); err != nil {
		t.Errorf("eight keys: %v", err)
	}
	if _, err := parseSet(t, keys...).VerifyForeign(token); !errors.Is(err, jose.ErrUnknownKey) || !strings.Contains(err.Error(), "9 keys") {
		t.Errorf("nine keys: %v", err)
	}
}
