package oauthtest

import (
	"errors"
	"fmt"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"example.org/hub/oauth"
)

// bench is a fixture at work: with a clock to move, ports to break and an observer that remembers, and for each rule an
// address of its own, so that the failures of one rule do not count against the next.
type bench struct {
	*testing.T
	*Fixture
	record    *Record
	breaker   *breaker
	ahead     *atomic.Int64 // by how many nanoseconds the clock of the server is ahead
	addresses *atomic.Uint32
	names     *atomic.Uint32
	address   netip.Addr
}

// party is a client or resource server that a rule uses.
type party struct {
	id, secret, key string
}

func newBench(t *testing.T, f *Fixture) *bench {
	t.Helper()
	b := &bench{
		T: t, Fixture: f, record: &Record{}, breaker: &breaker{},
		ahead: &atomic.Int64{}, addresses: &atomic.Uint32{}, names: &atomic.Uint32{},
	}
	for _, server := range append([]*oauth.Server{f.Server}, f.Peers...) {
		server.Now = func() time.Time { return time.Now().Add(time.Duration(b.ahead.Load())) }
	}
	b.record.Next = f.Server.Observer
	f.Server.Observer = b.record
	b.breaker.install(f.Server)
	return b
}

// in gives the bench to one rule.
func (b *bench) in(t *testing.T) *bench {
	own := *b
	own.T = t
	own.address = b.stranger()
	t.Cleanup(func() { b.ahead.Store(0); b.breaker.mend() })
	return &own
}

// stranger is an address that nothing came from yet.
func (b *bench) stranger() netip.Addr {
	n := b.addresses.Add(1)
	return netip.AddrFrom4([4]byte{198, 18, byte(n >> 8), byte(n)})
}

// advance moves the clock of the server.
func (b *bench) advance(by time.Duration) { b.ahead.Add(int64(by)) }

// name makes a name unique in the fixture.
func (b *bench) name(stem string) string { return fmt.Sprintf("%s%d", stem, b.names.Add(1)) }

// service registers a service under a name made from the stem in Key.
func (b *bench) service(s Service) party {
	b.Helper()
	s.Key = b.name(s.Key)
	id, secret := b.NewService(s)
	if id == "" || s.Public && secret != "" || secret == "" && !s.Public && s.AuthMethod != oauth.AuthJWT {
		b.Fatalf("NewService gave id %q and a secret of %d characters for %+v", id, len(secret), s)
	}
	return party{id: id, secret: secret, key: s.Key}
}

// userPassword is that of every person the suite creates.
const userPassword = "correct horse"

// user creates a person.
func (b *bench) user(holds ...string) (id, login string) {
	b.Helper()
	login = b.name("person")
	return b.NewUser(User{Login: login, Password: userPassword, Holds: holds}), login
}

// apiClient makes a machine credential of a user.
func (b *bench) apiClient(userID string) party {
	b.Helper()
	return b.credential(Credential{UserID: userID})
}

func (b *bench) credential(c Credential) party {
	b.Helper()
	id, secret := b.NewCredential(c)
	return party{id: id, secret: secret}
}

func (b *bench) origin() oauth.Origin { return oauth.Origin{Door: "token", Address: b.address} }

// post is how a client authenticates in the form.
func (p party) post() oauth.ClientAuth { return oauth.ClientAuth{ID: p.id, Secret: p.secret} }

// basic is how a client authenticates in the header.
func (p party) basic() oauth.ClientAuth {
	return oauth.ClientAuth{Basic: true, BasicID: p.id, BasicSecret: p.secret}
}

// exchange asks for a token by client credentials.
func (b *bench) exchange(auth oauth.ClientAuth, scope string) (*oauth.TokenResponse, error) {
	return b.Server.Token(b.Context(), &oauth.TokenRequest{Origin: b.origin(), Auth: auth, GrantType: "client_credentials", Scope: scope})
}

// token gets a token by client credentials or ends the rule.
func (b *bench) token(p party, scope string) *oauth.TokenResponse {
	b.Helper()
	response, err := b.exchange(p.post(), scope)
	if err != nil {
		b.Fatalf("no token for scope %q: %v", scope, err)
	}
	return response
}

// refused checks that an error is a refusal with this code, and that the observer was told of it under its id.
func (b *bench) refused(err error, want oauth.Code) *oauth.Error {
	b.Helper()
	var refusal *oauth.Error
	if !errors.As(err, &refusal) {
		b.Fatalf("got %v, want the refusal %s", err, want)
	}
	if refusal.Code != want {
		b.Fatalf("refused with %v, want %s", err, want)
	}
	recorded, found := b.record.Refusal(refusal.ID)
	if refusal.ID == "" || !found {
		b.Fatalf("refusal %q was not recorded under its error id", refusal.ID)
	}
	if recorded.Origin.Address != b.address || recorded.At.IsZero() {
		b.Fatalf("the refusal was recorded without where it came from or when: %+v", recorded)
	}
	return refusal
}

// inspect asks the introspection endpoint.
func (b *bench) inspect(caller party, token string) *oauth.Introspection {
	b.Helper()
	return b.inspectFrom(caller, token, netip.Addr{})
}

func (b *bench) inspectFrom(caller party, token string, from netip.Addr) *oauth.Introspection {
	b.Helper()
	answer, err := b.Server.Introspect(b.Context(), &oauth.IntrospectionRequest{
		Origin: b.origin(), Auth: caller.post(), Token: token, ClientAddress: from,
	})
	if err != nil {
		b.Fatalf("introspection answered %v; it never judges a token by an error", err)
	}
	return answer
}

func (b *bench) active(caller party, token string) *oauth.Introspection {
	b.Helper()
	answer := b.inspect(caller, token)
	if !answer.Active {
		b.Fatal("the token is inactive, want active")
	}
	return answer
}

// inactive checks that the answer is exactly that of a token which never was.
func (b *bench) inactive(caller party, token string) {
	b.Helper()
	b.bare(b.inspect(caller, token))
}

func (b *bench) bare(answer *oauth.Introspection) {
	b.Helper()
	if answer.Active || answer.Token != nil || answer.Username != "" || answer.TokenType != "" ||
		answer.Permissions != nil || answer.Issuer != "" || answer.Environment != "" {
		b.Fatalf("got %+v, want nothing but active=false", answer)
	}
}
