package passkey

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
)

// The flags of authenticator data (Web Authentication section 6.1).
const (
	flagPresent  = 1 << 0 // somebody was there
	flagVerified = 1 << 2 // it was the owner, by fingerprint, PIN or the like
	flagEligible = 1 << 3 // the passkey may be copied to other devices
	flagBackedUp = 1 << 4 // it has been
	flagAttested = 1 << 6 // a new passkey follows
	flagExtended = 1 << 7 // extensions follow
)

const (
	mostData       = 8 << 10 // bytes of authenticator data
	mostCredential = 1023    // bytes of an id (section 5.8.1)
	headBytes      = sha256.Size + 1 + 4
	aaguidBytes    = 16
)

var errData = errors.New("it is no authenticator data")

// authenticatorData is what an authenticator says, and signs.
type authenticatorData struct {
	site  [sha256.Size]byte // SHA-256 of the relying party's id
	flags byte
	count uint32

	// Of a new passkey.
	aaguid [aaguidBytes]byte // the make of the authenticator, as it says itself
	id     []byte
	key    []byte // COSE
}

func (d authenticatorData) has(flag byte) bool { return d.flags&flag != 0 }

// readData takes authenticator data apart. Nothing may be left over.
func readData(data []byte) (authenticatorData, error) {
	var d authenticatorData
	if len(data) < headBytes || len(data) > mostData {
		return d, errData
	}
	copy(d.site[:], data)
	d.flags, d.count = data[sha256.Size], binary.BigEndian.Uint32(data[sha256.Size+1:])
	r := reader{data[headBytes:]}
	if d.has(flagAttested) {
		aaguid, err := r.take(aaguidBytes)
		if err != nil {
			return d, errData
		}
		copy(d.aaguid[:], aaguid)
		size, err := r.take(2)
		if err != nil {
			return d, errData
		}
		n := binary.BigEndian.Uint16(size)
		if d.id, err = r.take(uint64(n)); err != nil || n == 0 || n > mostCredential {
			return d, errData
		}
		all := r.left
		if _, err := r.item(mostDepth); err != nil {
			return d, err
		}
		d.key = all[:len(all)-len(r.left)]
	}
	if d.has(flagExtended) {
		extensions, err := r.item(mostDepth)
		if _, pairs := extensions.(map[any]any); err != nil || !pairs {
			return d, errData
		}
	}
	if len(r.left) > 0 {
		return d, errData
	}
	return d, nil
}
