package secret_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"example.org/hub/internal/secret"
)

func newMaster(t *testing.T, fill byte) *secret.Master {
	t.Helper()
	master, err := secret.NewMaster(bytes.Repeat([]byte{fill}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return master
}

func TestNewSecretIsRecognisedWithItsKindAndEnvironment(t *testing.T) {
	for _, kind := range secret.Kinds() {
		for _, test := range []bool{false, true} {
			value := secret.New(kind, test).Reveal()
			form, gotKind, gotTest := secret.Recognise(value)
			if form != secret.Good || gotKind != kind || gotTest != test {
				t.Errorf("%s test=%v: recognised as %v %s %v", kind, test, form, gotKind, gotTest)
			}
		}
	}
}

func TestChecksumIsBase62OfCRC32OfAllBeforeIt(t *testing.T) {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	value := secret.New(secret.PermanentToken, true).Reveal()
	body, sum := value[:len(value)-6], value[len(value)-6:]
	var number uint64
	for _, digit := range sum {
		number = number*62 + uint64(strings.IndexRune(digits, digit))
	}
	if number != uint64(crc32.ChecksumIEEE([]byte(body))) {
		t.Errorf("checksum %q of %q is %d", sum, body, number)
	}
	if len(body) != len("hubpat_test_")+32 {
		t.Errorf("random part has %d characters", len(body)-len("hubpat_test_"))
	}
}

func TestAlteredOrTruncatedSecretIsMalformed(t *testing.T) {
	good := secret.New(secret.ClientSecret, false).Reveal()
	for name, text := range map[string]string{
		"last character gone": good[:len(good)-1],
		"one more":            good + "a",
		"altered":             good[:10] + flip(good[10]) + good[11:],
		"other kind":          "hubpat" + strings.TrimPrefix(good, "hubcs"),
		"only the prefix":     "hubcs_",
		"not base62":          good[:10] + "-" + good[11:],
		"moved to test":       "hubcs_test_" + strings.TrimPrefix(good, "hubcs_"),
	} {
		if form, _, _ := secret.Recognise(text); form != secret.Malformed {
			t.Errorf("%s: %v, want malformed", name, form)
		}
	}
	for _, text := range []string{"", "eAUyKgVfhSbV", "perm:YWRh.NDktNQ==.abc", "hub_x", "HUBCS_x"} {
		if form, _, _ := secret.Recognise(text); form != secret.Foreign {
			t.Errorf("%q: %v, want foreign", text, form)
		}
	}
}

func flip(b byte) string {
	if b == 'a' {
		return "b"
	}
	return "a"
}

func FuzzRecognise(f *testing.F) {
	f.Add(secret.New(secret.Code, false).Reveal())
	f.Add("hubpat_test_")
	f.Fuzz(func(t *testing.T, text string) {
		form, kind, test := secret.Recognise(text)
		if form == secret.Good && (!strings.HasPrefix(text, string(kind)+"_") || test != strings.HasPrefix(text, string(kind)+"_test_")) {
			t.Errorf("%q recognised as %s test=%v", text, kind, test)
		}
	})
}

func TestPrintedSecretIsAMask(t *testing.T) {
	value := secret.New(secret.AppKey, false)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("made", "secret", value)
	marshalled, _ := json.Marshal(map[string]any{"secret": value})
	for _, printed := range []string{
		fmt.Sprint(value), fmt.Sprintf("%v %+v %#v %s %q", value, value, value, value, value), log.String(), string(marshalled),
	} {
		if strings.Contains(printed, value.Reveal()) || strings.Contains(printed, value.Reveal()[8:20]) {
			t.Errorf("the secret stands in %q", printed)
		}
	}
}

func TestDigestDependsOnSecretAndMasterKey(t *testing.T) {
	one, two := newMaster(t, 1), newMaster(t, 2)
	if !secret.Equal(one.Digest("a secret"), one.Digest("a secret")) {
		t.Error("the same secret has two digests")
	}
	if secret.Equal(one.Digest("a secret"), one.Digest("b secret")) || secret.Equal(one.Digest("a secret"), two.Digest("a secret")) {
		t.Error("different secrets or keys have one digest")
	}
}

func TestSecretGivenByItsHashMatchesTheSecret(t *testing.T) {
	master := newMaster(t, 1)
	// SHA-256 of "a-long-secret", computed with sha256sum.
	for _, text := range []string{
		"sha256:fc69a3e4e2fb9c34bd02b2e4ea0db9be4c4a3de1bb8f4c0c0c0000000000000",
		"sha256:", "md5:00", "fc69", "hub-hmac:xx",
	} {
		if _, err := master.ParseHash(text); err == nil {
			t.Errorf("%q is taken for a hash", text)
		}
	}
	digest := master.Digest("a-long-secret")
	back, err := master.ParseHash(secret.FormatDigest(digest))
	if err != nil || !secret.Equal(back, digest) {
		t.Errorf("an exported digest comes back as %x, %v", back, err)
	}
	plain, err := master.ParseHash("sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b")
	if err != nil || !secret.Equal(plain, master.Digest("secret")) {
		t.Errorf("sha256 of %q does not match it: %v", "secret", err)
	}
}

func TestSealedDataOpensOnlyForItsPurposeUnderItsKey(t *testing.T) {
	one, two := newMaster(t, 1), newMaster(t, 2)
	sealed := one.Seal("app-key/98434376", []byte("hello"))
	if data, err := one.Open("app-key/98434376", sealed); err != nil || string(data) != "hello" {
		t.Fatalf("opened %q, %v", data, err)
	}
	altered := bytes.Clone(sealed)
	altered[len(altered)-1] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"other purpose": func() ([]byte, error) { return one.Open("app-key/1", sealed) },
		"other key":     func() ([]byte, error) { return two.Open("app-key/98434376", sealed) },
		"altered":       func() ([]byte, error) { return one.Open("app-key/98434376", altered) },
		"cut":           func() ([]byte, error) { return one.Open("app-key/98434376", sealed[:5]) },
	} {
		if _, err := open(); !errors.Is(err, secret.ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPasswordMatchesItsHashOnly(t *testing.T) {
	hash := secret.HashPassword("correct horse")
	if match, stale := secret.CheckPassword(hash, "correct horse"); !match || stale {
		t.Errorf("right password: match=%v stale=%v", match, stale)
	}
	if match, _ := secret.CheckPassword(hash, "correct horsf"); match {
		t.Error("wrong password matches")
	}
	weak := "$argon2id$v=19$m=1024,t=1,p=1$c29tZXNhbHRzb21l$Zm9vYmFyYmF6Zm9vYmFyYmF6Zm9vYmFyYmF6MTIzNDU"
	if _, stale := secret.CheckPassword(weak, "x"); !stale {
		t.Error("weak parameters are not stale")
	}
}

func TestUnusablePasswordHashIsNamed(t *testing.T) {
	for _, hash := range []string{"", "plain", "$2b$12$abc", "$argon2i$v=19$m=1,t=1,p=1$aaaa$bbbb",
		"$argon2id$v=19$m=99999999,t=2,p=1$c29tZXNhbHRzb21l$Zm9vYmFyYmF6Zm9vYmFyYmF6Zm9vYmFy"} {
		if secret.CheckPasswordHash(hash) == nil {
			t.Errorf("%q is taken", hash)
		}
	}
}

func TestMasterKeyIsMadeOnceHoweverManyStart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "master.key")
	checks := make([][]byte, 16)
	var group sync.WaitGroup
	for i := range checks {
		group.Go(func() {
			master, err := secret.LoadMaster(file, true)
			if err != nil {
				t.Error(err)
				return
			}
			checks[i] = master.Check()
		})
	}
	group.Wait()
	for _, check := range checks {
		if !bytes.Equal(check, checks[0]) {
			t.Fatal("two master keys")
		}
	}
	if info, _ := os.Stat(file); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %o", info.Mode().Perm())
	}
}

func TestMasterKeyFileThatCannotServeIsRefusedByName(t *testing.T) {
	directory := t.TempDir()
	for name, make := range map[string]func(file string){
		"missing": func(string) {},
		"short":   func(file string) { os.WriteFile(file, []byte("c2hvcnQ="), 0o600) },
		"open":    func(file string) { os.WriteFile(file, bytes.Repeat([]byte("A"), 44), 0o644) },
	} {
		file := filepath.Join(directory, name)
		make(file)
		if _, err := secret.LoadMaster(file, false); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNobodysHashMatchesNothingAndIsCheckedLikeAnyOther(t *testing.T) {
	hash := secret.NobodysHash()
	if err := secret.CheckPasswordHash(hash); err != nil {
		t.Fatal(err)
	}
	if match, stale := secret.CheckPassword(hash, ""); match || stale {
		t.Errorf("match=%v stale=%v", match, stale)
	}
}
