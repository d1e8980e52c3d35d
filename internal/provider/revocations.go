package provider

import (
	"context"
	"sync"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/oauth"
)

// revocations is the access tokens that were revoked before their end, the families that were ended, and the times before
// which all that came of somebody's consent has ended. It is all in memory: the number is small, since each is forgotten when
// its tokens would have ended anyway, and every check of a token asks.
type revocations struct {
	lock   sync.RWMutex
	loaded bool
	round  uint64               // counts times everything was forgotten, so that a load from before is not kept
	fresh  []hub.RevokedToken   // what was revoked while the set is not loaded
	ends   map[string]time.Time // by the id of a token or family
	cuts   map[cutKey]time.Time
}

// cutKey is a user, at one client or (both empty) everywhere.
type cutKey struct {
	environment hub.Environment
	userID      string
	clientID    string
}

// has reports whether a token was revoked, loading the set when it is not there.
func (r *revocations) has(ctx context.Context, environment hub.Environment, token *oauth.AccessToken,
	load func(context.Context) ([]hub.RevokedToken, error)) (bool, error) {
	for {
		r.lock.RLock()
		loaded, round := r.loaded, r.round
		revoked := r.lists(environment, token)
		r.lock.RUnlock()
		if loaded {
			return revoked, nil
		}
		rows, err := load(ctx)
		if err != nil {
			return false, err
		}
		r.lock.Lock()
		if r.round == round && !r.loaded {
			r.ends, r.cuts, r.loaded = make(map[string]time.Time, len(rows)), map[cutKey]time.Time{}, true
			for _, row := range append(rows, r.fresh...) {
				r.note(row)
			}
			r.fresh = nil
		}
		r.lock.Unlock()
	}
}

// lists reports whether a token, its family, or all of its kind stand in the set.
func (r *revocations) lists(environment hub.Environment, token *oauth.AccessToken) bool {
	if _, revoked := r.ends[token.ID]; revoked {
		return true
	}
	family := token.Family()
	if family == "" {
		return false // a machine's: nobody's consent
	}
	if _, ended := r.ends[family]; ended || len(r.cuts) == 0 {
		return ended
	}
	for _, key := range []cutKey{{"", token.Subject, ""}, {environment, token.Subject, token.ClientID}} {
		if before, cut := r.cuts[key]; cut && allowedBefore(token, before) {
			return true
		}
	}
	return false
}

// allowedBefore reports whether a token came of what was allowed before a time. One whose family does not tell knows the second
// of its issue only; then one of the very second may have come after.
func allowedBefore(token *oauth.AccessToken, before time.Time) bool {
	if at, exact := token.AllowedAt(); exact {
		return !at.After(before)
	}
	return token.IssuedAt.Before(before.Truncate(time.Second))
}

// note enters one revocation.
func (r *revocations) note(row hub.RevokedToken) {
	cut, is := hub.ParseCutOff(row.TokenID)
	if !is {
		r.ends[row.TokenID] = row.ExpiresAt
		return
	}
	key := cutKey{row.Environment, cut.UserID, cut.ClientID}
	if cut.Before.After(r.cuts[key]) {
		r.cuts[key] = cut.Before
	}
}

// maxFresh bounds what is remembered beside a load.
const maxFresh = 10_000

// add notes a revocation. Its end is not known here, so it is kept as long as any token may live.
func (r *revocations) add(environment hub.Environment, id string, ends time.Time) {
	r.lock.Lock()
	defer r.lock.Unlock()
	row := hub.RevokedToken{Environment: environment, TokenID: id, ExpiresAt: ends}
	switch {
	case r.loaded:
		r.note(row)
	case len(r.fresh) < maxFresh:
		r.fresh = append(r.fresh, row)
	default:
		r.round, r.fresh = r.round+1, nil // the load under way begins again and finds them all
	}
}

// forget makes the next reader load the set.
func (r *revocations) forget() {
	r.lock.Lock()
	defer r.lock.Unlock()
	r.round++
	r.loaded, r.ends, r.cuts, r.fresh = false, nil, nil, nil
}

// sweep drops what has ended.
func (r *revocations) sweep(now time.Time) {
	r.lock.Lock()
	defer r.lock.Unlock()
	for id, ends := range r.ends {
		if !now.Before(ends) {
			delete(r.ends, id)
		}
	}
	for key, before := range r.cuts {
		if now.Sub(before) > hub.RevokedFor {
			delete(r.cuts, key)
		}
	}
}
