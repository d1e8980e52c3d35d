package provider_test

import (
	"crypto/rand"
	"errors"
	"net/netip"
	"sync"
	"testing"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthtest"
)

// arena is a client, a person who allowed it something, and the nodes that are asked at the same time.
type arena struct {
	*desk
	nodes    []*oauth.Server
	clientID string
	userID   string
	scope    string
}

func newArena(t *testing.T, database storetest.Database) *arena {
	t.Helper()
	d := newHub(t, database)
	a := &arena{desk: d, scope: "api"}
	fixture := d.fixture()
	a.nodes = append(fixture.Peers, fixture.Server)
	d.newService(oauthtest.Service{Key: a.scope})
	a.clientID, _ = d.newService(oauthtest.Service{
		Key: "spa", Public: true, AuthMethod: oauth.AuthNone, Grants: []string{"authorization_code", "refresh_token"},
	})
	a.userID = d.newUser(oauthtest.User{Login: "ada"})
	return a
}

// code lets the person allow the client something.
func (a *arena) code() string {
	a.Helper()
	family := &oauth.Family{ID: rand.Text(), ClientID: a.clientID, Subject: a.userID, Scope: []string{a.scope}, AuthTime: hub.Now(), Offline: true,
		EndsAt: time.Now().Add(time.Hour)}
	code, err := a.nodes[0].Families.SaveCode(a.Context(), family, time.Now().Add(time.Hour))
	if err != nil {
		a.Fatal(err)
	}
	return code
}

func (a *arena) ask(node int, request oauth.TokenRequest) (*oauth.TokenResponse, error) {
	request.Auth = oauth.ClientAuth{ID: a.clientID}
	return a.nodes[node%len(a.nodes)].Token(a.Context(), &request)
}

// together sends a request fifty times at once, to all nodes in turn. What is neither granted nor invalid_grant is a fault.
func (a *arena) together(request oauth.TokenRequest) []*oauth.TokenResponse {
	a.Helper()
	var lock sync.Mutex
	var granted []*oauth.TokenResponse
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			var response *oauth.TokenResponse
			err := storetest.Insist(func() (err error) {
				response, err = a.ask(i, request)
				return err
			})
			var refused *oauth.Error
			switch {
			case err == nil:
				lock.Lock()
				granted = append(granted, response)
				lock.Unlock()
			case !errors.As(err, &refused) || refused.Code != oauth.InvalidGrant:
				a.Errorf("got %v, want invalid_grant", err)
			}
		})
	}
	all.Wait()
	return granted
}

func TestOfFiftyRedemptionsOfACodeOneSucceedsAndWhatItGotEnds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		a := newArena(t, database)
		for range storetest.Rounds(t) {
			granted := a.together(oauth.TokenRequest{GrantType: "authorization_code", Code: a.code()})
			if len(granted) != 1 {
				t.Fatalf("%d redemptions succeeded", len(granted))
			}
			for i := range a.nodes {
				storetest.Eventually(t, "the access token ends on every node", func() bool {
					_, err := a.nodes[i].Verify(t.Context(), granted[0].AccessToken, netip.Addr{})
					return err != nil
				})
				if _, err := a.ask(i, oauth.TokenRequest{GrantType: "refresh_token", RefreshToken: granted[0].RefreshToken}); err == nil {
					t.Error("the refresh token lives on")
				}
			}
		}
	})
}

func TestFiftyRefreshesAtOnceNeverGiveTwoSuccessors(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		a := newArena(t, database)
		first, err := a.ask(0, oauth.TokenRequest{GrantType: "authorization_code", Code: a.code()})
		if err != nil {
			t.Fatal(err)
		}
		refresh := first.RefreshToken
		for range storetest.Rounds(t) {
			granted := a.together(oauth.TokenRequest{GrantType: "refresh_token", RefreshToken: refresh})
			if len(granted) != 50 {
				t.Fatalf("%d of 50 honest refreshes succeeded", len(granted))
			}
			for _, response := range granted {
				if response.RefreshToken != granted[0].RefreshToken || response.RefreshToken == refresh {
					t.Fatal("two different successors, or none")
				}
			}
			refresh = granted[0].RefreshToken
		}
	})
}
