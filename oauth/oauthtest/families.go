package oauthtest

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"example.org/hub/oauth"
)

// families is the port oauth.Families in memory. One lock is its atomic statement.
type families struct{ *Memory }

// kept is a family and how far its tokens have come.
type kept struct {
	family   oauth.Family
	codeEnds time.Time
	redeemed bool
	ended    bool
	now      int               // the generation that is good
	rotated  map[int]time.Time // when each earlier one was used first
	used     time.Time
}

// generation is one refresh token of a family.
type generation struct {
	of     *kept
	number int
}

func (m families) keep(family *oauth.Family) *kept {
	entry := m.families[family.ID]
	if entry == nil {
		entry = &kept{rotated: map[int]time.Time{}, used: time.Now()}
		m.families[family.ID] = entry
	}
	entry.family = *family
	return entry
}

// refresh derives the text of a generation.
func (m families) refresh(of *kept, number int) string {
	mac := hmac.New(sha256.New, m.secret)
	fmt.Fprint(mac, of.family.ID, number)
	text := "refresh-" + hex.EncodeToString(mac.Sum(nil))
	m.refreshes[text] = generation{of, number}
	return text
}

func (m families) SaveCode(_ context.Context, family *oauth.Family, codeEnds time.Time) (string, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	entry := m.keep(family)
	entry.codeEnds = codeEnds
	code := "code-" + rand.Text()
	m.codes[code] = entry
	return code, nil
}

func (m families) RedeemCode(_ context.Context, _ oauth.Origin, code, clientID string, now time.Time) (*oauth.Family, string, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	entry := m.codes[code]
	if entry == nil || entry.family.ClientID != clientID {
		return nil, "", oauth.ErrNotFound
	}
	family := entry.family
	switch {
	case entry.redeemed:
		return &family, "", oauth.ErrUsed
	case entry.ended || !now.Before(entry.codeEnds):
		return nil, "", errors.Join(oauth.ErrEnded, oauth.ErrNotFound)
	}
	entry.redeemed, entry.used = true, now
	if !family.Offline {
		return &family, "", nil
	}
	return &family, m.refresh(entry, 0), nil
}

func (m families) SaveRefresh(_ context.Context, family *oauth.Family) (string, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	return m.refresh(m.keep(family), 0), nil
}

func (m families) Holds(context.Context, *oauth.Family) error { return nil }

func (m families) FindRefresh(_ context.Context, text string) (*oauth.Family, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	found, known := m.refreshes[text]
	if !known {
		return nil, oauth.ErrNotFound
	}
	family := found.of.family
	return &family, nil
}

func (m families) RedeemRefresh(_ context.Context, use oauth.RefreshUse) (string, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	found, known := m.refreshes[use.Text]
	if !known || found.of.ended || !use.Now.Before(found.of.family.EndsAt) || use.Now.After(found.of.used.Add(use.Idle)) {
		return "", oauth.ErrNotFound
	}
	entry := found.of
	if found.number < entry.now {
		if use.Now.After(entry.rotated[found.number].Add(use.Grace)) {
			return "", oauth.ErrUsed
		}
		return m.refresh(entry, found.number+1), nil
	}
	entry.used = use.Now
	if !use.Rotate {
		return use.Text, nil
	}
	entry.rotated[entry.now] = use.Now
	entry.now++
	return m.refresh(entry, entry.now), nil
}

func (m families) Family(_ context.Context, id string) (*oauth.Family, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	entry := m.families[id]
	if entry == nil || entry.ended {
		return nil, oauth.ErrNotFound
	}
	family := entry.family
	return &family, nil
}

func (m families) End(_ context.Context, _ oauth.Origin, family *oauth.Family, _ string) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	if entry := m.families[family.ID]; entry != nil {
		entry.ended = true
	}
	return nil
}
