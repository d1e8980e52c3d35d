package oauthtest

import (
	"context"
	"sync"
	"time"

	"example.org/hub/oauth"
	"example.org/hub/oauth/jose"
)

// breaker stands between a server and its ports, and makes one method of them fail when told to.
type breaker struct {
	lock   sync.Mutex
	method string
	err    error
	hits   int
}

func (b *breaker) install(s *oauth.Server) {
	s.Clients = brokenClients{s.Clients, b}
	s.Subjects = brokenSubjects{s.Subjects, b}
	s.Resources = brokenResources{s.Resources, b}
	s.Tokens = brokenTokens{s.Tokens, b}
	s.Keys = brokenKeys{s.Keys, b}
	s.Replay = brokenReplay{s.Replay, b}
	if s.Families != nil {
		s.Families = brokenFamilies{s.Families, b}
	}
}

// breakOne makes every call of the method fail with err from now on.
func (b *breaker) breakOne(method string, err error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.method, b.err, b.hits = method, err, 0
}

// mend ends the fault and tells how many calls it hit.
func (b *breaker) mend() (hits int) {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.method, hits = "", b.hits
	return hits
}

func (b *breaker) fault(method string) error {
	b.lock.Lock()
	defer b.lock.Unlock()
	if b.method != method {
		return nil
	}
	b.hits++
	return b.err
}

// portMethods are the methods that can fail of the ports every server has.
var portMethods = []string{
	"Clients.Client", "Clients.ClientKeys", "Clients.Retired",
	"Subjects.Subject", "Subjects.MayUse", "Subjects.Reach", "Subjects.Permissions",
	"Resources.Resource", "Resources.Named",
	"Tokens.Save", "Tokens.Find", "Tokens.Revoke", "Tokens.Revoked",
	"Keys.AccessSigner", "Keys.Published",
	"Replay.UseAssertion",
}

type brokenClients struct {
	oauth.Clients
	*breaker
}

func (p brokenClients) Client(ctx context.Context, id string) (*oauth.Client, error) {
	if err := p.fault("Clients.Client"); err != nil {
		return nil, err
	}
	return p.Clients.Client(ctx, id)
}

func (p brokenClients) ClientKeys(ctx context.Context, client *oauth.Client, fresh bool) (*jose.KeySet, error) {
	if err := p.fault("Clients.ClientKeys"); err != nil {
		return nil, err
	}
	return p.Clients.ClientKeys(ctx, client, fresh)
}

func (p brokenClients) Misplaced(ctx context.Context, client *oauth.Client, text string) (string, error) {
	if err := p.fault("Clients.Misplaced"); err != nil {
		return "", err
	}
	return p.Clients.Misplaced(ctx, client, text)
}

func (p brokenClients) Retired(ctx context.Context, text string) (string, bool, error) {
	if err := p.fault("Clients.Retired"); err != nil {
		return "", false, err
	}
	return p.Clients.Retired(ctx, text)
}

type brokenSubjects struct {
	oauth.Subjects
	*breaker
}

func (p brokenSubjects) Subject(ctx context.Context, id string) (*oauth.Subject, error) {
	if err := p.fault("Subjects.Subject"); err != nil {
		return nil, err
	}
	return p.Subjects.Subject(ctx, id)
}

func (p brokenSubjects) MayUse(ctx context.Context, subject *oauth.Subject, resource *oauth.Resource) (bool, error) {
	if err := p.fault("Subjects.MayUse"); err != nil {
		return false, err
	}
	return p.Subjects.MayUse(ctx, subject, resource)
}

func (p brokenSubjects) Reach(ctx context.Context, subject *oauth.Subject, limit int) ([]*oauth.Resource, error) {
	if err := p.fault("Subjects.Reach"); err != nil {
		return nil, err
	}
	return p.Subjects.Reach(ctx, subject, limit)
}

func (p brokenSubjects) Permissions(ctx context.Context, token *oauth.AccessToken, audience []string) ([]string, error) {
	if err := p.fault("Subjects.Permissions"); err != nil {
		return nil, err
	}
	return p.Subjects.Permissions(ctx, token, audience)
}

type brokenResources struct {
	oauth.Resources
	*breaker
}

func (p brokenResources) Resource(ctx context.Context, name string) (*oauth.Resource, error) {
	if err := p.fault("Resources.Resource"); err != nil {
		return nil, err
	}
	return p.Resources.Resource(ctx, name)
}

func (p brokenResources) Named(ctx context.Context, names []string) (map[string]*oauth.Resource, error) {
	if err := p.fault("Resources.Named"); err != nil {
		return nil, err
	}
	return p.Resources.Named(ctx, names)
}

type brokenTokens struct {
	oauth.Tokens
	*breaker
}

func (p brokenTokens) Save(ctx context.Context, token *oauth.AccessToken, claims []byte) (string, error) {
	if err := p.fault("Tokens.Save"); err != nil {
		return "", err
	}
	return p.Tokens.Save(ctx, token, claims)
}

func (p brokenTokens) Find(ctx context.Context, text string) (*oauth.AccessToken, error) {
	if err := p.fault("Tokens.Find"); err != nil {
		return nil, err
	}
	return p.Tokens.Find(ctx, text)
}

func (p brokenTokens) Revoke(ctx context.Context, origin oauth.Origin, token *oauth.AccessToken) error {
	if err := p.fault("Tokens.Revoke"); err != nil {
		return err
	}
	return p.Tokens.Revoke(ctx, origin, token)
}

func (p brokenTokens) Revoked(ctx context.Context, token *oauth.AccessToken) (bool, error) {
	if err := p.fault("Tokens.Revoked"); err != nil {
		return false, err
	}
	return p.Tokens.Revoked(ctx, token)
}

type brokenKeys struct {
	oauth.Keys
	*breaker
}

func (p brokenKeys) AccessSigner(ctx context.Context) (*jose.Signer, error) {
	if err := p.fault("Keys.AccessSigner"); err != nil {
		return nil, err
	}
	return p.Keys.AccessSigner(ctx)
}

func (p brokenKeys) Published(ctx context.Context) (*jose.KeySet, error) {
	if err := p.fault("Keys.Published"); err != nil {
		return nil, err
	}
	return p.Keys.Published(ctx)
}

type brokenReplay struct {
	oauth.Replay
	*breaker
}

func (p brokenReplay) UseAssertion(ctx context.Context, clientID, tokenID string, ends time.Time) (bool, error) {
	if err := p.fault("Replay.UseAssertion"); err != nil {
		return false, err
	}
	return p.Replay.UseAssertion(ctx, clientID, tokenID, ends)
}
