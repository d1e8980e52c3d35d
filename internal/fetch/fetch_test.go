package fetch_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.org/hub/internal/fetch"
)

// certificate is one that this process trusts through SSL_CERT_FILE, the way an operator adds a root.
var certificate tls.Certificate

func TestMain(m *testing.M) {
	os.Exit(func() int {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			panic(err)
		}
		root := &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "fetch test"},
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
			IsCA: true, BasicConstraintsValid: true, DNSNames: []string{"localhost"},
			IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		}
		der, err := x509.CreateCertificate(rand.Reader, root, root, key.Public(), key)
		if err != nil {
			panic(err)
		}
		certificate = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
		dir, err := os.MkdirTemp("", "fetch")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		file := filepath.Join(dir, "roots.pem")
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
			panic(err)
		}
		os.Setenv("SSL_CERT_FILE", file)
		os.Setenv("HTTPS_PROXY", "http://127.0.0.1:1") // must not be used
		return m.Run()
	}())
}

// serve starts a TLS server on loopback and counts what reaches it.
func serve(t *testing.T, handler http.HandlerFunc) (address string, reached *atomic.Int64) {
	t.Helper()
	reached = new(atomic.Int64)
	s := httptest.NewUnstartedServer(handler)
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			reached.Add(1)
		}
	}
	s.Config.ErrorLog = nil
	s.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL, reached
}

func loopback() *fetch.Client {
	return &fetch.Client{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}}
}

func expectError(t *testing.T, err error, passing bool, says string) {
	t.Helper()
	var f *fetch.Error
	if !errors.As(err, &f) {
		t.Fatalf("got %v, expected a *fetch.Error", err)
	}
	if f.Passing != passing || !strings.Contains(f.Message, says) {
		t.Fatalf("got %q (passing %v, cause %v), expected %q (passing %v)", f.Message, f.Passing, f.Cause, says, passing)
	}
}

func TestADocumentIsFetchedWithItsAge(t *testing.T) {
	address, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for name := range r.Header {
			if name != "Accept" && name != "User-Agent" && name != "Connection" {
				t.Errorf("header %s was sent", name)
			}
		}
		w.Header().Set("Content-Type", "Application/JSON; charset=utf-8")
		w.Header().Set("Cache-Control", "public, max-age=600")
		w.Header().Set("Age", "100")
		w.Write([]byte(`{"keys":[]}`))
	})
	got, err := loopback().Get(t.Context(), address+"/keys", 1000)
	if err != nil {
		t.Fatal(err)
	}
	if string(got.Body) != `{"keys":[]}` || got.MediaType != "application/json" || got.MaxAge != 500*time.Second {
		t.Fatalf("got %q, %q, %v", got.Body, got.MediaType, got.MaxAge)
	}
}

func TestCacheControlIsReadCarefully(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"":                             0,
		"max-age=60":                   time.Minute,
		"MAX-AGE=\"60\"":               time.Minute,
		"max-age=60, no-store":         0,
		"no-cache, max-age=60":         0,
		"max-age=-5":                   0,
		"max-age=x":                    0,
		"max-age=99999999999999999999": 0,
		"max-age=999999999999":         365 * 24 * time.Hour,
		"s-maxage=10":                  0,
	} {
		address, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Cache-Control", value) })
		if got, err := loopback().Get(t.Context(), address, 10); err != nil || got.MaxAge != want {
			t.Errorf("%q: %v, %v; expected %v", value, got.MaxAge, err, want)
		}
	}
}

func TestPrivateAddressesAreRefusedBeforeConnecting(t *testing.T) {
	address, reached := serve(t, func(http.ResponseWriter, *http.Request) {})
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(address, "https://"))
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "[::]", "127.1.2.3", "[64:ff9b::7f00:1]"} {
		_, err := new(fetch.Client).Get(t.Context(), "https://"+host+":"+port+"/", 10)
		expectError(t, err, false, "--fetch-allow")
	}
	other := &fetch.Client{Allow: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	_, err := other.Get(t.Context(), address, 10)
	expectError(t, err, false, "has no public address")
	if reached.Load() != 0 {
		t.Fatalf("%d connections were made", reached.Load())
	}
	if _, err := loopback().Get(t.Context(), "https://localhost:"+port+"/", 10); err != nil {
		t.Fatalf("an allowed range is refused: %v", err)
	}
}

func TestPublicKnowsTheSpecialBlocks(t *testing.T) {
	for text, want := range map[string]bool{
		"8.8.8.8": true, "1.1.1.1": true, "172.15.255.255": true, "172.32.0.0": true, "100.63.255.255": true, "100.128.0.0": true,
		"2606:4700::1111": true, "2a00:1450::1": true, "::ffff:8.8.8.8": true, "64:ff9b::808:808": true,
		"0.0.0.0": false, "10.1.2.3": false, "100.64.0.1": false, "127.0.0.1": false, "169.254.169.254": false, "172.16.0.1": false,
		"172.31.255.255": false, "192.0.0.1": false, "192.0.2.1": false, "192.168.1.1": false, "198.19.0.1": false, "198.51.100.1": false,
		"203.0.113.1": false, "224.0.0.1": false, "240.0.0.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "::ffff:10.0.0.1": false, "::10.0.0.1": false, "64:ff9b::a00:1": false, "64:ff9b:1::1": false,
		"fc00::1": false, "fd12::1": false, "fe80::1": false, "fe80::1%eth0": false, "fec0::1": false, "ff02::1": false,
		"2001::1": false, "2001:db8::1": false, "2002:a00:1::": false, "3fff::1": false, "100::1": false, "5f00::1": false,
	} {
		if got := fetch.Public(netip.MustParseAddr(text)); got != want {
			t.Errorf("Public(%s) = %v", text, got)
		}
	}
	if fetch.Public(netip.Addr{}) {
		t.Error("no address at all is public")
	}
}

func TestBadURLsAreRefusedWithTheReason(t *testing.T) {
	for address, says := range map[string]string{
		"http://example.com/":                    "https://",
		"ftp://example.com/":                     "https://",
		"file:///etc/passwd":                     "https://",
		"":                                       "https://",
		"//example.com":                          "https://",
		"https:///x":                             "no host",
		"https://:443/x":                         "no host",
		"https://ada:secret@example.com/":        "without user name",
		"https://exa mple.com/":                  "not a URL",
		"https://example.com/\x00":               "not a URL",
		"https://h/" + strings.Repeat("x", 3000): "at most 2048",
	} {
		_, err := new(fetch.Client).Get(t.Context(), address, 10)
		expectError(t, err, false, says)
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error shows a password: %v", err)
		}
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	there, reached := serve(t, func(http.ResponseWriter, *http.Request) {})
	address, _ := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, there, http.StatusFound) })
	_, err := loopback().Get(t.Context(), address, 10)
	expectError(t, err, false, "redirects are not followed")
	if reached.Load() != 0 {
		t.Fatal("the redirect was followed")
	}
}

func TestStatusDecidesWhoseFaultItIs(t *testing.T) {
	for status, passing := range map[int]bool{204: false, 401: false, 404: false, 408: true, 429: true, 500: true, 503: true} {
		address, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		_, err := loopback().Get(t.Context(), address, 10)
		expectError(t, err, passing, "expected 200")
	}
}

func TestSizeIsBounded(t *testing.T) {
	address, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n := 1000
		if r.URL.Path == "/more" {
			n = 1 << 30 // would take long if it were read
		}
		chunk := []byte(strings.Repeat("x", 1000))
		for ; n > 0; n -= len(chunk) {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	if got, err := loopback().Get(t.Context(), address+"/exact", 1000); err != nil || len(got.Body) != 1000 {
		t.Fatalf("%d bytes, %v", len(got.Body), err)
	}
	_, err := loopback().Get(t.Context(), address+"/more", 1000)
	expectError(t, err, false, "more than the 1000 bytes")
}

func TestLargeHeadersAreCut(t *testing.T) {
	address, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Large", strings.Repeat("x", 100<<10))
	})
	_, err := loopback().Get(t.Context(), address, 10)
	expectError(t, err, true, "cannot be reached")
}

func TestTimeIsBoundedAtEveryStage(t *testing.T) {
	client := loopback()
	client.Timeout = 150 * time.Millisecond
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close() // accepts in the kernel and never speaks
	_, err = client.Get(t.Context(), "https://"+silent.Addr().String()+"/", 10)
	expectError(t, err, true, "within 150ms")

	address, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for r.URL.Path == "/dribble" {
			if _, err := w.Write([]byte("x")); err != nil || http.NewResponseController(w).Flush() != nil {
				return
			}
			select {
			case <-r.Context().Done():
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
		<-r.Context().Done()
	})
	for _, path := range []string{"/dribble", "/never"} {
		_, err = client.Get(t.Context(), address+path, 1000)
		expectError(t, err, true, "within 150ms")
	}
}

func TestACallerThatLeavesEndsTheCall(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	address, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
	_, err := loopback().Get(ctx, address, 10)
	expectError(t, err, true, "nobody waits")
}

func TestUnknownRootsAreRefused(t *testing.T) {
	s := httptest.NewTLSServer(http.NotFoundHandler()) // its own certificate, known to nobody
	defer s.Close()
	_, err := loopback().Get(t.Context(), s.URL, 10)
	expectError(t, err, true, "SSL_CERT_FILE")
}

func TestOldTLSIsRefused(t *testing.T) {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	s.StartTLS()
	defer s.Close()
	_, err := loopback().Get(t.Context(), s.URL, 10)
	expectError(t, err, true, "cannot be reached")
}

func TestNothingStaysBehind(t *testing.T) {
	address, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("x")) })
	client := loopback()
	before := runtime.NumGoroutine()
	for range 30 {
		if _, err := client.Get(t.Context(), address, 10); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before+3; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines before, %d after", before, runtime.NumGoroutine())
		}
	}
}

func FuzzURL(f *testing.F) {
	for _, seed := range []string{"https://localhost/", "https://[::1]/", "https://0x7f.1/", "https://2130706433/", "http://x", "https://user@localhost", "https://127.0.0.1:99999/"} {
		f.Add(seed)
	}
	done, cancel := context.WithCancel(context.Background())
	cancel() // parse and refuse only; nothing may leave the machine
	f.Fuzz(func(t *testing.T, address string) {
		var f *fetch.Error
		if _, err := new(fetch.Client).Get(done, address, 10); !errors.As(err, &f) {
			t.Fatalf("%q: %v", address, err)
		}
	})
}
