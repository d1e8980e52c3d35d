package provider

import (
	"context"
	"maps"
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
	ends   map[string]time.Time // how long it is remembered, by the id of a token or family
	cuts   map[cutKey]cut
}

// cut is a time before which all has ended, what was said of it by a clock that may have been ahead, and how long it is remembered.
type cut struct{ before, said, until time.Time }

// cutKey is a user, at one client or (both empty) everywhere.
type cutKey struct {
	environment hub.Environment
	userID      string
	clientID    string
}

// has reports whether a token was revoked, loading the set when it is not there.
func (r *revocations) has(ctx context.Context, environment hub.Environment, token *oauth.AccessToken,
	load func(context.Context) (rows []hub.RevokedToken, now time.Time, err error)) (bool, error) {
	for {
		r.lock.RLock()
		loaded, round := r.loaded, r.round
		revoked := r.lists(environment, token)
		r.lock.RUnlock()
		if loaded {
			return revoked, nil
		}
		rows, now, err := load(ctx)
		if err != nil {
			return false, err
		}
		r.lock.Lock()
		if r.round == round && !r.loaded {
			r.loaded = true
			if r.ends == nil {
				r.ends, r.cuts = make(map[string]time.Time, len(rows)), map[cutKey]cut{}
			}
			for _, row := range append(rows, r.fresh...) {
				r.note(row, now)
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
		if found, cut := r.cuts[key]; cut && allowedBefore(token, found.before) {
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

// nodesDiffer is what the clocks of two nodes may differ by; what lies further ahead is of a clock that was wrong.
const nodesDiffer = time.Minute

// note enters one revocation. It is remembered until tokens of now have ended by the clock that nobody sets: one that is set
// ahead and back must not bring back what was revoked. What was cut off while the clock was ahead was cut off by now.
func (r *revocations) note(row hub.RevokedToken, now time.Time) {
	until := time.Now().Add(hub.RevokedFor)
	off, is := hub.ParseCutOff(row.TokenID)
	if !is {
		r.ends[row.TokenID] = until
		return
	}
	key := cutKey{row.Environment, off.UserID, off.ClientID}
	found, ahead := r.cuts[key], now.Add(nodesDiffer)
	if !off.Before.After(found.before) || off.Before.Equal(found.said) && !found.before.After(ahead) {
		return
	}
	next := cut{off.Before, off.Before, until}
	if off.Before.After(ahead) {
		next.before = now
	}
	if found.said.After(next.said) {
		next.said = found.said
	}
	r.cuts[key] = next
}

// maxFresh bounds what is remembered beside a load.
const maxFresh = 10_000

// add notes a revocation.
func (r *revocations) add(environment hub.Environment, id string, now time.Time) {
	r.lock.Lock()
	defer r.lock.Unlock()
	row := hub.RevokedToken{Environment: environment, TokenID: id}
	switch {
	case r.loaded:
		r.note(row, now)
	case len(r.fresh) < maxFresh:
		r.fresh = append(r.fresh, row)
	default:
		r.round, r.fresh = r.round+1, nil // the load under way begins again and finds them all
	}
}

// forget makes the next reader load the set. What it holds stays: nothing that was revoked is ever good again.
func (r *revocations) forget() {
	r.lock.Lock()
	defer r.lock.Unlock()
	r.round++
	r.loaded, r.fresh = false, nil
}

// sweep drops what has been remembered for long enough.
func (r *revocations) sweep() {
	r.lock.Lock()
	defer r.lock.Unlock()
	now := time.Now()
	maps.DeleteFunc(r.ends, func(_ string, until time.Time) bool { return now.After(until) })
	maps.DeleteFunc(r.cuts, func(_ cutKey, c cut) bool { return now.After(c.until) })
}
