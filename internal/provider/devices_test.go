package provider_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

// television begins a device grant for the API, as a public client would.
func (s *stage) television() *oauth.DeviceAnswer {
	s.Helper()
	answer, err := s.server.Device(s.Context(), &oauth.DeviceRequest{
		Origin: s.origin(), Auth: oauth.ClientAuth{ID: s.app}, Scope: "api offline_access",
	})
	if err != nil {
		s.Fatal(err)
	}
	return answer
}

func (s *stage) poll(code string) (*oauth.TokenResponse, error) {
	return s.server.Token(s.Context(), &oauth.TokenRequest{Origin: s.origin(), Auth: oauth.ClientAuth{ID: s.app},
		GrantType: oauth.DeviceCode{}.Type(), DeviceCode: code})
}

func browser() signin.Origin {
	return signin.Origin{Environment: hub.Production, Door: "page", Address: netip.MustParseAddr("192.0.2.1")}
}

func code(err error) oauth.Code {
	var refused *oauth.Error
	if errors.As(err, &refused) {
		return refused.Code
	}
	return ""
}

func TestAPersonSeesAllThatADeviceAsksForAndItGetsThatOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := newStage(t, database, oauthtest.Service{Public: true})
		device := s.television()
		wish, err := s.node.DeviceWish(t.Context(), hub.Production, s.server, browser(), device.UserCode)
		if err != nil || wish.Service.ID != s.app || !wish.Offline || len(wish.Abilities) != 1 || wish.Abilities[0].Service.ID != s.api {
			t.Fatalf("%+v, %v", wish, err)
		}
		if _, err := s.node.DeviceWish(t.Context(), hub.Test, s.server, browser(), "BBBB-BBBB"); code(err) != oauth.InvalidRequest {
			t.Errorf("a code that no device shows: %v", err)
		}
		if err := s.node.DecideDevice(
			t.Context(), s.server, signin.Visit{}, browser(), device.UserCode, true,
		); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("nobody allowed it: %v", err)
		}
		if err := s.node.DecideDevice(t.Context(), s.server, s.visit(), browser(), device.UserCode, true); err != nil {
			t.Fatal(err)
		}
		if err := s.node.DecideDevice(t.Context(), s.server, s.visit(), browser(), device.UserCode, false); code(err) != oauth.InvalidRequest {
			t.Errorf("decided again: %v", err)
		}
		if answer, err := s.poll(device.DeviceCode); err != nil || answer.RefreshToken == "" {
			t.Errorf("%+v, %v", answer, err)
		}
		events, err := s.store.Events(t.Context(), store.EventFilter{Author: s.ada.ID}, store.EventMark{}, 10)
		if err != nil || len(events) != 1 || events[0].Action != "device.allow" || events[0].TargetID != s.app ||
			events[0].Credential != "session" || events[0].Address != "192.0.2.1" {
			t.Errorf("events %+v, %v", events, err)
		}
		if _, err := s.poll(device.DeviceCode); code(err) != oauth.InvalidGrant {
			t.Errorf("fetched again: %v", err)
		}
		families, err := s.store.FamiliesOfUser(t.Context(), s.ada.ID, hub.Now())
		if err != nil || len(families) > 0 {
			t.Errorf("a stolen device code left %+v, %v", families, err)
		}
	})
}

func TestADeviceThatWasRefusedIsTold(t *testing.T) {
	s := newStage(t, storetest.SQLite(t), oauthtest.Service{Public: true})
	device := s.television()
	if err := s.node.DecideDevice(t.Context(), s.server, s.visit(), browser(), device.UserCode, false); err != nil {
		t.Fatal(err)
	}
	if _, err := s.poll(device.DeviceCode); code(err) != oauth.AccessDenied {
		t.Errorf("got %v", err)
	}
}

func TestWhatADeviceHasNotFetchedEndsWithThePassword(t *testing.T) {
	s := newStage(t, storetest.SQLite(t), oauthtest.Service{Public: true})
	device := s.television()
	if err := s.node.DecideDevice(t.Context(), s.server, s.visit(), browser(), device.UserCode, true); err != nil {
		t.Fatal(err)
	}
	s.tx(func(ctx context.Context, tx *store.Tx) error { return tx.EndSignIns(ctx, s.ada.ID, "", s.store.Now()) })
	if _, err := s.poll(device.DeviceCode); code(err) != oauth.ExpiredToken {
		t.Errorf("got %v", err)
	}
}

func TestOneSourceHasNoMoreWaitingOverManyClientsThanAFewMay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := newStage(t, database, oauthtest.Service{Public: true})
		now := hub.Now()
		waits := func(text string) bool {
			_, err := s.store.WaitingDevice(t.Context(), hub.Production, []byte(text), now)
			if err != nil && !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
			return err == nil
		}
		for i := range 6 {
			now = now.Add(time.Millisecond)
			text := fmt.Sprint("of ", i)
			client, _ := s.newService(oauthtest.Service{Key: fmt.Sprint("client-", i), Public: true})
			for _, source := range []string{"flood", "honest"}[:1+i%2] {
				if _, err := s.store.InsertDeviceGrant(t.Context(), hub.DeviceGrant{
					Digest: []byte(text + source), Environment: hub.Production, ClientID: client,
					UserCode: []byte(text + source), Source: source, EndsAt: now.Add(time.Minute),
				}, now, 1+int64(i%2)); err != nil {
					t.Error(err)
				}
				err := s.store.InsertPushedRequest(t.Context(), hub.PushedRequest{
					Digest: []byte(text + source), Environment: hub.Production, ClientID: client,
					Source: source, Document: []byte("{}"), EndsAt: now.Add(time.Minute),
				}, now, 1<<10*(1+int64(i%2)))
				if err != nil {
					t.Error(err)
				}
			}
		}
		for text, want := range map[string]bool{
			"of 0flood": false, "of 2flood": true, "of 4flood": true, "of 5flood": true, "of 1honest": true, "of 5honest": true,
		} {
			if got := waits(text); got != want {
				t.Errorf("the device %s waits: %v", text, got)
			}
			_, err := s.store.OpenPushedRequest(t.Context(), hub.Production, []byte(text), now, now.Add(time.Minute))
			if fault.Is(err, fault.NotFound) == want {
				t.Errorf("the request %s: %v", text, err)
			}
		}
	})
}

func TestDevicesThatWaitAreCountedPerClientAndTheSourceOfMostMakesRoom(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		s := newStage(t, database, oauthtest.Service{Public: true})
		now := hub.Now()
		grant := func(clientID, text, source string) hub.DeviceGrant {
			now = now.Add(time.Millisecond)
			return hub.DeviceGrant{
				Digest: []byte(text), Environment: hub.Production, ClientID: clientID,
				UserCode: []byte(text), Source: source, EndsAt: now.Add(time.Minute),
			}
		}
		for _, one := range []hub.DeviceGrant{
			grant(s.app, "a", "honest"), grant(s.app, "b", "flood"), grant(s.app, "c", "flood"), grant(s.app, "d", "flood"),
			grant(s.api, "e", "another client"), grant(s.app, "f", "honest, too"),
		} {
			if free, err := s.store.InsertDeviceGrant(t.Context(), one, now, 3); err != nil || !free {
				t.Errorf("%s: %v, %v", one.UserCode, free, err)
			}
		}
		for code, waits := range map[string]bool{"a": true, "b": false, "c": false, "d": true, "e": true, "f": true} {
			if _, err := s.store.WaitingDevice(t.Context(), hub.Production, []byte(code), now); fault.Is(err, fault.NotFound) == waits {
				t.Errorf("%s waits: %v, %v", code, !waits, err)
			}
		}
		for _, code := range []string{"a", "d", "f"} {
			if _, err := s.store.DecideDevice(t.Context(), store.DeviceDecision{
				Environment: hub.Production, UserCode: []byte(code), Now: now,
			}); err != nil {
				t.Error(err)
			}
		}
		if _, err := s.store.InsertDeviceGrant(t.Context(), grant(s.app, "g", "honest"), now, 3); !fault.Is(err, fault.Limited) {
			t.Errorf("what people have decided gave way: %v", err)
		}
		later := now.Add(2 * time.Minute)
		again := grant(s.app, "h", "honest")
		again.UserCode = []byte("a")
		if free, err := s.store.InsertDeviceGrant(t.Context(), again, later, 3); err != nil || !free {
			t.Errorf("the user code of one that has ended: %v, %v", free, err)
		}
		var gone int64
		s.tx(func(ctx context.Context, tx *store.Tx) (err error) {
			gone, err = tx.DeleteExpired(ctx, later.Add(2*time.Hour), later.Add(2*time.Hour), 100)
			return err
		})
		if gone != 4 {
			t.Errorf("%d were swept away", gone)
		}
	})
}
