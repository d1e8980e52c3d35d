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
func (p *Provider) changed(changes []store.Change) {
	for _, change := range changes {
		p.forget(change)
	}
}

func (p *Provider) forget(change store.Change) {
	switch change.Kind {
	case store.UserChanged:
		p.people.drop(change.ID)
	case store.GroupChanged, store.GrantChanged:
		// A grant names its holder, who may be a group: then any of its members.
		p.people.clear()
		for _, environment := range hub.Environments() {
			p.clients.drop(clientKey{environment, change.ID})
		}
	case store.RoleChanged, store.OrganisationChanged:
		p.snapshots.clear()
		p.people.clear()
	case store.SettingsChanged, store.RetiredKeyChanged, store.MetaChanged:
		p.snapshots.clear()
	case store.ServiceChanged:
		p.clients.drop(clientKey{change.Environment, change.ID})
		p.names.forget(func(_ clientKey, id string) bool { return id == change.ID })
		p.origins.clear()
	case store.APIClientChanged, store.AppChanged:
		p.clients.drop(clientKey{change.Environment, change.ID})
	case store.PermanentTokenChanged:
		p.permits.forget(func(_ permitKey, token *oauth.AccessToken) bool { return token.ID == change.ID })
	case store.TokenRevoked:
		p.revoked.add(change.Environment, change.ID, p.Store.Now())
		p.granted.drop(familyKey{change.Environment, change.ID})
	case store.SigningKeyChanged:
		p.wakeKeys()
	case store.Everything:
		p.snapshots.clear()
		p.people.clear()
		p.clients.clear()
		p.names.clear()
		p.origins.clear()
		p.permits.clear()
		p.granted.clear()
		p.bearers.clear()
		p.revoked.forget()
		p.wakeKeys()
	}
}

func (p *Provider) wakeKeys() {
	select {
	case p.keysStale <- struct{}{}:
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
