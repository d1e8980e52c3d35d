package provider_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/provider"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

const (
	verifier  = "a-code-verifier.of_exactly~43-characters-00"
	challenge = "HJNdJyUL2vVj8diECVTW8tHo_TgUMgXPSaUWUd0wF6A"
)

// Two nodes whose clocks are three minutes apart serve one person: what one node says is good is good at the other.
func TestANodeWithAWrongClockBreaksNoSignIn(t *testing.T) {
	database := storetest.PostgreSQL(t)
	s := newStage(t, database, oauthtest.Service{Public: true})
	wrong := func(off time.Duration) (*provider.Provider, *oauth.Server) {
		shifted := database
		shifted.Options.Clock = func() time.Time { return time.Now().Add(off) }
		node := s.newNode(shifted.Open(t))
		return node, s.desk.server(node, hub.Production, issuer)
	}
	early, ahead := wrong(90 * time.Second)
	late, behind := wrong(-90 * time.Second)
	for name, nodes := range map[string][2]*oauth.Server{"ahead, then behind": {ahead, behind}, "behind, then ahead": {behind, ahead}} {
		t.Run(name, func(t *testing.T) {
			first, second := nodes[0], nodes[1]
			now := early.Store.Now()
			if name == "behind, then ahead" {
				now = late.Store.Now()
			}
			visit := s.visit()
			visit.Session.SignedInAt, visit.Pending = now, signin.Pending{AskedAt: now.Add(-time.Second), AllowedAt: now, UserID: s.ada.ID}
			request := s.request("prompt", "login consent", "max_age", "60", "access_type", "offline",
				"code_challenge", challenge, "code_challenge_method", "S256")

			pushed, err := first.Push(t.Context(), &oauth.PushRequest{Origin: s.origin(), Auth: oauth.ClientAuth{ID: s.app}, Parameters: request})
			if err != nil {
				t.Fatal(err)
			}
			answer := second.Authorize(t.Context(), &oauth.AuthorizeRequest{Origin: s.origin(), Session: visit,
				Parameters: oauth.Parameters{"client_id": {s.app}, "request_uri": {pushed.RequestURI}}})
			if got := outcome(answer); got != "code" {
				t.Fatalf("a request pushed at one node and a sign-in there gave %s at the other", got)
			}
			token := func(server *oauth.Server, request oauth.TokenRequest) *oauth.TokenResponse {
				t.Helper()
				request.Origin, request.Auth = s.origin(), oauth.ClientAuth{ID: s.app}
				response, err := server.Token(t.Context(), &request)
				if err != nil {
					t.Fatal(err)
				}
				return response
			}
			code := answer.Redirect.Parameters[0].Value
			tokens := token(first, oauth.TokenRequest{GrantType: "authorization_code", Code: code, RedirectURI: landing, CodeVerifier: verifier})
			next := token(second, oauth.TokenRequest{GrantType: "refresh_token", RefreshToken: tokens.RefreshToken})
			if again := token(first, oauth.TokenRequest{
				GrantType: "refresh_token", RefreshToken: tokens.RefreshToken,
			}); again.RefreshToken != next.RefreshToken {
				t.Error("within the grace the other node gives another successor")
			}
			if _, err := first.VerifyFor(t.Context(), s.origin(), next.AccessToken, s.api, func(*oauth.AccessToken) bool {
				return true
			}); err != nil {
				t.Errorf("an access token of the other node: %v", err)
			}
		})
	}
}

// A clock that is ahead for a while brings back nothing that was revoked, and what was ended meanwhile does not end what comes later.
func TestAClockThatWasAheadForAWhileRevivesNothingAndEndsNothing(t *testing.T) {
	var off atomic.Int64
	database := storetest.SQLite(t)
	database.Options.Clock = func() time.Time { return time.Now().Add(time.Duration(off.Load())) }
	s := newStage(t, database, oauthtest.Service{Trusted: true})
	live := func(text string) bool {
		_, err := s.server.Verify(t.Context(), text, s.origin().Address)
		return err == nil
	}
	revoked := s.redeem(s.code()).AccessToken
	if err := s.server.Revoke(t.Context(), &oauth.RevocationRequest{Origin: s.origin(), Auth: s.secretOf(), Token: revoked}); err != nil {
		t.Fatal(err)
	}
	off.Store(int64(72 * time.Hour))
	s.tx(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.DeleteExpired(ctx, s.store.Now(), s.store.Surely(), 100)
		return errors.Join(err, tx.EndSignIns(ctx, s.ada.ID, "", s.store.Now()))
	})
	off.Store(0)
	s.server = s.desk.server(s.newNode(database.Open(t)), hub.Production, issuer)
	if live(revoked) {
		t.Error("what was revoked is live again")
	}
	time.Sleep(2 * time.Millisecond) // a person who signs in anew takes longer
	if after := s.redeem(s.code()).AccessToken; !live(after) {
		t.Error("a token of a sign-in that came later is not live")
	}
}
