package oauthhttp_test

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthhttp"
)

func formRequest(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("Content-Type", formType)
	return r
}

func TestTheAddressIsThatOfTheConnection(t *testing.T) {
	for from, want := range map[string]string{
		"203.0.113.7:443": "203.0.113.7", "[2001:db8::1]:443": "2001:db8::1", "[::ffff:203.0.113.7]:443": "203.0.113.7", "203.0.113.7": "203.0.113.7",
		"[fe80::1%eth0]:443": "fe80::1", "::ffff:203.0.113.7": "203.0.113.7",
	} {
		r := formRequest("")
		r.RemoteAddr = from
		r.Header.Set("X-Forwarded-For", "192.0.2.1")
		r.Header.Set("X-Real-IP", "192.0.2.1")
		r.Header.Set("Forwarded", "for=192.0.2.1")
		if got := oauthhttp.Address(r); got != netip.MustParseAddr(want) {
			t.Errorf("%s: got %s, want %s", from, got, want)
		}
	}
	r := formRequest("")
	r.RemoteAddr = "@"
	if got := oauthhttp.Origin(r, "token"); got.Address.IsValid() || got.Door != "token" {
		t.Errorf("got %+v", got)
	}
}

func TestABearerIsOneTokenInOneHeader(t *testing.T) {
	for header, want := range map[string]struct {
		token string
		found bool
		bad   bool
	}{
		"Bearer abc":                    {"abc", true, false},
		"bearer abc":                    {"abc", true, false},
		"BEARER perm:YQ==.NDktNQ==.x-y": {"perm:YQ==.NDktNQ==.x-y", true, false},
		"Bearer   abc ":                 {"abc", true, false},
		"Bearer":                        {"", true, true},
		"Bearer ":                       {"", true, true},
		"Bearer a b":                    {"", true, true},
		"Basic YTpi":                    {"", false, false},
		"Bearerabc":                     {"", false, false},
	} {
		r := formRequest("")
		r.Header.Set("Authorization", header)
		token, found, err := oauthhttp.Bearer(r)
		if token != want.token || found != want.found || (err != nil) != want.bad {
			t.Errorf("%q: got %q, %v, %v", header, token, found, err)
		}
	}
	none := formRequest("access_token=abc")
	if token, found, err := oauthhttp.Bearer(none); token != "" || found || err != nil {
		t.Error("a bearer was found where no header is")
	}
	none.Header["Authorization"] = []string{"Bearer a", "Bearer b"}
	if _, _, err := oauthhttp.Bearer(none); err == nil {
		t.Error("two headers were taken")
	}
}

func TestAChallengeNamesTheResourceDocument(t *testing.T) {
	if got := oauthhttp.Challenge("https://h/m", nil); got != `Bearer realm="hub", resource_metadata="https://h/m"` {
		t.Error(got)
	}
	refusal := &oauth.Error{Code: oauth.InvalidToken, Description: "it ended"}
	if got := oauthhttp.Challenge("https://h/m", refusal); got !=
		`Bearer realm="hub", error="invalid_token", error_description="it ended", resource_metadata="https://h/m"` {
		t.Error(got)
	}
}

// FuzzForm holds that the strict reader takes nothing the standard library would read otherwise, and keeps its promises.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{
		"", "a=b", "a=b&a=c", "a=%zz", "a=%ff", "&&&", "=", "a",
		"a+b=c+d", "%61=b&a=c", "a=%00", "scope=x%20y&scope%5b%5d=z", strings.Repeat("a&", 101),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		form, err := oauthhttp.ReadForm(formRequest(body))
		if err != nil {
			return
		}
		values, err := url.ParseQuery(body)
		if err != nil && !strings.Contains(body, ";") {
			t.Fatalf("taken, but not by the standard library: %v", err)
		}
		for name, all := range values {
			if len(all) != 1 {
				t.Fatalf("%q was taken %d times", name, len(all))
			}
			if got := form.Get(name); got != all[0] {
				t.Fatalf("%q is %q, the standard library reads %q", name, got, all[0])
			}
			if !utf8.ValidString(name) || !utf8.ValidString(all[0]) || strings.Contains(all[0], "\x00") {
				t.Fatalf("%q=%q is no text", name, all[0])
			}
		}
	})
}

// FuzzBasic holds that a client is who the header says, byte for byte, or the header is refused.
func FuzzBasic(f *testing.F) {
	for _, seed := range []string{"id:secret", ":", "a:b:c", "\xff:x", "no colon", "id%3A:se%zzcret", "\x00:\x00"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r := formRequest("")
		r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString(text))
		form, err := oauthhttp.ReadForm(r)
		if err != nil {
			t.Fatal(err)
		}
		auth, err := oauthhttp.ReadClient(r, form)
		if err != nil {
			return
		}
		if !auth.Basic || !bytes.Equal([]byte(auth.BasicID+":"+auth.BasicSecret), text) || strings.Contains(auth.BasicID, ":") {
			t.Fatalf("%q was read as %+v", text, auth)
		}
	})
}

// FuzzBearer holds that a token found is one word of the header.
func FuzzBearer(f *testing.F) {
	for _, seed := range []string{"Bearer abc", "bearer  x", "Bearer", "Basic x", "Bearer a b", "Bearer\tabc", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		r := formRequest("")
		r.Header["Authorization"] = []string{header}
		token, found, err := oauthhttp.Bearer(r)
		if err != nil || !found {
			if token != "" {
				t.Fatalf("%q: refused, yet it gave %q", header, token)
			}
			return
		}
		if token == "" || strings.ContainsAny(token, " \t") || !strings.HasSuffix(strings.TrimSpace(header), token) {
			t.Fatalf("%q gave %q", header, token)
		}
	})
}
