package web_test

import (
	"bytes"
	"context"
	"encoding/base32"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"example.org/hub/internal/audit"
	"example.org/hub/internal/credential"
	"example.org/hub/internal/directory"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/limit"
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

// throttle fills the port of signin: wrong credentials per source, and per source and name.
type throttle struct{ accounts, places *limit.Keeper }

func (t throttle) Blocked(source netip.Addr, name string) time.Duration {
	_, wait := t.places.Peek(limit.Key{From: source}, time.Now())
	if name != "" {
		_, account := t.accounts.Peek(limit.Key{Name: name, From: source}, time.Now())
		wait = max(wait, account)
	}
	return wait
}

func (t throttle) Left(source netip.Addr, name string) (int, time.Duration) {
	return t.accounts.Rate().Count - t.accounts.Count(limit.Key{Name: name, From: source}, time.Now()), 90 * time.Second
}

func (t throttle) Failed(source netip.Addr, name string) {
	t.places.Hit(limit.Key{From: source}, time.Now())
	t.accounts.Hit(limit.Key{Name: name, From: source}, time.Now())
}

// wiki asks for a sign-in and for consent.
var wiki = web.Asked{
	Service: web.Service{
		ID: "98071167-004c-4ddf-ba37-5d4599fdf319", Name: "Wiki & <Friends>", Description: "Pages",
		HomeURL: "https://wiki.example.test/",
	},
	Vendor: "Example Works", RedirectURI: "https://wiki.example.test/cb",
	Scope: "openid hub tracker", LoginHint: "ada@example.test",
	Profile: true, Email: true, Groups: true, Offline: true,
	Services: []web.Ability{
		{Service: web.Service{Name: "Tracker", Description: "Read and change the issues that you can read and change"}},
		{Service: web.Service{Name: "Payments"}, Permissions: []string{"Create payment", "Read payment"}},
		{Service: web.Service{Name: "Files"}},
	},
}

// bench is the pages on a real database, behind a real listener, with a stand-in for the authorization endpoint: it says
// what it was asked, and shows the step that next says.
type bench struct {
	*testing.T
	server   *httptest.Server
	store    *store.Store
	master   *secret.Master
	desk     *signin.Desk
	pages    *web.Pages
	lock     sync.Mutex
	letters  []signin.Letter
	code     string // that was mailed last to prove an address
	refusals []hub.Refusal
	approved []string
	decided  []string
	next     func(visit signin.Visit) *oauth.AuthorizeAnswer
	noMail   error
}

// material is read once for all tests, as it is in a hub for all its pages: to read templates takes longer than most tests do.
var material = sync.OnceValue(web.NewMaterial)

func newBench(t *testing.T) *bench {
	t.Helper()
	master, err := secret.NewMaster(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{T: t, store: storetest.SQLite(t).Open(t), master: master}
	b.desk = signin.New(signin.Options{
		Store: b.store, Master: master,
		Throttle: throttle{
			accounts: limit.NewKeeper(limit.Rate{Count: 10, Per: 15 * time.Minute}, 1024),
			places:   limit.NewKeeper(limit.Rate{Count: 50, Per: time.Minute}, 1024),
		},
		MailReady: func() error { return b.noMail }, MayAct: credential.MayAct,
		Post: func(_ context.Context, _ *store.Tx, letter signin.Letter) error {
			b.lock.Lock()
			defer b.lock.Unlock()
			b.letters = append(b.letters, letter)
			return nil
		},
	})
	mux := http.NewServeMux()
	b.server = httptest.NewTLSServer(mux)
	t.Cleanup(b.server.Close)
	b.pages, err = web.New(web.Options{
		Environment: hub.Production, Issuer: b.server.URL, Material: material(), Desk: b.desk, Log: slog.New(slog.DiscardHandler),
		Master: master, Events: &audit.Log{Store: b.store},
		Directory:   &directory.Directory{Store: b.store, Master: master, Codes: b.codes()},
		Credentials: &credential.Credentials{Store: b.store, Master: master, HasAdministrator: directory.HasAdministrator},
		Once:        &once.Book{Store: b.store, Master: master},
		Issuers:     map[hub.Environment]string{hub.Production: b.server.URL, hub.Test: b.server.URL + "/test"}, Held: b.held,
		Asked: func(_ context.Context, _ signin.Visit, request url.Values) (*web.Asked, error) {
			asked := wiki
			switch request.Get("client_id") {
			case "wiki":
			case "stranger": // one that registered itself, and points to another's page
				asked.Vendor, asked.Unvouched = "", true
				asked.PolicyURL, asked.TermsURL = "https://wiki.example.test/privacy", "https://bank.example.test/terms"
				asked.Services = []web.Ability{{Service: web.Service{Name: "Hub"}, Administer: true}}
			default:
				return nil, nil
			}
			asked.Locales = strings.Fields(request.Get("ui_locales"))
			return &asked, nil
		},
		Approve: func(_ context.Context, visit signin.Visit, _ signin.Origin, request url.Values) error {
			b.approved = append(b.approved, visit.User.Login+" "+request.Encode())
			return nil
		},
		Device: func(_ context.Context, _ signin.Origin, code string) (*web.Asked, error) {
			if strings.ToUpper(code) != "WDJB-MJHT" {
				return nil, &oauth.Error{
					Code: oauth.InvalidRequest, Description: "that code is not one that a device is showing",
					ID: "abcdefghabcdefgh",
				}
			}
			asked := wiki
			asked.RedirectURI = ""
			return &asked, nil
		},
		DecideDevice: func(_ context.Context, visit signin.Visit, _ signin.Origin, code string, allow bool) error {
			b.decided = append(b.decided, visit.User.Login+" "+code+map[bool]string{true: " yes", false: " no"}[allow])
			return nil
		},
		Problem: func(_ context.Context, id string, visit signin.Visit) (*web.Problem, error) {
			if id != "abcdefghabcdefgh" {
				return nil, fault.New(fault.NotFound, "no such refusal")
			}
			problem := &web.Problem{
				Code: "invalid_request", Message: "redirect_uri is not registered",
				Received: `https://evil.example.test/"><script>`,
				At:       time.Date(2026, 11, 21, 14, 2, 19, 0, time.UTC), Service: &wiki.Service,
			}
			if visit.SignedIn() {
				problem.Expected, problem.Setting = "https://wiki.example.test/cb", "Redirect URIs"
			}
			return problem, nil
		},
		Services: func(context.Context, hub.Environment, string) ([]web.Service, error) {
			return []web.Service{wiki.Service}, nil
		},
		Refused: func(refusal hub.Refusal) {
			b.lock.Lock()
			defer b.lock.Unlock()
			b.refusals = append(b.refusals, refusal)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.pages.Mount(func(pattern string, handler http.HandlerFunc) { mux.Handle(pattern, handler) })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		status, err := strconv.Atoi(r.URL.Query().Get("refused"))
		if err != nil {
			status = http.StatusNotFound
		}
		if !b.pages.Refusal(w, r, status) {
			w.WriteHeader(status)
		}
	})
	mux.HandleFunc("GET "+oauth.AuthorizePath, b.authorize)
	b.tx(func(tx *store.Tx) error { return tx.InsertGroup(t.Context(), hub.AllUsersGroup()) }) // which is there from the first start
	b.addUser(hub.User{ID: "0190-ADA", Login: "ada", Name: "Ada Demo", Email: "ada@example.test", Kind: hub.Person}, correct)
	return b
}

// authorize stands for the authorization endpoint.
func (b *bench) authorize(w http.ResponseWriter, r *http.Request) {
	visit, _ := b.pages.Session(r).(signin.Visit)
	if b.next != nil {
		if answer := b.next(visit); answer != nil {
			answer.Asked = &oauth.Asked{Return: oauth.Parameters(r.URL.Query()), RequestCredentials: r.URL.Query().Get("request_credentials")}
			b.pages.Show(w, r, answer)
			return
		}
	}
	io.WriteString(w, "endpoint "+visit.User.Login+" "+visit.Next.String())
}

// codes mails codes to addresses, if this hub sends mail.
func (b *bench) codes() *directory.Codes {
	return &directory.Codes{
		Ready: func() error { return b.noMail },
		Sent:  limit.NewKeeper(limit.Rate{Count: 3, Per: time.Hour}, 1024),
		Post: func(_ context.Context, _ *store.Tx, letter directory.CodeLetter) error {
			b.lock.Lock()
			defer b.lock.Unlock()
			b.code = letter.Code
			return nil
		},
	}
}

// held is what a user may do, by the grants and roles there are.
func (b *bench) held(ctx context.Context, environment hub.Environment, userID string) (hub.Permissions, error) {
	grants, err := b.store.GrantsForUser(ctx, userID)
	if err != nil {
		return hub.Permissions{}, err
	}
	roles, err := b.store.Roles(ctx)
	byID := map[string]hub.Role{}
	for _, role := range roles {
		byID[role.ID] = role
	}
	return hub.Effective(byID, grants, environment), err
}

func (b *bench) tx(do func(*store.Tx) error) {
	b.Helper()
	if err := b.store.Tx(b.Context(), do); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) addUser(user hub.User, password string) {
	b.Helper()
	user.CreatedAt, user.UpdatedAt = hub.Now(), hub.Now()
	b.tx(func(tx *store.Tx) error {
		if err := tx.InsertUser(b.Context(), user); err != nil {
			return err
		}
		return tx.SetPassword(b.Context(), hub.Password{UserID: user.ID, Hash: hashOf(password), ChangedAt: hub.Now()})
	})
}

// enrol gives ada a second factor.
func (b *bench) enrol() {
	b.Helper()
	raw, err := base32.StdEncoding.DecodeString(seed)
	if err != nil {
		b.Fatal(err)
	}
	b.tx(func(tx *store.Tx) error {
		if err := tx.SetRecoveryCodes(b.Context(), "0190-ADA", [][]byte{b.master.Digest("recovery/0190-ADA/k7mp2wxd")}); err != nil {
			return err
		}
		return tx.SetTOTP(b.Context(), hub.TOTP{UserID: "0190-ADA", Sealed: b.master.Seal(hub.TOTPPurpose("0190-ADA"), raw), ConfirmedAt: hub.Now()})
	})
}

func code(t testing.TB) string {
	t.Helper()
	text, err := totp.GenerateCode(seed, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// browser is a browser without scripts: it keeps cookies and follows nothing by itself.
type browser struct {
	*bench
	client *http.Client
}

func (b *bench) browser() *browser {
	b.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	client := *b.server.Client()
	client.Jar = jar
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &browser{bench: b, client: &client}
}

// answer is what came back.
type answer struct {
	*http.Response
	text string
}

func (b *browser) do(request *http.Request) answer {
	b.Helper()
	response, err := b.client.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.Fatal(err)
	}
	a := answer{response, string(text)}
	b.weigh(a)
	b.sound(a)
	return a
}

func (b *browser) get(path string) answer {
	b.Helper()
	request, err := http.NewRequest(http.MethodGet, b.absolute(path), nil)
	if err != nil {
		b.Fatal(err)
	}
	return b.do(request)
}

// post sends a form, given as name and value by turns.
func (b *browser) post(path string, fields ...string) answer {
	b.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	request, err := http.NewRequest(http.MethodPost, b.absolute(path), strings.NewReader(form.Encode()))
	if err != nil {
		b.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(request)
}

func (b *browser) absolute(path string) string {
	if strings.HasPrefix(path, "/") {
		return b.server.URL + path
	}
	return path
}

// follow goes where an answer leads, as often as it leads anywhere.
func (b *browser) follow(a answer) answer {
	b.Helper()
	for range 10 {
		location := a.Header.Get("Location")
		if location == "" {
			return a
		}
		if a.StatusCode != http.StatusSeeOther {
			b.Fatalf("%s leads on with %d", a.Request.URL, a.StatusCode)
		}
		a = b.get(location)
	}
	b.Fatal("it goes round in circles")
	return a
}

// signIn signs ada in.
func (b *browser) signIn() {
	b.Helper()
	if a := b.post("/auth/login", "username", "ada", "password", correct); a.StatusCode != http.StatusSeeOther {
		b.Fatalf("sign-in: %d %s", a.StatusCode, a.text)
	}
}

func (a answer) want(t testing.TB, status int, parts ...string) answer {
	t.Helper()
	if a.StatusCode != status {
		t.Errorf("%s %s: %d, want %d", a.Request.Method, a.Request.URL, a.StatusCode, status)
	}
	for _, part := range parts {
		if !strings.Contains(a.text, part) {
			t.Errorf("%s %s lacks %q in\n%s", a.Request.Method, a.Request.URL, part, a.text)
		}
	}
	return a
}

// leads says that an answer is a 303 to an address of the hub.
func (a answer) leads(b *bench, to string) answer {
	b.Helper()
	if location := strings.TrimPrefix(a.Header.Get("Location"), b.server.URL); a.StatusCode != http.StatusSeeOther || location != to {
		b.Errorf("%s %s: %d to %q, want 303 to %q", a.Request.Method, a.Request.URL, a.StatusCode, location, to)
	}
	return a
}

// hashOf hashes a password; the one that most tests use was hashed before.
func hashOf(password string) string {
	if password == correct {
		return "$argon2id$v=19$m=19456,t=2,p=1$TqOlX+NVz8pkTfI5++mBSA$/p0YJNJZKREv2wnS7eXlKm2atMonOaKZcW8oC1YY+RE"
	}
	return secret.HashPassword(password)
}
