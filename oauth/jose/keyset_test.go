package jose_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"example.org/hub/oauth/jose"
	"github.com/google/go-cmp/cmp"
)

const (
	p256 = `"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"`
	okp  = `"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"`
)

// The keys of RFC 7638 section 3.1 and RFC 8037 appendix A.3 have the thumbprints printed there.
func TestThumbprintsOfTheRFCs(t *testing.T) {
	var vectors []struct {
		Source     string
		Key        json.RawMessage
		Thumbprint string
	}
	text, err := os.ReadFile("testdata/rfc7638/thumbprints.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		set := parseSet(t, string(v.Key))
		if got := set.Keys()[0].Thumbprint(); got != v.Thumbprint {
			t.Errorf("%s: %s, expected %s", v.Source, got, v.Thumbprint)
		}
	}
}

// parseSet reads a set of these JWKs or ends the test.
func parseSet(t testing.TB, keys ...string) *jose.KeySet {
	t.Helper()
	set, err := jose.ParseKeySet([]byte(`{"keys":[` + strings.Join(keys, ",") + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestKeySetIsPublishedAndReadBack(t *testing.T) {
	var keys []jose.PublicKey
	for _, alg := range jose.OwnAlgorithms() {
		keys = append(keys, generate(t, alg).Public())
	}
	set, err := jose.NewKeySet(keys...)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	var document struct{ Keys []map[string]string }
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	members := [][]string{
		{"alg", "crv", "kid", "kty", "use", "x", "y"},
		{"alg", "e", "kid", "kty", "n", "use"},
		{"alg", "crv", "kid", "kty", "use", "x"},
	}
	for i, jwk := range document.Keys {
		for _, name := range members[i] {
			if jwk[name] == "" {
				t.Errorf("key %d has no %q: %v", i, name, jwk)
			}
		}
		if len(jwk) != len(members[i]) || jwk["use"] != "sig" || jwk["kid"] != keys[i].ID || jwk["alg"] != string(keys[i].Algorithm) {
			t.Errorf("key %d is %v", i, jwk)
		}
	}
	back, err := jose.ParseKeySet(text)
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(back)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(text), string(again)); diff != "" {
		t.Error(diff)
	}
	for _, key := range keys {
		if found, ok := back.Find(key.ID); !ok || found.Thumbprint() != key.ID {
			t.Errorf("key %s is not found", key.ID)
		}
	}
	if text, err := json.Marshal(&jose.KeySet{}); err != nil || string(text) != `{"keys":[]}` {
		t.Errorf("the empty set is %s, %v", text, err)
	}
}

// Coordinates with leading zeros keep the full length of the field (RFC 7518 section 6.2.1.2).
func TestCoordinatesKeepTheirLength(t *testing.T) {
	for range 600 {
		var jwk struct{ X, Y string }
		text, err := json.Marshal(generate(t, jose.ES256).Public())
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &jwk); err != nil {
			t.Fatal(err)
		}
		if len(jwk.X) != 43 || len(jwk.Y) != 43 {
			t.Fatalf("a coordinate of another length: %s", text)
		}
	}
}

func TestOwnKeySetNeedsIDsAndAlgorithms(t *testing.T) {
	key := generate(t, jose.ES256).Public()
	for name, keys := range map[string][]jose.PublicKey{
		"no id":           {{Algorithm: key.Algorithm, Key: key.Key}},
		"no algorithm":    {{ID: key.ID, Key: key.Key}},
		"wrong algorithm": {{ID: key.ID, Algorithm: jose.RS256, Key: key.Key}},
		"no key":          {{ID: key.ID, Algorithm: jose.ES256}},
		"one id twice":    {key, key},
	} {
		if _, err := jose.NewKeySet(keys...); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestForeignKeySetPassesOverWhatItCannotUse(t *testing.T) {
	for name, other := range map[string]string{
		"unknown kind":         `{"kty":"XYZ","kid":"a"}`,
		"no kind":              `{"kid":"a"}`,
		"encryption":           `{` + p256 + `,"use":"enc"}`,
		"unknown curve":        `{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}`,
		"X25519":               `{"kty":"OKP","crv":"X25519","x":"3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08"}`,
		"a point off its line": `{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"}`,
		"short coordinate":     `{"kty":"EC","crv":"P-256","x":"f83OJ3D2","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}`,
		"1024 bits of RSA":     `{"kty":"RSA","e":"AQAB","n":"` + strings.Repeat("_", 171) + `"}`,
		"exponent 1":           `{"kty":"RSA","e":"AQ","n":"` + strings.Repeat("_", 342) + `"}`,
		"16384 bits of RSA":    `{"kty":"RSA","e":"AQAB","n":"` + strings.Repeat("_", 2731) + `"}`,
		"symmetric algorithm":  `{` + p256 + `,"alg":"HS256"}`,
		"another curve's":      `{` + p256 + `,"alg":"ES384"}`,
	} {
		set, err := jose.ParseKeySet([]byte(`{"keys":[` + other + `,{` + okp + `,"kid":"good","x5c":["rubbish"],"x5u":"http://[::1"}]}`))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if keys := set.Keys(); len(keys) != 1 || keys[0].ID != "good" {
			t.Errorf("%s: the set holds %v", name, keys)
		}
		if _, err := jose.ParseKeySet([]byte(`{"keys":[` + other + `]}`)); err == nil || !strings.Contains(err.Error(), "key 1: ") {
			t.Errorf("%s alone: %v", name, err)
		}
	}
}

func TestForeignKeySetIsRefused(t *testing.T) {
	many := make([]string, jose.MaxKeys+1)
	for i := range many {
		many[i] = fmt.Sprintf(`{%s,"kid":"%d"}`, okp, i)
	}
	for name, text := range map[string]string{
		"empty":              ``,
		"an array":           `[]`,
		"no keys":            `{}`,
		"keys is no array":   `{"keys":{}}`,
		"keys is null":       `{"keys":null}`,
		"no key in it":       `{"keys":[]}`,
		"keys twice":         `{"keys":[{` + okp + `}],"keys":[]}`,
		"Keys too":           `{"keys":[{` + okp + `}],"Keys":[]}`,
		"a key is no object": `{"keys":["x"]}`,
		"a key is null":      `{"keys":[null]}`,
		"private EC":         `{"keys":[{` + p256 + `,"d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}]}`,
		"private, unusable":  `{"keys":[{"kty":"EC","crv":"P-256","d":"AA"}]}`,
		"symmetric":          `{"keys":[{"kty":"oct","k":"AA"}]}`,
		"symmetric, no k":    `{"keys":[{"kty":"oct"}]}`,
		"a member twice":     `{"keys":[{` + okp + `,"kty":"EC"}]}`,
		"kid is a number":    `{"keys":[{` + okp + `,"kid":1}]}`,
		"one kid twice":      `{"keys":[{` + okp + `,"kid":"a"},{` + p256 + `,"kid":"a"}]}`,
		"too many":           `{"keys":[` + strings.Join(many, ",") + `]}`,
		"too long":           `{"keys":[{` + okp + `}],"x":"` + strings.Repeat("x", jose.MaxKeySet) + `"}`,
	} {
		if set, err := jose.ParseKeySet([]byte(text)); err == nil {
			t.Errorf("%s: accepted with %d keys", name, len(set.Keys()))
		}
	}
}

func FuzzParseKeySet(f *testing.F) {
	f.Add([]byte(`{"keys":[{` + okp + `,"kid":"a"},{` + p256 + `,"alg":"ES256","use":"sig"}]}`))
	f.Add([]byte(`{"keys":[{"kty":"RSA","e":"AQAB","n":"` + strings.Repeat("_", 342) + `"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		set, err := jose.ParseKeySet(data)
		if err != nil {
			return
		}
		text, err := json.Marshal(set)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte(`"d":`)) {
			t.Fatalf("a secret part is published: %s", text)
		}
		back, err := jose.ParseKeySet(text)
		if err != nil {
			t.Fatalf("what we publish we do not read: %v\n%s", err, text)
		}
		if len(back.Keys()) != len(set.Keys()) {
			t.Fatalf("%d keys became %d", len(set.Keys()), len(back.Keys()))
		}
	})
}
