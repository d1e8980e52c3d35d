package provider

import (
	"context"
	"log/slog"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/fetch"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/keyring"
	"example.org/hub/internal/limit"
	"example.org/hub/internal/metrics"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
	"example.org/hub/oauth"
)

// Options is what a Provider is made of.
type Options struct {
	Store   *store.Store
	Master  *secret.Master
	Ring    *keyring.Ring
	Fetch   *fetch.Client
	Metrics *metrics.Set
	Log     *slog.Logger

	RateLimit      limit.Rate // requests per client; the zero value is off
	AccountFailure limit.Rate // wrong credentials per source and name
	AddressFailure limit.Rate // wrong credentials per source

	// TellStolen writes to a user, in the transaction that ended it, that a code or refresh token which a service holds came
	// twice and was probably stolen; nil: nobody is told but by the event.
	TellStolen func(ctx context.Context, tx *store.Tx, user hub.User, service hub.Service) error
}

// Provider is one node's view of the database, shared by all environments and doors. It is safe for concurrent use.
type Provider struct{ *node }

// node is what a Provider and the ports of its environments share. It exports nothing, so that each port, which embeds it, has the
// methods of its interface and not those of a Provider besides.
type node struct {
	Options
	snapshots cache[struct{}, *snapshot]
	clients   cache[clientKey, *client]
	names     cache[clientKey, string] // folded id, key or name of a service -> its id
	people    cache[string, *person]
	permits   cache[permitKey, *oauth.AccessToken] // permanent and opaque tokens
	granted   cache[familyKey, *oauth.Family]      // families that had not ended
	bearers   cache[familyKey, *oauth.Family]      // families by the digests of their refresh tokens
	keySets   cache[string, fetchedKeys]
	objects   cache[string, fetchedObject] // request objects, by their address
	origins   cache[clientKey, bool]       // whether pages of an origin are a registered service's
	revoked   revocations
	errands   errands
	throttle  throttle
	ledger    ledger
	tried     triedRedirects
	keysStale chan struct{}
}

// The halves of the caches: enough for the clients that are busy within minutes, some 20 MB when all are full.
const (
	clientHalf = 4096
	personHalf = 4096
	tokenHalf  = 4096
	familyHalf = 4096
	keySetHalf = 256
	objectHalf = 128
	originHalf = 1024
)

// maxBehind is how long what is cached may be believed when the database cannot be asked for changes.
const maxBehind = 5 * time.Second

// New makes a Provider and lets it watch the store's changes. Run keeps its signing keys fresh.
func New(options Options) *Provider {
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	p := &Provider{&node{Options: options, keysStale: make(chan struct{}, 1)}}
	p.snapshots.half = 1
	p.clients.half, p.names.half, p.people.half = clientHalf, clientHalf, personHalf
	p.permits.half, p.granted.half, p.bearers.half, p.keySets.half, p.origins.half = tokenHalf, familyHalf, familyHalf, keySetHalf, originHalf
	p.objects.half = objectHalf
	p.errands, p.throttle = newErrands(), newThrottle(options)
	p.Store.Watch(p.changed)
	return p
}

// Server gives the authorization server of an environment, without its grants.
func (p *Provider) Server(environment hub.Environment, issuer string) *oauth.Server {
	view := view{p.node, environment}
	return &oauth.Server{
		Issuer: issuer, Environment: string(environment), Now: p.Store.Now,
		Clients: clients{view}, Subjects: subjects{view}, Resources: resources{view}, Tokens: tokens{view}, Keys: keys{view},
		Families: families{view}, Devices: devices{view}, Registrar: newRegistrar(view), Requests: requests{view},
		People: people{view}, IDKeys: idKeys{view}, Interaction: interaction{view}, Levels: []string{LevelOne, LevelTwo},
		Replay: replay{view}, Throttle: &p.throttle, Observer: newObserver(view),
	}
}

// view is a node as one environment sees it.
type view struct {
	*node
	environment hub.Environment
}

// OriginRegistered reports whether pages of an origin belong to a registered service; in trouble it says no.
func (p *Provider) OriginRegistered(ctx context.Context, environment hub.Environment, origin string) bool {
	registered, err := p.origins.get(clientKey{environment, origin}, func() (bool, error) {
		return p.Store.OriginRegistered(ctx, environment, origin)
	})
	return err == nil && registered
}

// inTouch refuses to answer from memory when the feed of changes has been broken for too long: a ban or a revocation
// might have been missed.
func (n *node) inTouch() error {
	if behind := n.Store.FeedAge(); behind > maxBehind {
		return oauth.Unavailable(fault.New(fault.Unavailable, "the change feed is %s behind", behind.Round(time.Second)), time.Second)
	}
	return nil
}

// fromStore turns an error of the store into what the ports promise: ErrNotFound, temporarily_unavailable, or a fault.
func fromStore(err error) error {
	switch {
	case err == nil:
		return nil
	case fault.Is(err, fault.NotFound):
		return oauth.ErrNotFound
	case fault.Is(err, fault.Unavailable):
		return oauth.Unavailable(err, time.Second)
	}
	return err
}
