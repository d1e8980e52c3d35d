package passkey

import (
	"bytes"
	"crypto/sha256"
	"slices"
)

// Assertion is what a browser sends when a passkey was used (AuthenticatorAssertionResponse).
type Assertion struct {
	ID         []byte
	ClientData []byte // JSON
	Data       []byte // of the authenticator
	Signature  []byte
	UserHandle []byte // empty: the authenticator did not say whose it is
}

// Owned is a passkey as it is kept, with the user handle it was made for.
type Owned struct {
	Credential
	UserHandle []byte
}

// CheckCount is the name of the check that fails where a passkey may have been copied by somebody.
const CheckCount = "count"

// use is the use of a passkey, on its way through the checks.
type use struct {
	spoken
	owned Owned
	sent  Assertion
	key   key
}

// useChecks is Web Authentication section 7.2, from step 5 on.
func useChecks() []check[use] {
	return []check[use]{
		{"id", func(u *use) (bool, error) { return len(u.sent.ID) > 0 && bytes.Equal(u.sent.ID, u.owned.ID), nil }},
		{"user handle", func(u *use) (bool, error) {
			return len(u.sent.UserHandle) == 0 || bytes.Equal(u.sent.UserHandle, u.owned.UserHandle), nil
		}},
		{"client data", func(u *use) (ok bool, err error) {
			u.client, err = readClientData(u.sent.ClientData)
			return err == nil, err
		}},
		{"type", func(u *use) (bool, error) { return u.client.Type == typeGet, nil }},
		{"challenge", func(u *use) (bool, error) { return u.challenged() }},
		{"origin", func(u *use) (bool, error) { return u.atHome() }},
		{"frame", func(u *use) (bool, error) { return u.unframed() }},
		{"authenticator data", func(u *use) (ok bool, err error) { u.data, err = readData(u.sent.Data); return err == nil, err }},
		{"site", func(u *use) (bool, error) { return u.ofSite() }},
		{"presence", func(u *use) (bool, error) { return u.present() }},
		{"verification", func(u *use) (bool, error) { return u.verified() }},
		{"backup", func(u *use) (bool, error) { return u.backedUp() }},
		{"eligibility", func(u *use) (bool, error) { return u.data.has(flagEligible) == u.owned.Eligible, nil }},
		{"public key", func(u *use) (ok bool, err error) { u.key, err = readKey(u.owned.PublicKey); return err == nil, err }},
		{"signature", (*use).signed},
		{CheckCount, func(u *use) (bool, error) { return u.owned.Counts(u.data.count), nil }},
	}
}

// signed holds the signature against what was said: the authenticator's data, then the hash of the browser's (step 21).
func (u *use) signed() (bool, error) {
	said := sha256.Sum256(u.sent.ClientData)
	return u.key.signed(append(slices.Clone(u.sent.Data), said[:]...), u.sent.Signature), nil
}

// Counts reports whether a count of signatures may follow the one that is kept. One that does not grow means that there are two
// of what there should be one of (section 6.1.1); authenticators that do not count say 0 always.
func (c Credential) Counts(next uint32) bool { return next > c.Count || next == 0 && c.Count == 0 }

// Use checks what a browser sent when a passkey was used, and gives the passkey as it is to be kept from now on: the count and
// whether it is backed up may have changed. Errors: *Failure.
func Use(expected Expected, owned Owned, sent Assertion) (Credential, error) {
	u := use{spoken: spoken{Expected: expected}, owned: owned, sent: sent}
	if err := run(&u, useChecks()); err != nil {
		return Credential{}, err
	}
	after := owned.Credential
	after.Count, after.BackedUp = u.data.count, u.data.has(flagBackedUp)
	return after, nil
}
