package secret_test

import (
	"bytes"
	"math/big"
	"testing"

	"example.org/hub/internal/secret"
)

func TestADerivedSecretBelongsToItsSeedAndLooksLikeAnyOther(t *testing.T) {
	master := newMaster(t, 1)
	seen := map[string]bool{}
	for _, test := range []bool{false, true} {
		for _, from := range []string{"a/0", "a/1", "b/0"} {
			value := secret.Derived(secret.RefreshToken, test, master.Derive(from)).Reveal()
			if again := secret.Derived(secret.RefreshToken, test, master.Derive(from)).Reveal(); again != value {
				t.Errorf("%s gives %s and %s", from, value, again)
			}
			if form, kind, isTest := secret.Recognise(value); form != secret.Good || kind != secret.RefreshToken || isTest != test {
				t.Errorf("%s is recognised as %v %s %v", value, form, kind, isTest)
			}
			if len(value) != len(secret.New(secret.RefreshToken, test)) || seen[value] {
				t.Errorf("%s came twice or has another length", value)
			}
			seen[value] = true
			if other := secret.Derived(secret.RefreshToken, test, newMaster(t, 2).Derive(from)).Reveal(); other == value {
				t.Error("another master key gives the same secret")
			}
		}
	}
}

func TestADerivedSecretSpellsItsSeedInBase62(t *testing.T) {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	for _, seed := range [][]byte{make([]byte, 32), bytes.Repeat([]byte{0xff}, 32), newMaster(t, 3).Derive("x")} {
		number, base, digit := new(big.Int).SetBytes(seed), big.NewInt(62), new(big.Int)
		text := secret.Derived(secret.RefreshToken, false, seed).Reveal()[len("hubrt_"):]
		for i := range 32 {
			number.QuoRem(number, base, digit)
			if want := digits[digit.Int64()]; text[i] != want {
				t.Errorf("digit %d of %x is %c, want %c", i, seed, text[i], want)
			}
		}
	}
}
