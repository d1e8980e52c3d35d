package jose_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"example.org/hub/oauth/jose"
)

// generate makes a key or ends the test.
func generate(t testing.TB, alg jose.Algorithm) *jose.PrivateKey {
	t.Helper()
	key, err := jose.Generate(alg)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestKeySurvivesPKCS8(t *testing.T) {
	for _, alg := range jose.OwnAlgorithms() {
		key := generate(t, alg)
		der, err := key.MarshalPKCS8()
		if err != nil {
			t.Fatalf("%s: %v", alg, err)
		}
		back, err := jose.ParsePKCS8(alg, der)
		if err != nil {
			t.Fatalf("%s: %v", alg, err)
		}
		if back.ID() != key.ID() || back.Algorithm() != alg {
			t.Errorf("%s: %v came back as %v", alg, key, back)
		}
		set, err := jose.NewKeySet(key.Public())
		if err != nil {
			t.Fatal(err)
		}
		token := sign(t, back, "at+jwt", `{"sub":"a"}`)
		if _, _, err := set.Verify(token, "at+jwt"); err != nil {
			t.Errorf("%s: a token of the key read back does not verify: %v", alg, err)
		}
		for _, other := range jose.OwnAlgorithms() {
			if _, err := jose.ParsePKCS8(other, der); (err == nil) != (other == alg) {
				t.Errorf("a key for %s read back for %s: %v", alg, other, err)
			}
		}
	}
	if _, err := jose.ParsePKCS8(jose.ES256, []byte("rubbish")); err == nil {
		t.Error("rubbish was read as a key")
	}
	for _, alg := range []jose.Algorithm{"", "none", "HS256", jose.PS256, jose.ES384} {
		if _, err := jose.Generate(alg); err == nil {
			t.Errorf("a key was made for %q", alg)
		}
	}
}

func TestPrivateKeyPrintsAsAMask(t *testing.T) {
	for _, alg := range jose.OwnAlgorithms() {
		key := generate(t, alg)
		mask := fmt.Sprintf("private key (%s %s)", alg, key.ID())
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("made", "key", key)
		if !strings.Contains(log.String(), mask) || strings.Count(log.String(), "\n") != 1 {
			t.Errorf("the log says %s", log.String())
		}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			if got := fmt.Sprintf(verb, key); got != mask {
				t.Errorf("%s prints %s", verb, got)
			}
		}
		if text, err := json.Marshal(map[string]any{"key": key}); err != nil || string(text) != `{"key":"`+mask+`"}` {
			t.Errorf("JSON is %s, %v", text, err)
		}
	}
	var none *jose.PrivateKey
	if got := fmt.Sprint(none); got != "private key (none)" {
		t.Errorf("no key prints %s", got)
	}
}

func TestKeyIDIsItsThumbprint(t *testing.T) {
	for _, alg := range jose.OwnAlgorithms() {
		key := generate(t, alg)
		raw, err := base64.RawURLEncoding.DecodeString(key.ID())
		if err != nil || len(raw) != 32 {
			t.Errorf("%s: the id %q is not a SHA-256 in base64url", alg, key.ID())
		}
		if key.ID() != key.Public().Thumbprint() {
			t.Errorf("%s: id %s, thumbprint %s", alg, key.ID(), key.Public().Thumbprint())
		}
		if other := generate(t, alg); other.ID() == key.ID() {
			t.Errorf("%s: two keys with one id", alg)
		}
	}
	if got := (jose.PublicKey{}).Thumbprint(); got != "" {
		t.Errorf("no key has the thumbprint %q", got)
	}
}
