package browser_test

import (
	"bytes"
	"context"
	"encoding/base32"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"example.org/hub/internal/audit"
	"example.org/hub/internal/credential"
	"example.org/hub/internal/directory"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/once"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/internal/web"
	"example.org/hub/oauth"
)

const (
	correct = "correct horse battery"
	another = "another password 9"
	seed    = "JBSWY3DPEHPK3PXP"
)

// free is a throttle that holds up nobody.
type free struct{}

func (free) Blocked(netip.Addr, string) time.Duration { return 0 }

func (free) Left(netip.Addr, string) (int, time.Duration) { return -1, 0 }
func (free) Failed(netip.Addr, string)                    {}

// site is the pages, with an authorization endpoint that asks for sign-in and consent and then sends the browser to a service
// at another origin.
type site struct {
	testing.TB
	server  *httptest.Server
	service *httptest.Server
	store   *store.Store
	master  *secret.Master
	desk    *signin.Desk
	pages   *web.Pages
	letters []signin.Letter
}

// material is read once, as it is in a hub.
var material = sync.OnceValue(web.NewMaterial)

func newSite(t testing.TB) *site {
	t.Helper()
	master, err := secret.NewMaster(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	s := &site{TB: t, store: storetest.SQLite(t).Open(t), master: master}
	s.desk = signin.New(signin.Options{
		Store: s.store, Master: master, Throttle: free{}, MailReady: func() error { return nil },
		Post: func(_ context.Context, _ *store.Tx, letter signin.Letter) error {
			s.letters = append(s.letters, letter)
			return nil
		},
	})
	mux := http.NewServeMux()
	s.server = httptest.NewTLSServer(mux)
	s.service = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Wiki</title><main><h1>Welcome to Wiki</h1><p id="q">%s</p></main></html>`,
			url.QueryEscape(r.URL.RawQuery))
	}))
	t.Cleanup(s.server.Close)
	t.Cleanup(s.service.Close)
	asked := web.Asked{
		Service: web.Service{
			ID: "98071167-004c-4ddf-ba37-5d4599fdf319", Name: "Wiki", Description: "Pages and handbooks", HomeURL: s.service.URL,
		},
		Vendor: "Example Works", RedirectURI: s.service.URL + "/cb", Scope: "openid hub tracker offline_access",
		Profile: true, Email: true, Offline: true,
		Services: []web.Ability{{Service: web.Service{Name: "Tracker", Description: "Read and change the issues that you can read and change"}}},
	}
	s.pages, err = web.New(web.Options{
		Environment: hub.Production, Issuer: s.server.URL, Material: material(), Desk: s.desk, Log: slog.New(slog.DiscardHandler),
		Master: master, Events: &audit.Log{Store: s.store}, Directory: &directory.Directory{Store: s.store, Master: master},
		Credentials: &credential.Credentials{Store: s.store, Master: master},
		Once:        &once.Book{Store: s.store, Master: master},
		Issuers:     map[hub.Environment]string{hub.Production: s.server.URL, hub.Test: s.server.URL + "/test"}, Held: s.held,
		Asked:   func(context.Context, signin.Visit, url.Values) (*web.Asked, error) { return &asked, nil },
		Approve: func(context.Context, signin.Visit, signin.Origin, url.Values) error { return nil },
		Device: func(_ context.Context, _ signin.Origin, code string) (*web.Asked, error) {
			if code != "WDJB-MJHT" {
				return nil, fault.New(fault.NotFound, "no such code")
			}
			device := asked
			device.RedirectURI = ""
			return &device, nil
		},
		DecideDevice: func(context.Context, signin.Visit, signin.Origin, string, bool) error { return nil },
		Problem: func(context.Context, string, signin.Visit) (*web.Problem, error) {
			return &web.Problem{
				Code: "invalid_request", Message: "redirect_uri is not registered",
				Received: "https://wiki.example.test/oauth/callback/", At: hub.Now(), Service: &asked.Service,
				Expected: "https://wiki.example.test/oauth/callback",
				Setting:  "Register the address under Services, Wiki, Redirect URIs.",
			}, nil
		},
		Services: func(context.Context, hub.Environment, string) ([]web.Service, error) {
			return []web.Service{
				asked.Service, {Name: "Tracker", Description: "Issues and boards", HomeURL: "https://tracker.example.test/"},
				{Name: "Builds", Description: "Pipelines", HomeURL: "https://builds.example.test/"},
			}, nil
		},
		Refused: func(hub.Refusal) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	protection := http.NewCrossOriginProtection()
	s.pages.Mount(func(pattern string, handler http.HandlerFunc) { mux.Handle(pattern, protection.Handler(handler)) })
	mux.HandleFunc("GET "+oauth.AuthorizePath, s.authorize)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.pages.Refusal(w, r, http.StatusNotFound) })
	s.tx(func(tx *store.Tx) error { return tx.InsertGroup(context.Background(), hub.AllUsersGroup()) }) // which is there from the first start
	s.addUser("ada", "Ada Demo")
	return s
}

func (s *site) authorize(w http.ResponseWriter, r *http.Request) {
	visit, known := s.pages.Session(r).(signin.Visit)
	kind := map[signin.Step]oauth.StepKind{
		signin.SignIn: oauth.StepLogin, signin.SecondFactor: oauth.StepSecondFactor, signin.Enrol: oauth.StepSecondFactor,
		signin.NewPassword: oauth.StepSetPassword, signin.Done: oauth.StepConsent,
	}[visit.Next]
	switch {
	case !known:
		http.Error(w, "trouble", http.StatusServiceUnavailable)
	case !visit.Pending.AllowedAt.IsZero():
		http.Redirect(w, r, s.service.URL+"/cb?code=x", http.StatusSeeOther)
	case !visit.Pending.DeniedAt.IsZero():
		http.Redirect(w, r, s.service.URL+"/cb?error=access_denied", http.StatusSeeOther)
	default:
		s.pages.Show(w, r, &oauth.AuthorizeAnswer{Step: &oauth.Step{Kind: kind}, Asked: &oauth.Asked{Return: oauth.Parameters(r.URL.Query())}})
	}
}

// held is what a user may do, by the grants and roles there are.
func (s *site) held(ctx context.Context, environment hub.Environment, userID string) (hub.Permissions, error) {
	grants, err := s.store.GrantsForUser(ctx, userID)
	if err != nil {
		return hub.Permissions{}, err
	}
	roles, err := s.store.Roles(ctx)
	byID := map[string]hub.Role{}
	for _, role := range roles {
		byID[role.ID] = role
	}
	return hub.Effective(byID, grants, environment), err
}

func (s *site) tx(do func(*store.Tx) error) {
	s.Helper()
	if err := s.store.Tx(context.Background(), do); err != nil {
		s.Fatal(err)
	}
}

func (s *site) addUser(login, name string) {
	s.Helper()
	ctx := context.Background()
	s.tx(func(tx *store.Tx) error {
		user := hub.User{
			ID: login, Login: login, Name: name, Email: login + "@example.test", Kind: hub.Person,
			CreatedAt: hub.Now(), UpdatedAt: hub.Now(),
		}
		if err := tx.InsertUser(ctx, user); err != nil {
			return err
		}
		return tx.SetPassword(ctx, hub.Password{UserID: login, Hash: secret.HashPassword(correct), ChangedAt: hub.Now()})
	})
}

// enrol gives a user a second factor.
func (s *site) enrol(login string) {
	s.Helper()
	raw, err := base32.StdEncoding.DecodeString(seed)
	if err != nil {
		s.Fatal(err)
	}
	s.tx(func(tx *store.Tx) error {
		return tx.SetTOTP(context.Background(), hub.TOTP{UserID: login, Sealed: s.master.Seal(hub.TOTPPurpose(login), raw), ConfirmedAt: hub.Now()})
	})
}

func code(t testing.TB, of string) string {
	t.Helper()
	text, err := totp.GenerateCode(of, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// authorizeURL is where a service sends the browser.
func (s *site) authorizeURL() string {
	return s.server.URL + oauth.AuthorizePath + "?" + url.Values{
		"client_id": {"wiki"}, "state": {"a b"}, "redirect_uri": {s.service.URL + "/cb"},
	}.Encode()
}

// setUpURL opens the set-up link.
func (s *site) setUpURL() string {
	s.tx(func(tx *store.Tx) error {
		if _, err := tx.Role(context.Background(), hub.SystemAdmin); err == nil {
			return nil
		}
		return tx.InsertRole(context.Background(), hub.DefaultRoles()[0])
	})
	return s.pages.SetUpURL(s.desk.OpenSetUp())
}

// size is how many bytes a page takes over the wire, with all that it needs.
func size(t testing.TB, client *http.Client, url string) int {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", "gzip")
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	bytes, err := io.Copy(io.Discard, response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return int(bytes)
}
