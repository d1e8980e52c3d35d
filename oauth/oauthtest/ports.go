package oauthtest

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"example.org/hub/oauth"
	"example.org/hub/oauth/jose"
)

// One type for each port, all over one Memory, since ports may have methods of the same name.
type (
	clients   struct{ *Memory }
	subjects  struct{ *Memory }
	resources struct{ *Memory }
	tokens    struct{ *Memory }
	replay    struct{ *Memory }
	throttle  struct{ *Memory }
)

func (m clients) Client(_ context.Context, id string) (*oauth.Client, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	if entry := m.clients[id]; entry != nil {
		return &entry.client, nil
	}
	return nil, oauth.ErrNotFound
}

func (m clients) Plausible(secret string) bool {
	return !strings.HasPrefix(secret, "secret.") || strings.HasPrefix(secret, m.secretPrefix())
}

func (m clients) MatchSecret(client *oauth.Client, secret string, _ time.Time) (string, bool) {
	m.lock.Lock()
	defer m.lock.Unlock()
	entry := m.clients[client.ID]
	if entry == nil {
		return "", false
	}
	for _, own := range entry.secrets {
		if subtle.ConstantTimeCompare([]byte(own), []byte(secret)) == 1 {
			return "secret of " + client.ID, true
		}
	}
	return "", false
}

func (m clients) ClientKeys(_ context.Context, client *oauth.Client, _ bool) (*jose.KeySet, error) {
	return jose.ParseKeySet([]byte(client.JWKS))
}

func (m clients) Misplaced(_ context.Context, client *oauth.Client, text string) (string, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	for id, entry := range m.clients {
		if id != client.ID && slices.Contains(entry.secrets, text) {
			return "the secret is that of another client", nil
		}
	}
	return "", nil
}

func (m clients) Retired(_ context.Context, text string) (string, bool, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	if m.retired[text] {
		return "this key is retired: create an API client and use its client_id and client_secret", true, nil
	}
	return "", false, nil
}

func (m subjects) Subject(_ context.Context, id string) (*oauth.Subject, error) {
	m.people.lock.Lock()
	defer m.people.lock.Unlock()
	if user := m.people.users[id]; user != nil {
		return &user.subject, nil
	}
	return nil, oauth.ErrNotFound
}

func (m subjects) MayUse(_ context.Context, subject *oauth.Subject, resource *oauth.Resource) (bool, error) {
	m.lock.Lock()
	closed := m.clients[resource.ID].closed
	m.lock.Unlock()
	return !closed || holdsIn(m.holdsOf(subject.ID), resource.Key), nil
}

func (m subjects) Reach(_ context.Context, subject *oauth.Subject, limit int) ([]*oauth.Resource, error) {
	holds := m.holdsOf(subject.ID)
	m.lock.Lock()
	defer m.lock.Unlock()
	var reach []*oauth.Resource
	for _, entry := range m.clients {
		if entry.service && !entry.client.Disabled && holdsIn(holds, entry.key) && len(reach) <= limit {
			reach = append(reach, entry.resource())
		}
	}
	return reach, nil
}

func (m subjects) Permissions(_ context.Context, token *oauth.AccessToken, audience []string) ([]string, error) {
	holds := m.holdsOf(token.Subject)
	m.lock.Lock()
	defer m.lock.Unlock()
	var allowed []string
	for _, id := range audience {
		entry := m.clients[id]
		if entry == nil {
			continue
		}
		only, confined := token.Confined(entry.client.ID, entry.key, entry.client.Name)
		for _, permission := range holds {
			if serviceOf(permission) != entry.key {
				continue
			}
			if !confined || slices.Contains(only, permission[len(entry.key)+1:]) {
				allowed = append(allowed, permission)
			}
		}
	}
	slices.Sort(allowed)
	return allowed, nil
}

func serviceOf(permission string) string {
	service, _, _ := strings.Cut(permission, ":")
	return service
}

func (m resources) Resource(_ context.Context, name string) (*oauth.Resource, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	for _, entry := range m.clients {
		if entry.is(name) {
			return entry.resource(), nil
		}
	}
	return nil, oauth.ErrNotFound
}

func (m resources) Named(ctx context.Context, names []string) (map[string]*oauth.Resource, error) {
	known := map[string]*oauth.Resource{}
	for _, name := range names {
		if resource, err := m.Resource(ctx, name); err == nil {
			known[name] = resource
		}
	}
	return known, nil
}

func (m tokens) Save(_ context.Context, token *oauth.AccessToken, _ []byte) (string, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	text := "opaque-" + rand.Text()
	m.tokens[text] = token
	return text, nil
}

func (m tokens) Find(_ context.Context, text string) (*oauth.AccessToken, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	if token := m.tokens[text]; token != nil {
		return token, nil
	}
	return nil, oauth.ErrNotFound
}

func (m tokens) Revoke(_ context.Context, _ oauth.Origin, token *oauth.AccessToken) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.revoked[token.ID] = true
	return nil
}

func (m tokens) Revoked(_ context.Context, token *oauth.AccessToken) (bool, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	family := m.families[token.Family()]
	return m.revoked[token.ID] || family != nil && family.ended, nil
}

func (m replay) UseAssertion(_ context.Context, clientID, tokenID string, ends time.Time) (bool, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	key := [2]string{clientID, tokenID}
	if _, used := m.assertions[key]; used {
		return false, nil
	}
	m.assertions[key] = ends
	return true, nil
}

func (m throttle) Blocked(address netip.Addr, name string) time.Duration {
	m.lock.Lock()
	defer m.lock.Unlock()
	if m.failures[source(address, name)] >= maxFailures {
		return time.Minute
	}
	return 0
}

func (m throttle) Failed(address netip.Addr, name string) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.failures[source(address, name)]++
}

func (throttle) Admit(string) time.Duration { return 0 }

// memoryKeys signs access tokens with one key for good, and ID tokens with one for each algorithm.
type memoryKeys struct {
	access *jose.Signer

	lock      sync.Mutex
	published *jose.KeySet
	id        map[jose.Algorithm]*jose.Signer
}

// newKeys cannot fail: the key was generated, and is the only one.
func newKeys(key *jose.PrivateKey) *memoryKeys {
	access, errAccess := jose.NewSigner(key, oauth.TypeAccessToken)
	published, errSet := jose.NewKeySet(key.Public())
	if errAccess != nil || errSet != nil {
		panic("a generated key neither signs nor makes a set")
	}
	return &memoryKeys{access: access, published: published, id: map[jose.Algorithm]*jose.Signer{}}
}

func (m *memoryKeys) AccessSigner(context.Context) (*jose.Signer, error) { return m.access, nil }

func (m *memoryKeys) Published(context.Context) (*jose.KeySet, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	return m.published, nil
}
