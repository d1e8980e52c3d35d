package matrix_test

import (
	"crypto/ecdsa"
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
	"example.org/hub/test/blackbox"
)

func TestMain(m *testing.M) { os.Exit(blackbox.Main(m)) }

// How many there are of each kind in an environment; every cell takes as many as it needs, and nobody is used twice.
const (
	plain    = 330
	factored = 60
)

// What everybody shares but for the number within it.
const (
	password = "correct horse battery"
	seed     = "JBSWY3DPEHPK3PXP" // of every second factor that was brought along
	another  = "staple of quite another sort"

	apiSecret   = "secret-of-the-api-itself"
	rootToken   = "token-of-the-administrator-of-the-matrix"
	tokenPath   = "/api/rest/oauth2/token"
	restPath    = "/api/rest"
	forwardPath = "/api/forward-auth?service=api"
)

// site is one environment of the hub, as whoever asks it sees it.
type site struct {
	*blackbox.Hub
	at          *blackbox.Asker // the environment's base URL
	other       *blackbox.Asker // the other environment's
	environment hub.Environment
	db          *store.Store // the hub's database, as another node sees it
	raw         *sql.DB      // the same, to make time pass: rows whose end is moved
	master      *secret.Master
	free        atomic.Int64 // the next of the plain ones
	freeFactor  atomic.Int64
	addresses   *atomic.Int64
	signer      *ecdsa.PrivateKey // of the service that proves itself by a key
}

// subject is a user with one of everything.
type subject struct {
	number              int
	userID              string
	login, email        string
	group               string
	service, back       string // a confidential service and its redirect URI
	serviceSecret       string
	robot, robotSecret  string // a trusted service that speaks for itself
	client              string // an API client of the user
	clientSecret        string
	app, appKey         string
	token               string // permanent, for Hub and the API
	applicationPassword string
}

func newSubject(environment hub.Environment, number int) *subject {
	mark := map[hub.Environment]int{hub.Production: 1, hub.Test: 2}[environment]
	name := fmt.Sprintf("%s-%d", environment, number)
	id := func(kind int) string { return fmt.Sprintf("0190d7c2-7a55-7%03d-9b8e-%04d%08d", kind, mark, number) }
	return &subject{
		number: number, userID: id(1), login: name, email: name + "@example.test", group: "group-" + name,
		service: id(2), back: "https://" + name + ".example.test/cb", serviceSecret: "secret-of-service-" + name,
		robot: id(4), robotSecret: "secret-of-robot-" + name, client: id(3), clientSecret: "secret-of-client-" + name,
		app: fmt.Sprintf("%d%07d", mark, number), appKey: "key-of-app-" + name,
		token: "permanent-token-of-" + name, applicationPassword: "application-password-of-" + name,
	}
}

// declare writes the hub.yaml of everybody.
func declare(signerKey string) string {
	hash := secret.HashPassword(password)
	var groups, users, services, clients, apps strings.Builder
	for _, environment := range hub.Environments() {
		fmt.Fprintf(&services, "  - {id: %s, environment: %s, key: api, name: API, secrets: [%s], flows: [client_credentials], permissions: [{key: create, name: Create}, {key: read, name: Read}]}\n",
			apiID(environment), environment, apiSecret)
		fmt.Fprintf(&services, "  - {id: %s, environment: %s, key: phone, name: Phone, public: true, redirectUris: [%q], flows: [authorization_code]}\n"+
			"  - {id: %s, environment: %s, key: signer, name: Signer, trusted: true, flows: [client_credentials], authMethod: private_key_jwt, jwks: {keys: [%s]}}\n",
			strings.Replace(apiID(environment), "7000-", "7010-", 1), environment, phoneBack,
			strings.Replace(apiID(environment), "7000-", "7011-", 1), environment, signerKey)
		for number := range plain + factored {
			s := newSubject(environment, number)
			factor := ""
			if number >= plain {
				factor = ", totp: " + seed
			}
			fmt.Fprintf(&groups, "  - {name: %s}\n", s.group)
			fmt.Fprintf(&users, "  - {id: %s, login: %s, name: %s, email: %s, password: {hash: %q}, groups: [%s], roles: [{role: operator}, {role: contributor}]%s,\n"+
				"     applicationPasswords: [{name: Mail, value: %s}], permanentTokens: [{name: Export, scope: \"Hub api\", environment: %s, value: %s}]}\n",
				s.userID, s.login, s.login, s.email, hash, s.group, factor, s.applicationPassword, environment, s.token)
			fmt.Fprintf(&services, "  - {id: %s, environment: %s, key: s-%s, name: Service %s, homeUrl: \"https://%s.example.test\", redirectUris: [%q], secrets: [%s],\n"+
				"     flows: [authorization_code, refresh_token, client_credentials, password, device_code], roles: [{role: operator}]}\n",
				s.service, environment, s.login, s.login, s.login, s.back, s.serviceSecret)
			fmt.Fprintf(&services, "  - {id: %s, environment: %s, key: r-%s, name: Robot %s, homeUrl: \"https://robot.example.test\", secrets: [%s], trusted: true,\n"+
				"     flows: [client_credentials], roles: [{role: operator}]}\n", s.robot, environment, s.login, s.login, s.robotSecret)
			fmt.Fprintf(&clients, "  - {id: %s, environment: %s, user: %s, label: Export, secret: %s}\n",
				s.client, environment, s.login, s.clientSecret)
			fmt.Fprintf(&apps, "  - {appId: \"%s\", environment: %s, user: %s, label: Till, appKey: %s, allowlist: [\"10.0.0.0/8\"]}\n",
				s.app, environment, s.login, s.appKey)
		}
	}
	return "version: 1\nroles:\n  - {key: owner, name: Owner, permissions: [\"hub:service-update\", \"hub:service-read\"]}\n  - {key: operator, name: Operator, permissions: [\"api:create\", \"api:read\"]}\n" +
		"groups:\n" + groups.String() +
		"users:\n  - {login: root, name: Root, kind: bot, roles: [{role: system-admin}], permanentTokens: [" +
		"{name: Here, scope: \"Hub administer\", environment: production, value: " + rootToken + "-of-production}, " +
		"{name: There, scope: \"Hub administer\", environment: test, value: " + rootToken + "-of-test}]}\n" +
		"  - {login: keeper, name: Keeper, kind: bot, roles: [{role: owner}], permanentTokens: [" +
		"{name: Here, scope: Hub, environment: production, value: " + ownerToken + "-of-production}, " +
		"{name: There, scope: Hub, environment: test, value: " + ownerToken + "-of-test}]}\n" + users.String() +
		"services:\n" + services.String() + "apiClients:\n" + clients.String() + "apps:\n" + apps.String()
}

func apiID(environment hub.Environment) string {
	if environment == hub.Test {
		return "0190d7c2-7a55-7000-9b8e-000000000002"
	}
	return "0190d7c2-7a55-7000-9b8e-000000000001"
}

// limits are what the tests need of a hub: a proxy that tells whence each scene asks, and bounds that one scene can reach.
func limits() []string {
	return []string{"--trusted-proxies", "127.0.0.1,::1", "--failure-limits", "account=5/10m,address=60/10m", "--rate-limit", "30/s"}
}

// serve starts the hub on SQLite with everybody in it, and gives both its environments.
func serve(t *testing.T) []*site {
	t.Helper()
	data := t.TempDir()
	signer, public := newKey()
	blackbox.MustRun(t, declare(public), "apply", "-f", "-", "--data", data)
	h := blackbox.Serve(t, data, limits()...)
	raw, err := sql.Open("sqlite3", "file:"+filepath.Join(h.Data, "hub.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = raw.Close() })
	return sitesOf(t, h, store.Options{Dir: h.Data, MustExist: true}, raw, signer)
}

// sitesOf gives both environments of a hub that runs.
func sitesOf(t *testing.T, h *blackbox.Hub, where store.Options, raw *sql.DB, signer *ecdsa.PrivateKey) []*site {
	t.Helper()
	db, err := store.Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	master, err := secret.LoadMaster(filepath.Join(h.Data, "master.key"), false)
	if err != nil {
		t.Fatal(err)
	}
	addresses := new(atomic.Int64)
	production, test := h.Asker, h.At("/test")
	return []*site{
		{Hub: h, at: production, other: test, environment: hub.Production, db: db, raw: raw, master: master, addresses: addresses, signer: signer},
		{Hub: h, at: test, other: production, environment: hub.Test, db: db, raw: raw, master: master, addresses: addresses, signer: signer},
	}
}

// scene is one cell being tried out.
type scene struct {
	testing.TB
	*site
	at      *blackbox.Asker // the environment's base URL, or the other one's for a step that strays
	door    *door
	address string // whence everything is asked; every scene has its own, since failures count by it
}

func (h *site) scene(t testing.TB, d *door) *scene {
	n := h.addresses.Add(1)
	return &scene{t, h, h.at, d, fmt.Sprintf("10.1.%d.%d", n/250, n%250+1)}
}

// url is the base URL of the environment that is asked, as the hub itself writes it.
func (s *scene) url() string {
	if strings.HasSuffix(s.at.Base, "/test") {
		return s.Hub.URL + "/test"
	}
	return s.Hub.URL
}

// somebody gives a user whom nobody else uses.
func (s *scene) somebody() *subject {
	s.Helper()
	n := s.free.Add(1) - 1
	if n >= plain {
		s.Fatalf("the %d users of %s are all taken: declare more", plain, s.environment)
	}
	return newSubject(s.environment, int(n))
}

// twoFactored gives a user who has a second factor.
func (s *scene) twoFactored() *subject {
	s.Helper()
	n := s.freeFactor.Add(1) - 1
	if n >= factored {
		s.Fatalf("the %d users of %s with a second factor are all taken: declare more", factored, s.environment)
	}
	return newSubject(s.environment, plain+int(n))
}

// from is where a request comes from, as a proxy tells.
func (s *scene) from(address string) blackbox.Option {
	return blackbox.Header("X-Forwarded-For", address)
}

func (s *scene) get(path string, options ...blackbox.Option) *blackbox.Answer {
	s.Helper()
	return s.at.Get(s, path, append([]blackbox.Option{s.from(s.address)}, options...)...)
}

func (s *scene) form(path string, pairs []string, options ...blackbox.Option) *blackbox.Answer {
	s.Helper()
	return s.at.Form(s, path, pairs, append([]blackbox.Option{s.from(s.address)}, options...)...)
}

func (s *scene) json(path, body string, options ...blackbox.Option) *blackbox.Answer {
	s.Helper()
	return s.at.Post(s, path, body, append([]blackbox.Option{s.from(s.address)}, options...)...)
}

// asRoot asks the REST API as the administrator; it has to succeed.
func (s *scene) asRoot(method, path, body string) *blackbox.Answer {
	s.Helper()
	answer := s.at.Do(s, method, restPath+path, body, s.from(s.address), blackbox.Header("Content-Type", "application/json"),
		blackbox.Bearer(rootToken+"-of-"+string(s.environment)))
	if answer.Status != http.StatusOK {
		s.Fatalf("%s %s: %d %s", method, path, answer.Status, answer.Body)
	}
	return answer
}

// token asks the token endpoint, as a subject's service.
func (s *scene) token(who *subject, pairs ...string) *blackbox.Answer {
	s.Helper()
	return s.form(tokenPath, pairs, blackbox.Basic(who.service, who.serviceSecret))
}

// granted gives what an answer that must be a success holds under a name.
func (s *scene) granted(answer *blackbox.Answer, name string) string {
	s.Helper()
	if answer.Status != http.StatusOK || answer.Text(name) == "" {
		s.Fatalf("no %s: %d %s", name, answer.Status, answer.Body)
	}
	return answer.Text(name)
}
