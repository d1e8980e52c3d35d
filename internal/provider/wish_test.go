package provider_test

import (
	"context"
	"encoding/base64"
	"testing"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

// Whoever gets a token for the whole of Hub may do, soon after the sign-in, what needs a fresh one: the person is told so.
func TestThePersonIsToldWhoWantsToAdministerHub(t *testing.T) {
	s := newStage(t, storetest.SQLite(t), oauthtest.Service{})
	for scope, administers := range map[string]bool{
		hub.HubServiceID: true, hub.HubServiceKey + " api": true, "api": false, hub.HubServiceKey + ":user-read": false,
	} {
		wish, err := s.node.Wish(t.Context(), hub.Production, s.server, s.visit(), s.request("scope", scope))
		if err != nil || wish == nil {
			t.Fatalf("%s: %v, %v", scope, wish, err)
		}
		told := false
		for _, ability := range wish.Abilities {
			told = told || ability.Administer
		}
		if told != administers {
			t.Errorf("%s: told %t, want %t: %+v", scope, told, administers, wish.Abilities)
		}
	}
}

// hosted is what a client keeps at an address of its own.
type hosted struct {
	oauth.Requests
	object string
}

func (h hosted) Fetch(context.Context, *oauth.Client, string) (string, error) { return h.object, nil }

// A client could put another request in the place of the one that the person is shown.
func TestNobodyIsAskedToAllowWhatCanStillChange(t *testing.T) {
	s := newStage(t, storetest.SQLite(t), oauthtest.Service{})
	const address = "https://app.example.test/request"
	if err := s.store.Tx(t.Context(), func(tx *store.Tx) error {
		service, err := tx.Service(t.Context(), hub.Production, s.app)
		if err != nil {
			return err
		}
		service.RequestURIs = []string{address}
		return tx.UpdateService(t.Context(), service)
	}); err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	s.server.Requests = hosted{
		s.server.Requests, encode([]byte(`{"alg":"none"}`)) + "." + encode([]byte(`{"response_type":"code","scope":"api"}`)) + ".",
	}
	request := oauth.Parameters{"client_id": {s.app}, "redirect_uri": {landing}, "scope": {"openid"}, "request_uri": {address}}
	answer := s.authorize(s.visit(), request)
	if outcome(answer) != "consent" {
		t.Fatal(outcome(answer))
	}
	s.approve(s.visit(), request)
	if wish, err := s.node.Wish(t.Context(), hub.Production, s.server, s.visit(), request); err != nil || wish != nil ||
		outcome(s.authorize(s.visit(), request)) != "consent" {
		t.Errorf("shown %+v, %v", wish, err)
	}
	s.approve(s.visit(), answer.Asked.Return)
	if got := outcome(s.authorize(s.visit(), answer.Asked.Return)); got != "code" {
		t.Errorf("what the person allowed is answered with %s", got)
	}
}
