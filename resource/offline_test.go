package resource_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.org/hub/oauth/jose"
	"example.org/hub/resource"
	"github.com/google/go-cmp/cmp"
)

// status is the HTTP status an error of Check would be answered with, 200 for none.
func status(t testing.TB, err error) int {
	t.Helper()
	if err == nil {
		return http.StatusOK
	}
	var e *resource.Error
	if !errors.As(err, &e) {
		t.Fatalf("Check gave an error of another type: %v", err)
	}
	return e.Status
}

func TestOfflineTokenIsTakenForWhatItSays(t *testing.T) {
	hub := start(t)
	for _, audience := range []string{serviceID, serviceKey} {
		v := hub.verifier(func(o *resource.Options) { o.Audience = audience })
		iat := time.Now().Truncate(time.Second).UTC()
		got, err := v.Check(t.Context(), hub.token(map[string]any{"iat": iat.Unix(), "exp": iat.Add(time.Hour).Unix()}), nowhere)
		if err != nil {
			t.Fatal(err)
		}
		want := &resource.Token{
			ID: "t-1", Subject: "u-1", ClientID: "98434376", Audience: []string{serviceID}, Scope: []string{"payments", "openid"},
			Environment: "production", IssuedAt: iat, Expires: iat.Add(time.Hour), Permissions: []string{"payments:create"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if !got.Allows("payments:create") || got.Allows("payments:read") || !got.HasScope("openid") || got.HasScope("open") {
			t.Error("permissions or scope are not what the token says")
		}
	}
}

func TestOfflineBadTokensAreRefused(t *testing.T) {
	hub := start(t)
	v := hub.verifier(nil)
	stranger, err := jose.Generate(jose.ES256)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for name, token := range map[string]string{
		"empty":                    "",
		"rubbish":                  "rubbish",
		"too long":                 strings.Repeat("x", 20_000),
		"permanent":                "hubpat_0123456789abcdefghijABCDEFGHIJxy000000",
		"old permanent":            "perm:YWRh.bmFtZQ==.abc",
		"opaque":                   "hubat_0123456789abcdefghijABCDEFGHIJxy000000",
		"client secret":            "hubcs_0123456789abcdefghijABCDEFGHIJxy000000",
		"ID token":                 hub.tokenBy(hub.signing, "JWT", nil),
		"stranger's key":           hub.tokenBy(stranger, "at+jwt", nil),
		"cut":                      hub.token(nil)[:200],
		"another issuer":           hub.token(map[string]any{"iss": hub.url + "/test"}),
		"issuer with a slash":      hub.token(map[string]any{"iss": hub.url + "/"}),
		"no issuer":                hub.token(map[string]any{"iss": nil}),
		"another audience":         hub.token(map[string]any{"aud": "0-0-0-0-0"}),
		"audience is the key":      hub.token(map[string]any{"aud": serviceKey}),
		"audience begins alike":    hub.token(map[string]any{"aud": serviceID + "0"}),
		"no audience":              hub.token(map[string]any{"aud": nil}),
		"audience is a number":     hub.token(map[string]any{"aud": 1}),
		"ended":                    hub.token(map[string]any{"exp": now.Add(-2 * time.Minute).Unix()}),
		"no end":                   hub.token(map[string]any{"exp": nil}),
		"end is a string":          hub.token(map[string]any{"exp": "9999999999"}),
		"issued in the future":     hub.token(map[string]any{"iat": now.Add(2 * time.Minute).Unix()}),
		"not yet good":             hub.token(map[string]any{"nbf": now.Add(2 * time.Minute).Unix()}),
		"nbf is null, written out": hub.token(map[string]any{"nbf": []int(nil)}),
		"no subject":               hub.token(map[string]any{"sub": nil}),
		"EXP for exp":              hub.token(map[string]any{"exp": nil, "EXP": now.Add(time.Hour).Unix()}),
		"exp and EXP":              hub.token(map[string]any{"EXP": now.Add(time.Hour).Unix()}),
		"restricted to addresses":  hub.token(map[string]any{"ip_restricted": true}),
		"restricted, oddly":        hub.token(map[string]any{"ip_restricted": "yes"}),
		"entitlements, oddly":      hub.token(map[string]any{"entitlements": map[string]any{}}),
	} {
		got, err := v.Check(t.Context(), token, netip.MustParseAddr("127.0.0.1"))
		if status(t, err) != http.StatusUnauthorized {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestClocksMayDifferByAMinute(t *testing.T) {
	hub := start(t)
	v := hub.verifier(nil)
	now := time.Now()
	for name, claims := range map[string]map[string]any{
		"ended just now":    {"exp": now.Add(-30 * time.Second).Unix()},
		"issued in a while": {"iat": now.Add(30 * time.Second).Unix()},
		"good in a while":   {"nbf": now.Add(30 * time.Second).Unix()},
		"fraction":          {"exp": float64(now.Add(time.Minute).UnixMilli()) / 1000},
	} {
		if _, err := v.Check(t.Context(), hub.token(claims), nowhere); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRestrictedTokensNeedAnAddressOffline(t *testing.T) {
	hub := start(t)
	v := hub.verifier(func(o *resource.Options) {
		o.Addresses = []netip.Prefix{
			netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::/32"),
			netip.MustParsePrefix("::ffff:198.51.100.0/120"),
		}
	})
	token := hub.token(map[string]any{"ip_restricted": true})
	for from, want := range map[string]int{
		"192.0.2.7": 200, "::ffff:192.0.2.7": 200, "2001:db8::1": 200, "198.51.100.9": 200,
		"192.0.3.7": 401, "::1": 401, "2001:db9::1": 401, "::": 401,
	} {
		if _, err := v.Check(t.Context(), token, netip.MustParseAddr(from)); status(t, err) != want {
			t.Errorf("from %s: %v, expected %d", from, err, want)
		}
	}
	if _, err := v.Check(t.Context(), token, nowhere); status(t, err) != 401 {
		t.Errorf("from an unknown address: %v", err)
	}
	if _, err := v.Check(t.Context(), hub.token(nil), nowhere); err != nil {
		t.Errorf("unrestricted: %v", err)
	}
}

func TestUnknownKeyIsFetchedOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := newIssuer(t)
		hub.url = "https://hub.example.test"
		v := hub.verifier(func(o *resource.Options) { o.HTTPClient = &http.Client{Transport: hub} })
		check := func(token string, want, fetches int) {
			t.Helper()
			if _, err := v.Check(t.Context(), token, nowhere); status(t, err) != want {
				t.Errorf("%v, expected %d", err, want)
			}
			if got := hub.count("/keys"); got != fetches {
				t.Errorf("%d fetches of the keys, expected %d", got, fetches)
			}
		}
		old := hub.token(nil)
		check(old, 200, 1)
		check(old, 200, 1)
		hub.rotate()
		check(hub.token(nil), 200, 2) // the first unknown kid is looked up at once
		hub.rotate()
		newest := hub.token(nil)
		for range 100 {
			check(newest, 401, 2)
		}
		time.Sleep(59 * time.Second)
		check(newest, 401, 2)
		time.Sleep(2 * time.Second)
		check(newest, 200, 3)
		check(old, 200, 3)
	})
}

func TestKeysOutliveTheHub(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := newIssuer(t)
		hub.url = "https://hub.example.test"
		v := hub.verifier(func(o *resource.Options) { o.Audience, o.HTTPClient = serviceKey, &http.Client{Transport: hub} })
		if _, err := v.Check(t.Context(), hub.token(nil), nowhere); err != nil {
			t.Fatal(err)
		}
		hub.setDown(true)
		for range 48 {
			time.Sleep(time.Hour)
			if _, err := v.Check(t.Context(), hub.token(map[string]any{"jti": time.Now().String()}), nowhere); err != nil {
				t.Fatalf("while the hub is away: %v", err)
			}
			synctest.Wait()
		}
		hub.rotate()
		token := hub.token(nil)
		if _, err := v.Check(t.Context(), token, nowhere); status(t, err) != 503 {
			t.Errorf("a key that cannot be looked up: %v, expected 503", err)
		}
		hub.setDown(false)
		time.Sleep(6 * time.Second)
		if _, err := v.Check(t.Context(), token, nowhere); err != nil {
			t.Errorf("after the hub came back: %v", err)
		}
	})
}

func TestAWithdrawnKeyTakesItsTokensWithIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := newIssuer(t)
		hub.url = "https://hub.example.test"
		v := hub.verifier(func(o *resource.Options) { o.HTTPClient = &http.Client{Transport: hub} })
		token := hub.token(nil)
		if _, err := v.Check(t.Context(), token, nowhere); err != nil {
			t.Fatal(err)
		}
		hub.rotate()
		hub.withdraw()
		time.Sleep(11 * time.Minute)
		_, _ = v.Check(t.Context(), token, nowhere) // brings about the fetch, behind its back
		synctest.Wait()
		if _, err := v.Check(t.Context(), token, nowhere); status(t, err) != 401 {
			t.Errorf("after its key was withdrawn: %v", err)
		}
	})
}

func TestAnAPIMayStartBeforeItsHub(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := newIssuer(t)
		hub.url = "https://hub.example.test"
		hub.setDown(true)
		v := hub.verifier(func(o *resource.Options) { o.Audience, o.HTTPClient = serviceKey, &http.Client{Transport: hub} })
		token := hub.token(nil)
		for range 50 {
			if _, err := v.Check(t.Context(), token, nowhere); status(t, err) != 503 {
				t.Fatalf("before the hub: %v", err)
			}
		}
		if got := hub.count("/.well-known/oauth-protected-resource/services/payments"); got != 1 {
			t.Errorf("a hub in trouble was asked %d times at once", got)
		}
		hub.setDown(false)
		time.Sleep(6 * time.Second)
		if _, err := v.Check(t.Context(), token, nowhere); err != nil {
			t.Errorf("with the hub: %v", err)
		}
	})
}

// Metadata that are not the issuer's own lead to no verdict at all (RFC 8414 section 3.3).
func TestForeignMetadataAreNotUsed(t *testing.T) {
	for name, members := range map[string]map[string]any{
		"another issuer":       {"issuer": "https://evil.example"},
		"a slash more":         {"issuer": nil},
		"keys over plain http": {"jwks_uri": "http://keys.example.test/"},
		"keys in a file":       {"jwks_uri": "file:///etc/passwd"},
		"keys elsewhere":       {"jwks_uri": 7},
		"no keys":              {"jwks_uri": ""},
	} {
		hub := start(t)
		hub.metadata = members
		if name == "a slash more" {
			hub.metadata = map[string]any{"issuer": hub.url + "/"}
		}
		if _, err := hub.verifier(nil).Check(t.Context(), hub.token(nil), nowhere); status(t, err) != 503 {
			t.Errorf("%s: %v, expected 503", name, err)
		}
	}
	hub := start(t)
	v := hub.verifier(func(o *resource.Options) { o.Audience = "nobody" })
	if _, err := v.Check(t.Context(), hub.token(nil), nowhere); status(t, err) != 503 || !strings.Contains(err.Error(), `"nobody"`) {
		t.Errorf("an audience the hub does not know: %v", err)
	}
}

func TestManyRequestsWhileKeysRotate(t *testing.T) {
	hub := start(t)
	v := hub.verifier(func(o *resource.Options) { o.Audience = serviceKey })
	var wg sync.WaitGroup
	stop := make(chan struct{})
	tokens := make(chan string, 1024)
	for range 64 {
		tokens <- hub.token(nil)
	}
	for range 32 {
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				case token := <-tokens:
					if _, err := v.Check(t.Context(), token, nowhere); err != nil && n == 0 {
						t.Errorf("a good token: %v", err)
					}
					if _, err := v.Check(t.Context(), token[:len(token)-4]+"AAAA", nowhere); err == nil {
						t.Error("a token with another signature was taken")
					}
					tokens <- token
				}
			}
		})
	}
	for n := range 5 {
		hub.rotate()
		for m := range 8 {
			token := hub.token(map[string]any{"jti": fmt.Sprint(n, m)})
			if _, err := v.Check(t.Context(), token, nowhere); n == 0 && err != nil {
				t.Errorf("the first token of a new key: %v", err)
			}
			tokens <- token
		}
	}
	close(stop)
	wg.Wait()
	if got := hub.count("/keys"); got > 2 {
		t.Errorf("the keys were fetched %d times within a minute", got)
	}
	if got := hub.count("/.well-known/openid-configuration"); got != 1 {
		t.Errorf("the metadata were fetched %d times", got)
	}
}
