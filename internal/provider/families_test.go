package provider_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/provider"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

// ended lists the events of families that ended, newest first.
func (s *stage) ended() []hub.Event {
	s.Helper()
	events, err := s.store.Events(s.Context(), store.EventFilter{Action: "refresh-token.end"}, store.EventMark{}, 100)
	if err != nil {
		s.Fatal(err)
	}
	return events
}

func (s *stage) code() string {
	s.Helper()
	answer := s.authorize(s.visit(), s.request("access_type", "offline"))
	if outcome(answer) != "code" {
		s.Fatal(outcome(answer))
	}
	return answer.Redirect.Parameters[0].Value
}

func TestWhatWasStolenIsEndedRecordedAndToldOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := newStage(t, database, oauthtest.Service{Trusted: true, Rotate: true})
		var told []string
		s.node.TellStolen = func(_ context.Context, _ *store.Tx, user hub.User, service hub.Service) error {
			told = append(told, user.Login+" "+service.Key)
			return nil
		}
		refused := func(err error) {
			t.Helper()
			var refusal *oauth.Error
			if !errors.As(err, &refusal) || refusal.Code != oauth.InvalidGrant {
				t.Errorf("got %v, want invalid_grant", err)
			}
		}
		for i, replay := range []func(){
			func() {
				code := s.code()
				s.redeem(code)
				for range 3 {
					_, err := s.server.Token(t.Context(), &oauth.TokenRequest{
						Origin: s.origin(), Auth: s.secretOf(), GrantType: "authorization_code", Code: code, RedirectURI: landing,
					})
					refused(err)
				}
			},
			func() {
				first := s.redeem(s.code())
				if _, err := s.refresh(first.RefreshToken); err != nil {
					t.Fatal(err)
				}
				s.server.Now = func() time.Time { return time.Now().Add(time.Minute) }
				defer func() { s.server.Now = nil }()
				for range 3 {
					_, err := s.refresh(first.RefreshToken)
					refused(err)
				}
			},
		} {
			replay()
			events := s.ended()
			if len(events) != i+1 || len(told) != i+1 || told[i] != "ada app" {
				t.Fatalf("%d events, told %q", len(events), told)
			}
			if e := events[0]; e.AuthorID != s.app || e.Environment != hub.Production ||
				!strings.Contains(e.Details, s.ada.ID) || !strings.Contains(e.Details, `"why":"a `) {
				t.Errorf("the event: %+v", e)
			}
		}
	})
}

func TestARevocationIsAnEventOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := newStage(t, database, oauthtest.Service{Trusted: true})
		text := s.redeem(s.code()).AccessToken
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if err := s.server.Revoke(t.Context(), &oauth.RevocationRequest{Origin: s.origin(), Auth: s.secretOf(), Token: text}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		events, err := s.store.Events(t.Context(), store.EventFilter{Action: "access-token.revoke"}, store.EventMark{}, 100)
		if err != nil || len(events) != 1 || events[0].Address != s.origin().Address.String() || events[0].Door != s.origin().Door {
			t.Errorf("%+v, %v", events, err)
		}
	})
}

func TestWhatWasAllowedWithoutASecondFactorEndsWhenAGroupAsksForOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := newStage(t, database, oauthtest.Service{Trusted: true})
		proven := s.visit()
		proven.Session.Methods = []string{signin.MethodPassword, signin.MethodOTP, signin.MethodMultiple}
		with := s.redeem(s.authorize(proven, s.request("access_type", "offline")).Redirect.Parameters[0].Value)
		without, code := s.redeem(s.code()), s.code()
		group := hub.Group{
			ID: "g", Name: "Staff", RequireTwoFactor: true, TwoFactorGrace: 24 * time.Hour, TwoFactorSince: hub.Now(),
			CreatedAt: hub.Now(), UpdatedAt: hub.Now(),
		}
		s.tx(func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(tx.InsertGroup(ctx, group), tx.AddMember(ctx, "g", s.ada.ID))
		})
		if _, err := s.refresh(without.RefreshToken); err != nil {
			t.Errorf("within the grace period: %v", err)
		}
		group.TwoFactorGrace = 0
		s.tx(func(ctx context.Context, tx *store.Tx) error { return tx.UpdateGroup(ctx, group) })
		var refused *oauth.Error
		if _, err := s.refresh(without.RefreshToken); !errors.As(err, &refused) || refused.Code != oauth.InvalidGrant ||
			refused.Explanation.Setting != oauth.SettingTwoFactor {
			t.Errorf("a refresh token: %v", err)
		}
		if _, err := s.server.Token(t.Context(), &oauth.TokenRequest{
			Origin: s.origin(), Auth: s.secretOf(), GrantType: "authorization_code", Code: code, RedirectURI: landing,
		}); err == nil {
			t.Error("a code")
		}
		if _, err := s.refresh(with.RefreshToken); err != nil {
			t.Errorf("with a factor proven: %v", err)
		}
		group.RequireTwoFactor = false
		s.tx(func(ctx context.Context, tx *store.Tx) error { return tx.UpdateGroup(ctx, group) })
		if _, err := s.refresh(without.RefreshToken); err != nil {
			t.Errorf("when the group asks no more: %v", err)
		}
	})
}

// interrupted does something else just before a code is kept.
type interrupted struct {
	oauth.Families
	by func()
}

func (i interrupted) SaveCode(ctx context.Context, family *oauth.Family, codeEnds time.Time) (string, error) {
	i.by()
	return i.Families.SaveCode(ctx, family, codeEnds)
}

func (i interrupted) Holds(ctx context.Context, family *oauth.Family) error {
	i.by()
	return i.Families.Holds(ctx, family)
}

// A request that was on its way while the sign-in ended leaves nothing behind: whoever asks again and again would else be given, at
// that very moment, what outlives it.
func TestARequestOnItsWayLeavesNothingThatOutlivesTheSignIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := newStage(t, database, oauthtest.Service{Public: true})
		kept := s.server.Families
		for name, end := range map[string]func(ctx context.Context, tx *store.Tx) error{
			"password changed elsewhere": func(ctx context.Context, tx *store.Tx) error { return tx.EndSignIns(ctx, s.ada.ID, "", s.store.Now()) },
			"password changed in that session": func(ctx context.Context, tx *store.Tx) error {
				session, err := tx.Session(ctx, "session")
				session.SignedInAt = hub.Now()
				return errors.Join(err, tx.UpdateSession(ctx, session), tx.EndSignIns(ctx, s.ada.ID, "session", s.store.Now()))
			},
			"consent withdrawn": func(ctx context.Context, tx *store.Tx) error {
				approved, err := tx.ApprovedScope(ctx, s.ada.ID, hub.Production, s.app)
				return errors.Join(err, tx.DeleteApprovedScope(ctx, approved.ID))
			},
		} {
			request := s.request("access_type", "offline", "code_challenge", strings.Repeat("A", 43), "code_challenge_method", "S256")
			s.approve(s.visit(), request)
			onItsWay := s.visit()
			device := s.television()
			s.server.Families = interrupted{kept, func() { s.tx(end) }}
			if got := outcome(s.authorize(onItsWay, request)); got != "access_denied" {
				t.Errorf("%s: a browser gets %s", name, got)
			}
			s.approve(s.visit(), request)
			request["response_type"] = []string{"token"}
			if got := outcome(s.authorize(onItsWay, request)); got != "access_denied" {
				t.Errorf("%s: a browser gets a token at once: %s", name, got)
			}
			if name == "consent withdrawn" {
				continue // a device asks for it each time
			}
			if err := s.node.DecideDevice(t.Context(), s.server, onItsWay, browser(), device.UserCode, true); code(err) != oauth.AccessDenied {
				t.Errorf("%s: a device: %v", name, err)
			}
			if _, err := s.poll(device.DeviceCode); code(err) != oauth.AuthorizationPending {
				t.Errorf("%s: the device polls: %v", name, err)
			}
			s.tx(func(ctx context.Context, tx *store.Tx) error { return tx.DeleteSessionsBut(ctx, s.ada.ID, "") })
		}
	})
}

func TestATokenOfTheSecondInWhichAPasswordChangedIsTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := newStage(t, database, oauthtest.Service{Trusted: true})
		live := func(text string) bool {
			_, err := s.server.Verify(t.Context(), text, s.origin().Address)
			return err == nil
		}
		for range 20 { // most of them within one second
			before := s.redeem(s.code()).AccessToken
			err := s.store.Tx(t.Context(), func(tx *store.Tx) error { return tx.EndSignIns(t.Context(), s.ada.ID, "", s.store.Now()) })
			if err != nil {
				t.Fatal(err)
			}
			if live(before) {
				t.Fatal("a token of before is live")
			}
			time.Sleep(2 * time.Millisecond) // a person who signs in anew takes longer
			if after := s.redeem(s.code()).AccessToken; !live(after) {
				t.Fatal("a token of after is not live")
			}
		}
	})
}

func TestWhatIsGivenBackIsEndedAndNobodyIsAlarmed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := newStage(t, database, oauthtest.Service{Trusted: true})
		s.node.TellStolen = func(context.Context, *store.Tx, hub.User, hub.Service) error {
			t.Error("somebody was alarmed")
			return nil
		}
		tokens := s.redeem(s.code())
		for range 2 {
			if err := s.server.Revoke(t.Context(), &oauth.RevocationRequest{
				Origin: s.origin(), Auth: s.secretOf(), Token: tokens.RefreshToken,
			}); err != nil {
				t.Fatal(err)
			}
		}
		other := s.redeem(s.code())
		family, err := s.server.Families.FindRefresh(t.Context(), other.RefreshToken)
		if err != nil {
			t.Fatal(err)
		}
		actor := hub.Actor{User: s.ada, Name: "Ada", Door: "rest", Environment: hub.Test, Permissions: hub.NewPermissions("hub:self-update")}
		if err := s.credentials().DeleteRefreshToken(t.Context(), actor, s.ada.ID, family.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("from the other environment: %v", err)
		}
		actor.Environment = hub.Production
		if err := s.credentials().DeleteRefreshToken(t.Context(), actor, s.ada.ID, family.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.credentials().DeleteRefreshToken(t.Context(), actor, s.ada.ID, family.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("twice: %v", err)
		}
		if events := s.ended(); len(events) != 2 || events[1].Address != s.origin().Address.String() || events[0].AuthorID != s.ada.ID {
			t.Errorf("events: %+v", events)
		}
		for _, response := range []*oauth.TokenResponse{tokens, other} {
			if _, err := s.server.Verify(t.Context(), response.AccessToken, netip.Addr{}); err == nil {
				t.Error("an access token lives on")
			}
			if _, err := s.refresh(response.RefreshToken); err == nil {
				t.Error("a refresh token lives on")
			}
		}
	})
}

func TestNothingReadableIsKeptOfCodesAndRefreshTokens(t *testing.T) {
	s := newStage(t, storetest.SQLite(t), oauthtest.Service{Trusted: true, Rotate: true})
	code := s.code()
	first := s.redeem(code)
	next, err := s.refresh(first.RefreshToken)
	if err != nil {
		t.Fatal(err)
	}
	family, err := s.server.Families.FindRefresh(t.Context(), next.RefreshToken)
	if err != nil {
		t.Fatal(err)
	}
	row, err := s.store.Family(t.Context(), hub.Production, family.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{code, first.RefreshToken, next.RefreshToken} {
		if strings.Contains(string(row.Document)+string(row.CodeDigest), text) {
			t.Errorf("%s can be read in the database", text)
		}
	}
}

func TestLevelsOfSignIn(t *testing.T) {
	for level, methods := range map[string][]string{provider.LevelOne: {"pwd"}, provider.LevelTwo: {"pwd", "otp", "mfa"}} {
		if got := provider.Level(methods); got != level {
			t.Errorf("%v is level %s, want %s", methods, got, level)
		}
	}
}
