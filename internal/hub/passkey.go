package hub

import "time"

// Passkey is a public key by which a person signs in (Web Authentication). The private one never leaves the person's devices.
type Passkey struct {
	ID           string // ours
	UserID       string
	Credential   []byte // id that the authenticator gave it; at most 1,023 bytes, nobody else's
	PublicKey    []byte // COSE
	Site         string // host of the pages it was made on: browsers offer it nowhere else
	Count        uint32 // of signatures; 0: the authenticator does not count
	Eligible     bool   // may be copied to other devices
	BackedUp     bool   // has been copied
	Transports   []string
	AAGUID       string // make of the authenticator, as it said itself
	Name         string
	CreatedAt    time.Time
	LastUsedAt   time.Time
	LastUsedFrom string
}
