package server_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

// seen gives the address that a handler sees.
func seen(t testing.TB, h http.Handler, peer string, header http.Header) string {
	t.Helper()
	r := httptest.NewRequest("GET", "/x", nil)
	r.RemoteAddr, r.Header = peer, header
	var got map[string]string
	w := serve(h, r)
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return got["address"]
}

func behindProxies(t testing.TB, kind string) http.Handler {
	return behindProxiesAt(t, "https://localhost:8443", kind)
}

func behindProxiesAt(t testing.TB, url, kind string) http.Handler {
	t.Helper()
	o := options(t, route("GET /x"))
	o.Environments[0].URL = url
	o.ForwardedHeader = kind
	for _, block := range []string{"10.0.0.0/8", "fd00::/8", "::ffff:192.168.0.0/112"} {
		o.TrustedProxies = append(o.TrustedProxies, netip.MustParsePrefix(block))
	}
	return handler(t, o)
}

func TestTheClientAddressCannotBeForged(t *testing.T) {
	const far = "198.51.100.7:4711" // a peer that is no proxy
	const near = "10.0.0.1:4711"    // a proxy
	for _, c := range []struct {
		kind, peer string
		values     []string // of the header of that kind
		want       string
	}{
		{"", far, nil, far},
		{"", far, []string{"203.0.113.9"}, far},
		{"", far, []string{"10.0.0.9"}, far},
		{"", "[2001:db8::1]:9", []string{"203.0.113.9"}, "[2001:db8::1]:9"},
		{"", near, nil, near},
		{"", near, []string{"203.0.113.9"}, "203.0.113.9:0"},
		{"", near, []string{"6.6.6.6, 203.0.113.9"}, "203.0.113.9:0"},
		{"", near, []string{"6.6.6.6", "203.0.113.9"}, "203.0.113.9:0"},
		{"", near, []string{"203.0.113.9, 10.0.0.2"}, "203.0.113.9:0"},
		{"", near, []string{"203.0.113.9,10.0.0.2,10.0.0.3"}, "203.0.113.9:0"},
		{"", near, []string{"6.6.6.6, 203.0.113.9, 10.0.0.2"}, "203.0.113.9:0"},
		{"", near, []string{"10.0.0.2, 10.0.0.3"}, "10.0.0.2:0"},
		{"", near, []string{"203.0.113.9:5555"}, "203.0.113.9:0"},
		{"", near, []string{"2001:db8::9"}, "[2001:db8::9]:0"},
		{"", near, []string{"[2001:db8::9]:443"}, "[2001:db8::9]:0"},
		{"", near, []string{"[2001:db8::9]"}, "[2001:db8::9]:0"},
		{"", near, []string{"::ffff:203.0.113.9"}, "203.0.113.9:0"},
		{"", near, []string{"203.0.113.9, ::ffff:10.0.0.5"}, "203.0.113.9:0"},
		{"", "[fd00::1]:80", []string{"203.0.113.9"}, "203.0.113.9:0"},
		{"", "192.168.7.7:80", []string{"203.0.113.9"}, "203.0.113.9:0"},
		{"", "[::ffff:10.0.0.1]:80", []string{"203.0.113.9"}, "203.0.113.9:0"},
		// Garbage stops the walk at the last proxy that is known.
		{"", near, []string{"unknown"}, near},
		{"", near, []string{"203.0.113.9, unknown"}, near},
		{"", near, []string{"203.0.113.9, garbage, 10.0.0.2"}, "10.0.0.2:0"},
		{"", near, []string{""}, near},
		{"", near, []string{"203.0.113.9,"}, near},
		{"", near, []string{"203.0.113.9 6.6.6.6"}, near},
		{"", near, []string{"fe80::1%eth0"}, near},
		{"", near, []string{"[203.0.113.9]"}, near},
		{"", near, []string{"203.0.113.009"}, near},
		{"", near, []string{"0x7f.1"}, near},
		{"", near, []string{"for=203.0.113.9"}, near},
		// A quote left open by the client hides nothing.
		{"", near, []string{`", 203.0.113.9`}, "203.0.113.9:0"},
		{"forwarded", far, []string{"for=203.0.113.9"}, far},
		{"forwarded", near, []string{"for=203.0.113.9"}, "203.0.113.9:0"},
		{"Forwarded", near, []string{"For=203.0.113.9;proto=https;by=10.0.0.1"}, "203.0.113.9:0"},
		{"Forwarded", near, []string{`for="[2001:db8::9]:4711"`}, "[2001:db8::9]:0"},
		{"Forwarded", near, []string{`for="203.0.113.9:80"; proto=https`}, "203.0.113.9:0"},
		{"Forwarded", near, []string{"for=6.6.6.6, for=203.0.113.9"}, "203.0.113.9:0"},
		{"Forwarded", near, []string{"for=6.6.6.6", "for=203.0.113.9, for=10.0.0.2"}, "203.0.113.9:0"},
		{"Forwarded", near, []string{`for="6.6.6.6, for=203.0.113.9`}, "203.0.113.9:0"},
		{"Forwarded", near, []string{`for=6.6.6.6;x="a, for=1.1.1.1\", for=203.0.113.9`}, "203.0.113.9:0"},
		{"Forwarded", near, []string{`proto=https;host="a,b";for=203.0.113.9`}, "203.0.113.9:0"},
		{"Forwarded", near, []string{"for=203.0.113.9;for=6.6.6.6"}, near},
		{"Forwarded", near, []string{"for=_hidden"}, near},
		{"Forwarded", near, []string{"for=unknown, for=10.0.0.2"}, "10.0.0.2:0"},
		{"Forwarded", near, []string{"203.0.113.9"}, near},
		{"Forwarded", near, []string{`for="203.0.113.9`}, near},
		{"Forwarded", near, []string{`for="203.0.113.9"x`}, near},
		{"Forwarded", near, []string{"proto=https"}, near},
	} {
		name := http.CanonicalHeaderKey("X-Forwarded-For")
		if c.kind != "" {
			name = "Forwarded"
		}
		header := http.Header{"X-Real-Ip": {"6.6.6.6"}, "True-Client-Ip": {"6.6.6.6"}}
		if c.values != nil {
			header[name] = c.values
		}
		if got := seen(t, behindProxies(t, c.kind), c.peer, header); got != c.want {
			t.Errorf("%s %q from %s: %s, expected %s", name, c.values, c.peer, got, c.want)
		}
	}
}

func TestOnlyTheConfiguredHeaderIsBelieved(t *testing.T) {
	both := func() http.Header {
		return http.Header{"X-Forwarded-For": {"203.0.113.1"}, "Forwarded": {"for=203.0.113.2"}}
	}
	if got := seen(t, behindProxies(t, ""), "10.0.0.1:1", both()); got != "203.0.113.1:0" {
		t.Errorf("with X-Forwarded-For: %s", got)
	}
	if got := seen(t, behindProxies(t, "Forwarded"), "10.0.0.1:1", both()); got != "203.0.113.2:0" {
		t.Errorf("with Forwarded: %s", got)
	}
	if got := seen(t, handler(t, options(t, route("GET /x"))), "10.0.0.1:1", both()); got != "10.0.0.1:1" {
		t.Errorf("without trusted proxies: %s", got)
	}
}

func TestTheSchemeIsTheClientsOwn(t *testing.T) {
	for _, c := range []struct {
		kind   string
		header http.Header
		code   int // 400: the client spoke plain http
	}{
		{"", http.Header{}, 200},
		{"", http.Header{"X-Forwarded-Proto": {"https"}}, 200},
		{"", http.Header{"X-Forwarded-Proto": {"HTTP"}}, 400},
		{"", http.Header{"X-Forwarded-Proto": {"https, http"}, "X-Forwarded-For": {"203.0.113.9, 10.0.0.2"}}, 200},
		{"", http.Header{"X-Forwarded-Proto": {"http, https"}, "X-Forwarded-For": {"203.0.113.9, 10.0.0.2"}}, 400},
		{"", http.Header{"X-Forwarded-Proto": {"http"}, "X-Forwarded-For": {"203.0.113.9, 10.0.0.2"}}, 400},
		{"", http.Header{"X-Forwarded-Proto": {"https, http"}, "X-Forwarded-For": {"203.0.113.9"}}, 400},
		{"", http.Header{"X-Forwarded-Proto": {"http, https"}, "X-Forwarded-For": {"6.6.6.6, 203.0.113.9"}}, 200},
		{"Forwarded", http.Header{"Forwarded": {"for=203.0.113.9;proto=https"}, "X-Forwarded-Proto": {"http"}}, 200},
		{"Forwarded", http.Header{"Forwarded": {"for=203.0.113.9;proto=http"}}, 400},
		{"Forwarded", http.Header{"Forwarded": {"for=203.0.113.9;proto=https, for=10.0.0.2;proto=http"}}, 200},
		{"Forwarded", http.Header{"Forwarded": {"for=6.6.6.6;proto=https, for=203.0.113.9;proto=http"}}, 400},
	} {
		r := httptest.NewRequest("GET", "/x", nil)
		r.RemoteAddr, r.Header = "10.0.0.1:1", c.header
		if w := serve(behindProxies(t, c.kind), r); w.Code != c.code {
			t.Errorf("%s %v: %d, expected %d", c.kind, c.header, w.Code, c.code)
		}
	}
}

// FuzzForwarded holds what must be so whatever is sent: the address is one, unmapped and without a zone; it is the peer's
// unless the peer is trusted; and what the proxy itself appended is found whatever stands before it.
func FuzzForwarded(f *testing.F) {
	for _, seed := range []string{
		"203.0.113.9", "a, b", `for="[::1]:80";proto=https`, `"`, `for="\`, `\"`,
		"for=1.1.1.1;for", ",,,", "[::]", "::ffff:1.2.3.4%x", `x="\\", for=10.0.0.3`,
	} {
		f.Add(seed)
	}
	// With a base URL of http, a header that says http is no reason to refuse.
	xff, forwarded := behindProxiesAt(f, "http://localhost", ""), behindProxiesAt(f, "http://localhost", "Forwarded")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(text, "\r\n\x00") { // never in a header that was parsed
			return
		}
		for h, name := range map[http.Handler]string{xff: "X-Forwarded-For", forwarded: "Forwarded"} {
			if got := seen(t, h, "198.51.100.7:1", http.Header{name: {text}}); got != "198.51.100.7:1" {
				t.Fatalf("%s %q was believed from a stranger: %s", name, text, got)
			}
			got, err := netip.ParseAddrPort(seen(t, h, "10.0.0.1:1", http.Header{name: {text}}))
			if err != nil || got.Addr().Zone() != "" || got.Addr().Is4In6() {
				t.Fatalf("%s %q: %v, %v", name, text, got, err)
			}
			appended := "203.0.113.9"
			if name == "Forwarded" {
				appended = `for="203.0.113.9:80";proto=https`
			}
			if got := seen(t, h, "10.0.0.1:1", http.Header{name: {text + ", " + appended}}); got != "203.0.113.9:0" {
				t.Fatalf("%s %q hides what the proxy appended: %s", name, text, got)
			}
		}
	})
}
