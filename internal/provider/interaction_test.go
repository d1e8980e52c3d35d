package provider_test

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/provider"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

const landing = "https://app.example.test/landing"

// stage is a service, an API, a person, and the endpoint between them.
type stage struct {
	*desk
	server *oauth.Server
	app    string // client id
	api    string // its id; its key is "api"
	ada    hub.User
}

func (s *stage) credentials() *credential.Credentials {
	return &credential.Credentials{Store: s.store, Master: s.master}
}

func newStage(t *testing.T, database storetest.Database, service oauthtest.Service) *stage {
	t.Helper()
	d := newHub(t, database)
	s := &stage{desk: d, server: d.server(d.node, hub.Production, issuer)}
	service.Key, service.RedirectURIs, service.Secret = "app", []string{landing}, "a secret brought along"
	service.Grants = []string{"authorization_code", "refresh_token", "implicit", "device_code"}
	s.app, _ = d.newService(service)
	s.api, _ = d.newService(oauthtest.Service{Key: "api", Permissions: []string{"read", "write"}})
	s.ada.ID = d.newUser(oauthtest.User{Login: "ada"})
	user, err := d.store.User(t.Context(), s.ada.ID)
	if err != nil {
		t.Fatal(err)
	}
	s.ada = user
	return s
}

// visit is Ada's browser, signed in a while ago, whatever ended before.
func (s *stage) visit() signin.Visit {
	s.Helper()
	session := hub.Session{ID: "session", UserID: s.ada.ID, SignedInAt: hub.Now().Add(-time.Hour), Methods: []string{signin.MethodPassword}}
	s.tx(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Session(ctx, session.ID)
		if fault.Is(err, fault.NotFound) {
			err = tx.InsertSession(ctx, hub.Session{
				ID: session.ID, Digest: []byte("cookie"), UserID: s.ada.ID, SignedInAt: session.SignedInAt.Add(-time.Hour),
				CreatedAt: session.SignedInAt, LastSeenAt: hub.Now(), ExpiresAt: hub.Now().Add(time.Hour),
			})
		}
		return err
	})
	return signin.Visit{Next: signin.Done, User: s.ada, Session: session}
}

func (s *stage) request(more ...string) oauth.Parameters {
	p := oauth.Parameters{"client_id": {s.app}, "redirect_uri": {landing}, "response_type": {"code"}, "scope": {"api"}}
	for i := 0; i < len(more); i += 2 {
		p[more[i]] = []string{more[i+1]}
	}
	return p
}

func (s *stage) authorize(session any, request oauth.Parameters) *oauth.AuthorizeAnswer {
	return s.server.Authorize(s.Context(), &oauth.AuthorizeRequest{Origin: s.origin(), Parameters: request, Session: session})
}

func (s *stage) origin() oauth.Origin {
	return oauth.Origin{Door: "authorize", Address: netip.MustParseAddr("192.0.2.1")}
}

// outcome is an answer in one word: the step, the error, or what was issued.
func outcome(answer *oauth.AuthorizeAnswer) string {
	switch {
	case answer.Problem != nil:
		return "problem " + string(answer.Problem.Code)
	case answer.Step != nil:
		return string(answer.Step.Kind)
	case answer.Redirect.Refusal != nil:
		return string(answer.Redirect.Refusal.Code)
	}
	return answer.Redirect.Parameters[0].Name
}

func (s *stage) approve(visit signin.Visit, request oauth.Parameters) {
	s.Helper()
	if err := s.node.Approve(s.Context(), s.server, visit, signin.Origin{Environment: hub.Production, Door: "page"}, request); err != nil {
		s.Fatal(err)
	}
}

func TestEachRequestMeetsWhatItAsksOfASession(t *testing.T) {
	s := newStage(t, storetest.SQLite(t), oauthtest.Service{Trusted: true})
	at := func(next signin.Step) signin.Visit { v := s.visit(); v.Next = next; return v }
	pending := func(change func(*signin.Visit)) signin.Visit {
		v := s.visit()
		v.Pending = signin.Pending{AskedAt: hub.Now().Add(-time.Minute), UserID: s.ada.ID}
		change(&v)
		return v
	}
	fresh := pending(func(v *signin.Visit) { v.Session.SignedInAt = hub.Now() })
	chosen := pending(func(v *signin.Visit) { v.Pending.ChosenAt = hub.Now() })
	allowed := pending(func(v *signin.Visit) { v.Pending.AllowedAt = hub.Now() })
	denied := pending(func(v *signin.Visit) { v.Pending.DeniedAt = hub.Now() })
	strong := s.visit()
	strong.Session.Methods = append(strong.Session.Methods, signin.MethodOTP, signin.MethodMultiple)
	essential := `{"id_token":{"acr":{"essential":true,"values":["2"]}}}`
	for name, c := range map[string]struct {
		session any
		request oauth.Parameters
		want    string
	}{
		"signed in":                        {s.visit(), s.request(), "code"},
		"nobody":                           {signin.Visit{}, s.request(), "login"},
		"no session at all":                {nil, s.request(), "login"},
		"half signed in":                   {at(signin.SecondFactor), s.request(), "second_factor"},
		"must enrol":                       {at(signin.Enrol), s.request(), "second_factor"},
		"must change the password":         {at(signin.NewPassword), s.request(), "set_password"},
		"trouble with the session":         {fault.New(fault.Unavailable, "away"), s.request(), "temporarily_unavailable"},
		"silent, nobody":                   {signin.Visit{}, s.request("request_credentials", "silent"), "access_denied"},
		"silent, signed in":                {s.visit(), s.request("request_credentials", "silent"), "code"},
		"skip, guest not allowed":          {signin.Visit{}, s.request("request_credentials", "skip"), "login"},
		"skip, signed in":                  {s.visit(), s.request("request_credentials", "skip"), "code"},
		"required":                         {s.visit(), s.request("request_credentials", "required"), "login"},
		"required, signed in anew":         {fresh, s.request("request_credentials", "required"), "code"},
		"required, only chosen":            {chosen, s.request("request_credentials", "required"), "login"},
		"none, nobody":                     {signin.Visit{}, s.request("prompt", "none"), "login_required"},
		"none, half":                       {at(signin.SecondFactor), s.request("prompt", "none"), "interaction_required"},
		"none, signed in":                  {s.visit(), s.request("prompt", "none"), "code"},
		"login":                            {s.visit(), s.request("prompt", "login"), "login"},
		"login, signed in anew":            {fresh, s.request("prompt", "login"), "code"},
		"select_account":                   {s.visit(), s.request("prompt", "select_account"), "select_account"},
		"select_account, chosen":           {chosen, s.request("prompt", "select_account"), "code"},
		"select_account, signed in anew":   {fresh, s.request("prompt", "select_account"), "code"},
		"login and select_account, chosen": {chosen, s.request("prompt", "login select_account"), "login"},
		"consent of a trusted service":     {s.visit(), s.request("prompt", "consent"), "consent"},
		"consent, allowed":                 {allowed, s.request("prompt", "consent"), "code"},
		"refused":                          {denied, s.request(), "access_denied"},
		"max_age, too old":                 {s.visit(), s.request("max_age", "60"), "login"},
		"max_age, young enough":            {s.visit(), s.request("max_age", "7200"), "code"},
		"max_age 0, signed in anew":        {fresh, s.request("max_age", "0"), "code"},
		"an essential level not reached":   {s.visit(), s.request("claims", essential), "access_denied"},
		"an essential level reached":       {strong, s.request("claims", essential), "code"},
		"a voluntary level":                {s.visit(), s.request("acr_values", "2"), "code"},
	} {
		if got := outcome(s.authorize(c.session, c.request)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	s.ban(s.ada.ID)
	if got := outcome(s.authorize(s.visit(), s.request())); got != "login" {
		t.Errorf("banned: %s", got)
	}
}

func TestTheGuestStepsInOnlyWhereAllowedAndAskedFor(t *testing.T) {
	s := newStage(t, storetest.SQLite(t), oauthtest.Service{})
	s.tx(func(ctx context.Context, tx *store.Tx) error {
		guest, err := tx.User(ctx, hub.GuestID)
		guest.Banned = false
		return errors.Join(err, tx.UpdateUser(ctx, guest))
	})
	for name, c := range map[string]struct {
		session signin.Visit
		request oauth.Parameters
		want    string
	}{
		"skip":              {signin.Visit{}, s.request("request_credentials", "skip"), "code"},
		"silent":            {signin.Visit{}, s.request("request_credentials", "silent"), "code"},
		"default":           {signin.Visit{}, s.request(), "login"},
		"required":          {signin.Visit{}, s.request("request_credentials", "required"), "login"},
		"skip but login":    {signin.Visit{}, s.request("request_credentials", "skip", "prompt", "login"), "login"},
		"skip, signed in":   {s.visit(), s.request("request_credentials", "skip"), "consent"},
		"silent, signed in": {s.visit(), s.request("request_credentials", "silent"), "access_denied"},
	} {
		if got := outcome(s.authorize(c.session, c.request)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if wish, err := s.node.Wish(
		t.Context(), hub.Production, s.server, signin.Visit{}, s.request("request_credentials", "skip"),
	); err != nil || wish == nil {
		t.Errorf("looking at such a request: %v, %v", wish, err)
	}
}

func TestConsentIsRememberedAndAWiderRequestAsksForTheNewPart(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := newStage(t, database, oauthtest.Service{})
		wish := func(request oauth.Parameters) *provider.Wish {
			wish, err := s.node.Wish(t.Context(), hub.Production, s.server, s.visit(), request)
			if err != nil || wish == nil {
				t.Fatal(wish, err)
			}
			return wish
		}
		if got := outcome(s.authorize(s.visit(), s.request("prompt", "none"))); got != "consent_required" {
			t.Errorf("unasked: %s", got)
		}
		s.approve(s.visit(), s.request())
		for name, request := range map[string]oauth.Parameters{
			"the same": s.request(), "by id": s.request("scope", s.api),
			"less of it": s.request("scope", "api:read"), "encoded": s.request("scope", "ap%69"),
		} {
			if got := outcome(s.authorize(s.visit(), request)); got != "code" {
				t.Errorf("%s: %s", name, got)
			}
		}
		for name, request := range map[string]oauth.Parameters{
			"offline": s.request("access_type", "offline"), "a claim by name": s.request("claims", `{"userinfo":{"email":null}}`),
			"e-mail": s.request("scope", "api email"), "itself": s.request("scope", "app"),
		} {
			if got := outcome(s.authorize(s.visit(), request)); got != "consent" {
				t.Errorf("%s: %s", name, got)
			}
		}
		wider := s.request("scope", "openid profile email groups api:read app", "access_type", "offline")
		if w := wish(wider); !w.Profile || !w.Email || !w.Groups || !w.Offline || len(w.Abilities) != 0 || w.Service.ID != s.app {
			t.Errorf("the new part: %+v", w)
		}
		if w := wish(s.request("scope", "api", "prompt", "consent")); len(w.Abilities) != 1 || !w.Abilities[0].Whole {
			t.Errorf("all of it: %+v", w)
		}
		s.approve(s.visit(), wider)
		if got := outcome(s.authorize(s.visit(), wider)); got != "code" {
			t.Errorf("afterwards: %s", got)
		}
		if w := wish(wider); w.Profile || w.Email || w.Groups || w.Offline || len(w.Abilities) != 0 {
			t.Errorf("nothing is new: %+v", w)
		}
	})
}

func TestAWishNamesServicesAndPermissionsAsTheyAre(t *testing.T) {
	s := newStage(t, storetest.SQLite(t), oauthtest.Service{})
	s.newService(oauthtest.Service{Key: "closed", Closed: true})
	wish, err := s.node.Wish(t.Context(), hub.Production, s.server, s.visit(),
		s.request("scope", "api:read api:write api:nope closed app hub:nope nothing"))
	if err != nil || len(wish.Abilities) != 1 || wish.Abilities[0].Service.ID != s.api || wish.Abilities[0].Whole {
		t.Fatalf("%+v, %v", wish, err)
	}
	var names []string
	for _, permission := range wish.Abilities[0].Permissions {
		names = append(names, permission.Name)
	}
	if !slices.Equal(names, []string{"read", "write"}) {
		t.Errorf("permissions: %v", names)
	}
	if wish, err := s.node.Wish(
		t.Context(), hub.Production, s.server, s.visit(), s.request("redirect_uri", "https://evil.example"),
	); wish != nil || err != nil {
		t.Errorf("an unsound request: %+v, %v", wish, err)
	}
}

// implicitToken gets an access token through the browser, of which no family is kept.
func (s *stage) implicitToken() string {
	s.Helper()
	answer := s.authorize(s.visit(), s.request("response_type", "token"))
	if outcome(answer) != "access_token" {
		s.Fatal(outcome(answer))
	}
	return answer.Redirect.Parameters[0].Value
}

func TestWhatCameOfConsentEndsWhenItIsWithdrawnOrThePasswordChanges(t *testing.T) {
	for name, end := range map[string]func(*testing.T, *stage){"withdrawn": withdraw, "password changed": func(t *testing.T, s *stage) {
		s.tx(func(ctx context.Context, tx *store.Tx) error { return tx.EndSignIns(ctx, s.ada.ID, "", s.store.Now()) })
	}} {
		storetest.Each(t, func(t *testing.T, database storetest.Database) {
			s := newStage(t, database, oauthtest.Service{})
			nodes := []*oauth.Server{s.server}
			for _, peer := range s.peers {
				nodes = append(nodes, s.desk.server(peer, hub.Production, issuer))
			}
			s.approve(s.visit(), s.request("access_type", "offline"))
			now := time.Now()
			s.server.Now = func() time.Time { return now.Add(-5 * time.Second) } // tokens know only the second of their issue
			tokens := s.redeem(s.authorize(s.visit(), s.request("access_type", "offline")).Redirect.Parameters[0].Value)
			texts := []string{s.implicitToken(), tokens.AccessToken}
			s.server.Now = nil
			live := func(node *oauth.Server, text string) bool {
				_, err := node.Verify(t.Context(), text, netip.Addr{})
				return err == nil
			}
			for _, node := range nodes {
				for _, text := range texts {
					if !live(node, text) {
						t.Fatalf("%s: the token is dead before", name)
					}
				}
			}
			end(t, s)
			for _, node := range nodes {
				for _, text := range texts {
					storetest.Eventually(t, name+": the token ends", func() bool { return !live(node, text) })
				}
			}
			if _, err := s.refresh(tokens.RefreshToken); err == nil {
				t.Errorf("%s: the refresh token lives on", name)
			}
			s.approve(s.visit(), s.request())
			if !live(s.server, s.implicitToken()) {
				t.Errorf("%s: a token made afterwards is dead", name)
			}
		})
	}
}

func withdraw(t *testing.T, s *stage) {
	approved, err := s.store.ApprovedScope(t.Context(), s.ada.ID, hub.Production, s.app)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.credentials().DeleteApprovedScope(t.Context(), hub.System("test"), s.ada.ID, approved.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.credentials().DeleteApprovedScope(t.Context(), hub.System("test"), s.ada.ID, approved.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("twice: %v", err)
	}
	if got := outcome(s.authorize(s.visit(), s.request())); got != "consent" {
		t.Errorf("asked again: %s", got)
	}
}

func (s *stage) secretOf() oauth.ClientAuth {
	return oauth.ClientAuth{ID: s.app, Secret: "a secret brought along"}
}

func (s *stage) redeem(code string) *oauth.TokenResponse {
	s.Helper()
	response, err := s.server.Token(s.Context(), &oauth.TokenRequest{
		Origin: s.origin(), Auth: s.secretOf(), GrantType: "authorization_code", Code: code, RedirectURI: landing,
	})
	if err != nil {
		s.Fatal(err)
	}
	return response
}

func (s *stage) refresh(text string) (*oauth.TokenResponse, error) {
	return s.server.Token(s.Context(), &oauth.TokenRequest{Origin: s.origin(), Auth: s.secretOf(), GrantType: "refresh_token", RefreshToken: text})
}

func TestARedirectURIThatWasTriedIsKeptForItsOwner(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := newStage(t, database, oauthtest.Service{})
		tried := func(uri string) {
			if got := outcome(s.authorize(s.visit(), s.request("redirect_uri", uri))); got != "problem invalid_request" {
				t.Errorf("%q: %s", uri, got)
			}
		}
		for _, uri := range []string{
			"javascript:alert(1)", "https://x.example/\x00", "https://x.example/\u00e4",
			"https://x.example/" + strings.Repeat("x", 4000),
		} {
			tried(uri)
		}
		for i := range 25 {
			tried("https://app.example.test/" + strings.Repeat("x", i))
			if err := s.node.FlushRefusals(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		looked := "https://app.example.test/looked-at" // by a page, of a request of which the endpoint tells itself
		if wish, err := s.node.Wish(t.Context(), hub.Production, s.server, s.visit(), s.request("redirect_uri", looked)); wish != nil || err != nil {
			t.Errorf("an unsound request: %+v, %v", wish, err)
		}
		if err := s.node.FlushRefusals(t.Context()); err != nil {
			t.Fatal(err)
		}
		kept, err := s.store.TriedRedirectURIs(t.Context(), hub.Production, s.app)
		if slices.ContainsFunc(kept, func(u hub.TriedRedirectURI) bool { return u.URI == looked }) {
			t.Error("what a page only looked at counts as tried")
		}
		if err != nil || len(kept) != 20 || kept[0].TriedFrom != "192.0.2.1" {
			t.Fatalf("%d kept, %v", len(kept), err)
		}
		last := "https://app.example.test/" + strings.Repeat("x", 24)
		if !slices.ContainsFunc(kept, func(u hub.TriedRedirectURI) bool { return u.URI == last }) {
			t.Errorf("the last one is not among them: %v", kept)
		}
	})
}

func TestWhatNoDatabaseCanHoldIsNotFound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := newStage(t, database, oauthtest.Service{Trusted: true})
		for _, text := range []string{"\x00", "api\x00", "\xff", "a\xc3", "%00", "%ff"} {
			if _, err := s.server.Clients.Client(t.Context(), text); !errors.Is(err, oauth.ErrNotFound) {
				t.Errorf("client %q: %v", text, err)
			}
			if _, err := s.server.Families.Family(t.Context(), text); !errors.Is(err, oauth.ErrNotFound) {
				t.Errorf("family %q: %v", text, err)
			}
			if got := outcome(s.authorize(s.visit(), s.request("scope", "api "+text))); got != "code" {
				t.Errorf("scope %q: %s", text, got)
			}
		}
	})
}
