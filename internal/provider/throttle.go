package provider

import (
	"net/netip"
	"time"

	"example.org/hub/internal/limit"
	"example.org/hub/internal/signin"
)

// throttle is the port oauth.Throttle, shared by all environments and doors: one counter for a name, wherever it is tried.
type throttle struct {
	clients  *limit.Keeper
	accounts *limit.Keeper
	places   *limit.Keeper
}

// Throttle counts failures for whoever else takes credentials: one counter over all doors.
func (p *Provider) Throttle() signin.Throttle { return &p.throttle }

// How many sources and names are remembered at once, 16 bytes each; strangers can push out the mildest offenders, not grow
// it.
const throttled = 1 << 14

func newThrottle(options Options) throttle {
	return throttle{
		clients:  limit.NewKeeper(options.RateLimit, throttled),
		accounts: limit.NewKeeper(options.AccountFailure, throttled),
		places:   limit.NewKeeper(options.AddressFailure, throttled),
	}
}

// Blocked is the longer of the waits for this source alone and for this source with this name; a bearer token has none.
func (t *throttle) Blocked(source netip.Addr, name string) time.Duration {
	now := time.Now()
	_, place := t.places.Peek(limit.Key{From: source}, now)
	if name == "" {
		return place
	}
	_, account := t.accounts.Peek(limit.Key{Name: name, From: source}, now)
	return max(place, account)
}

// Failed counts a wrong credential.
func (t *throttle) Failed(source netip.Addr, name string) {
	now := time.Now()
	t.places.Hit(limit.Key{From: source}, now)
	if name != "" {
		t.accounts.Hit(limit.Key{Name: name, From: source}, now)
	}
}

// Left is how many more credentials may be wrong with a name before its source must wait, and then how long.
func (t *throttle) Left(source netip.Addr, name string) (attempts int, wait time.Duration) {
	rate := t.accounts.Rate()
	if rate.Off() {
		return -1, 0
	}
	return max(rate.Count-t.accounts.Count(limit.Key{Name: name, From: source}, time.Now()), 0), rate.Per / time.Duration(rate.Count)
}

// Admit counts a request of a client.
func (t *throttle) Admit(clientID string) time.Duration {
	_, wait := t.clients.Allow(limit.Key{Name: clientID}, time.Now())
	return wait
}
