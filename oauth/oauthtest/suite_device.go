package oauthtest

import (
	"crypto/rand"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"example.org/hub/oauth"
)

func hasDevices(f *Fixture) bool { return f.Server.Devices != nil && f.Server.Families != nil }

const pollInterval = 5 * time.Second

// deviceRules hold the port of device grants; what the endpoints make of it has tests of its own.
var deviceRules = []rule{
	{"a device that waits is found by its user code, as it was", func(b *bench) {
		want, _ := b.waiting()
		got, err := b.Server.Devices.Find(b.Context(), want.UserCode, b.Server.Now())
		if err != nil || got.ClientID != want.ClientID || got.UserCode != want.UserCode || !got.Offline || !slices.Equal(got.Scope, want.Scope) {
			b.Errorf("got %+v, %v", got, err)
		}
		if _, err := b.Server.Devices.Begin(b.Context(), want); !errors.Is(err, oauth.ErrUsed) {
			b.Errorf("one user code for two devices: got %v, want ErrUsed", err)
		}
	}},
	{"a device polls until the person decides, and gets the family once", func(b *bench) {
		grant, code := b.waiting()
		b.polled(code, grant.ClientID, oauth.ErrPending)
		b.polledAfter(time.Second, code, grant.ClientID, oauth.ErrTooFast)
		family := b.deviceFamily(grant)
		if err := b.Server.Devices.Decide(b.Context(), grant.UserCode, family, b.Server.Now()); err != nil {
			b.Fatal(err)
		}
		if _, err := b.Server.Devices.Find(b.Context(), grant.UserCode, b.Server.Now()); !errors.Is(err, oauth.ErrNotFound) {
			b.Errorf("a device that was decided still waits: %v", err)
		}
		b.polled(code, b.public().id, oauth.ErrNotFound)
		got, refresh := b.polled(code, grant.ClientID, nil)
		if got.ID != family.ID || got.Subject != family.Subject || refresh == "" {
			b.Errorf("got %+v and %q", got, refresh)
		}
		if found, err := b.Server.Families.FindRefresh(b.Context(), refresh); err != nil || found.ID != family.ID {
			b.Errorf("its refresh token: %+v, %v", found, err)
		}
		if again, _ := b.polled(code, grant.ClientID, oauth.ErrUsed); again == nil || again.ID != family.ID {
			b.Errorf("the second time: %+v", again)
		}
	}},
	{"a refusal is told", func(b *bench) {
		grant, code := b.waiting()
		if err := b.Server.Devices.Decide(b.Context(), grant.UserCode, nil, b.Server.Now()); err != nil {
			b.Fatal(err)
		}
		b.polled(code, grant.ClientID, oauth.ErrDenied)
		if err := b.Server.Devices.Decide(b.Context(), grant.UserCode, b.deviceFamily(grant), b.Server.Now()); err == nil {
			b.Error("a refusal was overturned")
		}
	}},
	{"a device that waited too long has ended", func(b *bench) {
		grant, code := b.waiting()
		b.advance(11 * time.Minute)
		b.polled(code, grant.ClientID, oauth.ErrEnded)
		if _, err := b.Server.Devices.Find(b.Context(), grant.UserCode, b.Server.Now()); !errors.Is(err, oauth.ErrNotFound) {
			b.Errorf("got %v, want ErrNotFound", err)
		}
		if err := b.Server.Devices.Decide(b.Context(), grant.UserCode, nil, b.Server.Now()); !errors.Is(err, oauth.ErrNotFound) {
			b.Errorf("got %v, want ErrNotFound", err)
		}
	}},
	{"of fifty decisions at once one counts, and of fifty polls one gets the family", func(b *bench) {
		nodes := append([]*oauth.Server{b.Server}, b.Peers...)
		for range 4 {
			grant, code := b.waiting()
			var decided, fetched atomic.Int32
			var together sync.WaitGroup
			for i := range 50 {
				family := b.deviceFamily(grant)
				together.Go(func() {
					if err := nodes[i%len(nodes)].Devices.Decide(b.Context(), grant.UserCode, family, b.Server.Now()); err == nil {
						decided.Add(1)
					}
				})
			}
			together.Wait()
			for i := range 50 {
				together.Go(func() {
					_, _, err := nodes[i%len(nodes)].Devices.Poll(b.Context(), b.origin(), code, grant.ClientID, b.Server.Now(), 0)
					if err == nil {
						fetched.Add(1)
					} else if !errors.Is(err, oauth.ErrUsed) && !errors.Is(err, oauth.ErrTooFast) {
						b.Error(err)
					}
				})
			}
			together.Wait()
			if decided.Load() != 1 || fetched.Load() != 1 {
				b.Errorf("%d decisions and %d polls succeeded, want 1 of each", decided.Load(), fetched.Load())
			}
		}
	}},
	{"a code that never was is not found", func(b *bench) {
		for _, text := range []string{"", "x", "BBBB-BBBB", "\x00"} {
			b.polled(text, b.public().id, oauth.ErrNotFound)
			if _, err := b.Server.Devices.Find(b.Context(), text, b.Server.Now()); !errors.Is(err, oauth.ErrNotFound) {
				b.Errorf("%q: got %v, want ErrNotFound", text, err)
			}
		}
	}},
}

// waiting begins a device grant.
func (b *bench) waiting() (*oauth.DeviceGrant, string) {
	b.Helper()
	client := b.service(Service{Key: "tv", Public: true, AuthMethod: oauth.AuthNone, Grants: []string{oauth.DeviceCode{}.Type()}})
	letters := rand.Text()
	grant := &oauth.DeviceGrant{ClientID: client.id, UserCode: letters[:4] + "-" + letters[4:8], Scope: []string{client.key}, Offline: true,
		EndsAt: b.Server.Now().Add(10 * time.Minute)}
	code, err := b.Server.Devices.Begin(b.Context(), grant)
	if err != nil {
		b.Fatal(err)
	}
	return grant, code
}

func (b *bench) deviceFamily(grant *oauth.DeviceGrant) *oauth.Family {
	userID, _ := b.user()
	return &oauth.Family{
		ID: rand.Text(), ClientID: grant.ClientID, Subject: userID, Scope: grant.Scope,
		Offline: true, EndsAt: b.Server.Now().Add(90 * day),
	}
}

func (b *bench) polled(code, clientID string, want error) (*oauth.Family, string) {
	b.Helper()
	return b.polledAfter(pollInterval+time.Second, code, clientID, want)
}

func (b *bench) polledAfter(wait time.Duration, code, clientID string, want error) (*oauth.Family, string) {
	b.Helper()
	b.advance(wait)
	family, refresh, err := b.Server.Devices.Poll(b.Context(), b.origin(), code, clientID, b.Server.Now(), pollInterval)
	if !errors.Is(err, want) {
		b.Errorf("polling gave %v, want %v", err, want)
	}
	return family, refresh
}
