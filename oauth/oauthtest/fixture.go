package oauthtest

import (
	"net/netip"
	"testing"

	"example.org/hub/oauth"
)

// Fixture is one implementation of the ports, empty at first, and the ways to put things into it. Callbacks fail the test
// by themselves when they cannot do what they are asked.
type Fixture struct {
	// Server is the issuer under test. Its throttle must be on, with a limit below 500 failures; --rate-limit must be off.
	// The suite moves its clock by setting Now, and wraps its ports to break them.
	Server *oauth.Server
	// Other is the same hub's other environment; people are shared, credentials and tokens are not.
	Other *oauth.Server
	// Peers are further nodes over the same data, if there are any: races are run over all of them.
	Peers []*oauth.Server

	// NewService registers a service in the environment of Server and gives its id and its secret (empty if public).
	NewService func(Service) (id, secret string)
	// NewUser creates a person who signs in with a password.
	NewUser func(User) (id string)
	// NewCredential makes a machine credential of a user: an app when Addressed, an API client otherwise.
	NewCredential func(Credential) (id, secret string)
	// NewPermanentToken makes a permanent token and gives its text.
	NewPermanentToken func(PermanentToken) (text string)
	// Disable switches a client off: a service, an API client or an app.
	Disable func(clientID string)
	// Ban bans a user.
	Ban func(userID string)
	// MakeIDKeys makes the keys that ID tokens are signed with, for implementations that do not make them at once. The rules
	// about them hold only where it is set.
	MakeIDKeys func()
	// Retire lists a text as a credential of a kind that no longer exists.
	Retire func(text string)
}

// Service is a service to register. Names are unique in one fixture.
type Service struct {
	Key      string // key and name
	Secret   string // brought along; empty: made
	Trusted  bool
	Public   bool
	Opaque   bool
	Entitled bool // wants its permissions in the token
	// Where answers to people who sign in may go, and people who signed out.
	RedirectURIs           []string
	PostLogoutRedirectURIs []string
	Rotate                 bool // wants its refresh tokens rotated although it is confidential
	Grants                 []string
	AuthMethod             oauth.AuthMethod
	JWKS                   string
	Permissions            []string // keys of the permissions it defines
	Holds                  []string // what it may do on its own behalf, "service:permission"
	Closed                 bool     // only who holds a permission in it may have tokens for it
}

// User is a person to create.
type User struct {
	Login    string
	Password string
	Holds    []string // "service:permission"
}

// Credential is a machine credential to make for a user.
type Credential struct {
	UserID    string
	Addressed bool // may be used from Addresses only
	Addresses []netip.Prefix
}

// PermanentToken is a permanent token to make.
type PermanentToken struct {
	UserID string
	Scope  []string // names of services
}

// Run holds an implementation of the ports against the protocol. newFixture gives a fresh, empty one for each group of rules.
func Run(t *testing.T, newFixture func(*testing.T) *Fixture) {
	for _, group := range []struct {
		name  string
		rules []rule
		needs func(*Fixture) bool // nil: nothing but what every server has
	}{
		{"client authentication", clientRules, nil},
		{"client assertions", assertionRules, nil},
		{"addresses", addressRules, nil},
		{"scope", scopeRules, nil},
		{"access tokens", tokenRules, nil},
		{"introspection", introspectionRules, nil},
		{"revocation", revocationRules, nil},
		{"throttle", throttleRules, nil},
		{"faults", faultRules, nil},
		{"codes", codeRules, hasFamilies},
		{"refresh tokens", refreshRules, hasFamilies},
		{"pushed requests", requestRules, hasRequests},
		{"devices", deviceRules, hasDevices},
		{"passwords", passwordRules, hasPasswords},
		{"ID tokens", idRules, hasIDKeys},
		{"profiles", profileRules, hasPeople},
		{"registration", registrarRules, hasRegistrar},
	} {
		t.Run(group.name, func(t *testing.T) {
			fixture := newFixture(t)
			if group.needs != nil && !group.needs(fixture) {
				return // a server that does not offer it claims nothing about it
			}
			bench := newBench(t, fixture)
			for _, rule := range group.rules {
				t.Run(rule.name, func(t *testing.T) { rule.holds(bench.in(t)) })
			}
		})
	}
}

func hasFamilies(f *Fixture) bool { return f.Server.Families != nil }

// rule is one rule of the protocol and the proof that it holds.
type rule struct {
	name  string
	holds func(*bench)
}
