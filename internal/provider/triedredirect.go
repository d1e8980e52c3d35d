package provider

import (
	"context"
	"sync"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/oauth"
)

// maxTried is how many redirect URIs wait to be written; strangers can try any number of them.
const maxTried = 100

// triedRedirects gathers the redirect URIs that were tried and are not registered, until they are written with the refusals.
type triedRedirects struct {
	lock sync.Mutex
	all  []hub.TriedRedirectURI
}

// triedRedirect notes a refusal that was about a redirect URI, if it is one that could be registered.
func (o *observer) triedRedirect(refusal oauth.Refusal) {
	uri := refusal.Error.Explanation.Received
	if refusal.Error.Explanation.Setting != oauth.SettingRedirectURIs || hub.CheckRedirectURI(uri, true) != "" {
		return
	}
	o.tried.lock.Lock()
	defer o.tried.lock.Unlock()
	if len(o.tried.all) < maxTried {
		o.tried.all = append(o.tried.all, hub.TriedRedirectURI{Environment: o.environment, ClientID: refusal.ClientID, URI: uri,
			TriedFrom: refusal.Origin.Address.String(), TriedAt: refusal.At})
	}
}

func (t *triedRedirects) flush(ctx context.Context, db *store.Store) error {
	t.lock.Lock()
	all := t.all
	t.all = nil
	t.lock.Unlock()
	return db.InsertTriedRedirectURIs(ctx, all)
}
