package oauthtest

import (
	"context"
	"crypto/rand"
	"time"

	"example.org/hub/oauth"
)

// passwords is the port oauth.Passwords in memory: one password for each user, found by login or id.
type passwords struct{ *Memory }

func (m passwords) SignIn(_ context.Context, origin oauth.Origin, _ *oauth.Client, name, password string) (*oauth.SignedIn, error) {
	if wait := throttle(m).Blocked(origin.Address, name); wait > 0 {
		return nil, &oauth.Error{Code: oauth.TooManyRequests, RetryAfter: wait, Description: "too many wrong passwords"}
	}
	m.people.lock.Lock()
	defer m.people.lock.Unlock()
	for id, user := range m.people.users {
		if (id == name || user.subject.Username == name) && user.password != "" && user.password == password && user.subject.Active {
			return &oauth.SignedIn{Subject: &user.subject, AuthTime: time.Now().Truncate(time.Second), Methods: []string{"pwd"}}, nil
		}
	}
	throttle(m).Failed(origin.Address, name)
	return nil, oauth.ErrNotFound
}

// devices is the port oauth.Devices in memory.
type devices struct{ *Memory }

type device struct {
	grant   oauth.DeviceGrant
	family  *oauth.Family
	decided bool
	fetched bool
	polled  time.Time
}

func (m devices) waiting(userCode string, now time.Time) *device {
	for _, entry := range m.devices {
		if entry.grant.UserCode == userCode && now.Before(entry.grant.EndsAt) {
			return entry
		}
	}
	return nil
}

func (m devices) Begin(_ context.Context, grant *oauth.DeviceGrant) (string, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	if m.waiting(grant.UserCode, time.Now()) != nil {
		return "", oauth.ErrUsed
	}
	code := "device-" + rand.Text()
	m.devices[code] = &device{grant: *grant}
	return code, nil
}

func (m devices) Find(_ context.Context, userCode string, now time.Time) (*oauth.DeviceGrant, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	entry := m.waiting(userCode, now)
	if entry == nil || entry.decided {
		return nil, oauth.ErrNotFound
	}
	grant := entry.grant
	return &grant, nil
}

func (m devices) Decide(_ context.Context, userCode string, family *oauth.Family, now time.Time) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	entry := m.waiting(userCode, now)
	switch {
	case entry == nil:
		return oauth.ErrNotFound
	case entry.decided:
		return oauth.ErrUsed
	}
	entry.decided, entry.family = true, family
	return nil
}

func (m devices) Poll(
	_ context.Context, _ oauth.Origin, deviceCode, clientID string, now time.Time, interval time.Duration,
) (*oauth.Family, string, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	entry := m.devices[deviceCode]
	if entry == nil || entry.grant.ClientID != clientID {
		return nil, "", oauth.ErrNotFound
	}
	if entry.fetched {
		return entry.family, "", oauth.ErrUsed
	}
	tooFast := now.Before(entry.polled.Add(interval))
	entry.polled = now
	switch {
	case !now.Before(entry.grant.EndsAt):
		return nil, "", oauth.ErrEnded
	case tooFast:
		return nil, "", oauth.ErrTooFast
	case !entry.decided:
		return nil, "", oauth.ErrPending
	case entry.family == nil:
		return nil, "", oauth.ErrDenied
	}
	entry.fetched = true
	kept := families(m).keep(entry.family)
	if !entry.family.Offline {
		return entry.family, "", nil
	}
	return entry.family, families(m).refresh(kept, 0), nil
}
