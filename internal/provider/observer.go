package provider

import (
	"context"
	"errors"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/metrics"
	"example.org/hub/internal/store"
	"example.org/hub/oauth"
)

// observer is the port oauth.Observer: it counts, and notes in the ledger what Flush will write.
type observer struct {
	view
	outcomes                   map[string]*metrics.Counters // by door
	active, inactive, admitted metrics.Counter              // of introspection and forward-auth
}

// doorsWithTokens are the doors through which tokens are given out.
var doorsWithTokens = []string{"token", "create_token", "login"}

// The doors at which tokens are judged.
const (
	introspectDoor  = "introspect"
	forwardAuthDoor = "forward-auth"
)

func newObserver(v view) *observer {
	environment := string(v.environment)
	o := &observer{view: v, outcomes: map[string]*metrics.Counters{
		introspectDoor: v.Metrics.Introspections(environment), forwardAuthDoor: v.Metrics.ForwardAuth(environment),
	}}
	for _, door := range doorsWithTokens {
		o.outcomes[door] = v.Metrics.TokenRequests(door, environment)
	}
	o.active, o.inactive = o.outcomes[introspectDoor].Of("active"), o.outcomes[introspectDoor].Of("inactive")
	o.admitted = o.outcomes[forwardAuthDoor].Of("ok")
	return o
}

// Issued counts a token and notes that its client and secret were used.
func (o *observer) Issued(_ context.Context, origin oauth.Origin, of *oauth.Client, secretID string) {
	if outcomes, known := o.outcomes[origin.Door]; known {
		outcomes.Count("ok")
	}
	behind, known := of.Detail.(*client)
	if !known {
		return
	}
	if behind.service.ID != "" {
		o.ledger.issued(o.environment, behind.service.ID)
	}
	switch {
	case behind.app.ID != "":
		o.ledger.used(useKey{store.AppUsed, o.environment, behind.app.ID, origin.Address}, origin)
	case behind.api.ID != "":
		o.ledger.used(useKey{kind: store.APIClientUsed, environment: o.environment, id: behind.api.ID}, origin)
	}
	if secretID != "" && behind.app.ID == "" {
		o.ledger.used(useKey{kind: store.SecretUsed, environment: o.environment, id: secretID}, origin)
	}
}

// SignedIn counts that somebody signed in to a service, and notes with which session.
func (o *observer) SignedIn(_ context.Context, _ oauth.Origin, of *oauth.Client, session string) {
	if behind, known := of.Detail.(*client); known && behind.service.ID != "" {
		o.ledger.opened(hub.Opened{SessionID: session, Environment: o.environment, ServiceID: behind.service.ID, At: o.Store.Now()})
	}
}

// Inactive counts a question about what is no live token.
func (o *observer) Inactive(context.Context, oauth.Origin) { o.inactive.Inc() }

// Used counts a token that was asked about, and notes that a permanent token was accepted.
func (o *observer) Used(_ context.Context, origin oauth.Origin, token *oauth.AccessToken) {
	switch origin.Door {
	case introspectDoor:
		o.active.Inc()
	case forwardAuthDoor:
		o.admitted.Inc()
	}
	if token.Permanent {
		o.ledger.used(useKey{kind: store.PermanentTokenUsed, environment: o.environment, id: token.ID}, origin)
	}
}

// Refused counts a refusal and keeps what its owner will want to know. Of a request that a page only looks at the endpoint tells
// itself; but trouble of ours is told whoever met it.
func (o *observer) Refused(_ context.Context, refusal oauth.Refusal) {
	code := string(refusal.Error.Code)
	if refusal.Origin.Looking && refusal.Error.Code != oauth.ServerError {
		return
	}
	if outcomes, known := o.outcomes[refusal.Origin.Door]; known {
		outcomes.Count(code)
	}
	o.Metrics.Refusals.Count(code)
	switch refusal.Error.Code {
	case oauth.ServerError:
		o.Log.Error("request failed", "error_id", refusal.Error.ID, "door", refusal.Origin.Door, "error", refusal.Error.Cause)
	case oauth.TemporarilyUnavailable: // the store tells of its trouble once; a line for each request would fill the disk
		o.Log.Debug("request failed", "error_id", refusal.Error.ID, "door", refusal.Origin.Door, "error", refusal.Error.Cause)
	}
	x := refusal.Error.Explanation
	reason := x.Reason
	if reason == "" {
		reason = refusal.Error.Description
	}
	o.ledger.refused(hub.Refusal{
		ErrorID: refusal.Error.ID, At: refusal.At, Environment: o.environment, Door: refusal.Origin.Door, ClientID: clip(refusal.ClientID),
		Address: refusal.Origin.Address.String(), Code: code, Reason: clip(reason), Expected: clip(x.Expected), Received: clip(x.Received),
		Setting: x.Setting, Count: 1,
	})
	o.triedRedirect(refusal)
}

// clip bounds what a stranger can make us keep, and makes it text that every database keeps.
func clip(text string) string {
	const most = 512
	if len(text) > most {
		text = text[:most] + "..."
	}
	return strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", "?"), "?")
}

// ledger gathers what is written later, in batches, so that neither a token nor a refusal costs a write. All parts are
// bounded.
type ledger struct {
	lock     sync.Mutex
	uses     map[useKey]store.LastUse
	refusals []hub.Refusal
	sessions map[openKey]time.Time
	counted  map[hub.Measured]uint64 // tokens issued and sign-ins since the program began, by the service that asked
}

// openKey is a session in which a service was opened.
type openKey struct {
	session     string
	environment hub.Environment
	service     string
}

type useKey struct {
	kind        store.UseKind
	environment hub.Environment
	id          string
	from        netip.Addr // of an app, which keeps a time for each entry of its allowlist; else invalid
}

const (
	maxUses     = 1 << 14
	maxServices = 1 << 13 // what is counted of them
	maxRefusals = 1000
)

func (l *ledger) used(key useKey, origin oauth.Origin) {
	now := time.Now()
	l.lock.Lock()
	defer l.lock.Unlock()
	last, known := l.uses[key]
	news := origin.Service != "" && !slices.Contains(last.Services, origin.Service)
	if known && last.At.Unix() == now.Unix() && !news {
		return // a busy credential: once a second is enough
	}
	if !known && len(l.uses) >= maxUses {
		return
	}
	if l.uses == nil {
		l.uses = map[useKey]store.LastUse{}
	}
	use := store.LastUse{Kind: key.kind, Environment: key.environment, ID: key.id, At: now, Address: origin.Address.Unmap().String(),
		Agent: clip(origin.Agent), Service: origin.Service, Services: last.Services}
	if news {
		use.Services = append(use.Services, origin.Service)
	}
	l.uses[key] = use
}

func (l *ledger) issued(environment hub.Environment, service string) {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.count(hub.Measured{Environment: environment, Measure: hub.MeasuredServices, Label: service})
}

// opened notes a sign-in to a service.
func (l *ledger) opened(one hub.Opened) {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.count(hub.Measured{Environment: one.Environment, Measure: hub.MeasuredOpened, Label: one.ServiceID})
	key := openKey{one.SessionID, one.Environment, one.ServiceID}
	if _, known := l.sessions[key]; !known && len(l.sessions) >= maxUses {
		return
	}
	if l.sessions == nil {
		l.sessions = map[openKey]time.Time{}
	}
	l.sessions[key] = one.At
}

// count adds one to what is counted by service. The lock is held.
func (l *ledger) count(what hub.Measured) {
	if l.counted == nil {
		l.counted = map[hub.Measured]uint64{}
	}
	if _, known := l.counted[what]; known || len(l.counted) < maxServices {
		l.counted[what]++
	}
}

// ByService is how many tokens services asked for and got, and how often people signed in to them, since the program began.
func (p *Provider) ByService() map[hub.Measured]uint64 {
	p.ledger.lock.Lock()
	defer p.ledger.lock.Unlock()
	return maps.Clone(p.ledger.counted)
}

func (l *ledger) refused(refusals ...hub.Refusal) {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.refusals = append(l.refusals, refusals[:min(len(refusals), maxRefusals-len(l.refusals))]...)
}

// FlushRefusals writes the refusals gathered since the last call. What cannot be written waits for the next one, so that a
// refusal can be explained though the database was away when it was made.
func (p *Provider) FlushRefusals(ctx context.Context) error {
	p.ledger.lock.Lock()
	refusals := p.ledger.refusals
	p.ledger.refusals = nil
	p.ledger.lock.Unlock()
	if err := p.Store.InsertRefusals(ctx, refusals); err != nil {
		p.ledger.refused(refusals...)
		return err
	}
	return p.tried.flush(ctx, p.Store)
}

// FlushUses writes when and from where credentials were last used, and which services sessions opened. It is called at most
// once a minute, so that a busy credential costs one write a minute.
func (p *Provider) FlushUses(ctx context.Context) error {
	p.ledger.lock.Lock()
	uses := make([]store.LastUse, 0, len(p.ledger.uses))
	for _, use := range p.ledger.uses {
		uses = append(uses, use)
	}
	opened := make([]hub.Opened, 0, len(p.ledger.sessions))
	for key, at := range p.ledger.sessions {
		opened = append(opened, hub.Opened{SessionID: key.session, Environment: key.environment, ServiceID: key.service, At: at})
	}
	p.ledger.uses, p.ledger.sessions = nil, nil
	p.ledger.lock.Unlock()
	var errUses, errOpened error
	if len(uses) > 0 {
		errUses = p.Store.Touch(ctx, uses)
	}
	if len(opened) > 0 {
		errOpened = p.Store.Opened(ctx, opened)
	}
	return errors.Join(errUses, errOpened)
}
