package resource_test

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.org/hub/resource"
)

func TestOnlineTheHubDecides(t *testing.T) {
	hub := start(t)
	v := hub.verifier(online)
	hub.answer("hubpat_x", map[string]any{"client_id": nil, "exp": nil})
	token, err := v.Check(t.Context(), "hubpat_x", netip.MustParseAddr("::ffff:192.0.2.1"))
	if err != nil {
		t.Fatal(err)
	}
	if token.Username != "ada" || !token.Allows("payments:create") || !token.Expires.IsZero() {
		t.Errorf("the token is %+v", token)
	}
	if _, err := v.Check(t.Context(), "unknown", nowhere); status(t, err) != 401 {
		t.Errorf("unknown to the hub: %v", err)
	}
	if !slices.Equal(hub.asked, []string{"192.0.2.1", ""}) {
		t.Errorf("the hub was told the addresses %q", hub.asked)
	}
}

func TestOnlineVerdictsAndTrouble(t *testing.T) {
	hub := start(t)
	v := hub.verifier(online)
	for name, tc := range map[string]struct {
		members map[string]any
		want    int
	}{
		"live":                     {map[string]any{}, 200},
		"token type in lower case": {map[string]any{"token_type": "bearer"}, 200},
		"one audience, a string":   {map[string]any{"aud": serviceID}, 200},
		"no permissions":           {map[string]any{"permissions": []string{}}, 200},
		"not active":               {map[string]any{"active": false}, 401},
		"issued to us, not for us": {map[string]any{"aud": []string{"0-0-0-0-0"}, "client_id": serviceID}, 401},
		"no audience":              {map[string]any{"aud": []string{}}, 401},
		"a refresh token":          {map[string]any{"token_type": "refresh_token"}, 401},
		"no token type":            {map[string]any{"token_type": ""}, 401},
		"another issuer":           {map[string]any{"iss": "https://evil.example"}, 401},
		"ended":                    {map[string]any{"exp": time.Now().Add(-time.Hour).Unix()}, 401},
		"active is a string":       {map[string]any{"active": "true"}, 503},
		"active in two cases":      {map[string]any{"Active": false}, 503},
		"aud is a number":          {map[string]any{"aud": 1}, 503},
		"permissions are a string": {map[string]any{"permissions": 1}, 503},
	} {
		hub.answer(strings.ReplaceAll(name, " ", "-"), tc.members)
		if _, err := v.Check(t.Context(), strings.ReplaceAll(name, " ", "-"), nowhere); status(t, err) != tc.want {
			t.Errorf("%s: %v, expected %d", name, err, tc.want)
		}
	}
	before := hub.count("/introspect")
	for _, kind := range []string{"hubrt_x", "hubcs_test_x", "hubkey_x", "hubapp_x", "hubac_x"} {
		hub.answer(kind, map[string]any{})
		if _, err := v.Check(t.Context(), kind, nowhere); status(t, err) != 401 {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if got := hub.count("/introspect"); got != before {
		t.Error("the hub was told a credential that is no token")
	}
	wrong := hub.verifier(func(o *resource.Options) { online(o); o.ClientSecret = "wrong" })
	if _, err := wrong.Check(t.Context(), "live", nowhere); status(t, err) != 503 || !strings.Contains(err.Error(), "ClientSecret") {
		t.Errorf("with credentials the hub refuses: %v", err)
	}
}

func TestOnlineRevocationBitesWithinASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := newIssuer(t)
		hub.url = "https://hub.example.test"
		v := hub.verifier(func(o *resource.Options) { online(o); o.HTTPClient = &http.Client{Transport: hub} })
		hub.answer("token", map[string]any{})
		for range 1000 {
			if _, err := v.Check(t.Context(), "token", nowhere); err != nil {
				t.Fatal(err)
			}
		}
		if got := hub.count("/introspect"); got != 1 {
			t.Errorf("%d questions at one moment", got)
		}
		hub.answer("token", nil)
		time.Sleep(500 * time.Millisecond)
		if _, err := v.Check(t.Context(), "token", nowhere); status(t, err) != 401 {
			t.Errorf("half a second after revocation: %v", err)
		}
		hub.answer("token", map[string]any{"permissions": []string{}})
		time.Sleep(500 * time.Millisecond)
		if token, err := v.Check(t.Context(), "token", nowhere); err != nil || token.Allows("payments:create") {
			t.Errorf("half a second after the permission went: %v, %v", token, err)
		}
		hub.setDown(true)
		time.Sleep(500 * time.Millisecond)
		if _, err := v.Check(t.Context(), "token", nowhere); status(t, err) != 503 {
			t.Errorf("with the hub in trouble: %v", err)
		}
		hub.setDown(false)
		time.Sleep(500 * time.Millisecond)
		if _, err := v.Check(t.Context(), "token", nowhere); err != nil {
			t.Errorf("after the trouble: %v", err)
		}
	})
}

func TestOnlineManyRequestsShareQuestions(t *testing.T) {
	hub := start(t)
	v := hub.verifier(func(o *resource.Options) { online(o); o.Audience = serviceKey })
	tokens := []string{"a", "b", "c", "d"}
	for _, token := range tokens {
		hub.answer(token, map[string]any{"sub": token})
	}
	var wg sync.WaitGroup
	for n := range 200 {
		wg.Go(func() {
			want := tokens[n%len(tokens)]
			if got, err := v.Check(t.Context(), want, nowhere); err != nil || got.Subject != want {
				t.Errorf("%s: %v, %v", want, got, err)
			}
			if _, err := v.Check(t.Context(), want+"x", nowhere); status(t, err) != 401 {
				t.Errorf("%sx: %v", want, err)
			}
		})
	}
	wg.Wait()
	if got := hub.count("/introspect"); got > 200 {
		t.Errorf("%d questions for 400 checks of 8 tokens", got)
	}
}
