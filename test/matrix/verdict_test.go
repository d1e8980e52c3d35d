package matrix_test

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.org/hub/internal/fetch"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/keyring"
	"example.org/hub/internal/metrics"
	"example.org/hub/internal/provider"
	"example.org/hub/oauth"
	"example.org/hub/test/blackbox"
)

// closes says that a door which is open closes with each of these, at once.
func closes(takes ...take) verdict {
	return tried(func(s *scene) {
		for _, taken := range takes {
			s.closesFor(s.visitor(), s.door.ready, taken)
		}
	})
}

// closesTo is closes for another last step than the door's usual one.
func closesTo(ready func(*scene, *subject) step, takes ...take) verdict {
	return tried(func(s *scene) {
		for _, taken := range takes {
			s.closesFor(s.visitor(), ready, taken)
		}
	})
}

func (s *scene) closesFor(who *subject, ready func(*scene, *subject) step, taken take) {
	s.Helper()
	last := ready(s, who)
	if !s.door.single {
		s.opens(last)
	}
	taken(s, who)
	s.refused(last())
}

// opens checks that a step leads in.
func (s *scene) opens(last step) {
	s.Helper()
	if answer := last(); !s.door.opened(answer) {
		s.Errorf("the door stays closed: %d %s %s", answer.Status, answer.Header.Get("Location"), answer.Body)
	}
}

// refused checks that an answer lets nobody in, and that it is no fault either.
func (s *scene) refused(answer *blackbox.Answer) {
	s.Helper()
	if s.door.opened(answer) || answer.Status >= http.StatusInternalServerError {
		s.Errorf("the door is open, or broken: %d %s %s", answer.Status, answer.Header.Get("Location"), answer.Body)
	}
}

// limited checks that an answer says to wait.
func (s *scene) limited(answer *blackbox.Answer) {
	s.Helper()
	if answer.Header.Get("Retry-After") == "" || answer.Status != http.StatusTooManyRequests && answer.Status != http.StatusUnauthorized {
		s.Errorf("nobody was told to wait: %d %s", answer.Status, answer.Body)
	}
}

// stays says that a door stays open although something was taken away, and why that is right.
func stays(why string, takes ...take) verdict {
	return because(why, func(s *scene) {
		for _, taken := range takes {
			who := s.visitor()
			last := s.door.ready(s, who)
			taken(s, who)
			s.opens(last)
		}
	})
}

// elsewhere says that what opens a door of one environment opens none of the other.
func elsewhere(elsewhere func(*scene, *subject) step) verdict {
	return tried(func(s *scene) {
		who := s.visitor()
		last := elsewhere(s, who)
		here := s.at
		s.at = s.other
		answer := last()
		s.at = here
		s.refused(answer)
	})
}

// shared says that a door is the same in both environments, and why.
func shared(why string) verdict {
	return because(why, func(s *scene) {
		last := s.door.ready(s, s.visitor())
		here := s.at
		s.at = s.other
		defer func() { s.at = here }()
		s.opens(last)
	})
}

// wrongly repeats a wrong step until its answer says to wait, and gives that answer.
func (s *scene) wrongly(wrong step) *blackbox.Answer {
	s.Helper()
	for range 200 {
		answer := wrong()
		if s.door.opened(answer) {
			s.Fatalf("a wrong step leads in: %d %s", answer.Status, answer.Body)
		}
		if answer.Header.Get("Retry-After") != "" {
			return answer
		}
	}
	s.Fatal("200 wrong steps in a row were looked at")
	return nil
}

// locks says that wrong attempts, under whatever name of the account, close the door to the right one too, and to everybody
// who has only a password; from elsewhere it is open.
func locks(wrong func(s *scene, who *subject, name string) step) verdict {
	return tried(func(s *scene) {
		who := s.visitor()
		last := s.door.ready(s, who)
		for i := range 6 {
			name := []string{who.login, strings.ToUpper(who.login), who.email, who.userID, strings.ToUpper(who.email)}[i%5]
			s.refused(wrong(s, who, name)())
		}
		s.limited(last())
		if _, answer := signIn(s, who.email, password); answer.Header.Get("Retry-After") == "" {
			s.Errorf("the sign-in form does not know of it: %d", answer.Status)
		}
		s.address = "10.9.9.9"
		if !s.door.single {
			s.opens(last)
		}
	})
}

// slows says that guesses are answered with a wait, while the right credential still opens the door: nobody is locked out by
// a stranger.
func slows(wrong func(*scene, *subject) step) verdict {
	return tried(func(s *scene) {
		who := s.visitor()
		last := s.door.ready(s, who)
		s.limited(s.wrongly(wrong(s, who)))
		s.opens(last)
	})
}

// keepsRate says that a client that asks too often has to wait, whatever it asks with.
func keepsRate(ask func(*scene, *subject) step) verdict {
	return tried(func(s *scene) {
		who := s.visitor()
		last := ask(s, who)
		for range 500 {
			if answer := last(); answer.Status == http.StatusTooManyRequests {
				s.limited(answer)
				return
			}
		}
		s.Error("500 requests in a row were answered")
	})
}

// confines says that a token of this door that was asked for reading only does not create.
func confines(token func(s *scene, who *subject, scope string) string) verdict {
	return tried(func(s *scene) {
		text := token(s, s.visitor(), "api:read")
		if answer := s.forward(text, "&permission=api:read"); answer.Status != http.StatusOK {
			s.Errorf("it does not even read: %d %s", answer.Status, answer.Body)
		}
		if answer := s.forward(text, "&permission=api:create"); answer.Status != http.StatusForbidden {
			s.Errorf("it creates: %d %s", answer.Status, answer.Body)
		}
		permissions, _ := s.asAPI(text, "client_address", s.address).JSON["permissions"].([]any)
		if !slices.Equal(permissions, []any{"api:read"}) {
			s.Errorf("introspection tells of %v", permissions)
		}
	})
}

// addresses says that a token of this door for one service is none for another.
func addresses(token func(s *scene, who *subject, scope string) string) verdict {
	return tried(func(s *scene) {
		who := s.visitor()
		text := token(s, who, "s-"+who.login)
		if answer := s.forward(text); answer.Status != http.StatusUnauthorized && answer.Status != http.StatusForbidden {
			s.Errorf("the API took it: %d %s", answer.Status, answer.Body)
		}
		if answer := s.asAPI(text); answer.Body != `{"active":false}` {
			s.Errorf("the API is told of it: %s", answer.Body)
		}
	})
}

// The tokens of the doors that give some.

func passwordToken(s *scene, who *subject, scope string) string {
	return s.granted(s.withPassword(who, who.login, password, scope), "access_token")
}

func applicationToken(s *scene, who *subject, scope string) string {
	return s.granted(s.withPassword(who, who.login, who.applicationPassword, scope), "access_token")
}

func machineToken(s *scene, who *subject, scope string) string {
	return s.granted(s.form(tokenPath, []string{"grant_type", "client_credentials", "scope", scope},
		blackbox.Basic(who.robot, who.robotSecret)), "access_token")
}

func createdToken(s *scene, who *subject, scope string) string {
	return s.granted(s.createToken(who.client, who.clientSecret, scope), "access_token")
}

func loginToken(s *scene, who *subject, scope string) string {
	return s.granted(s.login(who.app, who.appKey, scope, s.address), "access_token")
}

func codeToken(s *scene, who *subject, scope string) string {
	return s.granted(s.redeem(who, s.code(who, scope)), "access_token")
}

// refreshedToken asks for all of two services and refreshes for less.
func refreshedToken(s *scene, who *subject, scope string) string {
	first := s.redeem(who, s.code(who, "offline_access api s-"+who.login))
	return s.granted(s.refreshed(who, s.granted(first, "refresh_token"), "scope", scope), "access_token")
}

func deviceToken(s *scene, who *subject, scope string) string {
	return s.granted(s.poll(who, s.device(who, scope)), "access_token")
}

// slowNode is an issuer of the same hub whose clock is behind: what it issues has ended already.
func (s *scene) slowNode(behind time.Duration) *oauth.Server {
	s.Helper()
	ring := &keyring.Ring{Store: s.db, Master: s.master, Settle: time.Minute, Linger: time.Hour}
	if err := ring.Refresh(s.Context()); err != nil {
		s.Fatal(err)
	}
	another := provider.New(provider.Options{
		Store: s.db, Master: s.master, Ring: ring,
		Fetch: &fetch.Client{}, Metrics: metrics.New(), Log: slog.New(slog.DiscardHandler),
	})
	core := another.Server(s.environment, s.url())
	core.Grants = []oauth.Grant{oauth.ClientCredentials{}}
	core.Now = func() time.Time { return time.Now().Add(-behind) }
	return core
}

// endedToken is a token of a machine that ended an hour ago.
func (s *scene) endedToken(who *subject) string {
	s.Helper()
	response, err := s.slowNode(2*time.Hour).Token(s.Context(), &oauth.TokenRequest{
		Origin: oauth.Origin{Door: "token"}, GrantType: "client_credentials",
		Scope: "api", Auth: oauth.ClientAuth{ID: who.robot, Secret: who.robotSecret},
	})
	if err != nil {
		s.Fatal(err)
	}
	return response.AccessToken
}

// leavesATrace says that a wrong step is kept in the one account of refusals, with the fields that every door fills in.
func leavesATrace(wrong func(*scene, *subject) step) verdict {
	return tried(func(s *scene) {
		who := s.visitor()
		answer := wrong(s, who)()
		s.refused(answer)
		s.traced(answer.Header.Get("Hub-Error-Id"))
	})
}

func (s *scene) traced(errorID string) {
	s.Helper()
	if errorID == "" {
		s.Fatal("the answer has no error id")
	}
	var kept hub.Refusal
	blackbox.Soon(s, "the refusal "+errorID, func() bool {
		var err error
		kept, err = s.db.Refusal(s.Context(), errorID)
		return err == nil
	})
	if kept.Environment != s.environment || kept.Door != s.door.ledger || kept.Address != s.address || kept.Code == "" || kept.Reason == "" ||
		time.Since(kept.At).Abs() > time.Minute || kept.Count < 1 {
		s.Errorf("what is kept of it: %+v", kept)
	}
	if strings.Contains(kept.Reason+kept.Expected+kept.Received, password) ||
		strings.Contains(kept.Reason+kept.Expected+kept.Received, "secret-of-") {
		s.Errorf("a credential is kept: %+v", kept)
	}
}
