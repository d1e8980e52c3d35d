package hub

import "time"

// DeviceGrant is a device that waits for a person to allow it something. What was allowed is a family, whose code is the
// device code.
type DeviceGrant struct {
	Digest      []byte // keyed hash of its device code
	Environment Environment
	ClientID    string
	UserCode    []byte // keyed hash of the code that the person types
	Scope       []string
	Source      string    // the address or network it asks from
	Offline     bool      // it wants a refresh token
	PolledAt    time.Time // when the device asked last; zero: never
	DecidedAt   time.Time // zero: it waits
	Allowed     bool
	EndsAt      time.Time
}
