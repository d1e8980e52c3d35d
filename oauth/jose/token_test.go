package jose_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"example.org/hub/oauth/jose"
	gojose "github.com/go-jose/go-jose/v4"
	"pgregory.net/rapid"
)

// sign makes a token or ends the test.
func sign(t testing.TB, key *jose.PrivateKey, typ, claims string) string {
	t.Helper()
	signer, err := jose.NewSigner(key, typ)
	if err != nil {
		t.Fatal(err)
	}
	token, err := signer.Sign([]byte(claims))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// keySet makes a set of the public halves or ends the test.
func keySet(t testing.TB, keys ...*jose.PrivateKey) *jose.KeySet {
	t.Helper()
	public := make([]jose.PublicKey, len(keys))
	for i, key := range keys {
		public[i] = key.Public()
	}
	set, err := jose.NewKeySet(public...)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func b64(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func TestOwnTokensVerify(t *testing.T) {
	for _, alg := range jose.OwnAlgorithms() {
		key := generate(t, alg)
		set := keySet(t, generate(t, jose.ES256), key)
		signer, err := jose.NewSigner(key, "at+jwt")
		if err != nil {
			t.Fatal(err)
		}
		rapid.Check(t, func(t *rapid.T) {
			claims := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "claims")
			token, err := signer.Sign(claims)
			if err != nil {
				t.Fatal(err)
			}
			got, kid, err := set.Verify(token, "at+jwt")
			if err != nil || kid != key.ID() || !bytes.Equal(got, claims) {
				t.Fatalf("got %q by %q, %v", got, kid, err)
			}
		})
	}
}

// What we sign, go-jose accepts, and the reverse: two implementations agree on every algorithm of ours.
func TestOwnTokensAgreeWithGoJose(t *testing.T) {
	for _, alg := range jose.OwnAlgorithms() {
		key := generate(t, alg)
		set := keySet(t, key)
		for range 50 { // enough for R and S with leading zeros or a high bit to come along
			foreign, err := set.VerifyForeign(sign(t, key, "at+jwt", `{"a":1}`), alg)
			if err != nil || string(foreign.Claims) != `{"a":1}` || foreign.Type != "at+jwt" || foreign.KeyID != key.ID() {
				t.Fatalf("%s: %v, %v", alg, foreign, err)
			}
		}
		secret := parsePrivate(t, key)
		options := (&gojose.SignerOptions{}).WithType("at+jwt").WithHeader("kid", key.ID())
		signer, err := gojose.NewSigner(gojose.SigningKey{Algorithm: gojose.SignatureAlgorithm(alg), Key: secret}, options)
		if err != nil {
			t.Fatal(err)
		}
		for range 50 {
			object, err := signer.Sign([]byte(`{"b":2}`))
			if err != nil {
				t.Fatal(err)
			}
			token, err := object.CompactSerialize()
			if err != nil {
				t.Fatal(err)
			}
			if claims, _, err := set.Verify(token, "at+jwt"); err != nil || string(claims) != `{"b":2}` {
				t.Fatalf("%s: %s, %v", alg, claims, err)
			}
		}
	}
}

func TestTypeIsHeldExactly(t *testing.T) {
	key := generate(t, jose.ES256)
	set := keySet(t, key)
	for _, tc := range []struct {
		typ, expected string
		good          bool
	}{
		{"at+jwt", "at+jwt", true},
		{"AT+JWT", "at+jwt", true},
		{"application/at+jwt", "at+jwt", true},
		{"Application/AT+jwt", "at+jwt", true},
		{"JWT", "JWT", true},
		{"JWT", "at+jwt", false},
		{"at+jwt", "JWT", false},
		{"at+jwt ", "at+jwt", false},
		{"application/", "at+jwt", false},
		{"text/at+jwt", "at+jwt", false},
		{"application/application/at+jwt", "at+jwt", false},
		{"at+jwt", "", false},
		{"application/x", "", false},
	} {
		_, _, err := set.Verify(sign(t, key, tc.typ, `{}`), tc.expected)
		if tc.good != (err == nil) || err != nil && !errors.Is(err, jose.ErrType) {
			t.Errorf("typ %q where %q is expected: %v", tc.typ, tc.expected, err)
		}
	}
	if _, err := jose.NewSigner(key, ""); err == nil {
		t.Error("a signer without a type")
	}
	if _, err := jose.NewSigner(nil, "JWT"); err == nil {
		t.Error("a signer without a key")
	}
}

func TestBadTokensAreRefused(t *testing.T) {
	key := generate(t, jose.ES256)
	rsa := generate(t, jose.RS256)
	set := keySet(t, key, rsa)
	good := sign(t, key, "at+jwt", `{"sub":"a"}`)
	part := strings.Split(good, ".")
	other := strings.Split(sign(t, generate(t, jose.ES256), "at+jwt", `{"sub":"a"}`), ".")
	head := func(text string) string { return b64(text) + "." + part[1] + "." + part[2] }
	kid := `"kid":"` + key.ID() + `"`
	plain := `{"alg":"ES256",` + kid + `,"typ":"at+jwt"`
	if b64(plain+"}") != part[0] {
		t.Fatalf("the header is not the one expected: %s", part[0])
	}
	for name, tc := range map[string]struct {
		token string
		want  error
	}{
		"empty":                 {"", jose.ErrMalformed},
		"dots":                  {"..", jose.ErrMalformed},
		"one part":              {part[0], jose.ErrMalformed},
		"two parts":             {part[0] + "." + part[1], jose.ErrMalformed},
		"four parts":            {good + ".", jose.ErrMalformed},
		"five parts":            {good + "." + part[0] + "." + part[1], jose.ErrMalformed},
		"JSON form":             {`{"protected":"` + part[0] + `","payload":"` + part[1] + `","signature":"` + part[2] + `"}`, jose.ErrMalformed},
		"white space before":    {" " + good, jose.ErrMalformed},
		"line break behind":     {good + "\n", jose.ErrMalformed},
		"line break within":     {part[0] + "." + part[1][:4] + "\r\n" + part[1][4:] + "." + part[2], jose.ErrMalformed},
		"padding":               {good + "==", jose.ErrMalformed},
		"standard alphabet":     {part[0] + "." + part[1] + "." + strings.Repeat("+", 86), jose.ErrMalformed},
		"impossible length":     {good + "AAA", jose.ErrMalformed},
		"too long":              {part[0] + "." + strings.Repeat("A", jose.MaxToken) + "." + part[2], jose.ErrMalformed},
		"header is no JSON":     {head(`{"alg"`), jose.ErrMalformed},
		"header is an array":    {head(`[]`), jose.ErrMalformed},
		"alg twice":             {head(plain + `,"alg":"none"}`), jose.ErrMalformed},
		"Alg too":               {head(plain + `,"Alg":"none"}`), jose.ErrMalformed},
		"kid twice, escaped":    {head(plain + `,"\u006bid":"x"}`), jose.ErrMalformed},
		"kid is a number":       {head(`{"alg":"ES256","kid":1,"typ":"at+jwt"}`), jose.ErrMalformed},
		"alg is null":           {head(`{"alg":null,` + kid + `,"typ":"at+jwt"}`), jose.ErrMalformed},
		"crit":                  {head(plain + `,"crit":["exp"]}`), jose.ErrMalformed},
		"empty crit":            {head(plain + `,"crit":[]}`), jose.ErrMalformed},
		"b64":                   {head(plain + `,"b64":true}`), jose.ErrMalformed},
		"jwk":                   {head(plain + `,"jwk":{}}`), jose.ErrMalformed},
		"jku":                   {head(plain + `,"jku":"https://evil.example/keys"}`), jose.ErrMalformed},
		"x5u":                   {head(plain + `,"x5u":"https://evil.example/cert"}`), jose.ErrMalformed},
		"x5c":                   {head(plain + `,"x5c":[]}`), jose.ErrMalformed},
		"no typ":                {head(`{"alg":"ES256",` + kid + `}`), jose.ErrType},
		"TYP for typ":           {head(`{"alg":"ES256",` + kid + `,"TYP":"at+jwt"}`), jose.ErrType},
		"no kid":                {head(`{"alg":"ES256","typ":"at+jwt"}`), jose.ErrUnknownKey},
		"unknown kid":           {head(`{"alg":"ES256","kid":"x","typ":"at+jwt"}`), jose.ErrUnknownKey},
		"kid as a path":         {head(`{"alg":"ES256","kid":"../../dev/null","typ":"at+jwt"}`), jose.ErrUnknownKey},
		"alg none":              {head(`{"alg":"none",` + kid + `,"typ":"at+jwt"}`), jose.ErrAlgorithm},
		"alg none, unsigned":    {b64(`{"alg":"none",`+kid+`,"typ":"at+jwt"}`) + "." + part[1] + ".", jose.ErrAlgorithm},
		"no alg":                {head(`{` + kid + `,"typ":"at+jwt"}`), jose.ErrAlgorithm},
		"HMAC":                  {head(`{"alg":"HS256",` + kid + `,"typ":"at+jwt"}`), jose.ErrAlgorithm},
		"alg in another case":   {head(`{"alg":"es256",` + kid + `,"typ":"at+jwt"}`), jose.ErrAlgorithm},
		"PSS with the RSA key":  {head(`{"alg":"PS256","kid":"` + rsa.ID() + `","typ":"at+jwt"}`), jose.ErrAlgorithm},
		"ES256 with RSA's kid":  {head(`{"alg":"ES256","kid":"` + rsa.ID() + `","typ":"at+jwt"}`), jose.ErrAlgorithm},
		"another header":        {head(plain + `,"x":1}`), jose.ErrSignature},
		"another payload":       {part[0] + "." + b64(`{"sub":"b"}`) + "." + part[2], jose.ErrSignature},
		"no signature":          {part[0] + "." + part[1] + ".", jose.ErrSignature},
		"zeros as signature":    {part[0] + "." + part[1] + "." + strings.Repeat("A", 86), jose.ErrSignature},
		"cut signature":         {part[0] + "." + part[1] + "." + part[2][:44], jose.ErrSignature},
		"longer signature":      {good + "AAAA", nil},
		"signature of another":  {part[0] + "." + part[1] + "." + other[2], jose.ErrSignature},
		"signature in ASN.1":    {part[0] + "." + part[1] + "." + b64("\x30\x06\x02\x01\x01\x02\x01\x01"), jose.ErrSignature},
		"RSA key, ECDSA's name": {b64(`{"alg":"RS256","kid":"`+rsa.ID()+`","typ":"at+jwt"}`) + "." + part[1] + "." + part[2], jose.ErrSignature},
	} {
		claims, _, err := set.Verify(tc.token, "at+jwt")
		if err == nil || tc.want != nil && !errors.Is(err, tc.want) {
			t.Errorf("%s: %q, %v; expected %v", name, claims, err, tc.want)
		}
	}
	if _, _, err := set.Verify(good, "at+jwt"); err != nil {
		t.Fatal(err)
	}
}

// Each character of a token counts: changing any one of them, its spare bits included, makes it unknown.
func TestATokenHasOneSpelling(t *testing.T) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	for _, alg := range jose.OwnAlgorithms() {
		key := generate(t, alg)
		set := keySet(t, key)
		for _, claims := range []string{`{"a":1}`, `{"a":12}`, `{"a":123}`} {
			good := sign(t, key, "at+jwt", claims)
			last := strings.LastIndexByte(good, '.')
			for i := range good {
				if good[i] == '.' {
					continue
				}
				for step := 1; step < 64; step *= 2 {
					changed := []byte(good)
					changed[i] = alphabet[strings.IndexByte(alphabet, good[i])^step]
					if _, _, err := set.Verify(string(changed), "at+jwt"); err == nil {
						t.Fatalf("%s: byte %d of %d (signature from %d) may be %q for %q", alg, i, len(good), last+1, changed[i], good[i])
					}
				}
			}
		}
	}
}

func TestForeignVectorsOfTheRFCs(t *testing.T) {
	files, err := filepath.Glob("testdata/rfc*/a*.json")
	if err != nil || len(files) != 4 {
		t.Fatalf("vectors: %v, %v", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var v struct {
			Source, Payload, Token string
			Key                    json.RawMessage
		}
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatal(err)
		}
		set := parseSet(t, string(v.Key))
		foreign, err := set.VerifyForeign(v.Token)
		if err != nil || string(foreign.Claims) != v.Payload {
			t.Errorf("%s: %v, %v", v.Source, foreign, err)
		}
		if _, err := parseSet(t, `{`+okp+`,"kid":"a"}`, `{`+p256+`,"kid":"b"}`).VerifyForeign(v.Token[:len(v.Token)-8] + "AAAAAAAA"); err == nil {
			t.Errorf("%s: a changed signature was accepted", v.Source)
		}
	}
}

func TestSignersAreSharedByManyGoroutines(t *testing.T) {
	for _, alg := range jose.OwnAlgorithms() {
		key := generate(t, alg)
		set := keySet(t, key)
		signer, err := jose.NewSigner(key, "at+jwt")
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				for range 10 {
					token, err := signer.Sign([]byte(`{"sub":"a"}`))
					if err != nil {
						t.Error(err)
						return
					}
					if _, _, err := set.Verify(token, "at+jwt"); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
	}
}

func FuzzVerify(f *testing.F) {
	key := generate(f, jose.ES256)
	set := keySet(f, key)
	good := sign(f, key, "at+jwt", `{"sub":"a"}`)
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add("..")
	f.Add(b64(`{"alg":"ES256","kid":"`+key.ID()+`","typ":"at+jwt"}`) + ".e30.AAAA")
	f.Fuzz(func(t *testing.T, token string) {
		if _, _, err := set.Verify(token, "at+jwt"); err == nil && token != good {
			t.Fatalf("accepted: %q", token)
		}
		if _, err := set.VerifyForeign(token); err == nil && token != good {
			t.Fatalf("accepted as foreign: %q", token)
		}
	})
}
