package passkey_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"testing"

	"example.org/hub/internal/passkey"
)

const (
	siteID = "hub.example.test"
	origin = "https://hub.example.test"
	handle = "user-1"
)

func expected() passkey.Expected {
	return passkey.Expected{Challenge: []byte("0123456789abcdef0123456789abcdef"), Origin: origin, Site: siteID}
}

// said is what an authenticator and a browser say in a ceremony, so that a test can let one part of it be wrong.
type said struct {
	kind, challenge, origin, site, top string
	cross                              bool
	flags                              byte
	count                              uint32
	id, handle                         []byte
	format                             string
}

func (s said) client() []byte {
	text, err := json.Marshal(map[string]any{
		"type": s.kind, "challenge": base64.RawURLEncoding.EncodeToString([]byte(s.challenge)),
		"origin": s.origin, "crossOrigin": s.cross, "topOrigin": s.top,
	})
	if err != nil {
		panic(err)
	}
	return text
}

func (s said) data(behind ...byte) []byte {
	sum := sha256.Sum256([]byte(s.site))
	return append(binary.BigEndian.AppendUint32(append(sum[:], s.flags), s.count), behind...)
}

func bytesItem(b []byte) []byte { return append([]byte{0x59, byte(len(b) >> 8), byte(len(b))}, b...) }

func short(b []byte) []byte { return append([]byte{0x58, byte(len(b))}, b...) }

// device is an authenticator with one key.
type device struct {
	signer crypto.Signer
	cose   []byte
}

func devices(t testing.TB) map[string]device {
	t.Helper()
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := ec.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rs, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey := append([]byte{0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21}, short(point[1:33])...)
	ecKey = append(append(ecKey, 0x22), short(point[33:])...)
	return map[string]device{
		"ES256": {ec, ecKey},
		"EdDSA": {private, append([]byte{0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21}, short(public)...)},
		"RS256": {rs, append(append([]byte{0xa4, 1, 3, 3, 0x39, 1, 0, 0x20}, bytesItem(rs.N.Bytes())...), 0x21, 0x43, 1, 0, 1)},
	}
}

func (d device) sign(t testing.TB, data, client []byte) []byte {
	t.Helper()
	sum := sha256.Sum256(client)
	message := append(append([]byte{}, data...), sum[:]...)
	digest, hash := sha256.Sum256(message), crypto.SHA256
	signed := digest[:]
	if _, is := d.signer.(ed25519.PrivateKey); is {
		signed, hash = message, crypto.Hash(0)
	}
	signature, err := d.signer.Sign(rand.Reader, signed, hash)
	if err != nil {
		t.Fatal(err)
	}
	return signature
}

func making() said {
	return said{
		kind: "webauthn.create", challenge: "0123456789abcdef0123456789abcdef",
		origin: origin, site: siteID, flags: 0x45, id: []byte("key-1"), format: "none",
	}
}

func using() said {
	s := making()
	s.kind, s.flags, s.count, s.handle = "webauthn.get", 0x05, 8, []byte(handle)
	return s
}

func (s said) attestation(cose []byte) passkey.Attestation {
	behind := append(make([]byte, 16), 0, byte(5))
	behind = append(append(behind, "key-1"...), cose...)
	if s.flags&0x40 == 0 {
		behind = nil
	}
	object := append([]byte{0xa3, 0x63, 'f', 'm', 't', 0x60 + byte(len(s.format))}, s.format...)
	object = append(object, 0x67)
	object = append(append(object, "attStmt"...), 0xa0, 0x68)
	object = append(append(object, "authData"...), longest(s.data(behind...))...)
	return passkey.Attestation{ID: s.id, ClientData: s.client(), Object: object}
}

func longest(b []byte) []byte {
	if len(b) < 256 {
		return short(b)
	}
	return bytesItem(b)
}

func failed(err error) string {
	var failure *passkey.Failure
	if errors.As(err, &failure) {
		return failure.Check
	}
	return ""
}

func TestAPasskeyOfEachAlgorithmIsMadeAndUsed(t *testing.T) {
	for name, d := range devices(t) {
		t.Run(name, func(t *testing.T) {
			made, err := passkey.Register(expected(), making().attestation(d.cose))
			if err != nil {
				t.Fatal(err)
			}
			s := using()
			used, err := passkey.Use(expected(), passkey.Owned{Credential: made, UserHandle: []byte(handle)},
				passkey.Assertion{ID: s.id, ClientData: s.client(), Data: s.data(), Signature: d.sign(t, s.data(), s.client()), UserHandle: s.handle})
			if err != nil || used.Count != 8 {
				t.Errorf("%+v, %v", used, err)
			}
		})
	}
}

func TestEachCheckOfTheMakingFailsAlone(t *testing.T) {
	d := devices(t)["ES256"]
	for check, spoil := range map[string]func(*said){
		"type": func(s *said) { s.kind = "webauthn.get" }, "challenge": func(s *said) { s.challenge = "another" },
		"origin": func(s *said) { s.origin = "https://hub.example.test.evil.test" },
		"frame":  func(s *said) { s.cross = true }, "site": func(s *said) { s.site = "evil.test" },
		"presence": func(s *said) { s.flags &^= 1 }, "verification": func(s *said) { s.flags &^= 4 },
		"backup": func(s *said) { s.flags |= 16 }, "new passkey": func(s *said) { s.flags &^= 64 },
		"id": func(s *said) { s.id = []byte("key-2") }, "statement": func(s *said) { s.format = "" },
	} {
		t.Run(check, func(t *testing.T) {
			s := making()
			spoil(&s)
			if _, err := passkey.Register(expected(), s.attestation(d.cose)); failed(err) != check {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestEachCheckOfTheUseFailsAlone(t *testing.T) {
	d := devices(t)["ES256"]
	kept := passkey.Owned{Credential: passkey.Credential{ID: []byte("key-1"), PublicKey: d.cose, Count: 7}, UserHandle: []byte(handle)}
	for check, spoil := range map[string]func(*said){
		"type": func(s *said) { s.kind = "webauthn.create" }, "challenge": func(s *said) { s.challenge = "another" },
		"origin": func(s *said) { s.origin = "http://hub.example.test" },
		"frame":  func(s *said) { s.top = "https://evil.test" }, "site": func(s *said) { s.site = "evil.test" },
		"presence": func(s *said) { s.flags &^= 1 }, "verification": func(s *said) { s.flags &^= 4 },
		"backup": func(s *said) { s.flags |= 16 }, "eligibility": func(s *said) { s.flags |= 8 }, "id": func(s *said) { s.id = []byte("key-2") },
		"user handle": func(s *said) { s.handle = []byte("user-2") }, passkey.CheckCount: func(s *said) { s.count = 7 },
	} {
		t.Run(check, func(t *testing.T) {
			s := using()
			spoil(&s)
			sent := passkey.Assertion{
				ID: s.id, ClientData: s.client(), Data: s.data(),
				Signature: d.sign(t, s.data(), s.client()), UserHandle: s.handle,
			}
			if _, err := passkey.Use(expected(), kept, sent); failed(err) != check {
				t.Errorf("%v", err)
			}
		})
	}
	s := using()
	sent := passkey.Assertion{ID: s.id, ClientData: s.client(), Data: s.data(), Signature: d.sign(t, s.data(), s.client()), UserHandle: s.handle}
	sent.Signature[len(sent.Signature)-1] ^= 1
	if _, err := passkey.Use(expected(), kept, sent); failed(err) != "signature" {
		t.Errorf("%v", err)
	}
}
