package jose_test

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"testing"

	"example.org/hub/oauth/jose"
)

// claims are as long as those of an ordinary access token.
const claims = `{"iss":"https://hub.example.test","sub":"0190d7c2-7a55-7f3e-9b8e-000000000001","client_id":"98434376",` +
	`"aud":["98071167-004c-4ddf-ba37-5d4599fdf319"],"scope":"payments","iat":1700000000,"exp":1700003600,` +
	`"jti":"0190d7c2-7a55-7f3e-9b8e-000000000002","env":"production"}`

// BenchmarkSignES256 is a whole token; BenchmarkFloorES256 is the signature alone, by the standard library.
func BenchmarkSignES256(b *testing.B) { benchmarkSign(b, jose.ES256) }
func BenchmarkSignEdDSA(b *testing.B) { benchmarkSign(b, jose.EdDSA) }
func BenchmarkSignRS256(b *testing.B) { benchmarkSign(b, jose.RS256) }

func benchmarkSign(b *testing.B, alg jose.Algorithm) {
	signer, err := jose.NewSigner(generate(b, alg), "at+jwt")
	if err != nil {
		b.Fatal(err)
	}
	text := []byte(claims)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := signer.Sign(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFloorES256(b *testing.B) {
	key := parsePrivate(b, generate(b, jose.ES256)).(*ecdsa.PrivateKey)
	text := []byte(claims)
	b.ReportAllocs()
	for b.Loop() {
		digest := sha256.Sum256(text)
		if _, err := ecdsa.SignASN1(rand.Reader, key, digest[:]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifyES256(b *testing.B) {
	key := generate(b, jose.ES256)
	set, token := keySet(b, key), sign(b, key, "at+jwt", claims)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := set.Verify(token, "at+jwt"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFloorVerifyES256(b *testing.B) {
	key := parsePrivate(b, generate(b, jose.ES256)).(*ecdsa.PrivateKey)
	digest := sha256.Sum256([]byte(claims))
	signature, err := ecdsa.SignASN1(rand.Reader, key, digest[:])
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if !ecdsa.VerifyASN1(&key.PublicKey, digest[:], signature) {
			b.Fatal("the signature does not verify")
		}
	}
}
