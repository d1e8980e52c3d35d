package oauth_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

// couch is a counter whose client is a device without a keyboard; its clock stands still.
type couch struct {
	*counter
	now time.Time
}

func newCouch(t testing.TB) *couch {
	t.Helper()
	c := &couch{counter: newCounter(t, oauthtest.Service{
		Key: "tv", Public: true, AuthMethod: oauth.AuthNone, Grants: []string{oauth.DeviceCode{}.Type(), "refresh_token"},
	})}
	c.now = time.Now()
	c.Now = func() time.Time { return c.now }
	return c
}

func (c *couch) begin(t testing.TB, scope string) *oauth.DeviceAnswer {
	t.Helper()
	answer, err := c.Device(t.Context(), &oauth.DeviceRequest{Origin: here, Auth: c.auth(), Scope: scope})
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func (c *couch) poll(t testing.TB, code string) (*oauth.TokenResponse, error) {
	t.Helper()
	c.now = c.now.Add(5 * time.Second)
	return c.Token(t.Context(), &oauth.TokenRequest{Origin: here, Auth: c.auth(), GrantType: oauth.DeviceCode{}.Type(), DeviceCode: code})
}

func (c *couch) issue() *oauth.Step {
	return &oauth.Step{
		Kind: oauth.StepIssue, Subject: &oauth.Subject{ID: c.userID, Username: "ada", Active: true},
		AuthTime: c.now, Session: "session-1",
	}
}

func TestADeviceGetsItsTokensWhenThePersonAllowsIt(t *testing.T) {
	c := newCouch(t)
	answer := c.begin(t, "tv offline_access")
	if answer.ExpiresIn != 10*time.Minute || answer.Interval != 5*time.Second ||
		answer.Page != issuer+"/device" || answer.PageWithCode != answer.Page+"?user_code="+answer.UserCode {
		t.Errorf("got %+v", answer)
	}
	if _, err := c.poll(t, answer.DeviceCode); code(err) != oauth.AuthorizationPending {
		t.Errorf("got %v, want authorization_pending", err)
	}
	c.now = c.now.Add(-4 * time.Second)
	if _, err := c.poll(t, answer.DeviceCode); code(err) != oauth.SlowDown {
		t.Errorf("got %v, want slow_down", err)
	}
	asked, err := c.DeviceAsked(t.Context(), here, strings.ToLower(strings.ReplaceAll(answer.UserCode, "-", " ")))
	if err != nil || asked.Client.ID != c.id || asked.Scope.String() != "tv offline_access" {
		t.Fatalf("got %+v, %v", asked, err)
	}
	if err := c.DecideDevice(t.Context(), here, answer.UserCode, c.issue()); err != nil {
		t.Fatal(err)
	}
	response, err := c.poll(t, answer.DeviceCode)
	if err != nil || response.RefreshToken == "" || response.Scope != "tv offline_access" {
		t.Fatalf("got %+v, %v", response, err)
	}
	live, err := c.Verify(t.Context(), response.AccessToken, here.Address)
	if err != nil || live.Subject != c.userID {
		t.Errorf("got %+v, %v", live, err)
	}
	if _, err := c.poll(t, answer.DeviceCode); code(err) != oauth.InvalidGrant {
		t.Errorf("the second time: got %v, want invalid_grant", err)
	}
	if _, err := c.Verify(t.Context(), response.AccessToken, here.Address); code(err) != oauth.InvalidToken {
		t.Errorf("what came of a code that was used twice: got %v, want invalid_token", err)
	}
}

func TestADeviceIsToldThatThePersonRefused(t *testing.T) {
	c := newCouch(t)
	answer := c.begin(t, "")
	if err := c.DecideDevice(t.Context(), here, answer.UserCode, &oauth.Step{Kind: oauth.StepDeny}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.poll(t, answer.DeviceCode); code(err) != oauth.AccessDenied {
		t.Errorf("got %v, want access_denied", err)
	}
	if err := c.DecideDevice(t.Context(), here, answer.UserCode, c.issue()); code(err) != oauth.InvalidRequest {
		t.Errorf("a second decision: got %v, want invalid_request", err)
	}
}

func TestADeviceHasTenMinutes(t *testing.T) {
	c := newCouch(t)
	answer := c.begin(t, "")
	c.now = c.now.Add(10 * time.Minute)
	if _, err := c.poll(t, answer.DeviceCode); code(err) != oauth.ExpiredToken {
		t.Errorf("got %v, want expired_token", err)
	}
	if _, err := c.DeviceAsked(t.Context(), here, answer.UserCode); code(err) != oauth.InvalidRequest {
		t.Errorf("got %v, want invalid_request", err)
	}
	if err := c.DecideDevice(t.Context(), here, answer.UserCode, c.issue()); code(err) != oauth.InvalidRequest {
		t.Errorf("got %v, want invalid_request", err)
	}
}

func TestWhatADeviceMayNotDo(t *testing.T) {
	c := newCouch(t)
	answer := c.begin(t, "")
	for _, text := range []string{"x", answer.UserCode, answer.DeviceCode + "x", strings.ToLower(answer.DeviceCode)} {
		if _, err := c.poll(t, text); code(err) != oauth.InvalidGrant {
			t.Errorf("%q: got %v, want invalid_grant", text, err)
		}
	}
	if _, err := c.poll(t, ""); code(err) != oauth.InvalidRequest {
		t.Error("an empty device code was taken")
	}
	otherID, _ := c.memory.NewService(oauthtest.Service{
		Key: "other", Public: true, AuthMethod: oauth.AuthNone, Grants: []string{oauth.DeviceCode{}.Type()},
	})
	if err := c.DecideDevice(t.Context(), here, answer.UserCode, c.issue()); err != nil {
		t.Fatal(err)
	}
	_, err := c.Token(t.Context(), &oauth.TokenRequest{
		Origin: here, Auth: oauth.ClientAuth{ID: otherID}, GrantType: oauth.DeviceCode{}.Type(), DeviceCode: answer.DeviceCode,
	})
	if code(err) != oauth.InvalidGrant {
		t.Errorf("another client's device code: got %v", err)
	}
	without := newCounter(t, oauthtest.Service{})
	if _, err := without.Device(t.Context(), &oauth.DeviceRequest{Origin: here, Auth: without.auth()}); code(err) != oauth.UnauthorizedClient {
		t.Errorf("a client without the flow: got %v", err)
	}
	if _, err := c.Device(t.Context(), &oauth.DeviceRequest{Origin: here, Auth: c.auth(), Scope: "nothing"}); code(err) != oauth.InvalidScope {
		t.Errorf("a scope of nothing: got %v", err)
	}
}

func TestUserCodesCannotBeGuessed(t *testing.T) {
	c := newCouch(t)
	seen := map[string]bool{}
	for range 50 {
		code := c.begin(t, "").UserCode
		if len(code) != 9 || code[4] != '-' || strings.ContainsAny(code, "AEIOUY0123456789") || seen[code] {
			t.Fatalf("the user code %s", code)
		}
		seen[code] = true
	}
	good := c.begin(t, "").UserCode
	for _, typed := range []string{"", "x", good + "B", good[:8], strings.Repeat("B", 1000), "BBBB-BBBA"} {
		if _, err := c.DeviceAsked(t.Context(), here, typed); code(err) != oauth.InvalidRequest {
			t.Errorf("%.20q: got %v, want invalid_request", typed, err)
		}
	}
	for range 100 {
		if _, err := c.DeviceAsked(t.Context(), here, "BBBB-BBBB"); code(err) == oauth.TooManyRequests {
			return
		}
	}
	t.Error("wrong user codes may be tried without end")
}

func TestOfFiftyPollsAtOnceAtMostOneGetsTheTokens(t *testing.T) {
	for range 5 {
		c := newCouch(t)
		answer := c.begin(t, "")
		if err := c.DecideDevice(t.Context(), here, answer.UserCode, c.issue()); err != nil {
			t.Fatal(err)
		}
		var wins atomic.Int32
		var together sync.WaitGroup
		for range 50 {
			together.Go(func() {
				request := &oauth.TokenRequest{Origin: here, Auth: c.auth(), GrantType: oauth.DeviceCode{}.Type(), DeviceCode: answer.DeviceCode}
				if _, err := c.Token(t.Context(), request); err == nil {
					wins.Add(1)
				}
			})
		}
		together.Wait()
		if wins.Load() > 1 {
			t.Errorf("%d polls got tokens", wins.Load())
		}
	}
}
