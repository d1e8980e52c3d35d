package oauth

import (
	"context"
	"errors"
	"net/netip"
	"time"
)

// What Devices returns to a device that does not get its tokens. They are verdicts.
var (
	ErrPending = errors.New("nobody has decided yet")
	ErrTooFast = errors.New("asked too often")
	ErrDenied  = errors.New("refused")
	ErrEnded   = errors.New("ended")
)

// Devices keeps device grants while they wait for a person.
type Devices interface {
	// Begin keeps a grant and gives its device code, long and random. ErrUsed: a grant that waits has that user code.
	Begin(ctx context.Context, grant *DeviceGrant) (deviceCode string, err error)
	// Find gives the grant that waits under a user code; ErrNotFound if none does, or no longer.
	Find(ctx context.Context, userCode string, now time.Time) (*DeviceGrant, error)
	// Decide keeps what the person decided: the family to hand out, or nil for a refusal. ErrNotFound: nothing waits under
	// that user code. ErrUsed: it was decided before. One atomic statement settles which decision counts.
	Decide(ctx context.Context, userCode string, family *Family, now time.Time) error
	// Poll gives the family, and its first refresh token if it is Offline, to the first who asks after the person allowed
	// it; one atomic statement decides. ErrPending, ErrTooFast (asked again within interval), ErrDenied, ErrEnded; ErrNotFound:
	// this client has no such code; ErrUsed, with the family: it was fetched before.
	Poll(
		ctx context.Context, origin Origin, deviceCode, clientID string, now time.Time, interval time.Duration,
	) (family *Family, refresh string, err error)
}

// DeviceGrant is a device that waits for a person.
type DeviceGrant struct {
	ClientID string
	UserCode string // XXXX-XXXX
	Scope    []string
	Offline  bool
	From     netip.Addr // where the device, or the server in front of it, asked from
	EndsAt   time.Time
}
