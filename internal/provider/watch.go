package provider

import (
	"context"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/oauth"
)

// changed forgets what a change makes stale. It is called before the transaction of the change returns on this node, and
// within a second on others.
func (n *node) changed(changes []store.Change) {
	for _, change := range changes {
		n.forget(change)
	}
}

func (n *node) forget(change store.Change) {
	switch change.Kind {
	case store.UserChanged:
		n.people.drop(change.ID)
	case store.GroupChanged, store.GrantChanged:
		// A grant names its holder, who may be a group: then any of its members.
		n.people.clear()
		for _, environment := range hub.Environments() {
			n.clients.drop(clientKey{environment, change.ID})
		}
	case store.RoleChanged, store.OrganisationChanged:
		n.snapshots.clear()
		n.people.clear()
	case store.SettingsChanged, store.RetiredKeyChanged, store.MetaChanged:
		n.snapshots.clear()
	case store.ServiceChanged:
		n.clients.drop(clientKey{change.Environment, change.ID})
		n.names.forget(func(_ clientKey, id string) bool { return id == change.ID })
		n.origins.clear()
	case store.APIClientChanged, store.AppChanged:
		n.clients.drop(clientKey{change.Environment, change.ID})
	case store.PermanentTokenChanged:
		n.permits.forget(func(_ permitKey, token *oauth.AccessToken) bool { return token.ID == change.ID })
	case store.TokenRevoked:
		n.revoked.add(change.Environment, change.ID, n.Store.Now())
		n.granted.drop(familyKey{change.Environment, change.ID})
	case store.SigningKeyChanged:
		n.wakeKeys()
	case store.Everything:
		n.snapshots.clear()
		n.people.clear()
		n.clients.clear()
		n.names.clear()
		n.origins.clear()
		n.permits.clear()
		n.granted.clear()
		n.bearers.clear()
		n.revoked.forget()
		n.wakeKeys()
	}
}

func (n *node) wakeKeys() {
	select {
	case n.keysStale <- struct{}{}:
	default:
	}
}

// keepKeys is how often the signing keys are read even if no change was told: keys leave the published set by time alone.
const (
	keepKeys  = time.Minute
	retryKeys = 500 * time.Millisecond
)

// Run reads the signing keys anew whenever they change, until ctx ends. What was read before stays in use while the
// database is away, since keys must be had with or without it.
func (p *Provider) Run(ctx context.Context) {
	timer := time.NewTimer(keepKeys)
	defer timer.Stop()
	before := p.Store.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.keysStale:
		case <-timer.C:
		}
		next := keepKeys
		if err := p.Ring.Refresh(ctx); err != nil {
			next = retryKeys
		}
		now := p.Store.Now()
		if p.revoked.sweep(); now.Before(before) {
			p.revoked.forget() // the clock was set back: tokens live again that had ended, and cut-offs lie ahead
		}
		before = now
		timer.Reset(next)
	}
}
