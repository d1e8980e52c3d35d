package oauthhttp_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthhttp"
)

// gone is a resource port that fails.
type gone struct {
	oauth.Resources
	err error
}

func (g gone) Resource(context.Context, string) (*oauth.Resource, error) { return nil, g.err }

func (g gone) Named(context.Context, []string) (map[string]*oauth.Resource, error) {
	return nil, g.err
}

// statuses says again, in the words of the specifications, what each code's status is.
var statuses = map[oauth.Code]int{
	oauth.InvalidRequest: 400, oauth.InvalidClient: 401, oauth.InvalidGrant: 400, oauth.UnauthorizedClient: 400, oauth.UnsupportedGrantType: 400,
	oauth.InvalidScope: 400, oauth.InvalidToken: 401, oauth.InsufficientScope: 403, oauth.UnsupportedTokenType: 400, oauth.AccessDenied: 400,
	oauth.TooManyRequests: 429, oauth.ServerError: 500, oauth.TemporarilyUnavailable: 503,
	oauth.UnsupportedResponseType: 400, oauth.LoginRequired: 400, oauth.ConsentRequired: 400, oauth.InteractionRequired: 400,
	oauth.AccountSelectionRequired: 400, oauth.InvalidTarget: 400, oauth.InvalidRequestURI: 400, oauth.InvalidRequestObject: 400,
	oauth.RequestURINotSupported: 400, oauth.RegistrationNotSupported: 400,
	oauth.AuthorizationPending: 400, oauth.SlowDown: 400, oauth.ExpiredToken: 400,
	oauth.InvalidRedirectURI: 400, oauth.InvalidClientMetadata: 400,
}

func TestEveryCodeHasItsStatusAndHeaders(t *testing.T) {
	for _, code := range oauth.Codes() {
		t.Run(string(code), func(t *testing.T) {
			w := httptest.NewRecorder()
			oauthhttp.WriteError(w, &oauth.Error{
				Code: code, Description: "why", ID: "ID", URI: "https://hub.example.test/explain/ID", RetryAfter: 90 * time.Second,
			})
			want, known := statuses[code]
			if !known {
				t.Fatal("the test does not know the code")
			}
			if w.Code != want || oauthhttp.Status(code) != want {
				t.Errorf("status %d, want %d", w.Code, want)
			}
			var body map[string]any
			if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
				t.Fatal(err)
			}
			for name, value := range map[string]any{
				"error": string(code), "error_description": "why", "error_id": "ID",
				"error_uri": "https://hub.example.test/explain/ID", "error_code": float64(want),
			} {
				if body[name] != value {
					t.Errorf("%s is %v, want %v", name, body[name], value)
				}
			}
			for name, there := range map[string]bool{
				"WWW-Authenticate": code == oauth.InvalidClient,
				"Retry-After":      want == 429 || want == 503,
				"Hub-Error-Id":     true, "Cache-Control": true,
			} {
				if got := w.Header().Get(name); (got != "") != there {
					t.Errorf("header %s is %q", name, got)
				}
			}
		})
	}
}

func TestACodeNobodyKnowsIsTroubleOfOurs(t *testing.T) {
	if got := oauthhttp.Status("made_up"); got != http.StatusInternalServerError {
		t.Errorf("got %d", got)
	}
}

func TestRetryAfterIsAtLeastASecond(t *testing.T) {
	for wait, want := range map[time.Duration]string{
		0: "1", time.Millisecond: "1", time.Second: "1", 1001 * time.Millisecond: "2", time.Minute: "60",
	} {
		w := httptest.NewRecorder()
		oauthhttp.WriteError(w, &oauth.Error{Code: oauth.TooManyRequests, RetryAfter: wait, ID: "ID"})
		if got := w.Header().Get("Retry-After"); got != want {
			t.Errorf("%v: Retry-After is %s, want %s", wait, got, want)
		}
	}
}
