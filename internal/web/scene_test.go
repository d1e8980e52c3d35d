package web_test

import (
	"bytes"
	"context"
	"encoding/base32"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/directory"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store"
	"example.org/hub/internal/web"
)

// stage is where forms are tried, each in a scene of its own.
type stage struct {
	*bench
	scenes *int
}

func newStage(t *testing.T) *stage {
	t.Helper()
	b := newBench(t)
	if err := directory.Bootstrap(t.Context(), b.store); err != nil {
		t.Fatal(err)
	}
	b.pages.Office = web.Office{System: func(context.Context) (web.System, error) { return web.System{}, nil }}
	b.pages.Office.Rotate = func(ctx context.Context, actor hub.Actor) error {
		return b.store.Tx(ctx, func(tx *store.Tx) error {
			return tx.Record(ctx, actor.Did("signing-key.rotate", "signing-key", "", "", ""))
		})
	}
	b.tx(func(tx *store.Tx) error {
		return tx.InsertRole(t.Context(), hub.Role{
			ID: "all", Key: "all", Name: "All", Permissions: []string{"*"}, CreatedAt: hub.Now(), UpdatedAt: hub.Now(),
		})
	})
	b.addWiki()
	b.tx(func(tx *store.Tx) error {
		return tx.InsertOrganisation(t.Context(), hub.Organisation{ID: "demo", Key: "demo", Name: "Demo", CreatedAt: hub.Now(), UpdatedAt: hub.Now()})
	})
	return &stage{bench: b, scenes: new(int)}
}

// scene is somebody who may do everything and is signed in, with whatever a form is about.
type scene struct {
	*bench
	n  string // tells what belongs to one scene from what belongs to another
	in string // id of the session
	me hub.User
	b  *browser
}

func (s *stage) scene() *scene {
	s.Helper()
	*s.scenes++
	one := &scene{bench: s.bench, n: fmt.Sprint(*s.scenes), b: s.browser()}
	one.me = hub.User{ID: "me-" + one.n, Login: "me" + one.n, Name: "Me " + one.n, Email: "me" + one.n + "@example.test", Kind: hub.Person}
	s.addUser(one.me, correct)
	one.mayAll()
	one.signIn()
	return one
}

// named is a name that no other scene has.
func (s *scene) named(name string) string { return name + "-" + s.n }

func (s *scene) mayAll() {
	s.tx(func(tx *store.Tx) error {
		return tx.InsertGrant(s.Context(), hub.Grant{
			ID: s.named("all"), RoleID: "all", HolderKind: hub.HolderUser, HolderID: s.me.ID, CreatedAt: hub.Now(),
		})
	})
}

func (s *scene) mayNothing() {
	s.tx(func(tx *store.Tx) error { return tx.DeleteGrant(s.Context(), s.named("all")) })
}

// signIn gives the browser a session that has just begun.
func (s *scene) signIn() {
	cookie := (secret.New(secret.AccessToken, false).Reveal() + strings.Repeat("x", 43))[:43]
	now := hub.Now()
	s.in = hub.NewRandomID()
	s.tx(func(tx *store.Tx) error {
		return tx.InsertSession(s.Context(), hub.Session{
			ID: s.in, Digest: s.master.Digest("session/" + cookie), UserID: s.me.ID,
			SignedInAt: now, Methods: []string{"pwd", "otp", "mfa"},
			CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(hub.SessionIdle),
		})
	})
	at, err := url.Parse(s.server.URL)
	if err != nil {
		s.Fatal(err)
	}
	s.b.client.Jar.SetCookies(at, []*http.Cookie{{Name: signin.CookieName, Value: cookie, Path: "/", Secure: true}})
}

// signOut ends the session, behind the browser's back.
func (s *scene) signOut() {
	s.tx(func(tx *store.Tx) error { return tx.DeleteSession(s.Context(), s.in) })
}

// done counts what the scene's person has changed.
func (s *scene) done() int {
	s.Helper()
	found, err := s.store.ListEvents(s.Context(), query.List{
		Where: query.All(query.Is("author", s.me.ID), query.Is("result", hub.Success)), Limit: 200,
	})
	if err != nil {
		s.Fatal(err)
	}
	return len(found.Items)
}

func (s *scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// hub itself, as who makes things.
func (s *scene) machine() hub.Actor {
	return hub.Actor{User: hub.User{ID: "machine", Login: "machine"}, Permissions: hub.NewPermissions("*"), Fresh: true}
}

// What a scene may have. Each gives the id.

func (s *scene) user() string {
	id := s.named("user")
	s.tx(func(tx *store.Tx) error {
		return tx.InsertUser(s.Context(), hub.User{
			ID: id, Login: id, Name: "Somebody " + s.n, Email: id + "@example.test", Kind: hub.Person,
			CreatedAt: hub.Now(), UpdatedAt: hub.Now(),
		})
	})
	return id
}

func (s *scene) another() string {
	id := s.named("another")
	s.tx(func(tx *store.Tx) error {
		return tx.InsertUser(s.Context(), hub.User{
			ID: id, Login: id, Name: "Another " + s.n, Kind: hub.Person, CreatedAt: hub.Now(), UpdatedAt: hub.Now(),
		})
	})
	return id
}

func (s *scene) group(name string) string {
	id := s.named(name)
	s.tx(func(tx *store.Tx) error {
		return tx.InsertGroup(s.Context(), hub.Group{ID: id, Name: "Group " + id, CreatedAt: hub.Now(), UpdatedAt: hub.Now()})
	})
	return id
}

func (s *scene) role() string {
	id := s.named("role")
	s.tx(func(tx *store.Tx) error {
		return tx.InsertRole(s.Context(), hub.Role{ID: id, Key: id, Name: "Role " + s.n, CreatedAt: hub.Now(), UpdatedAt: hub.Now()})
	})
	return id
}

func (s *scene) organisation() string {
	id := s.named("organisation")
	s.tx(func(tx *store.Tx) error {
		return tx.InsertOrganisation(s.Context(), hub.Organisation{
			ID: id, Key: id, Name: "Organisation " + s.n, CreatedAt: hub.Now(), UpdatedAt: hub.Now(),
		})
	})
	return id
}

func (s *scene) grant(kind hub.HolderKind, holder string) string {
	id := s.named("grant")
	role := s.role()
	s.tx(func(tx *store.Tx) error {
		return tx.InsertGrant(s.Context(), hub.Grant{ID: id, RoleID: role, HolderKind: kind, HolderID: holder, CreatedAt: hub.Now()})
	})
	return id
}

func (s *scene) service() string {
	id := hub.NewRandomID()
	s.addService(id, "Service "+s.n, func(service *hub.Service) { service.RedirectURIs = []string{"https://service.example.test/cb"} })
	return id
}

func (s *scene) secret(service string) string {
	_, err := s.pages.Credentials.RotateServiceSecret(s.Context(), s.machine(), hub.Production, service, 0)
	s.must(err)
	found, err := s.store.Secrets(s.Context(), hub.Production, service)
	s.must(err)
	return found[0].ID
}

func (s *scene) token(of string) string {
	token, _, err := s.pages.Credentials.CreatePermanentToken(s.Context(), s.machine(), credential.NewPermanentToken{
		UserID: of, Environment: hub.Production, Name: s.named("token"), Scope: []string{hub.HubServiceID},
	})
	s.must(err)
	return token.ID
}

func (s *scene) password(of string) string {
	s.factor(of)
	password, _, err := s.pages.Credentials.CreateApplicationPassword(s.Context(), s.machine(), of, s.named("password"))
	s.must(err)
	return password.ID
}

func (s *scene) client(of string) string {
	client, _, err := s.pages.Credentials.CreateAPIClient(s.Context(), s.machine(), credential.NewAPIClient{
		UserID: of, Environment: hub.Production, Label: s.named("client"),
	})
	s.must(err)
	return client.ID
}

func (s *scene) app() string {
	app, _, err := s.pages.Credentials.CreateApp(s.Context(), s.machine(), credential.NewApp{
		UserID: s.me.ID, Environment: hub.Production, Label: s.named("app"),
	})
	s.must(err)
	return app.ID
}

func (s *scene) address(app string) string {
	address, err := s.pages.Credentials.AllowAddress(s.Context(), s.machine(), hub.Production, s.me.ID, app, "192.0.2.7", "")
	s.must(err)
	return address.ID
}

func (s *scene) connected(of string) string {
	id, now := s.named("connected"), hub.Now()
	s.must(s.store.InsertFamily(s.Context(), hub.Family{
		ID: id, Environment: hub.Production, ClientID: s.service(), UserID: of, Document: []byte("{}"), Offline: true,
		CreatedAt: now, LastsUntil: now.Add(hub.SessionIdle), EndsAt: now.Add(hub.SessionIdle),
	}, []byte(id)))
	return id
}

func (s *scene) approved(of string) string {
	id, service := s.named("approved"), s.service()
	s.tx(func(tx *store.Tx) error {
		return tx.SetApprovedScope(s.Context(), hub.ApprovedScope{
			ID: id, Environment: hub.Production, ClientID: service, UserID: of, CreatedAt: hub.Now(), UpdatedAt: hub.Now(),
		})
	})
	return id
}

func (s *scene) session(of string) string {
	id, now := s.named("session"), hub.Now()
	s.tx(func(tx *store.Tx) error {
		return tx.InsertSession(s.Context(), hub.Session{
			ID: id, Digest: []byte(id), UserID: of, SignedInAt: now, Methods: []string{"pwd"}, Address: "198.51.100.7",
			CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(hub.SessionIdle),
			Agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
		})
	})
	return id
}

func (s *scene) passkey(of string) string {
	id := s.named("passkey")
	s.addPasskey(of, id, "hub.example.test")
	return id
}

// factor gives a user a second factor.
func (s *scene) factor(of string) {
	raw, err := base32.StdEncoding.DecodeString(seed)
	s.must(err)
	s.tx(func(tx *store.Tx) error {
		return tx.SetTOTP(s.Context(), hub.TOTP{UserID: of, Sealed: s.master.Seal(hub.TOTPPurpose(of), bytes.Clone(raw)), ConfirmedAt: hub.Now()})
	})
}
