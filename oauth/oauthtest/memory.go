package oauthtest

import (
	"crypto/rand"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"example.org/hub/oauth"
	"example.org/hub/oauth/jose"
)

// Memory is one environment kept in memory. Its methods create what a test needs; Server gives the issuer that stands on it.
type Memory struct {
	environment string
	issuer      string
	people      *people
	keys        *memoryKeys

	lock       sync.Mutex
	clients    map[string]*registered
	tokens     map[string]*oauth.AccessToken // opaque and permanent ones, by their text
	revoked    map[string]bool               // by jti
	assertions map[[2]string]time.Time
	failures   map[string]int
	retired    map[string]bool
	families   map[string]*kept
	codes      map[string]*kept
	refreshes  map[string]generation
	pushes     map[string]*pushed
	objects    map[string]string
	devices    map[string]*device // by device code
	registered map[string]*oauth.Registered
	secret     []byte // that refresh tokens are derived from

	Record Record // what the observer was told
}

// registered is a client with its secrets, and the resource server it is too, if it is a service.
type registered struct {
	client      oauth.Client
	secrets     []string
	service     bool
	key         string
	closed      bool
	entitled    bool
	permissions []string
	holds       []string
}

// people are the users, shared by the environments.
type people struct {
	lock  sync.Mutex
	users map[string]*person
}

type person struct {
	subject  oauth.Subject
	password string
	holds    []string
}

// maxFailures is how many wrong credentials a source may send before it must wait.
const maxFailures = 20

// NewMemory makes an empty environment with a fresh signing key.
func NewMemory(t testing.TB, environment, issuer string) *Memory {
	t.Helper()
	return newMemory(t, environment, issuer, &people{users: map[string]*person{}})
}

// Beside makes another environment with the same people.
func (m *Memory) Beside(t testing.TB, environment, issuer string) *Memory {
	t.Helper()
	return newMemory(t, environment, issuer, m.people)
}

func newMemory(t testing.TB, environment, issuer string, shared *people) *Memory {
	t.Helper()
	key, err := jose.Generate(jose.ES256)
	if err != nil {
		t.Fatal(err)
	}
	return &Memory{
		environment: environment, issuer: issuer, people: shared, keys: newKeys(key),
		clients: map[string]*registered{}, tokens: map[string]*oauth.AccessToken{}, revoked: map[string]bool{},
		assertions: map[[2]string]time.Time{}, failures: map[string]int{}, retired: map[string]bool{},
		families: map[string]*kept{}, codes: map[string]*kept{}, refreshes: map[string]generation{}, secret: []byte(rand.Text()),
		pushes: map[string]*pushed{}, objects: map[string]string{}, devices: map[string]*device{}, registered: map[string]*oauth.Registered{},
	}
}

// Server makes an issuer over this memory.
func (m *Memory) Server() *oauth.Server {
	return &oauth.Server{
		Issuer: m.issuer, Environment: m.environment,
		Clients: clients{m}, Subjects: subjects{m}, Resources: resources{m}, Tokens: tokens{m}, Keys: m.keys, IDKeys: m.keys,
		Families: families{m}, Interaction: interaction{m}, People: persons{m}, Requests: requests{m},
		Passwords: passwords{m}, Devices: devices{m}, Registrar: registrar{m},
		Replay: replay{m}, Throttle: throttle{m}, Observer: &m.Record,
		Grants: []oauth.Grant{oauth.ClientCredentials{}, oauth.AuthorizationCode{}, oauth.RefreshToken{}, oauth.Password{}, oauth.DeviceCode{}},
	}
}

// Fixture makes the fixture of an implementation in memory.
func (m *Memory) Fixture(t testing.TB) *Fixture {
	t.Helper()
	return &Fixture{
		Server: m.Server(), Other: m.Beside(t, m.environment+"-other", m.issuer+"/other").Server(),
		NewService: m.NewService, NewUser: m.NewUser, NewCredential: m.NewCredential, NewPermanentToken: m.NewPermanentToken,
		Disable: m.Disable, Ban: m.Ban, Retire: m.Retire, MakeIDKeys: func() {}, // they are made when they are asked for
	}
}

// NewService registers a service; its id is made from nothing but chance.
func (m *Memory) NewService(s Service) (id, secret string) {
	entry := registered{
		service: true, key: s.Key, closed: s.Closed, entitled: s.Entitled, permissions: s.Permissions, holds: s.Holds,
		client: oauth.Client{
			ID: rand.Text(), Name: s.Key + " service", Public: s.Public, Trusted: s.Trusted, GrantTypes: s.Grants,
			AuthMethod: s.AuthMethod, JWKS: s.JWKS, Opaque: s.Opaque, RotateRefresh: s.Rotate,
			RedirectURIs: s.RedirectURIs, PostLogoutRedirectURIs: s.PostLogoutRedirectURIs,
		},
	}
	if entry.client.GrantTypes == nil {
		entry.client.GrantTypes = []string{"client_credentials"}
	}
	return m.register(&entry, s.Secret)
}

// Change alters a client, for what Service has no word for.
func (m *Memory) Change(clientID string, change func(*oauth.Client)) {
	m.lock.Lock()
	defer m.lock.Unlock()
	changed := *m.clients[clientID] // what was handed out is never changed
	change(&changed.client)
	m.clients[clientID] = &changed
}

// NewCredential makes a client that acts as a user.
func (m *Memory) NewCredential(c Credential) (id, secret string) {
	return m.register(&registered{client: oauth.Client{
		ID: rand.Text(), Name: "credential", ActsAs: c.UserID, Addressed: c.Addressed, Addresses: c.Addresses,
		GrantTypes: []string{"client_credentials"},
	}}, "")
}

func (m *Memory) register(entry *registered, secret string) (id, given string) {
	if secret == "" && !entry.client.Public {
		secret = m.secretPrefix() + rand.Text()
	}
	if secret != "" {
		entry.secrets = []string{secret}
	}
	m.lock.Lock()
	defer m.lock.Unlock()
	m.clients[entry.client.ID] = entry
	return entry.client.ID, secret
}

func (m *Memory) secretPrefix() string { return "secret." + m.environment + "." }

// NewUser creates a person.
func (m *Memory) NewUser(u User) (id string) {
	m.people.lock.Lock()
	defer m.people.lock.Unlock()
	id = rand.Text()
	m.people.users[id] = &person{subject: oauth.Subject{ID: id, Username: u.Login, Active: true}, password: u.Password, holds: u.Holds}
	return id
}

// NewPermanentToken makes a permanent token.
func (m *Memory) NewPermanentToken(p PermanentToken) (text string) {
	m.lock.Lock()
	defer m.lock.Unlock()
	token := &oauth.AccessToken{ID: rand.Text(), Subject: p.UserID, Permanent: true, IssuedAt: time.Now()}
	for i, name := range p.Scope {
		if i > 0 {
			token.Scope += " "
		}
		token.Scope += name
		for id, entry := range m.clients {
			if entry.is(name) {
				token.Audience = append(token.Audience, id)
			}
		}
	}
	text = "permanent:" + rand.Text()
	m.tokens[text] = token
	return text
}

// Disable switches a client off.
func (m *Memory) Disable(clientID string) {
	m.Change(clientID, func(client *oauth.Client) { client.Disabled = true })
}

// Ban bans a user.
func (m *Memory) Ban(userID string) {
	m.people.lock.Lock()
	defer m.people.lock.Unlock()
	changed := *m.people.users[userID]
	changed.subject.Active = false
	m.people.users[userID] = &changed
}

// Retire lists a text as a credential of a kind that no longer exists.
func (m *Memory) Retire(text string) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.retired[text] = true
}

func (r *registered) is(name string) bool {
	return r.service && (name == r.client.ID || name == r.key || name == r.client.Name)
}

func (r *registered) resource() *oauth.Resource {
	return &oauth.Resource{ID: r.client.ID, Key: r.key, Name: r.client.Name, Disabled: r.client.Disabled, Entitlements: r.entitled}
}

// holdsOf gives the permissions of a user, or of a service on its own behalf.
func (m *Memory) holdsOf(id string) []string {
	m.people.lock.Lock()
	user, found := m.people.users[id]
	m.people.lock.Unlock()
	if found {
		return user.holds
	}
	m.lock.Lock()
	defer m.lock.Unlock()
	if entry := m.clients[id]; entry != nil {
		return entry.holds
	}
	return nil
}

// holdsIn reports whether one of the permissions is one of the service with this key.
func holdsIn(holds []string, key string) bool {
	return slices.ContainsFunc(holds, func(permission string) bool { return serviceOf(permission) == key })
}

// source is the key under which failures of one address are counted.
func source(address netip.Addr, name string) string { return address.Unmap().String() + " " + name }
