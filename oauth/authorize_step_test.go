package oauth_test

import (
	"testing"
	"time"

	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

func TestWhoMustSignInOrConsentIsShownThePage(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	signedIn := *c.session
	for _, step := range []struct {
		name    string
		session *oauthtest.Session
		changes []string
		want    oauth.StepKind
		none    oauth.Code
	}{
		{"nobody is signed in", nil, nil, oauth.StepLogin, oauth.LoginRequired},
		{"the person has not consented", change(signedIn, func(s *oauthtest.Session) {
			s.Consented = false
		}), nil, oauth.StepConsent, oauth.ConsentRequired},
		{"the sign-in is too old", &signedIn, []string{"max_age", "60"}, oauth.StepLogin, oauth.LoginRequired},
	} {
		c.session = step.session
		answer := c.ask(t, step.changes...)
		stepped(t, answer, step.want)
		if answer.Asked.Return.Get("client_id") != c.id || answer.Asked.Client == nil {
			t.Errorf("%s: the page does not know how to come back", step.name)
		}
		told(t, c, c.ask(t, append(step.changes, "prompt", "none")...), step.none)
		told(t, c, c.ask(t, append(step.changes, "request_credentials", "silent")...), oauth.AccessDenied)
	}
	c.session = &signedIn
	stepped(t, c.ask(t, "prompt", "login"), oauth.StepLogin)
	stepped(t, c.ask(t, "prompt", "select_account"), oauth.StepSelectAccount)
	stepped(t, c.ask(t, "request_credentials", "required"), oauth.StepLogin)
	granted(t, c.ask(t, "prompt", "none"))
	granted(t, c.ask(t, "request_credentials", "silent"))
	granted(t, c.ask(t, "max_age", "3600"))
	granted(t, c.ask(t, "prompt", "something_new"))
	c.session = change(signedIn, func(s *oauthtest.Session) { s.Fresh = true })
	granted(t, c.ask(t, "prompt", "login"))
	granted(t, c.ask(t, "max_age", "0"))
	c.session = change(signedIn, func(s *oauthtest.Session) { s.Denied = true })
	told(t, c, c.ask(t), oauth.AccessDenied)
}

// OpenID Connect Core 1.0 section 3.1.2.1: what has passed since the sign-in is not more than max_age, not by a moment.
func TestASignInIsNotAMomentOlderThanAllowed(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	now := time.Now()
	c.Now = func() time.Time { return now }
	c.session.AuthTime = now.Add(-time.Second)
	granted(t, c.ask(t, "max_age", "1"))
	now = now.Add(time.Millisecond)
	stepped(t, c.ask(t, "max_age", "1"), oauth.StepLogin)
	c.session.AuthTime = now.Add(48 * time.Hour) // by a clock that was set back since: nobody knows how long ago it was
	stepped(t, c.ask(t, "max_age", "1"), oauth.StepLogin)
}

func change(session oauthtest.Session, by func(*oauthtest.Session)) *oauthtest.Session {
	by(&session)
	return &session
}

func TestAProgramOnThePersonsMachineIsNeverAnsweredUnseen(t *testing.T) {
	for _, uri := range []string{"http://127.0.0.1:4711/cb", "http://localhost/cb", "ytoauth://landing.url"} {
		c := newCounter(t, oauthtest.Service{Public: true, AuthMethod: oauth.AuthNone, RedirectURIs: []string{uri}})
		stepped(t, c.ask(t, "redirect_uri", uri), oauth.StepConsent) // though it was allowed before
		told(t, c, c.ask(t, "redirect_uri", uri, "prompt", "none"), oauth.InteractionRequired)
		told(t, c, c.ask(t, "redirect_uri", uri, "request_credentials", "silent"), oauth.InteractionRequired)
		before := *c.session
		for name, session := range map[string]*oauthtest.Session{
			"signed in for this": change(before, func(s *oauthtest.Session) { s.Fresh = true }),
			"allowed it now":     change(before, func(s *oauthtest.Session) { s.Seen = true }),
		} {
			if c.session = session; c.ask(t, "redirect_uri", uri).Redirect == nil {
				t.Errorf("%s: who %s is asked again", uri, name)
			}
		}
	}
}

// RFC 9700 section 4.11.2: who registered itself gets nobody's browser by way of an error before that person has signed in.
func TestAStrangersErrorWaitsUntilSomebodyHasSignedIn(t *testing.T) {
	c := newOffice(t, oauth.RegistrationOpen)
	stranger, err := c.register(t, "", map[string]any{"grant_types": []string{"authorization_code", "implicit"}})
	if err != nil {
		t.Fatal(err)
	}
	person := c.session
	for name, wrong := range map[string][]string{
		"scope": {"scope", "nothing known"}, "response type": {"response_type", "ticket"},
		"max_age": {"max_age", "soon"}, "response mode": {"response_mode", "pigeon"},
	} {
		asked := append([]string{"client_id", stranger.ClientID, "scope", "openid"}, wrong...)
		c.session = nil
		stepped(t, c.ask(t, asked...), oauth.StepLogin)
		if name != "scope" {
			told(t, c,
				c.ask(t, append(asked, "request_credentials", "silent")...),
				c.ask(t, append(asked, "prompt", "none")...).Redirect.Refusal.Code)
		}
		c.session = person
		told(t, c, c.ask(t, asked...), c.ask(t, asked...).Redirect.Refusal.Code)
	}
	c.session = nil
	told(t, c, c.ask(t, "client_id", stranger.ClientID, "scope", "openid", "prompt", "none"), oauth.LoginRequired)
	told(t, c, c.ask(t, "scope", "nothing known"), oauth.InvalidScope) // a service that an administrator registered
	c.memory.Change(stranger.ClientID, func(client *oauth.Client) { client.Unvouched = false })
	told(t, c, c.ask(t, "client_id", stranger.ClientID, "scope", "nothing known"), oauth.InvalidScope)
	shown(t, c, c.ask(t, "client_id", stranger.ClientID, "redirect_uri", "https://evil.example/"), oauth.InvalidRequest)
}

func TestThePersonAllowsLessThanWasAsked(t *testing.T) {
	c := newCounter(t, oauthtest.Service{Trusted: true})
	c.memory.NewService(oauthtest.Service{Key: "closed", Closed: true, Permissions: []string{"read"}})
	c.memory.NewService(oauthtest.Service{Key: "open"})
	if got := c.redeem(t, granted(t, c.ask(t, "scope", "shop open closed nothing"))); got.Scope != "shop open" {
		t.Errorf("scope %q, want what exists and the person may use", got.Scope)
	}
	c.session.Items = []string{"open"}
	if got := c.redeem(t, granted(t, c.ask(t, "scope", "shop open"))); got.Scope != "open" {
		t.Errorf("scope %q, want what the person consented to", got.Scope)
	}
	c.session.Items = []string{}
	told(t, c, c.ask(t, "scope", "shop open"), oauth.AccessDenied)
	c.session.Items = nil
	told(t, c, c.ask(t, "scope", "closed"), oauth.AccessDenied)
}

func TestNothingIsGivenForWhoIsBanned(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	c.Interaction = careless{&oauth.Step{Kind: oauth.StepIssue, Subject: &oauth.Subject{ID: c.userID}, AuthTime: time.Now()}}
	told(t, c, c.ask(t), oauth.AccessDenied)
}

func TestAPageOfAnyOtherKindIsInteraction(t *testing.T) {
	c := newCounter(t, oauthtest.Service{})
	for _, kind := range []oauth.StepKind{oauth.StepSecondFactor, oauth.StepSetPassword, "something_new"} {
		c.Interaction = careless{&oauth.Step{Kind: kind}}
		stepped(t, c.ask(t), kind)
		told(t, c, c.ask(t, "prompt", "none"), oauth.InteractionRequired)
	}
}
