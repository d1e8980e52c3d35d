package passkey

import (
	"bytes"
	"errors"
	"slices"
)

// Attestation is what a browser sends when a passkey was made (AuthenticatorAttestationResponse).
type Attestation struct {
	ID         []byte
	ClientData []byte // JSON
	Object     []byte // CBOR
}

// Credential is what is kept of a passkey.
type Credential struct {
	ID        []byte // at most 1,023 bytes
	PublicKey []byte // COSE
	Count     uint32 // of signatures; 0: the authenticator does not count
	Eligible  bool   // may be copied to other devices; never changes
	BackedUp  bool   // has been copied
	AAGUID    [16]byte
}

const mostObject = 16 << 10 // bytes of an attestation object

// registration is the making of a passkey, on its way through the checks.
type registration struct {
	spoken
	sent   Attestation
	object map[any]any
	raw    []byte // authenticator data
}

// registrationChecks is Web Authentication section 7.1, from step 5 on. Steps 21 to 24 judge the make of the authenticator, of
// which nothing was asked; whether the id is new (step 26) is decided where the passkey is kept.
func registrationChecks() []check[registration] {
	return []check[registration]{
		{"client data", func(r *registration) (ok bool, err error) {
			r.client, err = readClientData(r.sent.ClientData)
			return err == nil, err
		}},
		{"type", func(r *registration) (bool, error) { return r.client.Type == typeCreate, nil }},
		{"challenge", func(r *registration) (bool, error) { return r.challenged() }},
		{"origin", func(r *registration) (bool, error) { return r.atHome() }},
		{"frame", func(r *registration) (bool, error) { return r.unframed() }},
		{"attestation object", (*registration).readObject},
		{"authenticator data", func(r *registration) (ok bool, err error) { r.data, err = readData(r.raw); return err == nil, err }},
		{"site", func(r *registration) (bool, error) { return r.ofSite() }},
		{"presence", func(r *registration) (bool, error) { return r.present() }},
		{"verification", func(r *registration) (bool, error) { return r.verified() }},
		{"backup", func(r *registration) (bool, error) { return r.backedUp() }},
		{"new passkey", func(r *registration) (bool, error) { return r.data.has(flagAttested), nil }},
		{"id", func(r *registration) (bool, error) { return bytes.Equal(r.sent.ID, r.data.id), nil }},
		{"public key", func(r *registration) (bool, error) { _, err := readKey(r.data.key); return err == nil, err }},
		{"statement", (*registration).unstated},
	}
}

var errObject = errors.New("it is no attestation object")

// readObject takes the object apart, which has three parts exactly (section 6.5.4).
func (r *registration) readObject() (bool, error) {
	if len(r.sent.Object) > mostObject {
		return false, errObject
	}
	item, err := readItem(r.sent.Object)
	if err != nil {
		return false, err
	}
	r.object, _ = item.(map[any]any)
	raw, ok := r.object["authData"].([]byte)
	r.raw = raw
	return ok && len(r.object) == 3, nil
}

// unstated looks at the form of the statement only. The format "none" has an empty one; others are no more than a claim.
func (r *registration) unstated() (bool, error) {
	format, named := r.object["fmt"].(string)
	statement, pairs := r.object["attStmt"].(map[any]any)
	return named && pairs && format != "" && (format != "none" || len(statement) == 0), nil
}

// Register checks what a browser sent when a passkey was made, and gives what to keep of it. Errors: *Failure.
func Register(expected Expected, sent Attestation) (Credential, error) {
	r := registration{spoken: spoken{Expected: expected}, sent: sent}
	if err := run(&r, registrationChecks()); err != nil {
		return Credential{}, err
	}
	return Credential{ID: slices.Clone(r.data.id), PublicKey: slices.Clone(r.data.key), Count: r.data.count,
		Eligible: r.data.has(flagEligible), BackedUp: r.data.has(flagBackedUp), AAGUID: r.data.aaguid}, nil
}
