package server_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// roots are those that trust a running server's own authority.
func (r *running) roots() *x509.CertPool {
	return r.client.Transport.(*http.Transport).TLSClientConfig.RootCAs
}

func TestOnlyGoodVersionsAndSuitesAreSpoken(t *testing.T) {
	s := start(t, options(t, route("GET /x")))
	for name, c := range map[string]struct {
		config *tls.Config
		good   bool
	}{
		"TLS 1.0":               {&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10}, false},
		"TLS 1.1":               {&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, false},
		"TLS 1.2":               {&tls.Config{MaxVersion: tls.VersionTLS12}, true},
		"TLS 1.3":               {&tls.Config{MinVersion: tls.VersionTLS13}, true},
		"CBC with SHA-1":        {suite(tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA), false},
		"CBC with SHA-256":      {suite(tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256), false},
		"RSA key exchange":      {suite(tls.TLS_RSA_WITH_AES_128_GCM_SHA256), false},
		"RC4":                   {suite(tls.TLS_ECDHE_ECDSA_WITH_RC4_128_SHA), false},
		"AES-128-GCM":           {suite(tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256), true},
		"AES-256-GCM":           {suite(tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384), true},
		"ChaCha20":              {suite(tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256), true},
		"no protocol in common": {&tls.Config{NextProtos: []string{"spdy/3"}}, false},
	} {
		config := c.config.Clone()
		config.RootCAs = s.roots()
		conn, err := tls.Dial("tcp", s.address, config)
		if err == nil {
			conn.Close()
		}
		if (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func suite(id uint16) *tls.Config {
	return &tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{id}}
}

func TestHTTP2AndHTTP1AreSpoken(t *testing.T) {
	s := start(t, options(t, route("GET /x")))
	if got := send(t, s.client, "GET", "https://"+s.address+"/x"); got.StatusCode != 200 || got.ProtoMajor != 2 {
		t.Errorf("%s %d", got.Proto, got.StatusCode)
	}
	old := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.roots()}}}
	defer old.CloseIdleConnections()
	if got := send(t, old, "GET", "https://"+s.address+"/x"); got.StatusCode != 200 || got.ProtoMajor != 1 {
		t.Errorf("%s %d", got.Proto, got.StatusCode)
	}
}

func TestLimitsAnswerOverTheWire(t *testing.T) {
	s := start(t, options(t, route("GET /x")))
	old := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.roots()}}}
	defer old.CloseIdleConnections()
	for name, client := range map[string]*http.Client{"HTTP/2": s.client, "HTTP/1.1": old} {
		if got := send(t, client, "GET", "https://"+s.address+"/x?"+strings.Repeat("q", 9000)); got.StatusCode != 414 ||
			got.Header.Get("Hub-Error-Id") == "" {
			t.Errorf("%s: long URL: %d %v", name, got.StatusCode, got.Header)
		}
		for size, id := range map[int]bool{40 << 10: true, 500 << 10: false} { // beyond twice the limit net/http answers
			request, err := http.NewRequest("GET", "https://"+s.address+"/x", nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("A", strings.Repeat("v", size))
			answer, err := client.Do(request)
			if err != nil {
				if id {
					t.Errorf("%s: header of %d bytes: %v", name, size, err)
				}
				continue // cut off while still sending is as good
			}
			answer.Body.Close()
			if answer.StatusCode != 431 || id && answer.Header.Get("Hub-Error-Id") == "" {
				t.Errorf("%s: header of %d bytes: %d %v", name, size, answer.StatusCode, answer.Header)
			}
		}
	}
}

func TestPlainHTTPOnTheTLSPortIsToldToUseHTTPS(t *testing.T) {
	s := start(t, options(t, route("GET /x")))
	for name, request := range map[string]string{
		"GET":   "GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"large": "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40000\r\n\r\n" + strings.Repeat("x", 40000),
		"odd":   "BREW / HTTP/1.0\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", s.address)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(conn, request)
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		body, err := io.ReadAll(answer.Body)
		conn.Close()
		if err != nil || answer.StatusCode != 400 || !strings.Contains(string(body), "https://localhost:8443/") ||
			answer.Header.Get("Hub-Error-Id") == "" {
			t.Errorf("%s: %d %s %v %v", name, answer.StatusCode, body, answer.Header, err)
		}
	}
	if got := send(t, s.client, "GET", "https://"+s.address+"/x"); got.StatusCode != 200 {
		t.Errorf("afterwards: %d", got.StatusCode)
	}
}

func TestGarbageOnTheTLSPortIsCut(t *testing.T) {
	s := start(t, options(t))
	for _, garbage := range []string{"\x00\x00\x00\x00\x00", "get / http/1.1\r\n\r\n", "\x16\x03\x01\x00\x05hello", "SSH-2.0-x\r\n"} {
		conn, err := net.Dial("tcp", s.address)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		fmt.Fprint(conn, garbage)
		if _, err := io.ReadAll(conn); err != nil && strings.Contains(err.Error(), "timeout") {
			t.Errorf("%q: the connection stays open", garbage)
		}
		conn.Close()
	}
}

func TestSlowClientsAreCutAndHoldUpNobody(t *testing.T) {
	started := make(chan struct{}, 1)
	o := options(t, route("GET /x"))
	o.Environments[0].Routes[0].Pattern = "/x"
	o.Environments[0].Routes[0].Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case started <- struct{}{}:
		default:
		}
		if _, err := io.ReadAll(r.Body); err != nil {
			w.WriteHeader(http.StatusRequestTimeout)
		}
	})
	o.Shorten(150*time.Millisecond, 400*time.Millisecond, 300*time.Millisecond, 0, 0)
	s := start(t, o)
	raw := func(t *testing.T) net.Conn {
		conn, err := net.Dial("tcp", s.address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	secure := func(t *testing.T) net.Conn {
		conn := tls.Client(raw(t), &tls.Config{RootCAs: s.roots(), ServerName: "localhost"})
		if err := conn.Handshake(); err != nil {
			t.Fatal(err)
		}
		return conn
	}
	// dribble writes a byte at a time until the other side has enough of it.
	dribble := func(conn net.Conn, first string) {
		fmt.Fprint(conn, first)
		for {
			if _, err := conn.Write([]byte("a")); err != nil {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	for name, open := range map[string]func(t *testing.T) (net.Conn, string){
		"says nothing": func(t *testing.T) (net.Conn, string) { return raw(t), "" },
		"handshake that dribbles": func(t *testing.T) (net.Conn, string) {
			c := raw(t)
			go dribble(c, "\x16\x03\x01\x02\x00")
			return c, ""
		},
		"plain that dribbles":     func(t *testing.T) (net.Conn, string) { c := raw(t); go dribble(c, "GET /"); return c, "400" },
		"nothing after handshake": func(t *testing.T) (net.Conn, string) { return secure(t), "" },
		"header that dribbles": func(t *testing.T) (net.Conn, string) {
			c := secure(t)
			go dribble(c, "GET /x HTTP/1.1\r\nA: ")
			return c, ""
		},
		"body that dribbles": func(t *testing.T) (net.Conn, string) {
			c := secure(t)
			go dribble(c, "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
			return c, "408"
		},
		"idle between requests": func(t *testing.T) (net.Conn, string) {
			c := secure(t)
			fmt.Fprint(c, "GET /x HTTP/1.1\r\nHost: x\r\n\r\n")
			return c, "200"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, status := open(t)
			if err := conn.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
				t.Fatal(err)
			}
			answer, err := io.ReadAll(conn)
			if ne, ok := err.(net.Error); ok && ne.Timeout() {
				t.Fatal("the connection was not cut")
			}
			if !strings.HasPrefix(string(answer), "HTTP/1.1 "+status) && status != "" {
				t.Errorf("got %q, expected status %s", answer, status)
			}
			if got := send(t, s.client, "GET", "https://"+s.address+"/x"); got.StatusCode != 200 {
				t.Errorf("meanwhile another client got %d", got.StatusCode)
			}
		})
	}
}

// writePair puts a certificate of the given kind in place, made by the local authority of another server's folder.
func writePair(t *testing.T, from, certFile, keyFile string) {
	t.Helper()
	for source, target := range map[string]string{"cert.pem": certFile, "key.pem": keyFile} {
		text, err := os.ReadFile(filepath.Join(from, "tls", source))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// served is the serial number of the certificate in use.
func served(t *testing.T, address string) string {
	t.Helper()
	conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true}) // which one it is, is the question
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0].SerialNumber.String()
}

func TestFilesAreReloadedWhenTheyChange(t *testing.T) {
	first, second := start(t, options(t)), start(t, options(t))
	o := options(t, route("GET /x"))
	o.TLS.Mode, o.TLS.CertFile, o.TLS.KeyFile = "file", filepath.Join(o.Dir, "c.pem"), filepath.Join(o.Dir, "k.pem")
	o.Shorten(0, 0, 0, 0, 10*time.Millisecond)
	writePair(t, first.dir, o.TLS.CertFile, o.TLS.KeyFile)
	s := start(t, o)
	one, two := served(t, first.address), served(t, second.address)
	if got := served(t, s.address); got != one {
		t.Fatalf("serves %s, expected %s", got, one)
	}
	if err := os.WriteFile(o.TLS.CertFile, []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the broken file is in the log", func() bool { return strings.Contains(s.log.String(), "stays in use") })
	if got := served(t, s.address); got != one {
		t.Errorf("with a broken file it serves %s, expected the pair before", got)
	}
	writePair(t, second.dir, o.TLS.CertFile, o.TLS.KeyFile)
	eventually(t, "the second pair is served", func() bool { return served(t, s.address) == two })
	if err := os.Remove(o.TLS.KeyFile); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the missing file is in the log", func() bool { return strings.Count(s.log.String(), "stays in use") == 2 })
	if got := served(t, s.address); got != two {
		t.Errorf("with a missing file it serves %s, expected the pair before", got)
	}
	if n := strings.Count(s.log.String(), "stays in use"); n != 2 {
		t.Errorf("%d complaints, expected one for each trouble", n)
	}
}

func TestFilesThatDoNotFitAreRefusedAtTheStart(t *testing.T) {
	a, b := start(t, options(t)), start(t, options(t))
	o := options(t)
	o.TLS.Mode, o.TLS.CertFile, o.TLS.KeyFile = "file", filepath.Join(a.dir, "tls", "cert.pem"), filepath.Join(b.dir, "tls", "key.pem")
	refusedAtListen(t, o, "--tls-cert")
	o.TLS.KeyFile = filepath.Join(b.dir, "none.pem")
	refusedAtListen(t, o, "none.pem")
}
