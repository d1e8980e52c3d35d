package matrix_test

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"

	"example.org/hub/internal/secret"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store"
	"example.org/hub/test/blackbox"
)

// door is a way in.
type door struct {
	name   string
	ledger string // the name of the door in the account of refusals
	// ready brings somebody to the door and gives the last step, which has not been taken yet.
	ready  func(*scene, *subject) step
	opened func(*blackbox.Answer) bool
	factor bool // only who has a second factor comes here
	single bool // the last step can be taken once only
}

// step is the last step through a door.
type step func() *blackbox.Answer

// visitor gives somebody for this door.
func (s *scene) visitor() *subject {
	if s.door.factor {
		return s.twoFactored()
	}
	return s.somebody()
}

// The doors, by the names of the rule.
const (
	signInForm     = "sign-in form"
	passwordGrant  = "password grant"
	appPassword    = "application password (password grant)"
	appBasic       = "application password (HTTP Basic)"
	permanentToken = "permanent token"
	machines       = "client credentials at the token endpoint"
	createToken    = "/oauth/create_token"
	login          = "/login"
	codeRedemption = "code redemption"
	refresh        = "refresh"
	devicePolling  = "device polling"
	resetCode      = "password-reset code"
	secondFactor   = "second-factor step"
	recoveryCode   = "recovery code"
	forwardAuth    = "forward-auth"
	introspection  = "introspection"
)

// doors are all ways in, in the order of the rule.
func doors() []*door {
	return []*door{
		{name: signInForm, ledger: "page", ready: readySignIn, opened: isOK},
		{name: passwordGrant, ledger: "token", ready: readyPassword, opened: isOK},
		{name: appPassword, ledger: "token", ready: readyApplicationPassword, opened: isOK},
		{name: appBasic, ledger: "rest", ready: readyBasic, opened: isOK},
		{name: permanentToken, ledger: "rest", ready: readyPermanentToken, opened: isOK},
		{name: machines, ledger: "token", ready: readyMachine, opened: isOK},
		{name: createToken, ledger: "create_token", ready: readyCreateToken, opened: isOK},
		{name: login, ledger: "login", ready: readyLogin, opened: isOK},
		{name: codeRedemption, ledger: "token", ready: readyCode, opened: isOK, single: true},
		{name: refresh, ledger: "token", ready: readyRefresh, opened: isOK},
		{name: devicePolling, ledger: "token", ready: readyDevice, opened: isOK, single: true},
		{name: resetCode, ledger: "page", ready: readyReset, opened: enteredAnew, single: true},
		{name: secondFactor, ledger: "page", ready: readySecondFactor, opened: isOK, factor: true, single: true},
		{name: recoveryCode, ledger: "page", ready: readyRecovery, opened: isOK, single: true},
		{name: forwardAuth, ledger: "forward-auth", ready: readyForwardAuth, opened: isOK},
		{name: introspection, ledger: "introspect", ready: readyIntrospection, opened: isActive},
	}
}

func isOK(a *blackbox.Answer) bool     { return a.Status == http.StatusOK }
func isActive(a *blackbox.Answer) bool { return a.Status == http.StatusOK && a.JSON["active"] == true }

// enteredAnew reports whether a new password was taken: then the browser is sent to sign in with it.
func enteredAnew(a *blackbox.Answer) bool {
	return a.Status == http.StatusSeeOther && strings.Contains(a.Header.Get("Location"), "/auth/login?changed=")
}

// browser is where a person is signed in, or about to be.
type browser struct {
	*scene
	cookie string
}

// post sends a form of a page, as a browser does from the page itself.
func (b *browser) post(path string, pairs ...string) *blackbox.Answer {
	b.Helper()
	return b.kept(b.form(path, pairs, blackbox.Header("Sec-Fetch-Site", "same-origin"), blackbox.Header("Cookie", b.cookie)))
}

func (b *browser) open(path string) *blackbox.Answer {
	b.Helper()
	return b.kept(b.get(path, blackbox.Header("Cookie", b.cookie)))
}

func (b *browser) kept(answer *blackbox.Answer) *blackbox.Answer {
	for _, line := range answer.Header.Values("Set-Cookie") {
		if pair, _, _ := strings.Cut(line, ";"); strings.HasPrefix(pair, "__Host-hub-session=") {
			b.cookie = pair
		}
	}
	return answer
}

// value is what the cookie holds.
func (b *browser) value() string { _, value, _ := strings.Cut(b.cookie, "="); return value }

// through sends a form and follows the browser to where it is sent: to the first page behind the door, or to the next thing that
// is lacking.
func (b *browser) through(path string, pairs ...string) *blackbox.Answer {
	b.Helper()
	answer := b.post(path, pairs...)
	if on, ok := strings.CutPrefix(answer.Header.Get("Location"), b.url()); ok && answer.Status == http.StatusSeeOther {
		return b.open(on)
	}
	return answer
}

func signIn(s *scene, name, word string) (*browser, *blackbox.Answer) {
	s.Helper()
	b := &browser{scene: s}
	return b, b.through("/auth/login", "username", name, "password", word)
}

// signedIn is a browser in which somebody is signed in.
func (s *scene) signedIn(who *subject) *browser {
	s.Helper()
	b, answer := signIn(s, who.login, password)
	if !isOK(answer) {
		s.Fatalf("%s cannot sign in: %d %s %s", who.login, answer.Status, answer.Header.Get("Location"), answer.Header.Get("Hub-Error-Id"))
	}
	return b
}

func readySignIn(s *scene, who *subject) step {
	return func() *blackbox.Answer { _, answer := signIn(s, who.login, password); return answer }
}

func (s *scene) withPassword(who *subject, name, word, scope string) *blackbox.Answer {
	s.Helper()
	return s.token(who, "grant_type", "password", "username", name, "password", word, "scope", scope)
}

func readyPassword(s *scene, who *subject) step {
	return func() *blackbox.Answer { return s.withPassword(who, who.login, password, "api") }
}

func readyApplicationPassword(s *scene, who *subject) step {
	return func() *blackbox.Answer { return s.withPassword(who, who.login, who.applicationPassword, "api") }
}

func readyBasic(s *scene, who *subject) step {
	return func() *blackbox.Answer {
		return s.get(restPath+"/users/me", plainBasic(who.login, who.applicationPassword))
	}
}

// plainBasic is HTTP Basic as RFC 7617 writes it.
func plainBasic(name, word string) blackbox.Option {
	return func(r *http.Request) { r.SetBasicAuth(name, word) }
}

func readyPermanentToken(s *scene, who *subject) step {
	return func() *blackbox.Answer { return s.get(restPath+"/users/me", blackbox.Bearer(who.token)) }
}

func readyMachine(s *scene, who *subject) step {
	return func() *blackbox.Answer {
		return s.form(tokenPath, []string{"grant_type", "client_credentials", "scope", "api"}, blackbox.Basic(who.robot, who.robotSecret))
	}
}

// readyClient is the same door for a machine that acts for its user.
func readyClient(s *scene, who *subject) step {
	return func() *blackbox.Answer {
		return s.form(tokenPath, []string{"grant_type", "client_credentials", "scope", "api"}, blackbox.Basic(who.client, who.clientSecret))
	}
}

func readyCreateToken(s *scene, who *subject) step {
	return func() *blackbox.Answer { return s.createToken(who.client, who.clientSecret, "api") }
}

func (s *scene) createToken(id, word, scope string) *blackbox.Answer {
	s.Helper()
	return s.form("/oauth/create_token", []string{"client_id", id, "client_secret", word, "grant_type", "client_credentials", "scope", scope})
}

func readyLogin(s *scene, who *subject) step {
	return func() *blackbox.Answer { return s.login(who.app, who.appKey, "api", s.address) }
}

func (s *scene) login(id, key, scope, address string) *blackbox.Answer {
	s.Helper()
	return s.at.Post(s, "/login", `{"app_id":"`+id+`","app_key":"`+key+`","scope":"`+scope+`"}`, s.from(address))
}

// wholeScope is what services ask people for.
const wholeScope = "openid offline_access api"

// code signs somebody in, consents, and gives the code that the service got.
func (s *scene) code(who *subject, scope string) string {
	s.Helper()
	return s.codeIn(s.signedIn(who), who, scope)
}

func (s *scene) codeIn(b *browser, who *subject, scope string) string {
	s.Helper()
	asked := url.Values{"response_type": {"code"}, "client_id": {who.service}, "redirect_uri": {who.back}, "scope": {scope}, "state": {"s"}}
	answer := b.open("/api/rest/oauth2/auth?" + asked.Encode())
	for range 5 {
		to := answer.Header.Get("Location")
		if back, ok := strings.CutPrefix(to, who.back+"?"); ok {
			values, err := url.ParseQuery(back)
			if err != nil || values.Get("code") == "" {
				s.Fatalf("no code: %s", to)
			}
			return values.Get("code")
		}
		path, ok := strings.CutPrefix(to, s.url())
		if !ok {
			s.Fatalf("the browser was sent to %q: %d %s", to, answer.Status, answer.Body)
		}
		if strings.HasPrefix(path, "/auth/consent") {
			answer = b.post(path, "decision", "accept")
		} else {
			answer = b.open(path)
		}
	}
	s.Fatal("no end of pages")
	return ""
}

func (s *scene) redeem(who *subject, code string) *blackbox.Answer {
	s.Helper()
	return s.token(who, "grant_type", "authorization_code", "code", code, "redirect_uri", who.back)
}

func readyCode(s *scene, who *subject) step {
	code := s.code(who, wholeScope)
	return func() *blackbox.Answer { return s.redeem(who, code) }
}

func (s *scene) refreshed(who *subject, text string, more ...string) *blackbox.Answer {
	s.Helper()
	return s.token(who, append([]string{"grant_type", "refresh_token", "refresh_token", text}, more...)...)
}

func readyRefresh(s *scene, who *subject) step {
	text := s.granted(s.redeem(who, s.code(who, wholeScope)), "refresh_token")
	return func() *blackbox.Answer { return s.refreshed(who, text) }
}

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

// device begins a device grant, lets somebody allow it, and gives the device code.
func (s *scene) device(who *subject, scope string) string {
	s.Helper()
	return s.deviceIn(s.signedIn(who), who, scope)
}

func (s *scene) deviceIn(b *browser, who *subject, scope string) string {
	s.Helper()
	begun := s.form("/api/rest/oauth2/device", []string{"scope", scope}, blackbox.Basic(who.service, who.serviceSecret))
	code := s.granted(begun, "device_code")
	answer := b.post("/device/confirm?"+url.Values{"user_code": {begun.Text("user_code")}}.Encode(), "decision", "accept")
	if !strings.HasSuffix(answer.Header.Get("Location"), "/device/done") {
		s.Fatalf("the device was not allowed: %d %s", answer.Status, answer.Body)
	}
	return code
}

func (s *scene) poll(who *subject, code string) *blackbox.Answer {
	s.Helper()
	return s.token(who, "grant_type", deviceGrant, "device_code", code)
}

func readyDevice(s *scene, who *subject) step {
	code := s.device(who, wholeScope)
	return func() *blackbox.Answer { return s.poll(who, code) }
}

// desk is where people sign in, as another node of the hub has it; what it would mail goes to posted.
func (s *scene) desk(posted func(signin.Letter)) *signin.Desk {
	return signin.New(signin.Options{Store: s.db, Master: s.master, Throttle: nothingFailed{}, MailReady: func() error { return nil },
		Post: func(_ context.Context, _ *store.Tx, letter signin.Letter) error { posted(letter); return nil }})
}

type nothingFailed struct{}

func (nothingFailed) Blocked(netip.Addr, string) time.Duration { return 0 }

func (nothingFailed) Left(netip.Addr, string) (int, time.Duration) { return -1, 0 }
func (nothingFailed) Failed(netip.Addr, string)                    {}

// mailed gives the code of a link that is mailed to who forgot the password.
func (s *scene) mailed(who *subject) string {
	s.Helper()
	var link string
	desk := s.desk(func(letter signin.Letter) { link = letter.Link })
	if err := desk.AskRestore(s.Context(), who.login, "", signin.Origin{Environment: s.environment, Door: "page"}); err != nil || link == "" {
		s.Fatalf("no link: %v", err)
	}
	return link
}

func (s *scene) restore(code, word string) *blackbox.Answer {
	s.Helper()
	return (&browser{scene: s}).post("/auth/restore/"+code, "password", word)
}

func readyReset(s *scene, who *subject) step {
	code := s.mailed(who)
	return func() *blackbox.Answer { return s.restore(code, another) }
}

// halfway is a browser in which the password was right and the second factor is missing.
func (s *scene) halfway(who *subject) *browser {
	s.Helper()
	b, answer := signIn(s, who.login, password)
	if answer.Status != http.StatusSeeOther || !strings.Contains(answer.Header.Get("Location"), "/auth/second-factor") {
		s.Fatalf("%s was not asked for a second factor: %d %s", who.login, answer.Status, answer.Header.Get("Location"))
	}
	return b
}

// oneTime computes the code of a second factor.
func (s *scene) oneTime(seed string) string {
	s.Helper()
	code, err := totp.GenerateCode(seed, time.Now())
	if err != nil {
		s.Fatal(err)
	}
	return code
}

func readySecondFactor(s *scene, who *subject) step {
	b := s.halfway(who)
	return func() *blackbox.Answer { return b.through("/auth/second-factor", "code", s.oneTime(seed)) }
}

// enrolled gives somebody a second factor and gives the recovery codes that come with it.
func (s *scene) enrolled(who *subject) []secret.Value {
	s.Helper()
	desk, cookie := s.desk(func(signin.Letter) {}), secret.Value(s.signedIn(who).value())
	enrolment, err := desk.Enrol(s.Context(), cookie, "matrix")
	if err != nil {
		s.Fatal(err)
	}
	codes, _, err := desk.Confirm(s.Context(), cookie, s.oneTime(enrolment.Seed.Reveal()), signin.Origin{Environment: s.environment, Door: "page"})
	if err != nil || len(codes) == 0 {
		s.Fatalf("no recovery codes: %v", err)
	}
	return codes
}

func readyRecovery(s *scene, who *subject) step {
	codes := s.enrolled(who)
	b := s.halfway(who)
	return func() *blackbox.Answer { return b.through("/auth/recovery-code", "code", codes[0].Reveal()) }
}

// personal gives a token that a service got for somebody who signed in.
func (s *scene) personal(who *subject) string {
	s.Helper()
	return s.granted(s.redeem(who, s.code(who, wholeScope)), "access_token")
}

func (s *scene) forward(token string, more ...string) *blackbox.Answer {
	s.Helper()
	return s.get(forwardPath+strings.Join(more, ""), blackbox.Bearer(token))
}

func readyForwardAuth(s *scene, who *subject) step {
	token := s.personal(who)
	return func() *blackbox.Answer { return s.forward(token) }
}

// asAPI introspects a token as the API for which it is.
func (s *scene) asAPI(token string, more ...string) *blackbox.Answer {
	s.Helper()
	return s.form("/api/rest/oauth2/introspect", append([]string{"token", token}, more...), blackbox.Basic(apiID(s.environment), apiSecret))
}

func readyIntrospection(s *scene, who *subject) step {
	token := s.personal(who)
	return func() *blackbox.Answer { return s.asAPI(token) }
}
