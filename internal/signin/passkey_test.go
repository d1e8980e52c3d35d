package signin_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/passkey"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

var site = signin.SiteOf("https://hub.example.test")

// device is an authenticator with one passkey, in a browser that shows pages of origin.
type device struct {
	*ecdsa.PrivateKey
	id, handle []byte
	count      uint32
	origin     string
}

func newDevice(id string) *device {
	return &device{PrivateKey: must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)), id: []byte(id), handle: []byte("0190-ADA"), origin: site.Origin}
}

// said is what the browser says of a ceremony, and the authenticator before anything that is new.
func (d *device) said(kind string, challenge []byte, flags byte) (client, data []byte) {
	client = must(json.Marshal(map[string]any{
		"type": kind, "challenge": base64.RawURLEncoding.EncodeToString(challenge), "origin": d.origin, "crossOrigin": false,
	}))
	sum := sha256.Sum256([]byte(site.Host))
	return client, binary.BigEndian.AppendUint32(append(sum[:], flags), d.count)
}

func (d *device) answer(response map[string]any) string {
	for name, value := range response {
		response[name] = base64.RawURLEncoding.EncodeToString(value.([]byte))
	}
	return string(must(json.Marshal(map[string]any{"rawId": base64.RawURLEncoding.EncodeToString(d.id), "type": "public-key", "response": response})))
}

// makes answers a browser that was asked for a new passkey.
func (d *device) makes(challenge []byte) string {
	client, data := d.said("webauthn.create", challenge, 0x45)
	point := must(d.PublicKey.Bytes())
	data = append(append(append(data, make([]byte, 16)...), 0, byte(len(d.id))), d.id...)
	data = append(append(data, 0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32), point[1:33]...)
	data = append(append(data, 0x22, 0x58, 32), point[33:]...)
	object := append([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"), byte(len(data)))
	return d.answer(map[string]any{"clientDataJSON": client, "attestationObject": append(object, data...)})
}

// uses answers a browser that was asked for a passkey.
func (d *device) uses(challenge []byte) string {
	d.count++
	client, data := d.said("webauthn.get", challenge, 0x05)
	said := sha256.Sum256(client)
	digest := sha256.Sum256(append(slices.Clone(data), said[:]...))
	signature := must(ecdsa.SignASN1(rand.Reader, d.PrivateKey, digest[:]))
	return d.answer(map[string]any{"clientDataJSON": client, "authenticatorData": data, "signature": signature, "userHandle": d.handle})
}

// adds makes a passkey of the user of a browser.
func (b *bench) adds(cookie secret.Value, d *device) hub.Passkey {
	b.Helper()
	b.MayAct = credential.MayAct
	options, sealed, err := b.AskNewPasskey(b.Context(), cookie, site)
	if err != nil {
		b.Fatal(err)
	}
	key, err := b.AddPasskey(b.Context(), cookie, sealed, site, d.makes(options.Challenge), "Laptop", from(here))
	if err != nil {
		b.Fatal(errors.Unwrap(err), err)
	}
	return key.Passkey
}

// asks asks a browser in which nobody is known for a passkey.
func (b *bench) asks() (passkey.Binary, secret.Value) {
	b.Helper()
	options, sealed, err := b.AskPasskey(b.Context(), "", site, false)
	if err != nil {
		b.Fatal(err)
	}
	return options.Challenge, sealed
}

func (b *bench) enters(d *device) (secret.Value, error) {
	b.Helper()
	challenge, sealed := b.asks()
	return b.SignInByPasskey(b.Context(), "", sealed, site, d.uses(challenge), false, from(here))
}

// as is the user of a browser, who may change the own account.
func (b *bench) as(cookie secret.Value) hub.Actor {
	b.Helper()
	actor := must(b.Visit(b.Context(), cookie)).Actor(from(here))
	actor.Permissions = hub.NewPermissions("hub:self-update")
	return actor
}

func TestAPasskeyIsBothFactors(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	b.enrol()
	cookie := must(b.SecondFactor(t.Context(), b.signIn(), code(0), from(here)))
	d := newDevice("key")
	b.adds(cookie, d)
	visit := must(b.Visit(t.Context(), must(b.enters(d))))
	if !visit.Fresh(time.Now()) || !slices.Equal(visit.Session.Methods, []string{"hwk", "user", "mfa"}) {
		t.Errorf("%+v", visit)
	}
	if want := []string{"user.sign-in success", "user.passkey-add success", "user.sign-in success"}; !slices.Equal(b.actions(), want) {
		t.Errorf("events: %v", b.actions())
	}
	if len(b.sent) != 1 || b.sent[0].Kind != signin.LetterFactorChanged {
		t.Errorf("letters: %+v", b.sent)
	}
	if keys := must(b.Passkeys(t.Context(), "0190-ADA")); len(keys) != 1 || keys[0].Count != 1 ||
		keys[0].LastUsedAt.IsZero() || keys[0].LastUsedFrom != here.String() {
		t.Errorf("%+v", keys)
	}
}

func TestWhoIsSignedInProvesItByAnOwnPasskeyOnly(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	cookie := b.signIn()
	d := newDevice("key")
	b.adds(cookie, d)
	before := must(b.Visit(t.Context(), cookie))
	confirm := func(asked bool, d *device) (secret.Value, error) {
		options, sealed, err := b.AskPasskey(t.Context(), cookie, site, asked)
		if err != nil {
			t.Fatal(err)
		}
		return b.ConfirmByPasskey(t.Context(), cookie, sealed, site, d.uses(options.Challenge), from(here))
	}
	if _, err := confirm(false, d); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("an answer to a question for anybody's passkey: %v", err)
	}
	if _, err := confirm(true, newDevice("another")); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a passkey of nobody: %v", err)
	}
	next := must(confirm(true, d))
	visit := must(b.Visit(t.Context(), next))
	if visit.Session.ID != before.Session.ID || !visit.Fresh(hub.Now()) || !slices.Equal(visit.Session.Methods, []string{"hwk", "user", "mfa"}) {
		t.Errorf("%+v", visit)
	}
	if _, err := b.ConfirmByPasskey(t.Context(), cookie, "", site, "", from(here)); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("nothing was asked: %v", err)
	}
}

func TestOfFiftyUsesOfOnePasskeyAnswerOneSucceeds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		b := newBench(t, database)
		options := b.Options
		options.Store = database.Open(t)
		desks := []*signin.Desk{b.Desk, signin.New(options)}
		for name, counting := range map[string]bool{"counts": true, "counts not": false} {
			d := newDevice("key that " + name)
			b.adds(b.signIn(), d)
			challenge, sealed := b.asks()
			if !counting {
				d.count-- // uses adds one
			}
			answer := d.uses(challenge)
			var won atomic.Int64
			var all sync.WaitGroup
			for i := range 50 {
				all.Go(func() {
					err := storetest.Insist(func() error {
						_, err := desks[i%2].SignInByPasskey(t.Context(), "", sealed, site, answer, false,
							from(netip.AddrFrom4([4]byte{10, 2, 0, byte(i)})))
						return err
					})
					switch {
					case err == nil:
						won.Add(1)
					case !fault.Is(err, fault.Unauthenticated):
						t.Errorf("%s: %v", name, err)
					}
				})
			}
			all.Wait()
			if won.Load() != 1 {
				t.Errorf("%s: the answer was good %d times", name, won.Load())
			}
		}
	})
}

func TestEveryRefusalOfAPasskeyLooksTheSame(t *testing.T) {
	for want, spoil := range map[string]func(b *bench, d *device, key hub.Passkey, challenge *passkey.Binary, sealed *secret.Value){
		"check: challenge": func(b *bench, _ *device, _ hub.Passkey, challenge *passkey.Binary, _ *secret.Value) {
			*challenge, _ = b.asks()
		},
		"check: origin": func(_ *bench, d *device, _ hub.Passkey, _ *passkey.Binary, _ *secret.Value) {
			d.origin = "https://hub.example.test.evil.test"
		},
		"check: user handle": func(_ *bench, d *device, _ hub.Passkey, _ *passkey.Binary, _ *secret.Value) {
			d.handle = []byte("0190-EVE")
		},
		"does not say whose": func(_ *bench, d *device, _ hub.Passkey, _ *passkey.Binary, _ *secret.Value) { d.handle = nil },
		"check: signature": func(_ *bench, d *device, _ hub.Passkey, _ *passkey.Binary, _ *secret.Value) {
			d.PrivateKey = newDevice("").PrivateKey
		},
		"too long ago": func(b *bench, _ *device, _ hub.Passkey, challenge *passkey.Binary, sealed *secret.Value) {
			*sealed = b.sealedUntil("use", *challenge, b.Now().Add(-time.Millisecond))
		},
		"asked for no passkey": func(b *bench, _ *device, _ hub.Passkey, challenge *passkey.Binary, sealed *secret.Value) {
			*sealed = b.sealedUntil("register", *challenge, b.Now().Add(time.Minute))
		},
		"nobody has this passkey": func(b *bench, _ *device, key hub.Passkey, _ *passkey.Binary, _ *secret.Value) {
			b.tx(func(tx *store.Tx) error { return tx.DeletePasskey(b.Context(), key) })
		},
		"banned": func(b *bench, _ *device, _ hub.Passkey, _ *passkey.Binary, _ *secret.Value) {
			user := must(b.store.User(b.Context(), "0190-ADA"))
			user.Banned = true
			b.tx(func(tx *store.Tx) error { return tx.UpdateUser(b.Context(), user) })
		},
	} {
		t.Run(want, func(t *testing.T) {
			b := newBench(t, storetest.SQLite(t))
			d := newDevice("key")
			key := b.adds(b.signIn(), d)
			challenge, sealed := b.asks()
			spoil(b, d, key, &challenge, &sealed)
			_, err := b.SignInByPasskey(t.Context(), "", sealed, site, d.uses(challenge), false, from(here))
			wantKind(t, want, err, fault.Unauthenticated)
			var refused *fault.Error
			if !errors.As(err, &refused) || refused.Code != signin.CodeWrongPasskey || len(refused.Fields) != 0 ||
				refused.Message != "The passkey did not work. Try again, or sign in in another way." {
				t.Errorf("%v", err)
			}
			if !strings.Contains(reason(err), want) {
				t.Errorf("the reason is: %s", reason(err))
			}
		})
	}
}

// sealedUntil is a challenge for something as a browser keeps it, which ends at a time.
func (b *bench) sealedUntil(what string, challenge []byte, ends time.Time) secret.Value {
	plain := must(json.Marshal(map[string]any{"r": challenge, "e": ends.UnixMilli()}))
	return secret.Value(base64.RawURLEncoding.EncodeToString(b.master.Seal("passkey/"+what+"/"+site.Host, plain)))
}

func TestWrongPasskeysAreHeldUp(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	d := newDevice("key")
	b.adds(b.signIn(), d)
	wrong := newDevice("key")
	for range 10 {
		_, err := b.enters(wrong)
		wantKind(t, "wrong", err, fault.Unauthenticated)
	}
	_, err := b.enters(d)
	wantKind(t, "the right one, from where the wrong ones came", err, fault.Limited)
	challenge, sealed := b.asks()
	if _, err = b.SignInByPasskey(t.Context(), "", sealed, site, d.uses(challenge), false, from(there)); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
	stranger := newDevice("nobody's")
	tried := 0
	for ; tried < 400 && (err == nil || !fault.Is(err, fault.Limited)); tried++ { // on a slow machine some are forgiven meanwhile
		if _, err = b.enters(stranger); !fault.Is(err, fault.Limited) {
			wantKind(t, "nobody's", err, fault.Unauthenticated)
		}
	}
	if tried <= 40 || tried == 400 {
		t.Errorf("a source is held up after %d more", tried)
	}
}

func TestAUserHasAtMostTwentyPasskeys(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	cookie := b.signIn()
	late := newDevice("late")
	options, sealed, err := b.AskNewPasskey(t.Context(), cookie, site)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		b.adds(cookie, newDevice(fmt.Sprint("key ", i)))
	}
	_, _, err = b.AskNewPasskey(t.Context(), cookie, site)
	wantKind(t, "asking for one more", err, fault.Conflict)
	_, err = b.AddPasskey(t.Context(), cookie, sealed, site, late.makes(options.Challenge), "Key", from(here))
	wantKind(t, "one that was asked for before", err, fault.Conflict)
}

func TestAPasskeyIsAddedOnceByTheBrowserThatWasAsked(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	cookie, other := b.signIn(), b.signIn()
	options, sealed, err := b.AskNewPasskey(t.Context(), cookie, site)
	if err != nil {
		t.Fatal(err)
	}
	answer := newDevice("key").makes(options.Challenge)
	_, err = b.AddPasskey(t.Context(), other, sealed, site, answer, "Key", from(here))
	wantKind(t, "in another session", err, fault.Invalid)
	if _, err := b.AddPasskey(t.Context(), cookie, sealed, site, answer, "Key", from(here)); err != nil {
		t.Fatal(err)
	}
	_, err = b.AddPasskey(t.Context(), cookie, sealed, site, answer, "Key", from(here))
	wantKind(t, "again", err, fault.Invalid)
	options, sealed, err = b.AskNewPasskey(t.Context(), cookie, site)
	if err != nil || len(options.Exclude) != 1 {
		t.Fatalf("%+v, %v", options.Exclude, err)
	}
	_, err = b.AddPasskey(t.Context(), cookie, sealed, site, newDevice("key").makes(options.Challenge), "Key", from(here))
	wantKind(t, "with an id that is taken", err, fault.Conflict)
}

func TestChangingPasskeysNeedsAFreshSignIn(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	cookie := b.signIn()
	key := b.adds(cookie, newDevice("key"))
	options, sealed, err := b.AskNewPasskey(t.Context(), cookie, site)
	if err != nil {
		t.Fatal(err)
	}
	b.age(cookie, 16*time.Minute, 0, 0)
	actor := b.as(cookie)
	_, _, err = b.AskNewPasskey(t.Context(), cookie, site)
	wantKind(t, "ask", err, fault.StepUp)
	_, err = b.AddPasskey(t.Context(), cookie, sealed, site, newDevice("second").makes(options.Challenge), "Key", from(here))
	wantKind(t, "add", err, fault.StepUp)
	wantKind(t, "rename", b.RenamePasskey(t.Context(), actor, key.ID, "Old laptop"), fault.StepUp)
	wantKind(t, "remove", b.RemovePasskey(t.Context(), actor, "0190-ADA", key.ID), fault.StepUp)
	fresh := b.as(b.signIn())
	if err := b.RenamePasskey(t.Context(), fresh, key.ID, "Old laptop"); err != nil {
		t.Error(err)
	}
	if err := b.RemovePasskey(t.Context(), fresh, "0190-ADA", key.ID); err != nil {
		t.Error(err)
	}
	wantKind(t, "remove again", b.RemovePasskey(t.Context(), fresh, "0190-ADA", key.ID), fault.NotFound)
	if _, _, err := b.AskNewPasskey(t.Context(), "", site); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("nobody: %v", err)
	}
}

// suspicions counts the events of a passkey that may have been copied.
func (b *bench) suspicions() int {
	b.Helper()
	return len(slices.DeleteFunc(b.actions(), func(action string) bool { return action != "user.passkey-suspect refused" }))
}

func TestACountThatGoesBackIsRefusedAndTold(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	d := newDevice("key")
	b.adds(b.signIn(), d)
	d.count = 7
	must(b.enters(d))
	d.count = 3
	_, err := b.enters(d)
	wantKind(t, "a count that goes back", err, fault.Unauthenticated)
	if b.suspicions() != 1 || b.sent[len(b.sent)-1].Kind != signin.LetterPasskeySuspect {
		t.Errorf("events %v, letters %+v", b.actions(), b.sent)
	}
	d.count = 8
	must(b.enters(d))
}

func TestACountThatComesTwiceAtOnceIsToldAsWell(t *testing.T) {
	b := newBench(t, storetest.SQLite(t))
	d := newDevice("key")
	b.adds(b.signIn(), d)
	const copies = 12
	var answers [copies]string
	var sealed [copies]secret.Value
	for i := range copies {
		var challenge passkey.Binary
		challenge, sealed[i] = b.asks()
		d.count = 7
		answers[i] = d.uses(challenge)
	}
	var won atomic.Int64
	var all sync.WaitGroup
	for i := range copies {
		all.Go(func() {
			_, err := b.SignInByPasskey(t.Context(), "", sealed[i], site, answers[i], false, from(netip.AddrFrom4([4]byte{10, 3, 0, byte(i)})))
			if err == nil {
				won.Add(1)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 || b.suspicions() != copies-1 {
		t.Errorf("%d signed in, %d were suspected", won.Load(), b.suspicions())
	}
}
