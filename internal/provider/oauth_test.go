package provider_test

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/hub/internal/directory"
	"example.org/hub/internal/fetch"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/keyring"
	"example.org/hub/internal/limit"
	"example.org/hub/internal/metrics"
	"example.org/hub/internal/provider"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

func TestPortsKeepTheProtocolOnBothDatabases(t *testing.T) {
	for _, engine := range []struct {
		name  string
		empty func(testing.TB) storetest.Database
	}{{"sqlite", storetest.SQLite}, {"postgres", storetest.PostgreSQL}} {
		t.Run(engine.name, func(t *testing.T) {
			oauthtest.Run(t, func(t *testing.T) *oauthtest.Fixture { return newHub(t, engine.empty(t)).fixture() })
		})
	}
}

// desk is a hub on a real database, as far as these tests need it.
type desk struct {
	testing.TB
	database storetest.Database
	store    *store.Store
	master   *secret.Master
	node     *provider.Provider
	peers    []*provider.Provider // further nodes over the same database
	hashes   map[string]string    // of passwords, which take long to make
}

func newHub(t testing.TB, database storetest.Database) *desk {
	t.Helper()
	db := database.Open(t)
	master, err := secret.NewMaster([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{TB: t, database: database, store: db, master: master, hashes: map[string]string{}}
	if err := directory.Bootstrap(context.Background(), db); err != nil {
		t.Fatal(err)
	}
	if err := newRing(d, db).Ensure(context.Background(), hub.System("test"), hub.Environments(), hub.UseAccess); err != nil {
		t.Fatal(err)
	}
	d.node = d.newNode(db)
	if database.Engine == "postgres" {
		d.peers = append(d.peers, d.newNode(database.Open(t)))
	}
	return d
}

func newRing(d *desk, db *store.Store) *keyring.Ring {
	return &keyring.Ring{Store: db, Master: d.master, Settle: 10 * time.Minute, Linger: time.Hour}
}

// newNode makes a provider over a store of its own, as another process would have it.
func (d *desk) newNode(db *store.Store) *provider.Provider {
	d.Helper()
	ring := newRing(d, db)
	if err := ring.Refresh(context.Background()); err != nil {
		d.Fatal(err)
	}
	return provider.New(provider.Options{
		Store: db, Master: d.master, Ring: ring, Fetch: &fetch.Client{}, Metrics: metrics.New(),
		AccountFailure: limit.Rate{Count: 10, Per: 15 * time.Minute}, AddressFailure: limit.Rate{Count: 400, Per: time.Minute},
	})
}

// server is an issuer with every grant.
func (d *desk) server(node *provider.Provider, environment hub.Environment, issuer string) *oauth.Server {
	server := node.Server(environment, issuer)
	server.Grants = []oauth.Grant{oauth.ClientCredentials{}, oauth.AuthorizationCode{}, oauth.RefreshToken{}, oauth.Password{}, oauth.DeviceCode{}}
	server.Passwords = node.Passwords(environment, signin.New(signin.Options{Store: node.Store, Master: d.master, Throttle: node.Throttle()}))
	return server
}

const issuer = "https://hub.example.test"

func (d *desk) fixture() *oauthtest.Fixture {
	fixture := &oauthtest.Fixture{
		Server: d.server(d.node, hub.Production, issuer), Other: d.server(d.node, hub.Test, issuer+"/test"),
		NewService: d.newService, NewUser: d.newUser, NewCredential: d.newCredential, NewPermanentToken: d.newPermanentToken,
		Disable: d.disable, Ban: d.ban, Retire: d.retire,
	}
	for _, peer := range d.peers {
		fixture.Peers = append(fixture.Peers, d.server(peer, hub.Production, issuer))
	}
	return fixture
}

func (d *desk) tx(do func(context.Context, *store.Tx) error) {
	d.Helper()
	ctx := context.Background()
	if err := d.store.Tx(ctx, func(tx *store.Tx) error { return do(ctx, tx) }); err != nil {
		d.Fatal(err)
	}
}

// grant gives a holder permissions through a role made for it.
func (d *desk) grant(ctx context.Context, tx *store.Tx, kind hub.HolderKind, holder string, permissions []string) error {
	if len(permissions) == 0 {
		return nil
	}
	role := hub.Role{ID: hub.NewID(), Permissions: permissions, CreatedAt: hub.Now(), UpdatedAt: hub.Now()}
	role.Key, role.Name = "role-"+role.ID, "Role "+role.ID
	if err := tx.InsertRole(ctx, role); err != nil {
		return err
	}
	return tx.InsertGrant(ctx, hub.Grant{ID: hub.NewID(), RoleID: role.ID, HolderKind: kind, HolderID: holder, CreatedAt: hub.Now()})
}

func (d *desk) newService(s oauthtest.Service) (id, text string) {
	service := hub.Service{ID: hub.NewRandomID(), Environment: hub.Production, Key: s.Key, Name: s.Key, Trusted: s.Trusted, Public: s.Public,
		ServiceSettings: hub.ServiceSettings{AuthMethod: hub.AuthMethod(s.AuthMethod), JWKS: s.JWKS, Entitlements: s.Entitled,
			RedirectURIs: s.RedirectURIs, PostLogoutRedirectURIs: s.PostLogoutRedirectURIs, RotateRefreshTokens: s.Rotate},
		CreatedAt: hub.Now().Add(-time.Minute), UpdatedAt: hub.Now()} // older than what clocks that are behind issue
	if s.Grants == nil {
		service.Flows = []hub.Flow{hub.ClientCredentials}
	}
	for _, grant := range s.Grants {
		service.Flows = append(service.Flows, hub.Flow(grant))
	}
	for _, key := range s.Permissions {
		service.Permissions = append(service.Permissions, hub.Permission{Key: key, Name: key})
	}
	if s.Opaque {
		service.AccessToken = hub.Opaque
	}
	if text = s.Secret; text == "" && !s.Public {
		text = secret.New(secret.ClientSecret, false).Reveal()
	}
	d.tx(func(ctx context.Context, tx *store.Tx) error {
		if s.Closed {
			group := hub.Group{ID: hub.NewID(), CreatedAt: hub.Now(), UpdatedAt: hub.Now()}
			group.Name = "viewers-" + group.ID
			if err := tx.InsertGroup(ctx, group); err != nil {
				return err
			}
			service.Viewers = []string{group.ID}
		}
		if err := tx.InsertService(ctx, service); err != nil {
			return err
		}
		if text != "" {
			if err := tx.InsertSecret(ctx, hub.Secret{
				ID: hub.NewID(), Owner: service.ID, Environment: hub.Production,
				Digest: d.master.Digest(text), CreatedAt: hub.Now(),
			}); err != nil {
				return err
			}
		}
		return d.grant(ctx, tx, hub.HolderService, service.ID, s.Holds)
	})
	return service.ID, text
}

func (d *desk) newUser(u oauthtest.User) string {
	user := hub.User{ID: hub.NewRandomID(), Login: u.Login, Name: u.Login, Kind: hub.Person, CreatedAt: hub.Now(), UpdatedAt: hub.Now()}
	d.tx(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.InsertUser(ctx, user); err != nil {
			return err
		}
		if u.Password != "" {
			if err := tx.SetPassword(ctx, hub.Password{UserID: user.ID, Hash: d.hash(u.Password), ChangedAt: hub.Now()}); err != nil {
				return err
			}
		}
		return d.grant(ctx, tx, hub.HolderUser, user.ID, u.Holds)
	})
	return user.ID
}

func (d *desk) hash(password string) string {
	if d.hashes[password] == "" {
		d.hashes[password] = secret.HashPassword(password)
	}
	return d.hashes[password]
}

func (d *desk) newCredential(c oauthtest.Credential) (id, text string) {
	if c.Addressed {
		return d.newApp(c)
	}
	client := hub.APIClient{
		ID: hub.NewRandomID(), Environment: hub.Production,
		UserID: c.UserID, AuthorID: c.UserID, Label: "test", CreatedAt: hub.Now(),
	}
	text = secret.New(secret.ClientSecret, false).Reveal()
	d.tx(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.InsertAPIClient(ctx, client); err != nil {
			return err
		}
		return tx.InsertSecret(ctx, hub.Secret{
			ID: hub.NewID(), Owner: client.ID, Environment: hub.Production,
			Digest: d.master.Digest(text), CreatedAt: hub.Now(),
		})
	})
	return client.ID, text
}

func (d *desk) newApp(c oauthtest.Credential) (id, text string) {
	text = secret.New(secret.AppKey, false).Reveal()
	app := hub.App{ID: secret.NewID8(), Environment: hub.Production, UserID: c.UserID, Label: "test", SealedKey: d.master.Seal("test", []byte(text)),
		Digest: d.master.Digest(text), CreatedAt: hub.Now()}
	for _, prefix := range c.Addresses {
		app.Allowlist = append(app.Allowlist, hub.AllowedAddress{ID: hub.NewID(), Prefix: unmapped(prefix), CreatedAt: hub.Now()})
	}
	d.tx(func(ctx context.Context, tx *store.Tx) error { return tx.InsertApp(ctx, app) })
	return app.ID, text
}

// unmapped is the form in which ranges are kept: IPv4-mapped IPv6 as IPv4.
func unmapped(prefix netip.Prefix) netip.Prefix {
	if address := prefix.Addr(); address.Is4In6() && prefix.Bits() >= 96 {
		return netip.PrefixFrom(address.Unmap(), prefix.Bits()-96)
	}
	return prefix
}

func (d *desk) newPermanentToken(p oauthtest.PermanentToken) string {
	text := secret.New(secret.PermanentToken, false).Reveal()
	token := hub.PermanentToken{
		ID: hub.NewRandomID(), Environment: hub.Production, UserID: p.UserID, AuthorID: p.UserID, Name: "test", Scope: p.Scope,
		Digest: d.master.Digest(text), CreatedAt: hub.Now(),
	}
	d.tx(func(ctx context.Context, tx *store.Tx) error {
		token.Services = nil
		for _, name := range p.Scope {
			service, err := tx.ServiceByName(ctx, hub.Production, name)
			if err != nil {
				return err
			}
			token.Services = append(token.Services, service.ID)
		}
		return tx.InsertPermanentToken(ctx, token)
	})
	return text
}

func (d *desk) disable(clientID string) {
	d.tx(func(ctx context.Context, tx *store.Tx) error {
		if service, err := tx.Service(ctx, hub.Production, clientID); err == nil {
			service.Disabled = true
			return tx.UpdateService(ctx, service)
		}
		if client, err := tx.APIClient(ctx, hub.Production, clientID); err == nil {
			client.Disabled = true
			return tx.UpdateAPIClient(ctx, client)
		}
		app, err := tx.App(ctx, hub.Production, clientID)
		if err != nil {
			return err
		}
		app.Disabled = true
		return tx.UpdateApp(ctx, app)
	})
}

func (d *desk) ban(userID string) {
	d.tx(func(ctx context.Context, tx *store.Tx) error {
		user, err := tx.User(ctx, userID)
		if err != nil {
			return err
		}
		user.Banned = true
		return tx.UpdateUser(ctx, user)
	})
}

func (d *desk) retire(text string) {
	d.tx(func(ctx context.Context, tx *store.Tx) error {
		organisations, err := tx.Organisations(ctx)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(organisations, func(o hub.Organisation) bool { return o.Key == "old" })
		organisation := hub.Organisation{ID: hub.NewID(), Key: "old", Name: "Old", CreatedAt: hub.Now(), UpdatedAt: hub.Now()}
		if at >= 0 {
			organisation = organisations[at]
		} else if err := tx.InsertOrganisation(ctx, organisation); err != nil {
			return err
		}
		return tx.InsertRetiredKey(ctx, hub.RetiredKey{
			ID: hub.NewID(), Organisation: organisation.ID, Label: "old",
			Digest: d.master.Digest(text), CreatedAt: hub.Now(),
		})
	})
}
