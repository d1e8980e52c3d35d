package matrix_test

import (
	"net/http"
	"strings"

	"example.org/hub/test/blackbox"
)

// guessedAt is an account at whose password a stranger at the same address guessed until it was closed.
func guessedAt(s *scene, who *subject) {
	for range 6 {
		wrongSignIn(s, who, who.login)()
	}
	if _, answer := signIn(s, who.login, password); answer.Header.Get("Retry-After") == "" {
		s.Errorf("the account is not closed: %d", answer.Status)
	}
}

// basicAdministersNothing: an application password never opens what needs a fresh sign-in.
func basicAdministersNothing(s *scene) {
	who := s.somebody()
	answer := s.json(restPath+"/users/me/permanenttokens", `{"name":"more","scope":[{"id":"0-0-0-0-0"}]}`,
		plainBasic(who.login, who.applicationPassword))
	if answer.Status != http.StatusForbidden {
		s.Errorf("it makes a token: %d %s", answer.Status, answer.Body)
	}
}

// basicIsNoBearer: an application password is for the hub's own API, and no service's API takes it as a token.
func basicIsNoBearer(s *scene) {
	who := s.somebody()
	if answer := s.forward(who.applicationPassword); answer.Status != http.StatusUnauthorized {
		s.Errorf("as a bearer: %d %s", answer.Status, answer.Body)
	}
	if answer := s.get(forwardPath, plainBasic(who.login, who.applicationPassword)); answer.Status != http.StatusUnauthorized {
		s.Errorf("as Basic: %d %s", answer.Status, answer.Body)
	}
}

// tokenAdministersNothing: a permanent token that was not made for it does not make secrets.
func tokenAdministersNothing(s *scene) {
	who := s.somebody()
	answer := s.json(restPath+"/users/me/permanenttokens", `{"name":"more","scope":[{"id":"0-0-0-0-0"}]}`, blackbox.Bearer(who.token))
	if answer.Status != http.StatusForbidden {
		s.Errorf("it makes a token: %d %s", answer.Status, answer.Body)
	}
}

// tokenForTheAPIAlone: a permanent token is for the services of its scope.
func tokenForTheAPIAlone(s *scene) {
	who := s.somebody()
	if answer := s.forward(who.token); answer.Status != http.StatusOK {
		s.Errorf("at the API of its scope: %d %s", answer.Status, answer.Body)
	}
	if answer := s.get("/api/forward-auth?service=s-"+who.login, blackbox.Bearer(who.token)); answer.Status == http.StatusOK {
		s.Errorf("at an API beyond its scope: %s", answer.Body)
	}
}

func tokenFromElsewhere(s *scene) {
	who := s.somebody()
	tokenConfinedTo(s.address+"/32")(s, who)
	last := readyPermanentToken(s, who)
	s.opens(last)
	s.address = "172.16.0.1"
	s.refused(last())
}

// noMachine: neither a service nor an API client gets a token once it is switched off or gone.
func noMachine(s *scene) {
	s.closesFor(s.somebody(), readyMachine, disabled(robotPath))
	s.closesFor(s.somebody(), readyMachine, deleted(robotPath))
	s.closesFor(s.somebody(), readyClient, disabled(clientPath))
	s.closesFor(s.somebody(), readyClient, deleted(clientPath))
}

func readyAppAt(s *scene, who *subject, path string) step {
	return func() *blackbox.Answer {
		return s.form(path, []string{"client_id", who.app, "client_secret", who.appKey, "grant_type", "client_credentials", "scope", "api"})
	}
}

func readyLoginFrom(s *scene, who *subject) step {
	return func() *blackbox.Answer { return s.login(who.app, who.appKey, "api", s.address) }
}

// appFromElsewhere: an app that comes from an address beyond its allowlist is answered as one with a wrong key.
func appFromElsewhere(ready func(*scene, *subject) step) func(*scene) {
	return func(s *scene) {
		who := s.somebody()
		s.opens(ready(s, who))
		s.address = "172.16.0.2"
		right := ready(s, who)()
		s.refused(right)
		who.appKey = "wrong-key"
		if wrong := ready(s, who)(); wrong.Status != right.Status || withoutID(wrong) != withoutID(right) {
			s.Errorf("the right key can be told from a wrong one: %d %s, %d %s", right.Status, right.Body, wrong.Status, wrong.Body)
		}
	}
}

func withoutID(answer *blackbox.Answer) string {
	return strings.ReplaceAll(answer.Body, answer.Header.Get("Hub-Error-Id"), "")
}

// addressesAnother is addresses for machines of a user, who holds nothing at a service but the API and the hub.
func addressesAnother(token func(s *scene, who *subject, scope string) string) verdict {
	return tried(func(s *scene) {
		text := token(s, s.somebody(), "Hub")
		if answer := s.forward(text); answer.Status != http.StatusUnauthorized && answer.Status != http.StatusForbidden {
			s.Errorf("the API took it: %d %s", answer.Status, answer.Body)
		}
		if answer := s.asAPI(text); answer.Body != `{"active":false}` {
			s.Errorf("the API is told of it: %s", answer.Body)
		}
	})
}

// noCodeWithoutFactor: a browser that was signed in before the group asked for a factor gets no further code, and a code of
// before is worth nothing.
func noCodeWithoutFactor(s *scene) {
	who := s.somebody()
	b := s.signedIn(who)
	s.codeIn(b, who, wholeScope)
	factorRequired(s, who)
	answer := b.open("/api/rest/oauth2/auth?response_type=code&client_id=" + who.service + "&redirect_uri=" + who.back + "&scope=api")
	if to := answer.Header.Get("Location"); !strings.Contains(to, "/auth/second-factor") {
		s.Errorf("the browser was sent to %s", to)
	}
	s.closesFor(s.somebody(), readyCode, factorRequired)
}

// noDeviceWithoutFactor: the page that allows a device asks for the factor first, and a device that was allowed before gets
// nothing.
func noDeviceWithoutFactor(s *scene) {
	who := s.somebody()
	b := s.signedIn(who)
	begun := s.form("/api/rest/oauth2/device", []string{"scope", "api"}, blackbox.Basic(who.service, who.serviceSecret))
	factorRequired(s, who)
	b.post("/device/confirm?user_code="+begun.Text("user_code"), "decision", "accept")
	s.refused(s.poll(who, s.granted(begun, "device_code")))
	s.closesFor(s.somebody(), readyDevice, factorRequired)
}

// refreshTokenEnds: a refresh token has an end that using it does not move.
func refreshTokenEnds(s *scene) {
	who := s.somebody()
	text := s.granted(s.redeem(who, s.code(who, wholeScope)), "refresh_token")
	ended(refreshEnded)(s, who)
	s.refused(s.refreshed(who, text))
}

// deviceOfAWithdrawnConsent: who takes back what a service was allowed takes back what its devices have not fetched yet.
func deviceOfAWithdrawnConsent(s *scene) {
	who := s.somebody()
	b := s.signedIn(who)
	s.codeIn(b, who, wholeScope)
	code := s.deviceIn(b, who, wholeScope)
	consentWithdrawn(s, who)
	s.refused(s.poll(who, code))
}

// resetSignsNobodyIn: a new password is no second factor; who has to have one is asked for it at the next sign-in.
func resetSignsNobodyIn(s *scene) {
	who := s.twoFactored()
	factorRequired(s, who)
	b := &browser{scene: s}
	if answer := b.post("/auth/restore/"+s.mailed(who), "password", another); !enteredAnew(answer) {
		s.Fatalf("the password was not changed: %d %s", answer.Status, answer.Body)
	}
	if answer := b.open("/account/security/password"); isOK(answer) {
		s.Error("the link signed somebody in")
	}
	if _, answer := signIn(s, who.login, another); isOK(answer) {
		s.Error("the new password alone signs somebody in")
	}
}

// wrongFactorsLock: too many wrong codes close the step, to a right one too.
func wrongFactorsLock(s *scene) {
	who := s.twoFactored()
	b := s.halfway(who)
	for range 6 {
		s.refused(wrongFactor(s, b, "/auth/second-factor")())
	}
	s.limited(b.post("/auth/second-factor", "code", s.oneTime(seed)))
}

// wrongFactorsLockRecovery: codes of the telephone and recovery codes are counted together.
func wrongFactorsLockRecovery(s *scene) {
	who := s.somebody()
	codes := s.enrolled(who)
	b := s.halfway(who)
	for range 3 {
		s.refused(wrongFactor(s, b, "/auth/second-factor")())
		s.refused(wrongFactor(s, b, "/auth/recovery-code")())
	}
	s.limited(b.post("/auth/recovery-code", "code", codes[0].Reveal()))
}

// tokenOfAnAppFromElsewhere: the allowlist holds where the token is used, not only where it was made.
func tokenOfAnAppFromElsewhere(s *scene) {
	who := s.somebody()
	text := loginToken(s, who, "api")
	s.opens(func() *blackbox.Answer { return s.forward(text) })
	s.address = "172.16.0.3"
	s.refused(s.forward(text))
}

// introspectedFromElsewhere: the asker says whence the token came to it; who does not say is told nothing.
func introspectedFromElsewhere(s *scene) {
	text := loginToken(s, s.somebody(), "api")
	s.opens(func() *blackbox.Answer { return s.asAPI(text, "client_address", s.address) })
	s.refused(s.asAPI(text, "client_address", "172.16.0.4"))
	s.refused(s.asAPI(text))
}

// introspectedElsewhere: the API of the other environment is told nothing of a token of this one.
func introspectedElsewhere(s *scene) {
	text := s.personal(s.somebody())
	opposite := apiID("production")
	if s.environment == "production" {
		opposite = apiID("test")
	}
	answer := s.other.Form(s, "/api/rest/oauth2/introspect", []string{"token", text}, s.from(s.address), blackbox.Basic(opposite, apiSecret))
	if answer.Body != `{"active":false}` {
		s.Errorf("it is told %d %s", answer.Status, answer.Body)
	}
}
