package provider_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/hub/internal/fetch"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/oauth"
)

// registry is a hub where everybody may register clients.
type registry struct {
	*desk
	server *oauth.Server
	from   oauth.Origin
}

func newRegistry(t *testing.T, database storetest.Database) *registry {
	d := newHub(t, database)
	r := &registry{
		desk: d, server: d.server(d.node, hub.Production, issuer),
		from: oauth.Origin{Door: "register", Address: netip.MustParseAddr("192.0.2.9")},
	}
	r.server.Registration = oauth.RegistrationOpen
	return r
}

// metadata is what a client says of itself, with more or other members.
func metadata(name string, more ...any) []byte {
	said := map[string]any{"client_name": name, "redirect_uris": []string{landing}}
	for i := 0; i < len(more); i += 2 {
		said[more[i].(string)] = more[i+1]
	}
	body, err := json.Marshal(said)
	if err != nil {
		panic(err) // texts and lists only
	}
	return body
}

func (r *registry) register(body []byte) *oauth.Registered {
	r.Helper()
	made, err := r.server.Register(r.Context(), &oauth.RegisterRequest{Origin: r.from, Body: body})
	if err != nil {
		r.Fatal(err)
	}
	return made
}

func (r *registry) reregister(made *oauth.Registered, name string, more ...any) (*oauth.Registered, error) {
	return r.server.Reregister(r.Context(), &oauth.RegisterRequest{Origin: r.from, Bearer: made.AccessToken, ClientID: made.ClientID,
		Body: metadata(name, append(more, "client_id", made.ClientID)...)})
}

func (r *registry) service(id string) hub.Service {
	r.Helper()
	service, err := r.store.Service(r.Context(), hub.Production, id)
	if err != nil {
		r.Fatal(err)
	}
	return service
}

// edit changes a service as an administrator would.
func (r *registry) edit(id string, change func(*hub.Service)) {
	r.Helper()
	r.tx(func(ctx context.Context, tx *store.Tx) error {
		service, err := tx.Service(ctx, hub.Production, id)
		if err != nil {
			return err
		}
		change(&service)
		return tx.UpdateService(ctx, service)
	})
}

func TestAClientThatRegistersItselfIsAServiceThatNobodyVouchesFor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		r := newRegistry(t, database)
		made := r.register(metadata("Photo Print",
			"client_uri", "https://elsewhere.example.test/", "logo_uri", "https://elsewhere.example.test/logo.png"))
		service := r.service(made.ClientID)
		if service.SelfRegistered == nil || service.Trusted || service.HomeURL != "" || service.IconURL != "" || made.Metadata.HomeURI == "" {
			t.Errorf("%+v, told %+v", service, made.Metadata)
		}
		events, err := r.store.Events(t.Context(), store.EventFilter{}, store.EventMark{}, 10)
		if err != nil || !slices.ContainsFunc(events, func(e hub.Event) bool {
			return e.Action == "service.create" && e.TargetID == made.ClientID && e.Address == "192.0.2.9" && e.Door == "register" && e.AuthorID == ""
		}) {
			t.Errorf("events %+v, %v", events, err)
		}
		row, err := r.store.Registration(t.Context(), hub.Production, made.ClientID)
		if err != nil || strings.Contains(string(row.Document)+string(row.Digest), made.AccessToken) {
			t.Errorf("the registration access token is kept as it is, or not at all: %v", err)
		}
	})
}

func TestANameThatIsTakenIsMadeOneOfItsOwn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		r := newRegistry(t, database)
		nodes := []*oauth.Server{r.server}
		for _, peer := range r.peers {
			server := r.desk.server(peer, hub.Production, issuer)
			server.Registration = oauth.RegistrationOpen
			nodes = append(nodes, server)
		}
		names := make([]string, 8)
		var all sync.WaitGroup
		for i := range names {
			all.Go(func() {
				made, err := nodes[i%len(nodes)].Register(t.Context(), &oauth.RegisterRequest{Origin: r.from, Body: metadata("Hub")})
				if err != nil {
					t.Error(err)
					return
				}
				names[i] = made.Metadata.Name
			})
		}
		all.Wait()
		slices.Sort(names)
		if len(slices.Compact(names)) != 8 || slices.Contains(names, "Hub") || !strings.HasPrefix(names[0], "Hub (") {
			t.Errorf("%q", names)
		}
	})
}

func TestAServiceHasASecretExactlyWhileItUsesOne(t *testing.T) {
	r := newRegistry(t, storetest.SQLite(t))
	made := r.register(metadata("Photo Print"))
	secrets := func() int {
		all, err := r.store.Secrets(t.Context(), hub.Production, made.ClientID)
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	for _, change := range []struct {
		method  string
		secrets int
		shown   bool
	}{{"client_secret_post", 1, false}, {"none", 0, false}, {"client_secret_basic", 1, true}} {
		changed, err := r.reregister(made, "Photo Print", "token_endpoint_auth_method", change.method)
		if err != nil || (changed.Secret != "") != change.shown || secrets() != change.secrets {
			t.Errorf("%s: %+v, %v; %d secrets", change.method, changed, err, secrets())
		}
		if client, err := r.server.Clients.Client(t.Context(), made.ClientID); err != nil || client.Public != (change.method == "none") {
			t.Errorf("%s: %+v, %v", change.method, client, err)
		}
	}
}

func TestWhatAdministratorsTookOverNoLongerChangesItself(t *testing.T) {
	for name, change := range map[string]func(*hub.Service){
		"trusted":              func(s *hub.Service) { s.Trusted = true },
		"without consent":      func(s *hub.Service) { s.SkipConsent = true },
		"disabled":             func(s *hub.Service) { s.Disabled = true },
		"no longer a stranger": func(s *hub.Service) { s.SelfRegistered = nil },
	} {
		r := newRegistry(t, storetest.SQLite(t))
		made := r.register(metadata("Photo Print"))
		r.edit(made.ClientID, change)
		_, err := r.reregister(made, "Photo Print")
		var refused *oauth.Error
		if !errors.As(err, &refused) || refused.Code != oauth.InvalidToken {
			t.Errorf("%s: changing itself: %v", name, err)
		}
		if err := r.server.Unregister(t.Context(), &oauth.RegisterRequest{
			Origin: r.from, Bearer: made.AccessToken, ClientID: made.ClientID,
		}); err == nil {
			t.Errorf("%s: it deleted itself", name)
		}
	}
}

func TestWhatAdministratorsChangedIsTold(t *testing.T) {
	r := newRegistry(t, storetest.SQLite(t))
	made := r.register(metadata("Photo Print"))
	r.edit(made.ClientID, func(s *hub.Service) { s.PKCERequired, s.RedirectURIs = true, []string{landing + "/new"} })
	found, err := r.server.Registered(t.Context(), &oauth.RegisterRequest{Origin: r.from, Bearer: made.AccessToken, ClientID: made.ClientID})
	if err != nil || !slices.Equal(found.Metadata.RedirectURIs, []string{landing + "/new"}) {
		t.Errorf("%+v, %v", found, err)
	}
	if _, err := r.reregister(made, "Photo Print"); err != nil || !r.service(made.ClientID).PKCERequired {
		t.Errorf("what an administrator added is gone: %v", err)
	}
}

func TestWhatAClientHoldsEndsWithItsRegistration(t *testing.T) {
	r := newRegistry(t, storetest.SQLite(t))
	made := r.register(metadata("Photo Print", "grant_types", []string{"client_credentials"}, "redirect_uris", []string{}))
	answer, err := r.server.Token(t.Context(), &oauth.TokenRequest{
		Origin: r.from, Auth: oauth.ClientAuth{Basic: true, BasicID: made.ClientID, BasicSecret: made.Secret},
		GrantType: "client_credentials",
	})
	if err != nil {
		t.Fatal(err)
	}
	good := func() error {
		_, err := r.server.VerifyFor(t.Context(), r.from, answer.AccessToken, made.ClientID, func(*oauth.AccessToken) bool { return true })
		return err
	}
	if err := good(); err != nil {
		t.Fatal(err)
	}
	if err := r.server.Unregister(t.Context(), &oauth.RegisterRequest{
		Origin: r.from, Bearer: made.AccessToken, ClientID: made.ClientID,
	}); err != nil {
		t.Fatal(err)
	}
	if err := good(); code(err) != oauth.InvalidToken {
		t.Errorf("its access token: %v", err)
	}
}

func TestAfterARestoreThatSuspendsNobodyMakesItselfASecret(t *testing.T) {
	r := newRegistry(t, storetest.SQLite(t))
	made := r.register(metadata("Photo Print"))
	file := filepath.Join(t.TempDir(), "backup")
	if err := errors.Join(r.store.Backup(t.Context(), file),
		r.store.Restore(t.Context(), file, store.Restore{Force: true, Suspend: true})); err != nil {
		t.Fatal(err)
	}
	r.service(made.ClientID)
	if _, err := r.reregister(made, "Photo Print", "token_endpoint_auth_method", "none"); code(err) != oauth.InvalidToken {
		t.Errorf("got %v", err)
	}
}

func TestADocumentOfASectorIsFetchedWithCare(t *testing.T) {
	r := newRegistry(t, storetest.SQLite(t))
	r.node.Fetch = &fetch.Client{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	s := newSite(t)
	register := func(uri string) error {
		_, err := r.server.Register(t.Context(), &oauth.RegisterRequest{Origin: r.from, Body: metadata("Photo Print", "sector_identifier_uri", uri)})
		return err
	}
	s.answers <- page("200 OK", "", `["`+landing+`"]`)
	if err := register(s.address); err != nil {
		t.Error(err)
	}
	for _, answer := range []string{
		page("200 OK", "", `["https://elsewhere.example.test/"]`), page("404 Not Found", "", ""),
		page("200 OK", "", strings.Repeat(" ", 100_000)), page("200 OK", "", "["),
	} {
		s.answers <- answer
		if err := register(s.address); code(err) != oauth.InvalidClientMetadata {
			t.Errorf("%.40q: %v", answer, err)
		}
	}
	if err := register("https://10.0.0.1/"); code(err) != oauth.InvalidClientMetadata ||
		strings.Contains(err.(*oauth.Error).Description, "10.0.0.1") {
		t.Errorf("a private address: %v", err)
	}
	var err error
	for asked := 0; asked < 1000 && code(err) != oauth.TooManyRequests; asked++ {
		err = register("https://10.0.0.1/")
	}
	if code(err) != oauth.TooManyRequests {
		t.Errorf("nobody is held back: %v", err)
	}
}

func TestStrangersMayRegisterSoManyAndNoMore(t *testing.T) {
	r := newRegistry(t, storetest.SQLite(t))
	var err error
	made := 0
	for err == nil && made < 1000 {
		made++
		_, err = r.server.Register(t.Context(), &oauth.RegisterRequest{Origin: r.from, Body: metadata("")})
	}
	var refused *oauth.Error
	if !errors.As(err, &refused) || refused.Code != oauth.TooManyRequests || refused.RetryAfter <= 0 || made < 500 {
		t.Fatalf("after %d: %v", made, err)
	}
	r.from.Address = netip.MustParseAddr("192.0.2.10")
	r.register(metadata("")) // from elsewhere
}

func TestOfStrangersThatFillTheHubTheUnusedGiveWay(t *testing.T) {
	r := newRegistry(t, storetest.SQLite(t))
	const most = 10_000
	long := hub.Now().Add(-60 * 24 * time.Hour)
	r.tx(func(ctx context.Context, tx *store.Tx) error {
		for i := range most {
			id := fmt.Sprintf("stranger-%05d", i)
			service := hub.Service{
				ID: id, Environment: hub.Production, Key: id, Name: id,
				ServiceSettings: hub.ServiceSettings{SelfRegistered: &hub.SelfRegistration{}}, CreatedAt: long, UpdatedAt: long,
			}
			if err := errors.Join(tx.InsertService(ctx, service), tx.InsertRegistration(ctx, hub.Registration{
				Environment: hub.Production, ClientID: id, Document: []byte("{}"), CreatedAt: hub.Now(),
			})); err != nil {
				return err
			}
		}
		return nil
	})
	_, err := r.server.Register(t.Context(), &oauth.RegisterRequest{Origin: r.from, Body: metadata("")})
	var refused *oauth.Error
	if !errors.As(err, &refused) || refused.Code != oauth.TooManyRequests {
		t.Fatalf("nobody gives way who came just now: %v", err)
	}
	r.tx(func(ctx context.Context, tx *store.Tx) error {
		for i, usedAt := range []time.Time{{}, hub.Now()} {
			id := fmt.Sprintf("old-%d", i)
			service := hub.Service{
				ID: id, Environment: hub.Production, Key: id, Name: id,
				ServiceSettings: hub.ServiceSettings{SelfRegistered: &hub.SelfRegistration{}}, CreatedAt: long, UpdatedAt: long,
			}
			key := hub.Secret{
				ID: hub.NewID(), Owner: id, Environment: hub.Production,
				Digest: r.master.Digest(secret.New(secret.ClientSecret, false).Reveal()), CreatedAt: long, LastUsedAt: usedAt,
			}
			if err := errors.Join(tx.InsertService(ctx, service), tx.InsertSecret(ctx, key),
				tx.InsertRegistration(ctx, hub.Registration{
					Environment: hub.Production, ClientID: id, Document: []byte("{}"), CreatedAt: long,
				})); err != nil {
				return err
			}
		}
		return nil
	})
	r.register(metadata(""))
	if _, err := r.store.Service(t.Context(), hub.Production, "old-0"); err == nil {
		t.Error("the one nobody used is still there")
	}
	r.service("old-1")
}

// The library and the rules of the hub each know by themselves which schemes are dangerous.
func TestDangerousSchemesAreRefusedByRulesAndLibraryAlike(t *testing.T) {
	for _, scheme := range []string{
		"javascript", "data", "vbscript", "file", "blob", "filesystem",
		"about", "view-source", "ws", "wss", "ftp", "mailto", "tel", "sms", "intent",
	} {
		for _, uri := range []string{scheme + ":x", strings.ToUpper(scheme) + "://app.example.test/cb"} {
			if hub.CheckRedirectURI(uri, true) == "" || oauth.CheckRedirectURI(uri, true) == nil {
				t.Errorf("%s may be registered", uri)
			}
		}
	}
	if said := hub.CheckRedirectURI("com.example.app:/cb", true); said != "" || oauth.CheckRedirectURI("com.example.app:/cb", true) != nil {
		t.Errorf("a scheme of an application's own is refused: %s", said)
	}
}
