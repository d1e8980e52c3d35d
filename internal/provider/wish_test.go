package provider_test

import (
	"testing"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/oauth/oauthtest"
)

// Whoever gets a token for the whole of Hub may do, soon after the sign-in, what needs a fresh one: the person is told so.
func TestThePersonIsToldWhoWantsToAdministerHub(t *testing.T) {
	s := newStage(t, storetest.SQLite(t), oauthtest.Service{})
	for scope, administers := range map[string]bool{hub.HubServiceID: true, hub.HubServiceKey + " api": true, "api": false, hub.HubServiceKey + ":user-read": false} {
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
